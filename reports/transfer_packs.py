"""Hồ sơ chuyển trường: what goes with a pupil to another school (PLAN IV.3; domain.md 8.3; rules R10, R12).

The letter in the form of Nghị định 30/2020, the results to date, the days absent, the movements; the học bạ follows
as its own part.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.timezone import make_aware

from accounts.clock import today
from gradebook.class_lines import lines_of
from gradebook.exemptions import Terms, terms_of_pupil
from gradebook.line_names import name_in
from gradebook.models import SubjectResult, TraitResult
from gradebook.past import rows_at
from gradebook.regulation import LINES, Period, TraitGroup, has_mark, traits_for
from gradebook.year_rules import rules_of
from reports.book_content import Signature, Transcript
from reports.signatories import read_signatories
from reports.transcripts import entry_day, pupil_code, transcript_of
from students.absences import Absences, absence_totals
from students.models import Movement, SchoolClass, SchoolYear, Student
from students.movement_rules import (
    ABROAD,
    FIRST_ADMISSIONS,
    FROM_ANOTHER_SCHOOL,
    PROMOTED,
    REPEATING,
    Kind,
)

TEMPLATE = "reports/print/transfer_pack.html"
LETTER = "GGT"
ORDER = "QĐ"
NOT_ASSESSED = "–"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A line or trait with its two values (level, mark) at each period; "" is not entered, "–" not to be assessed."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    label: str
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One movement in force. `classes`: (name, label of the year) of the class left, the class entered."""

    day: datetime.date
    kind: str
    classes: tuple[tuple[str, str], ...]
    paper: str


@dataclass(frozen=True, slots=True)
class TransferPack:
    """All of the pack but the học bạ's own pages. `number` is "" when the movement names another paper."""

    student: Student
    year: SchoolYear
    school_class: SchoolClass
    movement: Movement
    code: str
    number: str
    signature: Signature
    homeroom_teacher: str
    periods: tuple[str, ...]
    subjects: tuple[ResultRow, ...]
    traits: tuple[ResultRow, ...]
    comments: tuple[Comment, ...]
    absent_with_leave: str
    absent_without_leave: str
    steps: tuple[Step, ...]
    enclosures: tuple[str, ...]
    drawn_on: datetime.date
    transcript: Transcript

    @property
    def last_day(self) -> datetime.date:
        """The last day at this school."""
        return self.movement.day - datetime.timedelta(days=1)

    @property
    def receiver(self) -> str:
        """To whom the letter goes: abroad the school is often not known yet."""
        return f"{self.place[0].upper()}{self.place[1:]}"

    @property
    def place(self) -> str:
        """The school with its province; abroad with its country."""
        school, where = self.movement.other_school, self.movement.other_province
        if self.is_abroad:
            return f"{school} ({where})" if school else f"cơ sở giáo dục tiếp nhận học sinh ở {where}"
        return f"{school}, {where}" if school else where

    @property
    def paper(self) -> str:
        """By what else than the letter the pupil goes, named as what it is; "" where the letter is all."""
        if self.number or not self.movement.decision:
            return ""
        kind = "Quyết định" if ORDER in self.movement.decision_number.upper() else "giấy tờ"
        return f"{kind} số {self.movement.decision}"

    @property
    def is_abroad(self) -> bool:
        return self.movement.destination_code == ABROAD

    @property
    def title(self) -> str:
        return f"Hồ sơ chuyển trường – {self.student.full_name} – {self.code}"


def read_pack(movement: Movement) -> TransferPack:
    """`movement` comes with pupil, year and class at hand. Constant statements, whatever the results and years.

    Raises regulation.NotCovered for a year before Thông tư 27/2020.
    """
    student, year, school_class = movement.student, movement.year, movement.from_class
    assert school_class is not None  # noqa: S101 - a departure leaves a class; the database says so
    signatories = read_signatories([school_class.pk])
    unknown = Absences(None, None)
    absences = absence_totals([student.pk], until=year.pk).get((student.pk, year.pk), unknown)
    until = _end_of(movement.day)
    results, traits = _subject_results(student, year, until), _trait_results(student, year, until)
    terms = terms_of_pupil(student, year.pk)
    is_letter = LETTER in movement.decision_number
    signed_on = movement.decision_date if is_letter else None
    return TransferPack(
        student=student,
        year=year,
        school_class=school_class,
        movement=movement,
        code=pupil_code(student),
        number=movement.decision_number if is_letter else "",
        signature=replace(signatories.principal(year, signed_on or today()), day=signed_on),
        homeroom_teacher=signatories.homeroom_teacher(school_class, movement.day),
        periods=tuple(period.label for period in Period),
        subjects=tuple(_subject_rows(school_class, results, terms)),
        traits=tuple(_trait_rows(school_class, traits, terms)),
        comments=tuple(_comments(school_class, results, traits)),
        absent_with_leave=_days(absences.with_leave),
        absent_without_leave=_days(absences.without_leave),
        steps=tuple(_steps(student)),
        enclosures=tuple(_enclosures(student)),
        drawn_on=today(),
        transcript=transcript_of(student, year),
    )


Results = Mapping[tuple[str, str], SubjectResult]
Traits = Mapping[tuple[str, str], TraitResult]


def _end_of(day: datetime.date) -> datetime.datetime:
    return make_aware(datetime.datetime.combine(day, datetime.time.max))


