"""«Đã tập huấn»: the acts, and the share of the staff in service that is trained, against 100 % (PLAN III.2)."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import Post, TrainingRecord, User
from accounts.powers import Action

NO_TEAM = "Chưa xếp tổ"
NOT_ONESELF = (
    "Không ai tự ghi nhận hoặc huỷ tập huấn của chính mình: nhờ văn thư hoặc Phó Hiệu trưởng còn lại."
)


class TrainingRefused(Exception):
    """The act cannot be done; the message says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def record_training(
    people: Iterable[User],
    *,
    subject: str,
    trained_on: datetime.date,
    trainer: str,
    by: User,
    source: Source = Source.PAGE,
) -> list[TrainingRecord]:
    """One record for each of the people who has none of that subject and day yet; returns the new ones.

    Raises PermissionDenied for anyone but the clerk and the vice-principal, TrainingRefused for oneself and for a
    day to come.
    """
    permissions.require(by, Action.RECORD_TRAINING, "Văn thư hoặc Phó Hiệu trưởng ghi nhận tập huấn.")
    ids = {person.pk for person in people}
    if by.pk in ids:
        raise TrainingRefused(NOT_ONESELF)
    if trained_on > clock.today():
        raise TrainingRefused("Ngày tập huấn còn ở phía trước. Ghi nhận sau khi đã tập huấn.")
    with acting(by, role=permissions.post_label(by), source=source) as act:
        # The people's rows are held: two clerks at once make one record a person.
        held = list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        known = TrainingRecord.objects.filter(
            person__in=held, subject=subject, trained_on=trained_on, cancelled_by__isnull=True
        )
        have = set(known.values_list("person_id", flat=True))
        now = clock.now()
        made = TrainingRecord.objects.bulk_create(
            TrainingRecord(
                person=person,
                subject=subject,
                trained_on=trained_on,
                trainer=trainer,
                recorded_by=by,
                recorded_at=now,
            )
            for person in held
            if person.pk not in have
        )
        record_bulk(made, changed=False)
        act.says(f"Ghi nhận tập huấn «{subject}» cho {len(made)} người")
    return made


def cancel_training(record: TrainingRecord, *, reason: str, by: User) -> TrainingRecord:
    """The record stays, marked as not counting, with who, when and why."""
    permissions.require(by, Action.RECORD_TRAINING, "Văn thư hoặc Phó Hiệu trưởng huỷ bản ghi tập huấn.")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        record = TrainingRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if record.person_id == by.pk:
            raise TrainingRefused(NOT_ONESELF)
        if record.cancelled_by_id is not None:
            raise TrainingRefused("Bản ghi này đã được huỷ từ trước.")
        if not any(character.isalnum() for character in reason):
            raise TrainingRefused("Chưa ghi lí do huỷ. Ghi lí do rồi bấm huỷ lại.")
        record.cancelled_by, record.cancelled_at, record.cancel_reason = by, clock.now(), reason.strip()
        record.save()
        act.says(f"Huỷ bản ghi tập huấn «{record.subject}»: {record.cancel_reason}")
    return record


def in_service() -> QuerySet[User]:
    """The staff that the 100 % are counted of: whoever has a usable account, visiting inspectors aside."""
    inspects = Post.objects.filter(kind=Post.Kind.INSPECTOR, holder=OuterRef("pk"))
    visits = inspects.held_on(clock.today())
    return User.objects.filter(~Exists(visits), is_active=True)


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A person in service with the latest record that counts, None where there is none."""

    person: User
    latest: TrainingRecord | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A tổ with its people, those without training first."""

    name: str
    people: tuple[StaffLine, ...]

    @property
    def missing(self) -> tuple[StaffLine, ...]:
        return tuple(line for line in self.people if line.latest is None)

    @property
    def trained(self) -> int:
        return len(self.people) - len(self.missing)

    @property
    def total(self) -> int:
        return len(self.people)

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when nobody is missing."""
        return 100 * self.trained // self.total if self.total else 0


def read_teams() -> tuple[TeamLine, ...]:
    """Everybody in service by tổ. Two statements, whatever the number of people and records."""
    counting = TrainingRecord.objects.filter(cancelled_by__isnull=True)
    staff = (
        in_service()
        .select_related("team")
        .prefetch_related(Prefetch("trainings", queryset=counting, to_attr="counting"))
        .order_by("team__name", "sort_key")
    )
    teams: dict[str, list[StaffLine]] = {}
    for person in staff:
        latest = next(iter(person.counting), None)
        name = person.team.name if person.team else NO_TEAM
        teams.setdefault(name, []).append(StaffLine(person, latest))
    return tuple(
        TeamLine(name, tuple(sorted(lines, key=lambda line: line.latest is not None)))
        for name, lines in teams.items()
    )


def whole_school(teams: Sequence[TeamLine]) -> TeamLine:
    return TeamLine("Toàn trường", tuple(line for team in teams for line in team.people))
