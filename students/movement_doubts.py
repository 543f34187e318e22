"""What is unusual about a movement: said to the clerk before it is recorded, never a reason to refuse. Pure.

The right age is domain.md R80: the school year's first calendar year less the birth year, 6 in grade 1 … 10 in grade 5.
Điều lệ trường tiểu học lets a child begin up to three years later, with good grounds, or go faster than its age.
"""

import datetime
from collections.abc import Sequence

from students.movement_rules import ENTRY_KINDS, FROM_ANOTHER_SCHOOL, PROMOTED, REPEATING

YOUNGER, OLDER = 1, 3
AGE_BEFORE_GRADE_1 = 5
SUMMER = datetime.timedelta(days=92)
"""Papers of a school year are signed from the last of the lessons before it on."""


def about_the_age(birth_year: int | None, grade_level: int, year: int) -> str:
    """`year` is the one the school year begins in. "" when the age fits, or is not known."""
    if birth_year is None:
        return ""
    age, right = year - birth_year, AGE_BEFORE_GRADE_1 + grade_level
    if right - YOUNGER <= age <= right + OLDER:
        return ""
    return f"Em sinh năm {birth_year}: {age} tuổi, lớp {grade_level} đúng tuổi là {right}. Kiểm tra năm sinh và lớp."


def about_the_grade(left: int, comes_to: int, *, years_away: int) -> str:
    """Who returns comes to the grade that was left, or to one that the years between allow."""
    if left <= comes_to <= left + years_away:
        return ""
    return f"Em nghỉ khi đang học khối {left}, nay vào khối {comes_to}. Kiểm tra lại lớp."


def about_skipping_again(days: Sequence[datetime.date]) -> str:
    """`days` are those of the year on which the child skipped a grade before."""
    if not days:
        return ""
    return f"Em đã học vượt từ ngày {days[-1]:%d/%m/%Y} trong chính năm học này. Kiểm tra lại quyết định."


def about_a_day_to_come(day: datetime.date, today: datetime.date) -> str:
    if day <= today:
        return ""
    return f"Ngày {day:%d/%m/%Y} chưa đến: sĩ số, danh sách lớp và sổ chỉ thay đổi từ ngày đó."


def about_an_old_paper(signed: datetime.date, year_begins: datetime.date, label: str) -> str:
    """A paper from before the summer that the school year begins in."""
    if signed >= year_begins - SUMMER:
        return ""
    return (
        f"Giấy kí ngày {signed:%d/%m/%Y}, từ trước năm học {label}. Kiểm tra lại ngày kí; đúng như trên giấy thì cứ "
        "ghi tiếp."
    )


def about_a_former_school(entry_code: str) -> str:
    """Of a child without a seat here before: who goes up a grade, or repeats one, has learned somewhere."""
    if entry_code not in (REPEATING, PROMOTED):
        return ""
    return (
        f"«{ENTRY_KINDS[entry_code]}» mà em chưa có tên trong lớp nào của trường ở các năm học trước. Nếu em ở trường "
        f"khác về thì chọn «{ENTRY_KINDS[FROM_ANOTHER_SCHOOL]}» và ghi trường cũ."
    )
