"""A new school before anybody can log in: its name, its principal and its clerk (PLAN IV.1, IV.3).

Open until the first account is activated, and to whoever has read the set-up code on the server itself: an empty
system that is reachable from outside must not belong to whoever comes first.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.activation import (
    ALPHABET,
    CODE_LENGTH,
    Slip,
    in_groups,
    latest_slip,
    letters_of,
    write_slips,
)
from accounts.clock import today
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.terms import Problem
from gradebook.staffing import LoginNames, carry_out_staff
from students.models import SchoolYear
from students.staff_files import StaffRow
from students.years import YearRefused, store_new_year

FIRST_MONTH = 8
"""The office's year begins with August (students.models.SchoolYear)."""


class FirstRunIsOver(Exception):
    """Somebody has activated an account: from then on accounts are the clerk's."""


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The principal or the clerk: as papers name them, and as they log in."""

    code: str
    full_name: str
    username: str


_FOUNDERS: list[Callable[[], object]] = []


def also_founding(founder: Callable[[], object]) -> None:
    """`founder` writes what a new school begins with in an app above; it is called in the act of founding."""
    if founder not in _FOUNDERS:
        _FOUNDERS.append(founder)


def is_open() -> bool:
    """Whether nobody can log in yet. One statement."""
    return not User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def has_begun() -> bool:
    """Whether the accounts are made, but nobody has used a slip: it can be made again."""
    return User.objects.exists()


def set_up_code() -> str:
    """Four groups of letters, the same until the secret key changes; told by `manage.py first_run` alone."""
    digest = salted_hmac("gradebook.first_run", "", algorithm="sha256").digest()
    return in_groups("".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH]))


def is_set_up_code(typed: str) -> bool:
    """However it was typed."""
    return constant_time_compare(letters_of(typed), letters_of(set_up_code()))


def found_school(year: SchoolYear, principal: FirstPerson, clerk: FirstPerson) -> list[Slip]:
    """The year with the school's name, two people with their posts, and a slip for each, the principal's first.

    `year` has its heading lines; its number and days are set here, for the clerk to correct. Raises FirstRunIsOver;
    YearRefused where another was quicker.
    """
    if not is_open():
        raise FirstRunIsOver
    people = (principal, clerk)
    _fill_in_days(year)
    with acting(None, role="Cài đặt", source=Source.SYSTEM):
        if has_begun():
            raise YearRefused(Problem("", "Trường vừa được lập ở một trang khác. Tải lại trang này."))
        store_new_year(year)
        carry_out_staff(
            [
                _row(each, post)
                for each, post in zip(people, (Post.Kind.PRINCIPAL, Post.Kind.CLERK), strict=True)
            ],
            year,
            names=lambda row: LoginNames(next(each.username for each in people if each.code == row.code)),
            password_hash=UNUSABLE_PASSWORD_PREFIX,
            source=Source.SYSTEM,
        )
        for founder in _FOUNDERS:
            founder()
        return _slips([each.code for each in people])


def slips_again() -> list[Slip]:
    """New slips for the two, where the first ones were lost before anybody used them. Raises FirstRunIsOver."""
    if not is_open():
        raise FirstRunIsOver
    holders = Post.objects.filter(kind__in=[Post.Kind.PRINCIPAL, Post.Kind.CLERK]).order_by("pk")
    with acting(None, role="Cài đặt", source=Source.SYSTEM):
        return _slips(list(holders.values_list("holder__staff_code", flat=True)))


def _slips(codes: Sequence[str]) -> list[Slip]:
    known = User.objects.in_bulk(codes, field_name="staff_code")
    people = [known[code] for code in codes]
    slips = write_slips(people, seen=latest_slip(people), by=people[0])
    return sorted(slips, key=lambda slip: codes.index(slip.person.staff_code))


def _row(person: FirstPerson, post: Post.Kind) -> StaffRow:
    return StaffRow(sheet="", row=0, full_name=person.full_name, code=person.code, post=str(post.label))


def _fill_in_days(year: SchoolYear) -> None:
    """The year of today, in the days that a year usually has."""
    now = today()
    year.year = now.year if now.month >= FIRST_MONTH else now.year - 1
    year.starts_on = datetime.date(year.year, FIRST_MONTH, 1)
    year.first_term_ends_on = datetime.date(year.year + 1, 1, 15)
    year.ends_on = datetime.date(year.year + 1, 7, 31)
