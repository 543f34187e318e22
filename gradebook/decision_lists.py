"""Who is on the lists of a decision on results: as issued; of a draft, as things stand, and what it lacks."""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from gradebook.decision_rules import DecisionKind
from gradebook.models import ClassYearEnd, ResultsDecision, ResultsDecisionLine
from gradebook.year_end import Row, read_results
from gradebook.year_end_lists import LISTS, Kind, PupilList
from gradebook.year_end_rules import State
from students.models import Enrolment, SchoolClass, Student

PARTS: Mapping[DecisionKind, tuple[Kind, ...]] = {
    DecisionKind.RESULTS: (Kind.PROMOTED, Kind.COMPLETED, Kind.STAYING),
    DecisionKind.SUMMER: (Kind.RETEST, Kind.TRAINING),
    DecisionKind.AWARDS: (Kind.AWARDS,),
}
AWARD, AWARD_REASON = "Danh hiệu", "Nội dung"
# Of the columns that the lists have on their pages; issued lines keep their words in this order.
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PROMOTED: ("Kết quả", "Kế hoạch giúp đỡ"),
    Kind.COMPLETED: ("Kết quả",),
    Kind.STAYING: ("Kết quả", "Lí do"),
    Kind.RETEST: ("Kiểm tra lại",),
    Kind.TRAINING: ("Rèn luyện",),
    Kind.AWARDS: (AWARD, AWARD_REASON),
}


def _readers(part: Kind) -> tuple[Callable[[Row], str], ...]:
    of_list = {name: read for name, _width, read in LISTS[part].columns}
    return tuple(of_list[name] for name in COLUMNS[part])


_READERS = {part: _readers(part) for part in COLUMNS}

LineKey = tuple[str, int, int, tuple[str, ...]]
"""(list, pupil, class, words)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil on a list of a decision.

    `since` is what came of the pupil afterwards, where the line no longer holds (`decided_anew`); `needs_amending`
    where that is decided and no later decision says it yet. `replaces` is the line of an earlier decision that it
    amends, with that decision; one that `is_struck` takes the pupil off the list, and has the earlier words.
    """

    part: Kind
    student: Student
    school_class: SchoolClass
    words: tuple[str, ...]
    since: str = ""
    needs_amending: bool = False
    replaces: ResultsDecisionLine | None = None
    is_struck: bool = False
    pk: int | None = None

    @property
    def title(self) -> str:
        title = LISTS[self.part].title
        return f"{title}: thôi có tên" if self.is_struck else title

    @property
    def told(self) -> list[tuple[str, str]]:
        """(heading, words) of the list's own columns."""
        return list(zip(COLUMNS[self.part], self.words, strict=True))

    @property
    def summary(self) -> str:
        return _summary(self.part, self.words)

    @property
    def instead_of(self) -> str:
        """What it amends: «Thay thế nội dung tại Quyết định số …: …»; "" of a line that amends nothing."""
        if self.replaces is None:
            return ""
        paper = self.replaces.decision.dated_label
        if self.is_struck:
            return f"Huỷ nội dung tại {paper}."
        return f"Thay thế nội dung tại {paper}: {summary_of(self.replaces, beside=self.part)}."

    @property
    def key(self) -> LineKey:
        return self.part.value, self.student.pk, self.school_class.pk, self.words


def _summary(part: Kind, words: Iterable[str]) -> str:
    return "; ".join(f"{heading}: {each}" for heading, each in zip(COLUMNS[part], words, strict=True) if each)


