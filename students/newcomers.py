"""A child who is not in the register yet: found again, or entered with the movement that brings them (R9, R10, R85)."""

from dataclasses import replace

from django.db.models import Q

from accounts import permissions
from accounts.clock import today
from accounts.history import CLERK_ROLE, Source, acting
from accounts.models import User
from accounts.powers import Action
from students import movements, record_rules
from students.matching import births_agree
from students.models import Movement, SchoolYear, Student, YearProfile
from students.movement_plans import Draft, Objection
from students.movements import WHO_RECORDS, MovementRefused
from students.names import search_key, sort_key
from students.records import next_temporary_code, record_of

IDS = ("moet_id", "national_id")
BIRTH = ("birth_year", "birth_month", "birth_day")
MOST_NAMESAKES = 10
WRITTEN = frozenset({*IDS, *BIRTH, "full_name", "gender"})


def holder_of_id(child: Student) -> Student | None:
    """The stored pupil who has an id of the child's: it is the same person."""
    same_id = Q()
    for name in IDS:
        if getattr(child, name):
            same_id |= Q(**{name: getattr(child, name)})
    return Student.objects.filter(same_id).first() if same_id else None


def namesakes(child: Student) -> list[Student]:
    """Stored pupils of the same name, tones aside, whose birth date may be the same, as far as both are known (R15)."""
    called = Student.objects.filter(search_key=search_key(child.full_name)).order_by("pk")
    return [each for each in called if births_agree(child, each)][:MOST_NAMESAKES]


def objections_to(child: Student) -> list[Objection]:
    """What the rules of the record say against it."""
    found = record_rules.problems(record_of(child, YearProfile()), on=today(), changed=WRITTEN)
    return [Objection("birth" if each.field in BIRTH else each.field, each.message) for each in found]


def bring(draft: Draft, *, is_another: bool, by: User, previewed: str) -> Movement:
    """Stores the draft's child and records the movement, both or neither; without an id under a temporary code.

    `is_another`: the clerk has seen the namesakes. Raises PermissionDenied; MovementRefused, MovementChanged with
    nothing written.
    """
    permissions.require(by, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    with acting(by, role=CLERK_ROLE, source=Source.PAGE) as act:
        child = _stored(draft, is_another=is_another)
        movement = movements.record(replace(draft, student=child), by=by, previewed=previewed)
        act.says(
            f"Lập hồ sơ và ghi «{movement.get_kind_display()}» của em {child.full_name} từ ngày "
            f"{movement.day:%d/%m/%Y}",
            thing=f"movement:{movement.pk}",
        )
    return movement


def _stored(draft: Draft, *, is_another: bool) -> Student:
    """Codes are given one after the other, so two clerks who enter the same child do it one after the other too."""
    child, year = draft.student, draft.to_class.year if draft.to_class else SchoolYear.objects.current()
    code = next_temporary_code(year) if year else None
    found = objections_to(child)
    if holder_of_id(child) or (namesakes(child) and not is_another):
        found.append(Objection("student", "Học sinh này đã có hồ sơ. Ghi biến động từ hồ sơ đó."))
    if found:
        raise MovementRefused(found)
    stored = Student(**{name: getattr(child, name) for name in WRITTEN})
    stored.sort_key, stored.search_key = sort_key(stored.full_name), search_key(stored.full_name)
    stored.school_code = None if stored.moet_id else code
    stored.save(force_insert=True)
    return stored
