"""Lines of issued decisions whose pupils were decided on anew since: the decision stays, what came after is said (R55).

Its words are fixed, so that whoever reads it, or prints a certificate from it, is told what no longer holds, and which
later decision says it in its place; until there is one, the principal is told that it is wanted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q

from gradebook.decision_lists import Line, LineKey, issued_lines, line_of, lines_now, summary_of
from gradebook.decision_rules import DecisionKind, DecisionState
from gradebook.earlier_decisions import Key, reopened
from gradebook.models import ResultsDecision, ResultsDecisionLine, YearOutcome
from gradebook.year_end import Row, read_results
from gradebook.year_end_lists import result_words
from students.models import SchoolYear


def marked_lines(decision: ResultsDecision) -> tuple[Line, ...]:
    """Those of the decision as issued, each saying in `since` what came of the pupil if it no longer holds.

    `decision` comes with its year. Three statements; eight more where a pupil's result was re-opened.
    """
    lines = issued_lines(decision)
    if not decision.is_issued:
        return lines
    replaced = _replaced(decision)
    rest = [line for line in lines if line.pk not in replaced and not line.is_struck]
    said = _no_longer_so(decision.kind, rest, reopened({line.school_class.pk for line in rest}))
    told = []
    for line in lines:
        since = said.get(line.key)
        if line.pk in replaced:
            told.append(replace(line, since=_replaced_words(line, replaced[line.pk])))
        elif since is not None and not line.is_struck:
            told.append(replace(line, since=since.words, needs_amending=since.is_decided))
        else:
            told.append(line)
    return tuple(told)


def _replaced(decision: ResultsDecision) -> Mapping[int | None, ResultsDecisionLine]:
    """By the line of this decision the one that stands in its place now. One statement."""
    rows = ResultsDecisionLine.objects.filter(
        replaces__decision=decision, decision__state=DecisionState.ISSUED
    )
    return {row.replaces_id: row for row in rows.select_related("decision")}


def amending_of(decision: ResultsDecision) -> tuple[ResultsDecision, ...]:
    """The issued decisions that amend this one, the first issued first. One statement."""
    rows = ResultsDecision.objects.filter(state=DecisionState.ISSUED, lines__replaces__decision=decision)
    return tuple(rows.distinct().order_by("issued_at", "pk"))


def _replaced_words(line: Line, by: ResultsDecisionLine) -> str:
    if by.is_struck:
        return f"{by.decision.dated_label} đã huỷ nội dung này."
    return f"Đã thay thế bằng {by.decision.dated_label}: {summary_of(by, beside=line.part)}."


@dataclass(frozen=True, slots=True)
class _Since:
    """What came of a pupil, and whether it is decided or still on its way."""

    words: str
    is_decided: bool


def _no_longer_so(kind: str, lines: Sequence[Line], known: Collection[Key]) -> Mapping[LineKey, _Since]:
    """Of lines of one kind and year those that hold no more; `known` are the pupils whose result was re-opened.

    Of who waits for the summer nothing is decided that could be re-opened: those are all looked at. None, or eight
    statements.
    """
    touched = [
        line
        for line in lines
        if kind == DecisionKind.SUMMER or (line.school_class.pk, line.student.pk) in known
    ]
    if not touched:
        return {}
    classes = list({line.school_class.pk: line.school_class for line in touched}.values())
    read = read_results(classes, only={line.student.pk for line in touched})
    rows = {(row.school_class.pk, row.student.pk): row for row in read}
    now: dict[Key, list[Line]] = defaultdict(list)
    holding = set()
    for line, is_settled in lines_now(kind, read):
        place = (line.school_class.pk, line.student.pk)
        now[place].append(line)
        if is_settled or place not in known:
            holding.add(line.key)
    found = {}
    for line in touched:
        place = (line.school_class.pk, line.student.pk)
        if place in rows and line.key not in holding:
            row = rows[place]
            is_decided = row.decided is not None or row.waits
            words = _what_came(line, row, now[place]) if is_decided else _ON_ITS_WAY[place in known]
            found[line.key] = _Since(words, is_decided)
    return found


_ON_ITS_WAY = {
    True: "Kết quả đã mở lại, đang xét lại.",
    False: "Kết quả tính lại khác, đang xét lại.",
}
"""By whether the principal's decision was re-opened: on who waits for the summer there was none."""


def _what_came(line: Line, row: Row, now: Sequence[Line]) -> str:
    told = "; ".join(
        each.summary if each.part is line.part else f"{each.title}; {each.summary}" for each in now
    )
    day = f"duyệt lại ngày {row.decided.approved_on:%d/%m/%Y}" if row.decided else "xét lại"
    return f"Kết quả đã {day}: {told or f'{result_words(row)}, không còn trong danh sách này'}."


