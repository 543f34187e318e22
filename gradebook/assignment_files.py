"""The year's assignments as an Excel file that can be uploaded back: as they are, or with the seats left blank."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from accounts.models import User
from accounts.tables import Heading, Value, write_table
from gradebook.assignment_plan import Assignment, regular_holder, terms_from
from gradebook.models import TeachingAssignment
from students.models import SchoolYear

HEADINGS = (
    Heading("STT", 6),
    Heading("Mã cán bộ", 12),
    Heading("Họ và tên", 26),
    Heading("Tổ chuyên môn", 18),
    Heading("Lớp chủ nhiệm", 15),
    Heading("Môn dạy", 60),
    Heading("Lớp dạy", 40),
)
NOTES = (
    "Mỗi hàng: các môn ở cột «Môn dạy» được dạy ở mọi lớp của cột «Lớp dạy».",
    "Người dạy môn khác ở lớp khác thì có thêm hàng: ghi lại mã cán bộ và họ tên.",
    "Người có trong tệp: tệp ghi toàn bộ việc của người ấy, việc đang giữ mà tệp không ghi sẽ kết thúc.",
    "Người không có trong tệp: giữ nguyên. Cột «Tổ chuyên môn» để trống: giữ nguyên tổ.",
)


def write_assignments(year: SchoolYear, day: datetime.date, *, is_blank: bool, by: User) -> bytes:
    """Everybody in use and whoever holds a seat on the day, by name. Three statements."""
    held: dict[User, list[Assignment]] = defaultdict(list)
    for term in terms_from(day, year):
        if term.starts_on <= day:
            held[regular_holder(term)].append(term)
    people = User.objects.select_related("team").order_by("sort_key", "pk")
    wanted = [person for person in people if person.is_active or (person in held and not is_blank)]
    lines = (line for person in wanted for line in _lines(person, [] if is_blank else held[person]))
    return write_table(
        title=f"Phân công {year.label}",
        headings=HEADINGS,
        rows=([number, *line] for number, line in enumerate(lines, start=1)),
        by=by,
        notes=NOTES,
    )


def _lines(person: User, terms: Iterable[Assignment]) -> Iterator[list[Value]]:
    """As many rows as the person needs; the class to lead and the tổ stand in the first."""
    homerooms, taught = _sorted_out(terms)
    first: list[Value] = [person.staff_code, person.full_name, person.team.name if person.team else ""]
    further: list[Value] = [person.staff_code, person.full_name, ""]
    blocks = taught or [("", "")]
    for number in range(max(len(homerooms), len(blocks), 1)):
        homeroom = homerooms[number] if number < len(homerooms) else ""
        block = blocks[number] if number < len(blocks) else ("", "")
        yield [*(further if number else first), homeroom, *block]


def _sorted_out(terms: Iterable[Assignment]) -> tuple[list[str], list[tuple[str, str]]]:
    """Classes led; and lines taught, with all classes in which it is just these, as "Toán, Tiếng Việt" and "4A, 4B"."""
    ordered = sorted(terms, key=lambda term: (term.school_class.grade_level, term.school_class.name))
    homerooms = [term.school_class.name for term in ordered if not isinstance(term, TeachingAssignment)]
    by_class: dict[str, list[TeachingAssignment]] = defaultdict(list)
    for term in ordered:
        if isinstance(term, TeachingAssignment):
            by_class[term.school_class.name].append(term)
    blocks: dict[str, list[str]] = defaultdict(list)
    for name, taught in by_class.items():
        lines = sorted((term.line.line for term in taught), key=lambda line: line.position)
        blocks[", ".join(line.name for line in lines)].append(name)
    return homerooms, [(names, ", ".join(classes)) for names, classes in blocks.items()]
