"""The database keeps movements whole, and one module writes them and the seats (rules R10, R11)."""

import ast
import datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from accounts import clock
from students.models import Enrolment, Movement, SchoolYear
from students.movement_rules import RULES, Kind, Season, season_of, status_code
from tests.gradebook.school import School

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "students", "gradebook", "approvals", "reports", "kimdong", "bench")
ONE_WAY_IN = "students/movements.py"
MODELS = {"Enrolment", "Movement"}
RELATIONS = {"enrolments", "movements", "arrivals", "departures", "begun", "ended"}
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
    "save",
}


def written_rows(path: Path) -> list[str]:
    """Where a file makes, changes or deletes a seat or a movement, as "line: code"."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        names = {each.id for each in ast.walk(node.func) if isinstance(each, ast.Name)}
        parts = {each.attr for each in ast.walk(node.func) if isinstance(each, ast.Attribute)}
        is_made = isinstance(node.func, ast.Name) and node.func.id in MODELS
        is_written = isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
        if is_made or (is_written and (names & MODELS or parts & RELATIONS)):
            found.append(f"{node.lineno}: {ast.unparse(node)[:60]}")
    return found


def test_only_the_movements_write_seats_and_movements():
    guilty = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if "migrations" not in path.parts and name != ONE_WAY_IN and (rows := written_rows(path)):
                guilty[name] = rows
    assert guilty == {}
    assert written_rows(ROOT / ONE_WAY_IN)


def movement(school: School, kind: Kind, **said: object) -> Movement:
    """A movement of the first pupil of 4A today with all that its kind needs; `said` says otherwise."""
    whole: dict[str, object] = {
        "other_school": "Trường Tiểu học Hoa Sen",
        "other_province": "Thành phố Hà Nội",
        "destination_code": "02",
        "leave_reason": "01",
        "entry_code": "2",
        "decision_number": "15/GGT",
        "decision_date": clock.today(),
    }
    facts = {field: whole[field] for field in RULES[kind].needs}
    if kind == Kind.TRANSFERRED_OUT:
        facts["other_school"] = whole["other_school"]
    if RULES[kind].reason:
        facts["leave_reason"] = RULES[kind].reason
    if kind.ends:
        facts["from_class"] = school.class_4a
    if kind.begins:
        facts["to_class"] = school.class_4b
    return Movement(
        kind=kind,
        student=school.pupils[0],
        year=school.year,
        day=clock.today(),
        **{"status_code": status_code(kind, Season.TERM_1)} | facts | said,
    )


@pytest.mark.parametrize("kind", Kind)
def test_the_database_takes_a_movement_that_is_whole(school, kind):
    movement(school, kind).save()


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, field) for kind, rule in RULES.items() for field in rule.needs]
)
def test_the_database_refuses_a_movement_without_what_its_kind_needs(school, kind, missing):
    nothing = {missing: None if missing == "decision_date" else ""}
    with pytest.raises(IntegrityError, match="movement_"):
        movement(school, kind, **nothing).save()


def test_number_and_date_are_needed_where_a_paper_lets_the_school_act():
    assert {kind for kind, rule in RULES.items() if rule.needs_paper} == {
        Kind.TRANSFERRED_IN,
        Kind.RETURNED,
        Kind.SKIPPED_GRADE,
        Kind.TRANSFERRED_OUT,
    }
    assert all({"decision_number", "decision_date"} <= set(rule.fields) for rule in RULES.values())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.CHANGED_CLASS, {"leave_reason": "01"}),
        (Kind.TRANSFERRED_OUT, {"other_school": ""}),
        (Kind.TRANSFERRED_OUT, {"status_code": "02"}),
        (Kind.LEFT, {"leave_reason": "11"}),
        (Kind.DIED, {"leave_reason": "06"}),
        (Kind.MISSING, {"leave_reason": "06"}),
        (Kind.LEFT, {"from_class": None}),
        (Kind.ADMITTED, {"to_class": None}),
        (Kind.LEFT, {"cancel_reason": "nhầm"}),
    ],
)
def test_the_database_refuses_what_does_not_belong_to_the_kind(school, kind, said):
    with pytest.raises(IntegrityError, match="movement_"):
        movement(school, kind, **said).save()


def test_a_transfer_abroad_needs_no_school(school):
    movement(school, Kind.TRANSFERRED_OUT, destination_code="03", other_school="").save()


def test_a_movement_is_never_deleted_and_never_changed(school):
    stored = movement(school, Kind.LEFT)
    stored.save()
    with pytest.raises((ProgrammingError, InternalError), match="kept for ever"), transaction.atomic():
        Movement.objects.filter(pk=stored.pk).delete()
    with pytest.raises((ProgrammingError, InternalError), match="never changed"), transaction.atomic():
        Movement.objects.filter(pk=stored.pk).update(leave_reason="02")
    cancelled = {"cancelled_at": clock.now(), "cancelled_by": school.tuan, "cancel_reason": "Ghi nhầm"}
    Movement.objects.filter(pk=stored.pk).update(**cancelled)
    with pytest.raises((ProgrammingError, InternalError), match="never changed"), transaction.atomic():
        Movement.objects.filter(pk=stored.pk).update(cancelled_at=None, cancelled_by=None, cancel_reason="")


def test_a_seat_names_the_movement_that_began_it(school):
    assert not Enrolment.objects.exclude(began_by__kind=Kind.ADMITTED).exists()
    with pytest.raises(IntegrityError, match="began_by"):
        Enrolment.objects.filter(student=school.pupils[0]).update(began_by=None)


@pytest.mark.parametrize(
    ("day", "season"),
    [
        ("2026-08-01", Season.SUMMER),
        ("2026-09-06", Season.SUMMER),
        ("2026-09-07", Season.TERM_1),
        ("2027-01-17", Season.TERM_1),
        ("2027-01-18", Season.TERM_2),
        ("2027-05-28", Season.TERM_2),
        ("2027-05-29", Season.SUMMER),
    ],
)
def test_the_part_of_the_year_follows_from_the_day(day, season):
    days = {"begins": "2026-09-07", "first_term_ends_on": "2027-01-17", "ends": "2027-05-28"}
    lessons = {name: datetime.date.fromisoformat(text) for name, text in days.items()}
    assert season_of(datetime.date.fromisoformat(day), **lessons) == season


def test_before_the_days_of_lessons_are_fixed_no_term_has_begun():
    day = datetime.date(2026, 10, 1)
    assert (
        season_of(day, begins=None, first_term_ends_on=datetime.date(2027, 1, 17), ends=None) == Season.SUMMER
    )


def test_movements_and_seats_of_a_closed_year_stay_as_they_are_whatever_the_path(school):
    stored = movement(school, Kind.LEFT)
    stored.save()
    SchoolYear.objects.update(state="closed")
    another = movement(school, Kind.RETURNED)
    another.day += datetime.timedelta(days=1)
    seats = Enrolment.objects.filter(student=school.pupils[0])
    cancelled = {"cancelled_at": clock.now(), "cancelled_by": school.tuan, "cancel_reason": "Ghi nhầm"}
    for change in (
        lambda: Movement.objects.filter(pk=stored.pk).update(**cancelled),
        another.save,
        lambda: seats.update(position=9),
        seats.delete,
    ):
        with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (Kind.ADMITTED, ("01", "01", "01")),
        (Kind.TRANSFERRED_IN, ("02", "06", "10")),
        (Kind.RETURNED, ("03", "07", "01")),
        (Kind.CHANGED_CLASS, ("01", "01", "01")),
        (Kind.TRANSFERRED_OUT, ("04", "08", "11")),
        (Kind.LEFT, ("05", "09", "12")),
        (Kind.MISSING, ("05", "09", "12")),
        (Kind.DIED, ("05", "09", "12")),
    ],
)
def test_the_status_follows_from_kind_and_part_of_the_year(kind, codes):
    assert tuple(status_code(kind, season) for season in Season) == codes
