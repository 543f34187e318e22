"""A clerk's post and a class given to one person at once do not stand together (PLAN IV.3)."""

import pytest

from accounts import clock
from accounts.dates import Days
from accounts.models import Post, User
from accounts.posts import appoint
from accounts.terms import TermRefused
from gradebook.assignments import assign
from tests.at_once import at_once
from tests.gradebook.school import make_school


@pytest.mark.usefixtures("committed")
def test_of_a_post_and_a_class_given_at_once_one_is_refused_in_words():
    school, told = make_school(), []
    days, within = Days(clock.today(), school.year.ends_on), school.year.days

    def telling(act, *what, **more):
        def trying():
            try:
                act(school.dung, *what, days=days, reason="Thiếu người", **more)
            except TermRefused as refusal:
                told.append(str(refusal))

        return trying

    bich, hoa = (User.objects.get(username=name) for name in ("bich", "hoa"))
    at_once(
        telling(appoint, Post.Kind.CLERK, within=within, by=bich),
        telling(assign, school.class_4a, school.lines[4, "KH"], by=hoa),
    )
    assert len(told) == 1
    assert "không giữ lớp, môn nào" in told[0]
