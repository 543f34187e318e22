"""A list of assignments → what it would begin, change and end of a year's seats, row by row (PLAN IV.2; R6, R59).

Reads only; `gradebook.assignment_lists` carries it out. A seat is a class to lead, or a line to teach in it. What the
list says of a person is all that they hold: a seat they hold and the list names for nobody ends. Whoever is not in the
list keeps theirs, and so does everybody in matters of which the file has no column. Seats that somebody stands in
for, or that change hands later on anyway, are left to the page of the class.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.dates import Days
from accounts.models import Team, User
from accounts.posts import ACCOUNT_IS_SHUT
from accounts.separation import clerk_days, why_no_seat
from accounts.terms import DAY
from gradebook.class_lines import lines_of_classes
from gradebook.models import SubjectLine, TeachingAssignment
from gradebook.regulation import line_by_name
from students.cell_values import Problem
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.names import search_key
from students.staff_files import StaffRow

# A class, and a line or None for its homeroom.
SeatKey = tuple[int, int | None]
Assignment = HomeroomAssignment | TeachingAssignment
OWN = "Không ai tự phân công, tự thôi việc của chính mình. Người khác trong Ban giám hiệu làm; bỏ phần này khỏi tệp."


class Deed(StrEnum):
    """What becomes of a seat, or of a person's tổ."""

    BEGIN = "begin"
    CHANGE = "change"
    END = "end"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `term` is the new row to begin, or the row to hand over or end; None for a tổ."""

    deed: Deed
    label: str
    person: User
    old: str = ""
    term: Assignment | None = None
    team: Team | None = None


@dataclass(slots=True)
class PlannedRow:
    """A row of the list; `person` is None where nobody could be found for it."""

    place: str
    name: str
    code: str
    row: StaffRow | None = None
    person: User | None = None
    steps: list[Step] = field(default_factory=list)
    kept: int = 0
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        return self._looks[0]

    @property
    def kind(self) -> str:
        return self._looks[1]

    @property
    def _looks(self) -> tuple[str, str]:
        """Word and colour of its state."""
        if self.reasons:
            return "Bị từ chối", "refused"
        if not self.steps:
            return "Giữ nguyên", "neutral"
        return ("Phân công mới", "open") if self._only_begins else ("Thay đổi", "warning")

    @property
    def _only_begins(self) -> bool:
        return all(step.deed == Deed.BEGIN for step in self.steps)

    def labels(self, deed: Deed) -> str:
        return "; ".join(step.label for step in self.steps if step.deed == deed)

    @property
    def begun(self) -> str:
        return self.labels(Deed.BEGIN)

    @property
    def ended(self) -> str:
        return self.labels(Deed.END)

    @property
    def moved(self) -> list[Step]:
        return [step for step in self.steps if step.deed == Deed.MOVE]

    @property
    def taken(self) -> dict[str, str]:
        """Who had them → the seats."""
        found: dict[str, list[str]] = defaultdict(list)
        for step in self.steps:
            if step.deed == Deed.CHANGE:
                found[step.old].append(step.label)
        return {old: "; ".join(labels) for old, labels in found.items()}


@dataclass(frozen=True, slots=True)
class AssignmentPlan:
    """What carrying out a list would do now; `general` are problems of the file as a whole."""

    rows: tuple[PlannedRow, ...]
    days: Days
    general: tuple[str, ...] = ()

    @property
    def steps(self) -> list[Step]:
        return [step for row in self.rows for step in row.steps]

    def count(self, deed: Deed) -> int:
        return sum(step.deed == deed for step in self.steps)

    @property
    def begun(self) -> int:
        return self.count(Deed.BEGIN)

    @property
    def changed(self) -> int:
        return self.count(Deed.CHANGE)

    @property
    def ended(self) -> int:
        return self.count(Deed.END)

    @property
    def moved(self) -> int:
        return self.count(Deed.MOVE)

    @property
    def kept(self) -> int:
        return sum(row.kept for row in self.rows)

    @property
    def last_day_before(self) -> datetime.date:
        """Of what ends."""
        return self.days.first - DAY

    @property
    def error_count(self) -> int:
        return sum(len(row.reasons) for row in self.rows) + len(self.general)

    @property
    def changes_anything(self) -> bool:
        return bool(self.steps)

    @property
    def in_order(self) -> list[PlannedRow]:
        """What is refused first, then what has a remark, then what changes; else as in the file."""
        return sorted(self.rows, key=lambda row: (not row.reasons, not row.steps))

    @property
    def fingerprint(self) -> str:
        """Tells whether what is carried out is what was shown."""
        told = [
            (row.place, row.code, step.deed.value, step.label, step.person.pk, step.old)
            for row in self.rows
            for step in row.steps
        ]
        return hashlib.sha256(repr((self.days, told)).encode()).hexdigest()


def plan_assignments(
    rows: Sequence[StaffRow],
    problems: Iterable[Problem] = (),
    *,
    year: SchoolYear,
    day: datetime.date,
    by: User,
) -> AssignmentPlan:
    """What the list would do from `day` on, row by row. Seven statements, however long it is."""
    several = len({row.sheet for row in rows}) > 1
    wrong: dict[tuple[str, int], list[str]] = defaultdict(list)
    for problem in problems:
        wrong[problem.sheet, problem.row].append(_words(problem))
    planner = _Planner(rows, year, Days(day, year.ends_on), by)
    planned = [
        PlannedRow(_place(row.sheet, row.row, named=several), row.full_name, row.code, row) for row in rows
    ]
    for each in planned:
        row: Any = each.row
        each.reasons += wrong.pop((row.sheet, row.row), [])
    planner.plan(planned)
    general = tuple(words for place, found in wrong.items() if not place[1] for words in found)
    unread = [
        PlannedRow(_place(sheet, number, named=several), "", "", reasons=found)
        for (sheet, number), found in wrong.items()
        if number
    ]
    return AssignmentPlan((*planned, *unread), planner.days, general)


def _words(problem: Problem) -> str:
    text = problem.message[:1].upper() + problem.message[1:]
    if not problem.column_letter:
        return text
    return f"Ô {problem.column_letter}{problem.row} «{problem.header}»: {text}"


def _place(sheet: str, number: int, *, named: bool) -> str:
    return f"Trang «{sheet}», hàng {number}" if named else f"Hàng {number}"


class _SeatRefused(Exception):
    """The list cannot decide over this seat; str() says why and what to do."""


class _Planner:
    """The year's seats as they are from the first of the days on, and the rows that want them."""

    def __init__(self, rows: Sequence[StaffRow], year: SchoolYear, days: Days, by: User) -> None:
        people = User.objects.select_related("team").filter(staff_code__in={row.code for row in rows})
        self.people = {each.staff_code: each for each in people}
        self.teams = {each.name: each for each in Team.objects.all()}
        self.classes = {each.name: each for each in SchoolClass.objects.filter(year=year)}
        lines = lines_of_classes([each.pk for each in self.classes.values()])
        self.lines = {(class_id, each.code): each for class_id, own in lines.items() for each in own}
        self.days = days
        self.clerks = clerk_days(people, days)
        self.by = by
        self.wanted: dict[SeatKey, tuple[User, PlannedRow]] = {}
        self.terms: dict[SeatKey, list[Assignment]] = defaultdict(list)
        for term in terms_from(days.first, year):
            self.terms[seat_of(term)].append(term)

    def plan(self, planned: Sequence[PlannedRow]) -> None:
        for each in planned:
            self._find_person(each)
            self._want(each)
        for seat, (person, each) in self.wanted.items():
            self._plan_seat(seat, person, each)
        self._plan_ends([each for each in planned if each.person])
        self._plan_teams([each for each in planned if each.person])

    # -- What a row says ---------------------------------------------------------------------------------

    def _find_person(self, each: PlannedRow) -> None:
        row: Any = each.row
        if not row.code:
            return
        person = self.people.get(row.code)
        if person is None:
            why = f"mã «{row.code}» chưa có tài khoản. Văn thư cấp tài khoản trước, hoặc sửa mã."
        elif search_key(person.full_name) != search_key(row.full_name):
            why = (
                f"mã «{row.code}» là của {person.full_name}, không phải {row.full_name}. Sửa mã hoặc họ tên."
            )
        else:
            each.person = person
            return
        each.reasons.append(_in_cell(row, "code", why))

    def _want(self, each: PlannedRow) -> None:
        """Enters the seats of the row; what cannot be is refused in the row."""
        row: Any = each.row
        named = [("homeroom_class", name) for name in [row.homeroom_class] if name]
        named += [("classes", name) for name in row.classes]
        for column, name in named:
            if name not in self.classes:
                why = f"năm học này chưa có lớp {name}. Sửa tên lớp, hoặc nạp danh sách học sinh trước."
                each.reasons.append(_in_cell(row, column, why))
        if row.subjects and not row.classes and not _is_told(each, "classes"):
            each.reasons.append(
                _in_cell(row, "classes", "có môn dạy mà thiếu lớp dạy. Ghi lớp dạy, ví dụ 3A, 3B.")
            )
        if row.classes and not row.subjects and not _is_told(each, "subjects"):
            each.reasons.append(_in_cell(row, "subjects", "có lớp dạy mà thiếu môn dạy. Ghi môn dạy."))
        if each.person:
            self._want_seats(each, each.person)

    def _want_seats(self, each: PlannedRow, person: User) -> None:
        row: Any = each.row
        clashes: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        if row.homeroom_class in self.classes:
            self._enter((self.classes[row.homeroom_class].pk, None), person, each, "homeroom_class", clashes)
        found = [line_by_name(name) for name in row.subjects]
        for school_class in (self.classes[name] for name in row.classes if name in self.classes):
            lines = [self.lines.get((school_class.pk, line.code)) for line in found if line]
            for line in lines:
                if line:
                    self._enter((school_class.pk, line.pk), person, each, "classes", clashes)
            missing = [line.short_name for line, has in zip(found, lines, strict=True) if line and not has]
            if missing:
                each.notes.append(f"Lớp {school_class.name} không học {', '.join(missing)}: bỏ qua.")
        for (column, name, place), labels in clashes.items():
            why = f"{'; '.join(labels)} đã ghi cho {name} ở {place}. Sửa một trong hai hàng."
            each.reasons.append(_in_cell(row, column, why))

    def _enter(
        self,
        seat: SeatKey,
        person: User,
        each: PlannedRow,
        column: str,
        clashes: dict[tuple[str, str, str], list[str]],
    ) -> None:
        """`clashes`: the seats that another row wants for somebody else, one sentence for each such row."""
        other, row = self.wanted.setdefault(seat, (person, each))
        if other.pk != person.pk:
            clashes[column, other.full_name, row.place.lower()].append(self.label_of(seat))

    # -- What follows for the seats ----------------------------------------------------------------------

    def _plan_seat(self, seat: SeatKey, person: User, each: PlannedRow) -> None:
        try:
            step = self._step(seat, person)
        except _SeatRefused as refusal:
            each.reasons.append(f"{self.label_of(seat)}: {refusal}")
            return
        if step:
            each.steps.append(step)
        else:
            each.kept += 1

    def _step(self, seat: SeatKey, person: User) -> Step | None:
        """None: the person holds the seat already. Raises _SeatRefused."""
        terms = self.terms[seat]
        if terms and all(regular_holder(term).pk == person.pk for term in terms):
            return None
        self._refuse_own(person)
        if not person.is_active:
            raise _SeatRefused(ACCOUNT_IS_SHUT.format(name=person.full_name))
        self._refuse_clerk(person)
        if not terms:
            new = self._new_term(seat, person)
            return Step(Deed.BEGIN, new.duty_label, person, term=new)
        term = self._only_term(terms)
        self._refuse_own(term.teacher)
        return Step(Deed.CHANGE, term.duty_label, person, old=term.teacher.full_name, term=term)

    def _plan_ends(self, planned: Sequence[PlannedRow]) -> None:
        """What the people of the list hold on the first day and the list gives to nobody; told in their first row."""
        first: dict[int, PlannedRow] = {}
        columns: dict[int, set[str]] = defaultdict(set)
        for each in planned:
            person, row = _person_and_row(each)
            first.setdefault(person.pk, each)
            columns[person.pk] |= row.places.keys()
        for seat, terms in self.terms.items():
            held = [term for term in terms if term.starts_on <= self.days.first]
            each_held = first.get(regular_holder(held[0]).pk) if held else None
            if each_held is None or seat in self.wanted:
                continue
            asked = {"homeroom_class"} if seat[1] is None else {"subjects", "classes"}
            if asked <= columns[regular_holder(held[0]).pk]:
                self._plan_end(terms, each_held)

    def _plan_end(self, terms: Sequence[Assignment], each: PlannedRow) -> None:
        person, _row = _person_and_row(each)
        try:
            term = self._only_term(terms)
            self._refuse_own(term.teacher)
            self._refuse_without_a_day(term)
        except _SeatRefused as refusal:
            each.reasons.append(f"{terms[0].duty_label} (không còn trong tệp): {refusal}")
        else:
            each.steps.append(Step(Deed.END, term.duty_label, person, term=term))

    def _only_term(self, terms: Sequence[Assignment]) -> Assignment:
        """The one row of a seat, held on the first day. Raises _SeatRefused where there is more to it."""
        if len(terms) == 1 and not terms[0].substitutes_for_id and terms[0].starts_on <= self.days.first:
            return terms[0]
        told = "; ".join(f"{term.teacher.full_name} {term.days.label}" for term in terms)
        raise _SeatRefused(
            f"đang có làm thay hoặc đã giao cho ngày khác ({told}). Sửa ở trang «Phân công» của lớp, rồi nạp lại tệp."
        )

    def _refuse_clerk(self, person: User) -> None:
        why = why_no_seat(person, self.clerks.get(person.pk))
        if why:
            raise _SeatRefused(why)

    def _refuse_own(self, person: User) -> None:
        if person.pk == self.by.pk:
            raise _SeatRefused(OWN)

    def _refuse_without_a_day(self, term: Assignment) -> None:
        """What begins on the very day has no day before, with which it could end."""
        if term.starts_on == self.days.first:
            raise _SeatRefused(
                f"bắt đầu đúng ngày {term.starts_on:%d/%m/%Y} nên không kết thúc trước ngày đó được. "
                "Chọn ngày áp dụng muộn hơn, hoặc ghi việc này vào tệp."
            )

    def _new_term(self, seat: SeatKey, person: User) -> Assignment:
        school_class, line = self._class_and_line(seat)
        held = {
            "school_class": school_class,
            "teacher": person,
            "starts_on": self.days.first,
            "ends_on": self.days.last,
        }
        return TeachingAssignment(line=line, **held) if line else HomeroomAssignment(**held)

    def _class_and_line(self, seat: SeatKey) -> tuple[SchoolClass, SubjectLine | None]:
        school_class = next(each for each in self.classes.values() if each.pk == seat[0])
        return school_class, next((each for each in self.lines.values() if each.pk == seat[1]), None)

    def label_of(self, seat: SeatKey) -> str:
        """As the row of the seat would name it."""
        school_class, line = self._class_and_line(seat)
        return (
            f"{line.line.short_name} lớp {school_class.name}"
            if line
            else f"Chủ nhiệm lớp {school_class.name}"
        )

    # -- Tổ ----------------------------------------------------------------------------------------------

    def _plan_teams(self, planned: Sequence[PlannedRow]) -> None:
        asked: dict[int, str] = {}
        for each in planned:
            person, row = _person_and_row(each)
            if not row.team:
                continue
            why = self._why_no_team(person, row.team, asked.setdefault(person.pk, row.team))
            if why:
                each.reasons.append(_in_cell(row, "team", why))
            elif person.team != self.teams[row.team] and not any(
                step.person.pk == person.pk and step.deed == Deed.MOVE
                for other in planned
                for step in other.steps
            ):
                old = person.team.name if person.team else "(chưa có)"
                each.steps.append(Step(Deed.MOVE, row.team, person, old=old, team=self.teams[row.team]))

    def _why_no_team(self, person: User, name: str, first: str) -> str:
        if name not in self.teams:
            return (
                f"chưa có tổ «{name}». Các tổ hiện có: {', '.join(sorted(self.teams)) or 'chưa có tổ nào'}."
            )
        if name != first:
            return f"hàng trên ghi {first}. Mỗi người một tổ; sửa một trong hai hàng."
        if person.team != self.teams[name] and person.pk == self.by.pk:
            return "không ai tự đổi tổ của chính mình. Ghi lại tổ đang lưu, hoặc để trống."
        return ""


