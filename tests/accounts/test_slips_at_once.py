"""Two people with one slip, two resets of one account at the same moment (rule R60)."""

import pytest

from accounts import activation
from accounts.activation import SlipsRefused, activate, make_slips
from accounts.models import ActivationSlip
from tests.accounts.slips import slip_for
from tests.at_once import at_once
from tests.gradebook.school import make_school


@pytest.mark.usefixtures("committed")
def test_a_slip_used_twice_at_once_sets_one_password():
    school = make_school()
    code = slip_for(school.lan, school.tuan).code
    outcomes = []

    def use(password):
        try:
            outcomes.append(activate(username="lan", code=code, password=password).user.username)
        except activation.ActivationRefused:
            outcomes.append("refused")

    at_once(lambda: use("mật khẩu thứ nhất đây"), lambda: use("mật khẩu thứ hai đây"))
    assert sorted(outcomes) == ["lan", "refused"]


@pytest.mark.usefixtures("committed")
def test_of_two_resets_at_once_one_is_told():
    school = make_school()
    outcomes = []

    def reset():
        try:
            outcomes.append(bool(make_slips([school.lan], seen=0, by=school.tuan)))
        except SlipsRefused:
            outcomes.append(False)

    at_once(reset, reset)
    assert sorted(outcomes) == [False, True]
    assert ActivationSlip.objects.filter(used_at=None, voided_at=None).count() == 1