def summary_of(row: ResultsDecisionLine, *, beside: Kind) -> str:
    """The words of an issued line; with its list where that is another than the one it stands `beside`."""
    part = Kind(row.part)
    told = _summary(part, row.words)
    return told if part is beside else f"{LISTS[part].title}; {told}"


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a decision; or, of one that amends others, those who are on that list no more."""

    kind: Kind
    lines: tuple[Line, ...]
    is_struck: bool = False

    @property
    def title(self) -> str:
        title = LISTS[self.kind].title
        return f"Học sinh thôi có tên trong danh sách «{title}»" if self.is_struck else title

    @property
    def headings(self) -> tuple[str, ...]:
        return COLUMNS[self.kind]

    @property
    def by_class(self) -> list[tuple[SchoolClass, int]]:
        """How many of each class, in the order of the classes."""
        classes = [list(lines) for _pk, lines in groupby(self.lines, key=lambda line: line.school_class.pk)]
        return [(lines[0].school_class, len(lines)) for lines in classes]


def parts_of(lines: Iterable[Line], kind: str) -> tuple[Part, ...]:
    """The lists of a decision of this kind, the empty ones too; then of whom it strikes off them, if of anybody."""
    known = tuple(lines)
    parts = PARTS[DecisionKind(kind)]
    named = (
        Part(part, tuple(line for line in known if line.part is part and not line.is_struck))
        for part in parts
    )
    struck = (
        Part(part, tuple(line for line in known if line.part is part and line.is_struck), is_struck=True)
        for part in parts
    )
    return (*named, *(part for part in struck if part.lines))


def amended_by(lines: Iterable[Line]) -> tuple[ResultsDecision, ...]:
    """The earlier decisions that these lines amend, the first issued first."""
    found = {line.replaces.decision_id: line.replaces.decision for line in lines if line.replaces is not None}
    return tuple(sorted(found.values(), key=lambda each: (each.dated or datetime.date.min, each.pk)))


def classes_of(decision: ResultsDecision) -> list[SchoolClass]:
    """The classes in scope that have pupils, in order, each with its year at hand."""
    if decision.school_class:
        decision.school_class.year = decision.year
        return [decision.school_class]
    seated = Enrolment.objects.filter(school_class__year=decision.year).values("school_class")
    classes = list(SchoolClass.objects.filter(pk__in=seated).order_by("grade_level", "name"))
    for each in classes:
        each.year = decision.year
    return classes


def issued_lines(decision: ResultsDecision) -> tuple[Line, ...]:
    """In the words in which they were issued. One statement."""
    rows = decision.lines.select_related("student", "school_class__year", "replaces__decision")
    return tuple(line_of(row) for row in rows.order_by("part", "position"))


def line_of(row: ResultsDecisionLine) -> Line:
    """`row` comes with student, class and year, and with what it replaces."""
    return Line(
        Kind(row.part),
        row.student,
        row.school_class,
        tuple(row.words),
        replaces=row.replaces,
        is_struck=row.is_struck,
        pk=row.pk,
    )


def lines_now(kind: str, rows: Sequence[Row]) -> Iterator[tuple[Line, bool]]:
    """Each with whether it is settled: the principal has decided on the pupil, or left the pupil for the summer."""
    for part in PARTS[DecisionKind(kind)]:
        for row in rows:
            if LISTS[part].has(row) and (part is not Kind.AWARDS or row.award_label):
                yield _line(part, row), row.decided is not None or row.waits


def _line(part: Kind, row: Row) -> Line:
    return Line(part, row.student, row.school_class, tuple(read(row) for read in _READERS[part]))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as things stand.

    `shown`: what no decision in force says yet in the same words, proposals included, for those who read it over.
    `to_issue`: what of it the principal has approved. `not_approved`: the classes in scope that he has not approved.
    """

    shown: tuple[Line, ...]
    to_issue: tuple[Line, ...]
    not_approved: tuple[SchoolClass, ...]
    approved_on: datetime.date | None

    @property
    def problems(self) -> tuple[str, ...]:
        if self.not_approved:
            names = ", ".join(each.name for each in self.not_approved)
            return (
                f"Hiệu trưởng chưa phê duyệt kết quả năm học của lớp {names}: phê duyệt trước rồi ban hành.",
            )
        return () if self.to_issue else (NOBODY,)


NOBODY = (
    "Không có em nào để đưa vào quyết định: chưa có em nào thuộc danh sách này, hoặc các em đã có trong một quyết định "
    "đang có hiệu lực."
)


