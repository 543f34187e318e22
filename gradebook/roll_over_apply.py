"""The placed pupils are admitted, once, and taken back while nothing of the new year hangs on it (rules R13, R17).

What it comes to is shown first; the act does exactly that or nothing. Whoever is not decided on yet is left by name and
comes later, by a further application of the same kind; each is undone for itself.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence

from django.db.models import F, OuterRef, Subquery

from accounts import clock
from accounts.backups import ask_in_passing
from accounts.history import Source, record_bulk
from accounts.models import Backup, User
from gradebook.models import RollOverApplication, RollOverPlace, SubjectResult, TraitResult
from gradebook.regulation import Period
from gradebook.roll_over import RollOverRefused, held_roll_over
from gradebook.roll_over_pupils import Pupil, Standing, standing_of
from gradebook.roll_over_waiting import waiting_groups
from students.models import Movement, RollCall, SchoolYear
from students.movement_plans import closed
from students.movements import Seat, cancel_many, enrol_many, later_movement, lock_year

MOST_NAMED = 10


class RollOverChanged(RollOverRefused):
    """It would now do something else than was shown."""


def obstacles(standing: Standing) -> list[str]:
    """Why nothing can be applied; empty when it can. Whoever is not decided on yet is none: they can be left."""
    found = []
    if standing.last_year is None:
        found.append(f"Chưa có năm học {standing.year.pk - 1} - {standing.year.pk} để lên lớp từ đó.")
    elif (reason := closed(standing.year)) is not None:
        found.append(reason)
    if standing.unplaced:
        found.append(f"{len(standing.unplaced)} học sinh chưa xếp lớp: {named(standing.unplaced)}.")
    if standing.last_year and not standing.to_place:
        found.append(
            f"{len(standing.left_out)} học sinh chưa có kết quả lên lớp được Hiệu trưởng phê duyệt: "
            f"{named(standing.left_out)}. Chưa có em nào để ghi vào lớp."
            if standing.left_out
            else "Không còn học sinh nào của năm học trước chờ vào danh sách lớp."
        )
    return found


def named(pupils: Sequence[Pupil]) -> str:
    names = [f"{pupil.name} ({pupil.old_class.name})" for pupil in pupils[:MOST_NAMED]]
    rest = len(pupils) - MOST_NAMED
    return ", ".join(names) + (f" và {rest} em khác" if rest > 0 else "")


def fingerprint(standing: Standing) -> str:
    """Tells whether what would be done now is what was shown."""
    told = [(pupil.pk, pupil.way.value, pupil.place, pupil.seat) for pupil in standing.pupils]
    return hashlib.sha256(repr((standing.entry_day, told)).encode()).hexdigest()[:32]


def apply_roll_over(
    year: SchoolYear,
    *,
    by: User,
    previewed: str,
    leaving: Collection[int] = (),
    source: Source = Source.PAGE,
) -> RollOverApplication:
    """Admits every placed pupil to the class. All or nothing, and each pupil once.

    `leaving`: the pupils whom the clerk knowingly leaves without a class, by id; all those not decided on yet, else it
    is refused. The old year's movements wait: whoever leaves it at this moment is judged before or after. Raises
    PermissionDenied; YearIsClosed; RollOverRefused, of which RollOverChanged when it is not what was shown.
    """
    last_year = SchoolYear.objects.filter(pk=year.pk - 1).first()
    with held_roll_over(year, by=by, source=source) as (act, roll_over):
        if last_year:
            lock_year(last_year)
        standing = standing_of(year)
        _refuse(standing, previewed, leaving)
        why = f"Lên lớp từ năm học {standing.year.pk - 1} - {standing.year.pk}"
        seats = [
            Seat(pupil.student, standing.class_by_id[pupil.place])
            for pupil in standing.to_place
            if pupil.place
        ]
        enrol_many(seats, year=standing.year, by=by, why=why, first=standing.entry_day)
        made = RollOverApplication.objects.create(
            roll_over=roll_over,
            applied_at=clock.stamp(),
            applied_by=by,
            number=len(seats),
            left_out="\n".join(group.words for group in waiting_groups(standing)),
        )
        _note_movements(made, [seat.student.pk for seat in seats], why=why)
        ask_in_passing(
            Backup.Reason.AFTER_ROLL_OVER,
            about=f"Năm học {year.label}, {len(seats)} học sinh",
            occasion=f"after roll-over {made.pk}",
            by=by,
        )
        left = f"; để lại {len(standing.left_out)} em chưa xếp" if standing.left_out else ""
        act.says(
            f"Ghi danh sách lớp năm học {year.label} theo bản xếp lớp: {len(seats)} học sinh{left}",
            thing=f"roll_over:{year.pk}",
        )
    return made


def _refuse(standing: Standing, previewed: str, leaving: Collection[int]) -> None:
    reasons = obstacles(standing)
    if reasons:
        raise RollOverRefused(*reasons)
    if previewed != fingerprint(standing):
        raise RollOverChanged("Dữ liệu đã thay đổi từ lúc xem trước, nên chưa ghi gì. Xem lại rồi xác nhận.")
    forgotten = [pupil for pupil in standing.left_out if pupil.pk not in leaving]
    if forgotten:
        raise RollOverRefused(
            f"Chưa xác nhận để lại {len(forgotten)} học sinh chưa có kết quả: {named(forgotten)}. Đánh dấu ở từng lớp "
            "nếu các em vào lớp sau, hoặc chờ Hiệu trưởng phê duyệt."
        )


def _note_movements(application: RollOverApplication, student_ids: Sequence[int], *, why: str) -> None:
    """Each place knows the admission it became, so that undoing takes back these and no others."""
    places = RollOverPlace.objects.filter(roll_over=application.roll_over_id, student_id__in=student_ids)
    admission = Movement.objects.in_force().filter(
        student=OuterRef("student"), year=application.roll_over_id, to_class=OuterRef("to_class")
    )
    places.update(
        movement=Subquery(admission.values("pk")[:1]), application=application, version=F("version") + 1
    )
    record_bulk(list(places), changed=True, why=why)


# -- Undoing -----------------------------------------------------------------------------------------------


def against_undoing(application: RollOverApplication) -> str | None:
    """The first thing of the new year that hangs on its pupils' places; None while there is none. Six statements."""
    if application.is_undone:
        return "Lần ghi danh sách lớp này đã hoàn tác rồi."
    return next(_traces(application), None)


