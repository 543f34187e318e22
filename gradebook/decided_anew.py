"""Lines of issued decisions whose pupils were decided on anew since: the decision stays, what came after is said (R55).

Its words are fixed, so that whoever reads it, or prints a certificate from it, is told what no longer holds.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from gradebook.decision_lists import Line, issued_lines, lines_now
from gradebook.decision_rules import DecisionKind, DecisionState
from gradebook.earlier_decisions import Key, reopened
from gradebook.models import ResultsDecision, ResultsDecisionLine
from gradebook.year_end import Row, read_results
from gradebook.year_end_lists import result_words


def marked_lines(decision: ResultsDecision) -> tuple[Line, ...]:
    """Those of the decision as issued, each saying in `since` what came of the pupil if it no longer holds.

    `decision` comes with its year. Two statements; nine more where a pupil's result was re-opened.
    """
    lines = issued_lines(decision)
    if not decision.is_issued:
        return lines
    known = reopened({line.school_class.pk for line in lines})
    touched = [line for line in lines if (line.school_class.pk, line.student.pk) in known]
    since = _since(decision, touched) if touched else {}
    return tuple(replace(line, since=since.get(line.key, "")) for line in lines)


def _since(
    decision: ResultsDecision, lines: Sequence[Line]
) -> dict[tuple[str, int, int, tuple[str, ...]], str]:
    classes = list({line.school_class.pk: line.school_class for line in lines}.values())
    rows = {(row.school_class.pk, row.student.pk): row for row in read_results(classes)}
    now: dict[Key, list[Line]] = defaultdict(list)
    holding = set()
    for line, is_settled in lines_now(decision, list(rows.values())):
        now[line.school_class.pk, line.student.pk].append(line)
        if is_settled:
            holding.add(line.key)
    later = _later_decisions(decision, lines)
    said = {}
    for line in lines:
        place = (line.school_class.pk, line.student.pk)
        if place in rows and line.key not in holding:
            said[line.key] = f"{_what_came(line, rows[place], now[place])}{later.get(place, '')}"
    return said


def _what_came(line: Line, row: Row, now: Sequence[Line]) -> str:
    if row.decided is None and not row.waits:
        return "Kết quả đã mở lại, đang xét lại."
    told = "; ".join(
        each.summary if each.part is line.part else f"{each.title}; {each.summary}" for each in now
    )
    day = f"duyệt lại ngày {row.decided.approved_on:%d/%m/%Y}" if row.decided else "xét lại"
    return f"Kết quả đã {day}: {told or f'{result_words(row)}, không còn trong danh sách này'}."


def _later_decisions(decision: ResultsDecision, lines: Sequence[Line]) -> Mapping[Key, str]:
    """The last decision of the kind in force that was issued after this one and has the pupil. One statement."""
    rows = ResultsDecisionLine.objects.filter(
        decision__year=decision.year_id,
        decision__kind=decision.kind,
        decision__state=DecisionState.ISSUED,
        decision__issued_at__gt=decision.issued_at,
        student__in={line.student.pk for line in lines},
    )
    found = rows.order_by("decision__issued_at").values_list(
        "school_class", "student", "decision__number", "decision__dated"
    )
    return {
        (group, student): f" Đã có trong Quyết định số {number} ngày {dated:%d/%m/%Y}."
        for group, student, number, dated in found
    }


def to_adjust(school_class_id: int, pupils: Collection[int]) -> Mapping[int, str]:
    """By pupil id a sentence that names the decisions in force with the pupil, for those on any. One statement."""
    rows = ResultsDecisionLine.objects.filter(
        decision__state=DecisionState.ISSUED, school_class=school_class_id, student__in=pupils
    )
    named: dict[int, dict[str, None]] = defaultdict(dict)
    for student, number, kind in rows.order_by("decision__issued_at", "decision").values_list(
        "student", "decision__number", "decision__kind"
    ):
        named[student][f"Quyết định số {number} ({DecisionKind(kind).label})"] = None
    return {
        student: f" Em có trong {', '.join(papers)}: duyệt lại khác thì phải ban hành quyết định điều chỉnh."
        for student, papers in named.items()
    }
