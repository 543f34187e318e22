"""The draft of next year's class lists: the one act that places pupils, and the proposal that goes through it (R17).

Whatever moves a pupil (the proposal, a drag, a button, a pasted list, a file) comes here: the clerk, while the pupil
has not come by an application and the year is not closed, into a class of a grade that may follow, and only from the
place seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Cast

from accounts import clock, permissions
from accounts.backups import ask_in_passing
from accounts.history import CLERK_ROLE, Act, Source, acting, record_bulk
from accounts.models import Backup, User
from accounts.powers import Action
from gradebook.models import RollOver, RollOverPlace
from gradebook.roll_over_classes import proposed_places
from gradebook.roll_over_pupils import Pupil, Standing, Way, standing_of
from students.models import SchoolClass, SchoolYear
from students.years import hold_year

WHO = "Việc xếp lớp năm học mới do văn thư làm."


class RollOverRefused(Exception):
    """Nothing was written; each reason says why and what to do."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class PlacesChanged(RollOverRefused):
    """Somebody else has moved some of these pupils meanwhile."""


@dataclass(frozen=True, slots=True)
class Move:
    """A pupil's new place, none to take them out; `version` is that of the place which was seen."""

    student_id: int
    class_id: int | None
    version: int


@contextmanager
def held_roll_over(year: SchoolYear, *, by: User, source: Source) -> Iterator[tuple[Act, RollOver]]:
    """The guard of every act on the draft: the clerk, the year not closed, the roll-over held to the end of the act.

    The first of a day asks for a backup: the draft comes before its application.
    """
    permissions.require(by, Action.ROLL_OVER, WHO)
    with acting(by, role=CLERK_ROLE, source=source) as act:
        held = hold_year(year)
        RollOver.objects.get_or_create(year=held)
        ask_in_passing(
            Backup.Reason.BEFORE_ROLL_OVER,
            about=f"Năm học {year.label}",
            occasion=f"before roll-over {year.pk} {clock.today()}",
            by=by,
        )
        yield act, RollOver.objects.select_for_update().get(pk=held.pk)


def propose_places(year: SchoolYear, *, by: User) -> int:
    """Places everybody who has no class yet as proposed; how many. Who has one stays."""
    with held_roll_over(year, by=by, source=Source.PAGE) as (act, roll_over):
        standing = standing_of(year)
        wanted = proposed_places(standing)
        _write(roll_over, standing, wanted, why="Xếp theo đề xuất")
        act.says(f"Xếp lớp {len(wanted)} học sinh theo đề xuất cho năm học {year.label}", thing=_thing(year))
    return len(wanted)


def move_pupils(
    year: SchoolYear, moves: Sequence[Move], *, by: User, source: Source = Source.PAGE, why: str = ""
) -> int:
    """Puts the pupils where the moves say, all or none; how many have another place now.

    Raises PermissionDenied; YearIsClosed; RollOverRefused, of which PlacesChanged when another was faster.
    """
    with held_roll_over(year, by=by, source=source) as (act, roll_over):
        standing = standing_of(year)
        reasons = [reason for move in moves for reason in objections(move, standing)]
        if reasons:
            raise RollOverRefused(*reasons)
        wanted = {
            move.student_id: move.class_id
            for move in moves
            if standing.by_id[move.student_id].place != move.class_id
        }
        _refuse_stale(moves, wanted, standing)
        _write(roll_over, standing, wanted, why=why)
        act.says(_words(wanted, standing), thing=_thing(year))
    return len(wanted)


