"""The year's outcome of a class: computed as a proposal, approved by the principal (rules R35–R47).

One act, `approve_outcomes`; the steps before it (homeroom teacher, vice-principal) join it in a later issue.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts import permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook import grading
from gradebook.class_lines import lines_of
from gradebook.exemptions import terms_by_pupil
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import (
    Attainment,
    Period,
    Rating,
    TraitGroup,
    YearResult,
    line_by_code,
    trait_by_code,
)
from gradebook.year_rules import rules_of
from students.models import Enrolment, SchoolClass, Student
from students.years import hold_class

GROUPS = frozenset(group.value for group in TraitGroup)


@dataclass(frozen=True, slots=True)
class Nomination:
    """What the class recognised in a pupil: subjects (line codes) or qualities and competencies (trait codes)."""

    lines: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        names = [line_by_code(code).short_name for code in self.lines]
        return ", ".join([*names, *(trait_by_code(code).name for code in self.traits)])


class OutcomesIncomplete(Exception):
    """A class with gaps cannot be approved; `gaps` names pupil and items (rule R47)."""

    def __init__(self, gaps: Mapping[str, Collection[str]]) -> None:
        super().__init__(f"Còn {len(gaps)} học sinh chưa đủ dữ liệu cuối năm.")
        self.gaps = gaps


class DecisionRefused(Exception):
    """No decision is recorded; the message says why."""


class PlanMissing(Exception):
    """A pupil who did not complete the class cannot be promoted without a plan of help (rule R42)."""


def year_inputs(school_class: SchoolClass) -> dict[int, grading.YearInputs]:
    """Year-end levels, marks and ratings of a class's pupils by pupil id. Four statements.

    `school_class` comes with its year at hand.
    """
    terms = terms_by_pupil(school_class, Period.YEAR_END)
    ids = list(terms)
    rules = rules_of(school_class.year)
    taught = frozenset(line.code for line in lines_of(school_class))
    attainments: dict[int, dict[str, Attainment]] = {each: {} for each in ids}
    marks: dict[int, dict[str, int]] = {each: {} for each in ids}
    ratings: dict[int, dict[str, Rating]] = {each: {} for each in ids}
    for result in SubjectResult.objects.filter(
        student_id__in=ids,
        line__year_id=school_class.year_id,
        line__grade_level=school_class.grade_level,
        period=Period.YEAR_END,
    ).select_related("line"):
        if result.attainment:
            attainments[result.student_id][result.line.code] = Attainment(result.attainment)
        if result.mark is not None:
            marks[result.student_id][result.line.code] = result.mark
    for trait in TraitResult.objects.filter(
        student_id__in=ids, year_id=school_class.year_id, period=Period.YEAR_END
    ).exclude(item__in=GROUPS):
        if trait.rating:
            ratings[trait.student_id][trait.item] = Rating(trait.rating)
    return {
        each: grading.YearInputs(
            school_class.year_id,
            school_class.grade_level,
            attainments[each],
            marks[each],
            ratings[each],
            rules,
            optional_lines=taught,
            exempt=terms[each].exempt,
            is_not_assessed=terms[each].is_not_assessed,
        )
        for each in ids
    }


def approve_outcomes(
    school_class: SchoolClass,
    *,
    by: User,
    on: datetime.date,
    nominated: Mapping[int, Nomination],
    not_promoted: Mapping[int, str],
    help_plan: str = "",
    source: Source = Source.PAGE,
) -> list[YearOutcome]:
    """Approves the results of a class: result as computed, title where the rule and the class allow it.

    Promotion is a decision (rule R42): `not_promoted` gives pupil id → reason; whoever did not complete the class
    and is promoted all the same needs the `help_plan`. `nominated`: pupil id → what the class recognised (R45).
    Raises PermissionDenied, OutcomesIncomplete; PlanMissing.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, "Chỉ Hiệu trưởng phê duyệt kết quả đánh giá của lớp.")
    with acting(by, role="Hiệu trưởng", source=source):
        computed = _complete_results(school_class)
        rows = []
        for student_id, outcome in computed.items():
            if outcome.result is None:  # not assessed (KHGDCN): counted apart, no outcome (rule R33)
                continue
            note = not_promoted.get(student_id, "")
            if not note and outcome.result == YearResult.CHT:
                note = help_plan
                if not note:
                    raise PlanMissing("Học sinh chưa hoàn thành mà được lên lớp phải có kế hoạch giúp đỡ.")
            rows.append(
                YearOutcome(
                    student_id=student_id,
                    school_class=school_class,
                    result=outcome.result,
                    award=_award(outcome, nominated.get(student_id)),
                    award_reason=nominated[student_id].reason if student_id in nominated else "",
                    is_promoted=student_id not in not_promoted,
                    promotion_note=note,
                    approved_by=by,
                    approved_on=on,
                )
            )
        record_bulk(YearOutcome.objects.bulk_create(rows), changed=False, why="Phê duyệt kết quả năm học")
    return rows


def decide_promotion(
    student: Student, school_class: SchoolClass, *, is_promoted: bool, note: str, by: User, on: datetime.date
) -> YearOutcome:
    """Records the principal's decision on a pupil whom `approve_outcomes` left out: an outcome without a result.

    Of a pupil who is not assessed (KHGDCN, rule R33), or who came when the class's results were approved already; the
    `note` says what it rests on. Raises PermissionDenied; DecisionRefused.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, "Chỉ Hiệu trưởng quyết định việc lên lớp của học sinh.")
    with acting(by, role="Hiệu trưởng", source=Source.PAGE):
        hold_class(school_class)
        against = against_deciding(student, school_class)
        if against or not note.strip():
            raise DecisionRefused(against or "Ghi căn cứ của quyết định.")
        return YearOutcome.objects.create(
            student=student,
            school_class=school_class,
            is_promoted=is_promoted,
            promotion_note=note.strip(),
            approved_by=by,
            approved_on=on,
        )


def against_deciding(student: Student, school_class: SchoolClass) -> str | None:
    """Why a decision on this pupil alone cannot be recorded; None when it can."""
    of_class = YearOutcome.objects.filter(school_class=school_class)
    if of_class.filter(student=student).exists():
        return f"Kết quả năm học của em {student.full_name} đã được phê duyệt rồi."
    if not student.is_exempt_from_assessment and not of_class.exclude(result="").exists():
        return (
            f"Kết quả năm học của lớp {school_class.name} chưa được phê duyệt: phê duyệt cả lớp trước. Quyết định "
            "riêng chỉ dành cho học sinh không đánh giá, hoặc vào lớp sau khi đã phê duyệt."
        )
    return None


def _complete_results(school_class: SchoolClass) -> dict[int, grading.Outcome]:
    """The computed result of each pupil by id; raises OutcomesIncomplete naming every gap."""
    names = dict(Enrolment.objects.roster(school_class).values_list("student_id", "student__full_name"))
    computed = {each: grading.year_result(inputs) for each, inputs in year_inputs(school_class).items()}
    gaps = {names[each]: [item.name for item in out.missing] for each, out in computed.items() if out.missing}
    if gaps:
        raise OutcomesIncomplete(gaps)
    return computed


def _award(outcome: grading.Outcome, nomination: Nomination | None) -> str:
    named = nomination or Nomination()
    proposal = grading.award_for(
        outcome.result,
        outstanding_lines=named.lines,
        progress_traits=named.traits,
        recognised_by_class=nomination is not None,
    )
    return proposal.award or ""
