"""The roll-over is carried out, once, and taken back while nothing of the new year hangs on it (rules R13, R17).

What it comes to is shown first; the act does exactly that or nothing.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.db.models import F, OuterRef, Subquery

from accounts import clock
from accounts.history import Source, record_bulk
from accounts.models import User
from gradebook.models import RollOver, RollOverPlace, SubjectResult, TraitResult
from gradebook.regulation import Period
from gradebook.roll_over import RollOverRefused, held_roll_over, require_draft
from gradebook.roll_over_pupils import Pupil, Standing, standing_of
from students.models import Movement, RollCall, SchoolYear
from students.movement_plans import closed
from students.movements import Seat, cancel_many, enrol_many, later_movement, lock_year

MOST_NAMED = 10


class RollOverChanged(RollOverRefused):
    """It would now do something else than was shown."""


def obstacles(standing: Standing) -> list[str]:
    """Why the roll-over cannot be applied; empty when it can."""
    found = []
    if standing.last_year is None:
        found.append(f"Chưa có năm học {standing.year.pk - 1} - {standing.year.pk} để lên lớp từ đó.")
    elif (reason := closed(standing.year)) is not None:
        found.append(reason)
    if standing.in_the_way:
        found.append(
            f"{len(standing.in_the_way)} học sinh chưa có kết quả lên lớp được Hiệu trưởng phê duyệt: "
            f"{_named(standing.in_the_way)}."
        )
    if standing.unplaced:
        found.append(f"{len(standing.unplaced)} học sinh chưa xếp lớp: {_named(standing.unplaced)}.")
    if standing.last_year and not (standing.to_place or standing.in_the_way):
        found.append("Không còn học sinh nào của năm học trước chờ vào danh sách lớp.")
    return found


def _named(pupils: Sequence[Pupil]) -> str:
    names = [f"{pupil.name} ({pupil.old_class.name})" for pupil in pupils[:MOST_NAMED]]
    rest = len(pupils) - MOST_NAMED
    return ", ".join(names) + (f" và {rest} em khác" if rest > 0 else "")


def fingerprint(standing: Standing) -> str:
    """Tells whether what would be done now is what was shown."""
    told = [(pupil.pk, pupil.way.value, pupil.place, pupil.seat) for pupil in standing.pupils]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def apply_roll_over(year: SchoolYear, *, by: User, previewed: str, source: Source = Source.PAGE) -> int:
    """Admits every placed pupil to the class from the year's first day; how many. All or nothing, and once.

    The old year's movements wait: whoever leaves it at this moment is judged before or after. Raises
    PermissionDenied; YearIsClosed; RollOverRefused, of which RollOverChanged when it is not what was shown.
    """
    last_year = SchoolYear.objects.filter(pk=year.pk - 1).first()
    with held_roll_over(year, by=by, source=source) as (act, roll_over):
        require_draft(roll_over)
        if last_year:
            lock_year(last_year)
        standing = standing_of(year)
        reasons = obstacles(standing)
        if reasons:
            raise RollOverRefused(*reasons)
        if previewed != fingerprint(standing):
            raise RollOverChanged(
                "Dữ liệu đã thay đổi từ lúc xem trước, nên chưa ghi gì. Xem lại rồi xác nhận."
            )
        why = f"Lên lớp từ năm học {standing.year.pk - 1} - {standing.year.pk}"
        seats = [
            Seat(pupil.student, standing.class_by_id[pupil.place])
            for pupil in standing.to_place
            if pupil.place
        ]
        enrol_many(seats, year=standing.year, by=by, why=why)
        _note_movements(roll_over, [seat.student.pk for seat in seats], why=why)
        roll_over.applied_at, roll_over.applied_by = clock.stamp(), by
        roll_over.save(update_fields=["applied_at", "applied_by"])
        act.says(
            f"Ghi danh sách lớp năm học {year.label} theo bản xếp lớp: {len(seats)} học sinh",
            thing=f"roll_over:{year.pk}",
        )
    return len(seats)


def _note_movements(roll_over: RollOver, student_ids: Sequence[int], *, why: str) -> None:
    """Each place knows the admission it became, so that undoing takes back these and no others."""
    places = roll_over.places.filter(student_id__in=student_ids)
    admission = Movement.objects.in_force().filter(student=OuterRef("student"), year=roll_over.pk)
    places.update(movement=Subquery(admission.values("pk")[:1]), version=F("version") + 1)
    record_bulk(list(places), changed=True, why=why)


# -- Undoing -----------------------------------------------------------------------------------------------


def against_undoing(roll_over: RollOver) -> str | None:
    """The first thing of the new year that hangs on the lists; None while there is none. Four statements."""
    return next(_traces(roll_over), None)


def _traces(roll_over: RollOver) -> Iterator[str]:
    year = roll_over.year
    if (reason := closed(year)) is not None:
        yield reason
    result = (
        SubjectResult.objects.filter(line__year=year).select_related("student", "line").order_by("pk").first()
    )
    if result:
        yield (
            f"Đã nhập kết quả {result.line}, {Period(result.period).label}, của em {result.student.full_name}. Từ "
            "đó danh sách lớp không hoàn tác được; sửa từng em thì ghi biến động."
        )
    trait = TraitResult.objects.filter(year=year).select_related("student").order_by("pk").first()
    if trait:
        yield (
            f"Đã nhập phẩm chất, năng lực {Period(trait.period).label} của em {trait.student.full_name}. Từ đó danh "
            "sách lớp không hoàn tác được; sửa từng em thì ghi biến động."
        )
    roll = (
        RollCall.objects.filter(school_class__year=year)
        .select_related("school_class")
        .order_by("day", "pk")
        .first()
    )
    if roll:
        yield (
            f"Lớp {roll.school_class.name} đã điểm danh ngày {roll.day:%d/%m/%Y}. Từ đó danh sách lớp không hoàn "
            "tác được; sửa từng em thì ghi biến động."
        )
    later = later_movement(_admissions(roll_over))
    if later:
        yield (
            f"Em {later.student.full_name} đã có biến động «{later.get_kind_display()}» từ ngày "
            f"{later.day:%d/%m/%Y}. Huỷ biến động đó trước rồi hoàn tác."
        )


def _admissions(roll_over: RollOver) -> list[Movement]:
    return list(Movement.objects.in_force().filter(roll_over_place__roll_over=roll_over).order_by("pk"))


def undo_roll_over(year: SchoolYear, *, reason: str, by: User, source: Source = Source.PAGE) -> int:
    """Cancels the admissions of the roll-over, which is a draft again, with the same places; how many.

    Until the first mark, level, comment or roll of the new year, or a later movement of one of the pupils. Whose
    admission was cancelled alone meanwhile stays as they are. Raises PermissionDenied; YearIsClosed; RollOverRefused.
    """
    with held_roll_over(year, by=by, source=source) as (act, roll_over):
        if not roll_over.is_applied:
            raise RollOverRefused("Danh sách lớp chưa ghi hoặc đã hoàn tác rồi.")
        against = against_undoing(roll_over)
        if against or not reason.strip():
            raise RollOverRefused(against or "Ghi lí do hoàn tác.")
        why = reason.strip()
        admissions = _admissions(roll_over)
        cancel_many(admissions, by=by, why=why)
        _open_again(roll_over, by=by, why=why)
        act.says(
            f"Hoàn tác việc ghi danh sách lớp năm học {year.label}, {len(admissions)} học sinh: {why}",
            thing=f"roll_over:{year.pk}",
        )
    return len(admissions)


def _open_again(roll_over: RollOver, *, by: User, why: str) -> None:
    """First the roll-over, then its places: while it is applied the database lets none of them change."""
    roll_over.applied_at, roll_over.applied_by = None, None
    roll_over.undone_at, roll_over.undone_by, roll_over.undo_reason = clock.stamp(), by, why
    roll_over.save(update_fields=["applied_at", "applied_by", "undone_at", "undone_by", "undo_reason"])
    come = list(roll_over.places.filter(movement__isnull=False).values_list("pk", flat=True))
    places = RollOverPlace.objects.filter(pk__in=come)
    places.update(movement=None, version=F("version") + 1)
    record_bulk(list(places), changed=True, why=why)