def _traces(application: RollOverApplication) -> Iterator[str]:
    year = application.roll_over.year
    if (reason := closed(year)) is not None:
        yield reason
    admissions = _admissions(application)
    pupils = [each.student_id for each in admissions]
    result = (
        SubjectResult.objects.filter(line__year=year, student__in=pupils)
        .select_related("student", "line")
        .order_by("pk")
        .first()
    )
    if result:
        yield (
            f"Đã nhập kết quả {result.line}, {Period(result.period).label}, của em {result.student.full_name}. Từ "
            "đó danh sách lớp không hoàn tác được; sửa từng em thì ghi biến động."
        )
    trait = (
        TraitResult.objects.filter(year=year, student__in=pupils)
        .select_related("student")
        .order_by("pk")
        .first()
    )
    if trait:
        yield (
            f"Đã nhập phẩm chất, năng lực {Period(trait.period).label} của em {trait.student.full_name}. Từ đó danh "
            "sách lớp không hoàn tác được; sửa từng em thì ghi biến động."
        )
    roll = _first_roll(admissions)
    if roll:
        yield (
            f"Lớp {roll.school_class.name} đã điểm danh ngày {roll.day:%d/%m/%Y}. Từ đó danh sách lớp không hoàn "
            "tác được; sửa từng em thì ghi biến động."
        )
    later = later_movement(admissions)
    if later:
        yield (
            f"Em {later.student.full_name} đã có biến động «{later.get_kind_display()}» từ ngày "
            f"{later.day:%d/%m/%Y}. Huỷ biến động đó trước rồi hoàn tác."
        )


def _first_roll(admissions: Sequence[Movement]) -> RollCall | None:
    """The first roll that was called with one of the admitted; all of an application come on the same day."""
    days = {each.day for each in admissions}
    rolls = RollCall.objects.filter(school_class__in={each.to_class_id for each in admissions})
    with_them = rolls.filter(day__gte=min(days)) if days else rolls.none()
    return with_them.select_related("school_class").order_by("day", "pk").first()


def _admissions(application: RollOverApplication) -> list[Movement]:
    return list(Movement.objects.in_force().filter(roll_over_place__application=application).order_by("pk"))


def undo_roll_over(
    application: RollOverApplication, *, reason: str, by: User, source: Source = Source.PAGE
) -> int:
    """Cancels the admissions of the application; its places are draft again, with the same classes; how many.

    Until the first mark, level, comment, roll or later movement of one of its pupils. Whose admission was cancelled
    alone meanwhile stays as they are. Raises PermissionDenied; YearIsClosed; RollOverRefused.
    """
    year = application.roll_over.year
    with held_roll_over(year, by=by, source=source) as (act, roll_over):
        held = roll_over.applications.get(pk=application.pk)
        against = against_undoing(held)
        if against or not reason.strip():
            raise RollOverRefused(against or "Ghi lí do hoàn tác.")
        why = reason.strip()
        admissions = _admissions(held)
        cancel_many(admissions, by=by, why=why)
        _open_again(held, by=by, why=why)
        act.says(
            f"Hoàn tác việc ghi danh sách lớp năm học {year.label}, {len(admissions)} học sinh: {why}",
            thing=f"roll_over:{year.pk}",
        )
    return len(admissions)


def _open_again(application: RollOverApplication, *, by: User, why: str) -> None:
    """The places come last: while an admission is in force the database lets its place not change."""
    application.undone_at, application.undone_by, application.undo_reason = clock.stamp(), by, why
    application.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    places = RollOverPlace.objects.filter(pk__in=list(application.places.values_list("pk", flat=True)))
    places.update(movement=None, application=None, version=F("version") + 1)
    record_bulk(list(places), changed=True, why=why)