def objections(move: Move, standing: Standing) -> Iterator[str]:
    """Why this pupil cannot come into this class, whoever asks and whenever."""
    pupil = standing.by_id.get(move.student_id)
    school_class = standing.class_by_id.get(move.class_id) if move.class_id else None
    if pupil is None:
        yield "Có học sinh không thuộc năm học trước. Mở lại trang rồi chọn lại."
    elif move.class_id and school_class is None:
        yield f"Lớp chọn cho em {pupil.name} không thuộc năm học {standing.year.label}. Mở lại trang rồi chọn lại."
    elif pupil.seat is not None:
        yield (
            f"Em {pupil.name} đã có tên trong danh sách lớp {standing.class_by_id[pupil.seat].name} của năm học mới. "
            "Đổi lớp thì ghi biến động «Chuyển lớp»."
        )
    elif school_class is not None and not pupil.fits(school_class):
        yield against(pupil, school_class)


def against(pupil: Pupil, school_class: SchoolClass) -> str:
    """In words, why the grade does not follow."""
    old = pupil.old_class
    decided = {
        Way.UNDECIDED: "chưa có kết quả được Hiệu trưởng phê duyệt nên chưa xếp lớp được",
        Way.LEFT: f"đã rời trường ({pupil.note}) nên không xếp lớp",
        Way.COMPLETED: "đã hoàn thành chương trình tiểu học nên không xếp lớp",
    }
    if pupil.way in decided:
        return f"Em {pupil.name} (lớp {old.name}) {decided[pupil.way]}."
    return (
        f"Em {pupil.name} học lớp {old.name}, {pupil.way.label.lower()}, nên chỉ xếp được vào khối {pupil.grade}; lớp "
        f"{school_class.name} thuộc khối {school_class.grade_level}."
    )


def _refuse_stale(moves: Sequence[Move], wanted: Mapping[int, int | None], standing: Standing) -> None:
    """A move from a place that is no longer that of the pupil would undo somebody else's in silence."""
    stale = [
        standing.by_id[move.student_id]
        for move in moves
        if move.student_id in wanted and move.version != standing.by_id[move.student_id].version
    ]
    if stale:
        raise PlacesChanged(*(f"Em {pupil.name} vừa được xếp {_where(pupil, standing)}." for pupil in stale))


def _where(pupil: Pupil, standing: Standing) -> str:
    return f"vào lớp {standing.class_by_id[pupil.place].name}" if pupil.place else "ra khỏi lớp"


def _write(roll_over: RollOver, standing: Standing, wanted: Mapping[int, int | None], *, why: str) -> None:
    """New places in one statement, changed ones in another, histories in one each."""
    new = [
        RollOverPlace(roll_over=roll_over, student_id=pk, to_class_id=class_id)
        for pk, class_id in wanted.items()
        if not standing.by_id[pk].version
    ]
    record_bulk(RollOverPlace.objects.bulk_create(new), changed=False, why=why)
    there = [pk for pk in wanted if standing.by_id[pk].version]
    if not there:
        return
    places = RollOverPlace.objects.filter(roll_over=roll_over, student_id__in=there)
    classes = (
        When(
            student_id__in=[pk for pk in there if wanted[pk] == class_id],
            then=Cast(Value(class_id), BigIntegerField()),
        )
        for class_id in {wanted[pk] for pk in there}
    )
    places.update(to_class_id=Case(*classes), version=F("version") + 1)
    record_bulk(list(places), changed=True, why=why)


def _words(wanted: Mapping[int, int | None], standing: Standing) -> str:
    """For whoever supervises the clerk: a pupil by name, more by number and class."""
    if len(wanted) == 1:
        ((pk, class_id),) = wanted.items()
        name = standing.by_id[pk].name
        where = f"vào lớp {standing.class_by_id[class_id].name}" if class_id else "ra khỏi lớp"
        return f"Xếp em {name} {where}, năm học {standing.year.label}"
    names = sorted({standing.class_by_id[each].name for each in wanted.values() if each})
    into = f" vào lớp {', '.join(names)}" if names else ""
    return f"Xếp {len(wanted)} học sinh{into}, năm học {standing.year.label}"


def _thing(year: SchoolYear) -> str:
    return f"roll_over:{year.pk}"
