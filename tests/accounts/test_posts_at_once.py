"""Two people change posts at the same moment, each on a connection of their own."""

import pytest

from accounts.models import Post, Team
from accounts.terms import TermRefused
from tests.accounts.test_posts import give
from tests.at_once import at_once
from tests.gradebook.school import make_school


@pytest.mark.usefixtures("committed")
def test_two_who_appoint_the_same_head_at_once_make_one():
    school = make_school()
    team = Team.objects.create(name="Tổ 1", grade_level=1)
    told = []

    def appointing(holder, by):
        def act():
            try:
                give(school, holder, Post.Kind.GRADE_HEAD, by=by, team=team)
            except TermRefused as refusal:
                told.append(str(refusal))

        return act

    at_once(appointing(school.ngoc, school.hoa), appointing(school.lan, school.bich))
    assert Post.objects.filter(team=team).count() == 1
    assert len(told) == 1
    assert "đang giữ" in told[0]