def _subject_results(student: Student, year: SchoolYear, until: datetime.datetime) -> Results:
    """By code and period; of the grade before, too, for one who has skipped a grade within the year."""
    rows = SubjectResult.objects.filter(student=student, line__year=year).select_related("line")
    past = rows_at(SubjectResult, until, student_id=student.pk, line__year_id=year.pk)
    found = _entered_by_then(rows.order_by("line__grade_level"), past, ("attainment", "mark", "comment"))
    return {(row.line.code, row.period): row for row in found}


def _trait_results(student: Student, year: SchoolYear, until: datetime.datetime) -> Traits:
    rows = TraitResult.objects.filter(student=student, year=year)
    past = rows_at(TraitResult, until, student_id=student.pk, year_id=year.pk)
    return {(row.item, row.period): row for row in _entered_by_then(rows, past, ("rating", "comment"))}


def _entered_by_then(rows: Iterable[Any], past: Iterable[Any], fields: Sequence[str]) -> Iterator[Any]:
    """The rows, blank where nothing stood by the leaving day: nobody assesses a pupil who has left.

    What stood then and was corrected since is given as corrected. The history's own clock decides.
    """
    then = {row.id: row for row in past}
    for row in rows:
        for name in fields:
            if getattr(then.get(row.pk), name, None) in ("", None):
                setattr(row, name, row._meta.get_field(name).get_default())  # noqa: SLF001 - Django's own name
        yield row


def _subject_rows(
    school_class: SchoolClass, results: Results, terms: Mapping[Period, Terms]
) -> Iterator[ResultRow]:
    """Every line that the class is taught, entered or not, and what the pupil has in others from a class before."""
    shown = {line.code for line in lines_of(school_class)} | {code for code, _period in results}
    year, grade = school_class.year, school_class.grade_level
    for line in (each for each in LINES if each.code in shown):
        values: list[str] = []
        for period in Period:
            result = results.get((line.code, period), SubjectResult())
            is_tested = has_mark(year.pk, grade, line.code, period, rules=rules_of(year))
            mark = "" if result.mark is None else str(result.mark)
            if result.repeat:
                mark = f"{mark} (lần đầu {result.first_mark}, kiểm tra lại {result.repeat.mark})"
            word = terms[period].word(line.code)
            values += [result.attainment or word, mark or (word if is_tested else NOT_ASSESSED)]
        yield ResultRow(name_in(school_class, line.code), tuple(values))


def _trait_rows(
    school_class: SchoolClass, results: Traits, terms: Mapping[Period, Terms]
) -> Iterator[ResultRow]:
    year = school_class.year
    for trait in traits_for(year.pk, school_class.grade_level, rules=rules_of(year)):
        values = (
            results.get((trait.code, period), TraitResult()).rating or terms[period].word(trait.code)
            for period in Period
        )
        yield ResultRow(trait.name, tuple(values))


def _comments(school_class: SchoolClass, results: Results, traits: Traits) -> Iterator[Comment]:
    """What teachers wrote, in the order of the books."""
    for period in Period:
        of_period = [row for (_code, when), row in results.items() if when == period and row.comment]
        for row in sorted(of_period, key=lambda row: row.line.line.position):
            yield Comment(name_in(school_class, row.line.code), period.label, row.comment)
        for group in TraitGroup:
            said = traits.get((group.value, period))
            if said and said.comment:
                yield Comment(group.label, period.label, said.comment)


def _steps(student: Student) -> Iterator[Step]:
    rows = Movement.objects.in_force().filter(student=student)
    for place, row in enumerate(rows.select_related("from_class__year", "to_class__year").order_by("day")):
        classes = (each for each in (row.from_class, row.to_class) if each)
        school = ", ".join(text for text in (row.other_school, row.other_province) if text)
        came_on = entry_day(row, row.to_class.year) if row.to_class else None
        yield Step(
            came_on or row.day,
            _kind_of(row, is_first=place == 0),
            tuple((each.name, each.year.label) for each in classes),
            "; ".join(filter(None, (row.decision, school))),
        )


def _kind_of(movement: Movement, *, is_first: bool) -> str:
    """Every year's list begins a seat; whoever merely goes on is not said to come to the school."""
    if movement.kind != Kind.ADMITTED:
        return movement.get_kind_display()
    if movement.entry_code in FIRST_ADMISSIONS and not is_first:
        return "Học lớp"
    return _CAME_BY.get(movement.entry_code, movement.get_kind_display())


_CAME_BY = {FROM_ANOTHER_SCHOOL: Kind.TRANSFERRED_IN.label, REPEATING: "Ở lại lớp", PROMOTED: "Lên lớp"}


def _enclosures(student: Student) -> Iterator[str]:
    yield "Đơn xin chuyển trường của cha mẹ (người giám hộ) học sinh."
    yield "Học bạ (bản chính); kèm bản in từ hệ thống, năm học chưa phê duyệt là bản xem trước."
    yield "Kết quả đánh giá đến ngày chuyển, số ngày nghỉ, biến động trong quá trình học (Phụ lục kèm theo)."
    yield "Bản sao giấy khai sinh."
    if student.disability_code:
        yield "Kế hoạch giáo dục cá nhân và giấy xác nhận khuyết tật (bản sao)."


def _days(value: Decimal | None) -> str:
    """3.0 → "3", 0.5 → "0,5"; "" for what nobody has counted yet."""
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")
