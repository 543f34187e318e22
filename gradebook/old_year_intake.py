"""A file of years before Thông tư 27/2020 → whose pages they are; what is wrong with a row is said by its place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradebook.old_year_files import ReadYear
from gradebook.old_years import Wanted
from gradebook.regulation import year_label
from students.cell_values import Problem
from students.matching import Match, described, match_rows
from students.models import Student
from students.names import search_key
from students.roster_row import RosterRow
from students.stored_pupils import meant_by

_UNKNOWN = (
    "Hệ thống chưa có em này. Kiểm tra họ tên, ngày sinh, mã; em đã ra trường cũng phải có hồ sơ thì mới ghi "
    "được."
)


def whose_years(rows: Sequence[ReadYear]) -> tuple[list[Wanted], list[Problem]]:
    """The pages with their pupils, in the file's order, and what is wrong with the other rows. One statement."""
    people = {_identity(each.who): each.who for each in reversed(rows)}
    known = Student.objects.filter(pk__in=meant_by(list(people.values()))).order_by("pk")
    matches = dict(zip(people, match_rows(list(people.values()), known), strict=True))
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    first: dict[tuple[int, int], ReadYear] = {}
    for row in rows:
        match = _checked(row, matches[_identity(row.who)])
        if match.student is None:
            problems.append(_problem(row, match))
            continue
        key = (match.student.pk, row.told.year)
        earlier = first.setdefault(key, row)
        if earlier is row:
            wanted.append(Wanted(match.student, row.told))
        else:
            message = (
                f"năm học {year_label(row.told.year)} của em đã có ở hàng {earlier.who.row}. Bỏ một hàng."
            )
            problems.append(_problem(row, Match(reason=message)))
    return wanted, problems


def _checked(row: ReadYear, match: Match) -> Match:
    """A code alone is not believed: a page must not reach another pupil's học bạ by a slip of the pen."""
    if match.student is None or search_key(match.student.full_name) == search_key(row.who.full_name):
        return match
    return Match(reason=f"mã ở hàng này là của {described(match.student)}, khác họ tên. Kiểm tra lại mã.")


def _identity(who: RosterRow) -> Any:
    """Whoever has several rows is looked for once."""
    return replace(who, sheet="", row=0)


def _problem(row: ReadYear, match: Match) -> Problem:
    who = row.who
    message = f"{match.reason[:1].upper()}{match.reason[1:]}" if match.reason else _UNKNOWN
    return Problem(who.sheet, who.row, "", "Họ và tên", who.full_name, message)