def terms_from(day: datetime.date, year: SchoolYear) -> list[Assignment]:
    """Every row of the year's seats that holds on the day or later, the earlier first. Two statements."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    related = ("teacher", "substitutes_for", "school_class__year")
    homerooms = HomeroomAssignment.objects.filter(still, school_class__year=year).select_related(*related)
    taught = TeachingAssignment.objects.filter(still, school_class__year=year).select_related(
        *related, "line"
    )
    return [*homerooms.order_by("starts_on"), *taught.order_by("starts_on")]


def seat_of(term: Assignment) -> SeatKey:
    return term.school_class_id, getattr(term, "line_id", None)


def regular_holder(term: Assignment) -> User:
    """Whose seat it is, also while somebody stands in."""
    return term.substitutes_for or term.teacher


def _person_and_row(each: PlannedRow) -> tuple[User, StaffRow]:
    """Of a row for which somebody was found."""
    if each.person is None or each.row is None:
        raise ValueError(each.place)
    return each.person, each.row


def _is_told(each: PlannedRow, name: str) -> bool:
    """Whether the reader has refused this cell already: what follows from that is not a second mistake."""
    row: Any = each.row
    start = _in_cell(row, name, "")
    return bool(start) and any(reason.startswith(start) for reason in each.reasons)


def _in_cell(row: StaffRow, name: str, why: str) -> str:
    """The reason with the cell that it speaks of; without one where the file lacks the column."""
    text = why[:1].upper() + why[1:]
    if name not in row.places:
        return text
    letter, heading = row.places[name]
    return f"Ô {letter}{row.row} «{heading}»: {text}"