def read_draft(decision: ResultsDecision) -> Draft:
    """Eleven statements at most, whatever the number of pupils and classes."""
    classes = classes_of(decision)
    records = {each.school_class_id: each for each in ClassYearEnd.objects.filter(school_class__in=classes)}
    approved = {pk: each for pk, each in records.items() if each.state == State.APPROVED}
    moments = [each.approved_at for each in approved.values() if each.approved_at]
    proposed = list(_proposed(decision, read_results(classes), _in_force(decision, classes)))
    return Draft(
        shown=tuple(line for line, _is_final in proposed),
        to_issue=tuple(line for line, is_final in proposed if is_final),
        not_approved=tuple(each for each in classes if each.pk not in approved),
        approved_on=timezone.localdate(max(moments)) if moments else None,
    )


Place = tuple[str, int, int]
"""(list, class, pupil): where one line in force stands. A pupil is on one list of the year's results only, while one
may have to be assessed again and to train in the same summer."""


def _place(kind: str, part: str, school_class_id: int, student_id: int) -> Place:
    return (part if kind == DecisionKind.SUMMER else "", school_class_id, student_id)


def _in_force(
    decision: ResultsDecision, classes: Collection[SchoolClass]
) -> Mapping[Place, ResultsDecisionLine]:
    """What decisions of the kind say of the pupils of these classes. One statement."""
    rows = (
        ResultsDecisionLine.objects.in_force()
        .filter(decision__kind=decision.kind, school_class__in=classes)
        .select_related("decision", "student", "school_class")
        .order_by("part", "position")
    )
    return {_place(decision.kind, row.part, row.school_class_id, row.student_id): row for row in rows}


def _proposed(
    decision: ResultsDecision, rows: Sequence[Row], in_force: Mapping[Place, ResultsDecisionLine]
) -> Iterator[tuple[Line, bool]]:
    """What no decision in force says yet in the same words, each with whether it can be issued; then whom to strike."""
    standing = dict(in_force)
    for line, is_settled in lines_now(decision.kind, rows):
        place = _place(decision.kind, line.part, line.school_class.pk, line.student.pk)
        earlier = standing.pop(place, None)
        if earlier is None or key_of(earlier) != line.key:
            yield replace(line, replaces=earlier), is_settled
    settled = {(row.school_class.pk, row.student.pk) for row in rows if row.decided is not None or row.waits}
    for row in standing.values():
        if (row.school_class_id, row.student_id) in settled:
            yield (
                Line(
                    Kind(row.part),
                    row.student,
                    row.school_class,
                    tuple(row.words),
                    replaces=row,
                    is_struck=True,
                ),
                True,
            )


def key_of(row: ResultsDecisionLine) -> LineKey:
    return Kind(row.part), row.student_id, row.school_class_id, tuple(row.words)


AWAITED = "chờ quyết định sửa đổi"


def with_decisions(pupils: PupilList, year: int) -> PupilList:
    """The list with the decision in force beside each pupil: its number and day. One statement.

    Where it says other words of the pupil, or puts the pupil on another list, that an amending one is awaited.
    """
    kind = next((each for each, parts in PARTS.items() if pupils.kind in parts), None)
    if kind is None:
        return pupils
    lines = ResultsDecisionLine.objects.in_force().filter(decision__year=year, decision__kind=kind)
    in_force = {
        _place(kind, line.part, line.school_class_id, line.student_id): line
        for line in lines.select_related("decision").order_by("decision__issued_at")
    }
    named = {}
    for row in pupils.rows:
        who = (row.school_class.pk, row.student.pk)
        line = in_force.get(_place(kind, pupils.kind, *who))
        if line is not None:
            number = f"Số {line.decision.number} ngày {line.decision.dated:%d/%m/%Y}"
            says_so = key_of(line) == _line(pupils.kind, row).key
            named[row.student.pk, row.school_class.pk] = number if says_so else f"{number}: {AWAITED}"
    return PupilList(pupils.kind, pupils.rows, named)
