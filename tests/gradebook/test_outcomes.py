"""The year's outcome of a class: computed, complete or not at all, approved by the principal (R35, R42, R45, R47)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import clock
from gradebook.models import TeachingAssignment, YearOutcome
from gradebook.outcomes import Nomination, OutcomesIncomplete, PlanMissing, approve_outcomes
from gradebook.regulation import Period
from tests.gradebook.school import close_window, enter, make_school, open_window

pytestmark = pytest.mark.django_db
GROUPS = ("quality", "general", "specific")


def the_school():
    """1A's two pupils with all at the year's end: the first all T and 10, the second all T and 8."""
    school = make_school()
    school.pupils = [each.student for each in school.class_1a.enrolments.order_by("position")]
    open_window(school, Period.YEAR_END)
    for pupil, mark in zip(school.pupils, ("10", "8"), strict=True):
        fill(school, pupil, mark)
    return school


def fill(school, pupil, mark):

    for (grade, code), line in school.lines.items():
        if grade != 1:
            continue
        TeachingAssignment.objects.get_or_create(
            school_class=school.class_1a,
            line=line,
            defaults={"teacher": school.ngoc, "starts_on": school.year.starts_on},
        )
        school.ngoc._powers = None
        ref = school.sheet(code, Period.YEAR_END, school.class_1a)
        enter(ref, pupil, "attainment", "T", by=school.ngoc)
        if code in ("TV", "TOAN"):
            enter(ref, pupil, "mark", mark, by=school.ngoc)
    homeroom = school.sheet("NLPC", Period.YEAR_END, school.class_1a)
    for column in homeroom.columns():
        if column.item not in GROUPS:
            enter(homeroom, pupil, "rating", "T", by=school.ngoc, item=column.item)


def approve(school, **how):
    how = {"nominated": {}, "not_promoted": {}, "by": school.bich, "on": clock.today(), **how}
    return {each.student_id: each for each in approve_outcomes(school.class_1a, **how)}


def test_results_and_titles_follow_the_regulation(school):
    first, second = (pupil.pk for pupil in school.pupils)
    outcomes = approve(school, nominated={second: Nomination(lines=("TOAN",))})
    assert (outcomes[first].result, outcomes[first].award) == ("HTXS", "HSXS")
    assert (outcomes[second].result, outcomes[second].award) == ("HTT", "HSTB")
    assert outcomes[second].award_reason == "Toán"


def test_a_pupil_with_htt_whom_the_class_did_not_name_gets_no_title(school):
    outcomes = approve(school)
    assert outcomes[school.pupils[1].pk].award == ""


def test_a_class_with_a_gap_is_refused_with_the_gap_named(school):
    enter(
        school.sheet("DD", Period.YEAR_END, school.class_1a),
        school.pupils[0],
        "attainment",
        "",
        by=school.ngoc,
    )
    with pytest.raises(OutcomesIncomplete) as refusal:
        approve(school)
    assert refusal.value.gaps == {school.pupils[0].full_name: ["Đạo đức"]}
    assert not YearOutcome.objects.exists()


def test_only_the_principal_approves(school):
    with pytest.raises(PermissionDenied):
        approve(school, by=school.hoa)


def test_promotion_is_a_decision_and_whoever_did_not_complete_needs_a_plan(school):
    weak = school.pupils[0]
    enter(school.sheet("TV", Period.YEAR_END, school.class_1a), weak, "mark", "4", by=school.ngoc)
    close_window(school, Period.YEAR_END)
    with pytest.raises(PlanMissing):
        approve(school)
    promoted = approve(school, help_plan="Phụ đạo trong hè")[weak.pk]
    assert (promoted.result, promoted.is_promoted, promoted.promotion_note) == (
        "CHT",
        True,
        "Phụ đạo trong hè",
    )


def test_the_database_refuses_a_title_that_the_result_does_not_carry(school):
    approve(school)
    with pytest.raises(IntegrityError, match="outcome_hsxs_needs_htxs"), transaction.atomic():
        YearOutcome.objects.filter(result="HTT").update(award="HSXS")
