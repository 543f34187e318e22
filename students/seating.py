"""Whether the pupil of a row may get, or has, a seat in the row's class without a movement (rules R13, R14).

A list says who sits where from the start of the year. Coming later, leaving, coming back and changing class are
movements, with a day and a decision: a row that would be one is refused, never written in silence.
"""

import datetime
from collections.abc import Sequence

from students.models import Enrolment, SchoolClass, SchoolYear
from students.promotion import LastClass, against_the_grade
from students.roster_row import RosterRow

# Statuses of the sector's list (code_lists.pupil_statuses) under which a pupil sits in class from the year's start.
FROM_ELSEWHERE = "Chuyển đến trong hè"
ATTENDING = frozenset({"", "Đang học", FROM_ELSEWHERE})
NOT_BY_LIST = (
    "danh sách này không ghi được: ghi ở trang Biến động sĩ số rồi tải tệp lên lại, hoặc bỏ hàng này khỏi tệp"
)
ARRIVING = ("Chuyển đến", "Nghỉ học xin học lại")
ONE_DAY = datetime.timedelta(days=1)


def against_the_seat(
    row: RosterRow,
    stored_class: SchoolClass | None,
    seats: Sequence[Enrolment],
    last_class: LastClass | None,
    year: SchoolYear,
) -> tuple[str, str] | None:
    """(field, reason) why the pupil cannot sit where the row says; None when nothing speaks against it.

    `stored_class` is the class of the row's name, None while it does not exist; `seats` are the pupil's
    enrolments that touch the year's days, of another year too, in order of time; `last_class` is that of an earlier
    year, None for a newcomer.
    """
    if row.is_class_guessed and stored_class is None:
        return "class_name", (
            f"lớp «{row.class_name}» chỉ suy từ tên trang hoặc tiêu đề, mà năm học {year.label} không có lớp này. "
            "Ghi tên lớp vào cột «Lớp», hoặc đặt tên trang như «Lớp 1A»."
        )
    if stored_class and row.grade and row.grade != stored_class.grade_level:
        field = "grade" if "grade" in row.places else "class_name"
        grade = stored_class.grade_level
        return field, f"lớp {row.class_name} đang thuộc khối {grade}. Kiểm tra lại lớp và khối."
    day = year.day_for_roster()
    of_year = [seat for seat in seats if seat.school_class.year_id == year.pk]
    current = [seat for seat in of_year if seat.ends_on is None or seat.ends_on >= day]
    elsewhere = next((seat for seat in current if seat.school_class.name != row.class_name), None)
    if elsewhere:
        return "class_name", (
            f"học sinh đang học lớp {elsewhere.school_class.name} năm học này. Chuyển lớp là biến động sĩ số, "
            f"{NOT_BY_LIST}; nếu chỉ ghi nhầm lớp thì sửa lại thành {elsewhere.school_class.name}."
        )
    if of_year and not current:
        return _against_a_return(row, of_year[-1])
    if current:
        return _against_leaving(row)
    return (
        _against_leaving(row)
        or _against_arriving(row)
        or _against_two_years(seats, year)
        or _against_the_grade(row, last_class, year)
    )


def _against_a_return(row: RosterRow, last: Enrolment) -> tuple[str, str] | None:
    assert last.ends_on  # noqa: S101 - the seat is over
    if row.status not in ATTENDING and not row.status.startswith(ARRIVING):
        return None
    since = last.ends_on + ONE_DAY
    return "full_name", (
        f"học sinh đã rời lớp {last.school_class.name} từ ngày {since:%d/%m/%Y}. Học lại là biến động sĩ số, "
        f"{NOT_BY_LIST}."
    )


def _against_leaving(row: RosterRow) -> tuple[str, str] | None:
    if row.status in ATTENDING or row.status.startswith(ARRIVING):
        return None
    return "status", (
        f"trạng thái «{row.status}»: học sinh không còn học nên không xếp vào lớp. Chuyển đi, thôi học là biến động "
        f"sĩ số, {NOT_BY_LIST}."
    )


def _against_arriving(row: RosterRow) -> tuple[str, str] | None:
    if row.status in ATTENDING:
        return None
    return "status", (
        f"trạng thái «{row.status}»: vào lớp giữa năm là biến động sĩ số, có ngày và quyết định, "
        f"{NOT_BY_LIST}; nếu học sinh học từ đầu năm thì ghi trạng thái «Đang học»."
    )


def _against_two_years(seats: Sequence[Enrolment], year: SchoolYear) -> tuple[str, str] | None:
    """A seat of another year that reaches into this one; the database keeps one pupil's seats apart (rule R13)."""
    if not seats:
        return None
    other = seats[-1].school_class
    return "full_name", (
        f"học sinh còn trong lớp {other.name} của năm học {other.year.label} sang cả năm học {year.label}. "
        "Danh sách không sửa được ngày rời lớp cũ: bỏ hàng này khỏi tệp và báo Quản trị hệ thống."
    )


def _against_the_grade(
    row: RosterRow, last_class: LastClass | None, year: SchoolYear
) -> tuple[str, str] | None:
    if last_class is None or row.grade is None:
        return None
    reason = against_the_grade(row.grade, last_class, year.pk)
    return ("class_name", reason) if reason else None
