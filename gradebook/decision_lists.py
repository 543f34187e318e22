"""Who is on the lists of a decision on results: as issued; of a draft, as things stand, and what it lacks."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from gradebook.decision_rules import DecisionKind, DecisionState
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


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil on a list of a decision.

    `since` is what came of the pupil afterwards, where the line no longer holds (`decided_anew`).
    """

    part: Kind
    student: Student
    school_class: SchoolClass
    words: tuple[str, ...]
    since: str = ""

    @property
    def title(self) -> str:
        return LISTS[self.part].title

    @property
    def told(self) -> list[tuple[str, str]]:
        """(heading, words) of the list's own columns."""
        return list(zip(COLUMNS[self.part], self.words, strict=True))

    @property
    def summary(self) -> str:
        return "; ".join(f"{heading}: {words}" for heading, words in self.told if words)

    @property
    def key(self) -> tuple[str, int, int, tuple[str, ...]]:
        return self.part.value, self.student.pk, self.school_class.pk, self.words


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a decision."""

    kind: Kind
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return LISTS[self.kind].title

    @property
    def headings(self) -> tuple[str, ...]:
        return COLUMNS[self.kind]

    @property
    def by_class(self) -> list[tuple[SchoolClass, int]]:
        """How many of each class, in the order of the classes."""
        classes = [list(lines) for _pk, lines in groupby(self.lines, key=lambda line: line.school_class.pk)]
        return [(lines[0].school_class, len(lines)) for lines in classes]


def parts_of(lines: Iterable[Line], kind: str) -> tuple[Part, ...]:
    """The lists of a decision of this kind, the empty ones too."""
    known = tuple(lines)
    return tuple(
        Part(part, tuple(line for line in known if line.part is part)) for part in PARTS[DecisionKind(kind)]
    )


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
    rows = decision.lines.select_related("student", "school_class__year").order_by("part", "position")
    return tuple(Line(Kind(row.part), row.student, row.school_class, tuple(row.words)) for row in rows)


def lines_now(decision: ResultsDecision, rows: Sequence[Row]) -> Iterator[tuple[Line, bool]]:
    """Each with whether it is settled: the principal has decided on the pupil, or left the pupil for the summer."""
    for part in PARTS[DecisionKind(decision.kind)]:
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
    said = _said_already(decision)
    proposed = [
        (line, is_final)
        for line, is_final in lines_now(decision, read_results(classes))
        if line.key not in said
    ]
    return Draft(
        shown=tuple(line for line, _is_final in proposed),
        to_issue=tuple(line for line, is_final in proposed if is_final),
        not_approved=tuple(each for each in classes if each.pk not in approved),
        approved_on=timezone.localdate(max(moments)) if moments else None,
    )


def _said_already(decision: ResultsDecision) -> set[tuple[str, int, int, tuple[str, ...]]]:
    """What decisions of the kind that are in force say, by the lines' keys."""
    lines = ResultsDecisionLine.objects.filter(
        decision__year=decision.year_id, decision__kind=decision.kind, decision__state=DecisionState.ISSUED
    )
    return {(row.part, row.student_id, row.school_class_id, tuple(row.words)) for row in lines}


def with_decisions(pupils: PupilList, year: int) -> PupilList:
    """The list with the decision in force beside each pupil: its number and day. One statement."""
    lines = ResultsDecisionLine.objects.filter(
        decision__year=year, decision__state=DecisionState.ISSUED, part=pupils.kind
    )
    rows = lines.order_by("decision__issued_at").values_list(
        "student", "school_class", "decision__number", "decision__dated"
    )
    named = {(student, group): f"Số {number} ngày {dated:%d/%m/%Y}" for student, group, number, dated in rows}
    return PupilList(pupils.kind, pupils.rows, named)