def amendments_of(decisions: Sequence[ResultsDecision]) -> Mapping[int, tuple[str, ...]]:
    """By decision what the register says beside it: whom it amends, and by which it is amended. One statement.

    A draft has no lines yet, so nothing is said of it; of one that was withdrawn, what it amended is told all the same.
    """
    shown = {each.pk for each in decisions}
    rows = (
        ResultsDecisionLine.objects.filter(replaces__isnull=False)
        .filter(Q(decision__in=shown) | Q(replaces__decision__in=shown))
        .select_related("decision", "replaces__decision")
        .order_by("decision__issued_at", "decision")
    )
    pupils: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in rows:
        assert row.replaces is not None  # noqa: S101 - the filter's
        earlier, later = row.replaces.decision, row.decision
        pupils[later.pk, f"sửa đổi, thay thế một phần {earlier.dated_label}"].add(row.student_id)
        if later.is_issued:
            pupils[earlier.pk, f"đã được sửa đổi, thay thế một phần bằng {later.dated_label}"].add(
                row.student_id
            )
    found: dict[int, list[str]] = defaultdict(list)
    for (pk, words), students in pupils.items():
        found[pk].append(f"{words} ({len(students)} em)")
    return {pk: tuple(words) for pk, words in found.items()}


@dataclass(frozen=True, slots=True)
class ToAmend:
    """An issued decision with the pupils of whom it says what no longer holds; `undecided` of them are on their way."""

    decision: ResultsDecision
    decided: tuple[str, ...]
    undecided: tuple[str, ...]


def decisions_to_amend(year: SchoolYear | None = None) -> list[ToAmend]:
    """Of the years that are not closed, or of this one, as long as no later decision says it.

    One statement; nine more for each year and kind in which results were re-opened.
    """
    groups: dict[tuple[int, str], list[ResultsDecisionLine]] = defaultdict(list)
    for row in _maybe_no_longer_so(year):
        groups[row.decision.year_id, row.decision.kind].append(row)
    found = []
    for (_year, kind), rows in groups.items():
        lines = {row.pk: line_of(row) for row in rows}
        known = reopened({row.school_class_id for row in rows})
        said = _no_longer_so(kind, list(lines.values()), known)
        found += _by_decision((row, said[lines[row.pk].key]) for row in rows if lines[row.pk].key in said)
    return sorted(found, key=lambda each: each.decision.pk)


def _maybe_no_longer_so(year: SchoolYear | None) -> Iterable[ResultsDecisionLine]:
    taken_back = YearOutcome.history.filter(
        history_type="-", school_class=OuterRef("school_class"), student=OuterRef("student")
    )
    rows = ResultsDecisionLine.objects.in_force().filter(
        Q(Exists(taken_back)) | Q(decision__kind=DecisionKind.SUMMER)
    )
    if year is not None:
        rows = rows.filter(decision__year=year)
    return (
        rows.exclude(decision__year__state=SchoolYear.State.CLOSED)
        .select_related(
            "decision__year",
            "decision__school_class",
            "student",
            "school_class__year",
            "replaces__decision",
        )
        .order_by("decision", "part", "position")
    )


def _by_decision(told: Iterable[tuple[ResultsDecisionLine, _Since]]) -> list[ToAmend]:
    decisions: dict[int, ResultsDecision] = {}
    names: dict[tuple[int, bool], dict[str, None]] = defaultdict(dict)
    for row, since in told:
        decisions[row.decision_id] = row.decision
        names[row.decision_id, since.is_decided][f"{row.student.full_name} ({row.school_class.name})"] = None
    return [
        ToAmend(decision, tuple(names[pk, True]), tuple(names[pk, False]))
        for pk, decision in decisions.items()
    ]


def to_adjust(school_class_id: int, pupils: Collection[int]) -> Mapping[int, str]:
    """By pupil id a sentence that names the decisions in force with the pupil, for those on any. One statement."""
    rows = ResultsDecisionLine.objects.in_force().filter(school_class=school_class_id, student__in=pupils)
    named: dict[int, dict[str, None]] = defaultdict(dict)
    for student, number, kind in rows.order_by("decision__issued_at", "decision").values_list(
        "student", "decision__number", "decision__kind"
    ):
        named[student][f"Quyết định số {number} ({DecisionKind(kind).label})"] = None
    return {
        student: (
            f" Em có trong {', '.join(papers)}: duyệt lại khác thì Hiệu trưởng ban hành quyết định sửa đổi, thay thế."
        )
        for student, papers in named.items()
    }
