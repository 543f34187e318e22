"""Two at the same moment: no failure is lost, and no code is taken twice."""

import pytest
from django.test import Client

from accounts import second_factor
from accounts.lockout import OF_ACCOUNT
from accounts.models import SignInFailures
from tests.accounts.telephones import code_now, give_password, give_second_factor
from tests.at_once import at_once
from tests.gradebook.school import make_school

pytestmark = pytest.mark.usefixtures("committed")


def test_failures_at_the_same_moment_all_count():
    make_school()
    at_once(*[lambda: give_password(Client(), "lan", "sai")] * (OF_ACCOUNT.failures - 1))
    assert set(SignInFailures.objects.values_list("failures", flat=True)) == {OF_ACCOUNT.failures - 1}


def test_of_two_who_send_one_code_at_once_one_gets_in():
    school = make_school()
    give_second_factor(school.lan)
    code, answers = code_now(school.lan), []
    at_once(*[lambda: answers.append(second_factor.is_right_code(school.lan, code))] * 2)
    assert sorted(answers) == [False, True]
