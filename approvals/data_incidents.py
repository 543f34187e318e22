"""Breaches of personal data: written down, told to the authority within 72 hours, closed (rule R67)."""

import datetime
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.data_refusals import DataOutdated, DataRefused, check_is_of_late, words_of
from approvals.data_requests import actors_of, next_number
from approvals.data_rules import SENT_TWICE_WITHIN, is_late_notice, notify_by
from approvals.data_workflow import DataActor, IncidentAct, IncidentState, incident_target
from approvals.models import DataIncident

WHO_KEEPS = "Sự cố dữ liệu cá nhân do Hiệu trưởng, văn thư ghi; Hiệu trưởng kết thúc."


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an incident; it may grow until the incident is closed."""

    what: str
    categories: str
    people: int
    consequences: str
    measures: str
    contact: str


@dataclass(frozen=True, slots=True)
class Found:
    """How and when it was discovered; of an open one the moment is put right with a reason."""

    happened: str
    discovered_at: datetime.datetime
    discovered_by: str


@dataclass(frozen=True, slots=True)
class Notice:
    """To whom the school has told it, when and how; `late_reason` is asked for after the 72 hours."""

    to: str
    at: datetime.datetime
    how: str
    late_reason: str = ""


_NAMES = {
    "what": "chuyện gì đã xảy ra",
    "categories": "dữ liệu nào bị ảnh hưởng",
    "consequences": "hậu quả",
    "measures": "biện pháp",
    "contact": "người liên hệ",
}


def record_incident(found: Found, told: Told, *, by: User) -> DataIncident:
    """Sent twice, the second finds what the first has written. Raises Refused, DataRefused."""
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    _check_discovery(found.discovered_at)
    values = _checked(told) | {
        "happened": words_of(found.happened, "xảy ra khi nào, ở đâu", "happened"),
        "discovered_at": found.discovered_at,
        "discovered_by": words_of(found.discovered_by, "ai phát hiện", "discovered_by"),
    }
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = clock.today().year
        number = next_number(DataIncident.objects.filter(year=year))
        since = clock.stamp() - SENT_TWICE_WITHIN
        if twin := DataIncident.objects.filter(**values, recorded_by=by, recorded_at__gt=since).first():
            act.says(f"{twin.label} được gửi lần nữa: đã ghi rồi", thing=f"data_incident:{twin.pk}")
            return twin
        made = DataIncident.objects.create(
            year=year, number=number, **values, recorded_by=by, recorded_at=clock.now()
        )
        act.says(f"Ghi {made.label}", thing=f"data_incident:{made.pk}")
    return made


def _check_discovery(moment: datetime.datetime) -> None:
    if moment > clock.now():
        raise DataRefused("Thời điểm phát hiện ở tương lai. Ghi lúc đã phát hiện.", "discovered_at")
    check_is_of_late(localdate(moment), "Thời điểm phát hiện", "đã phát hiện", "discovered_at")


def _checked(told: Told) -> dict[str, Any]:
    values = asdict(told)
    return values | {name: words_of(str(values[name]), what, name) for name, what in _NAMES.items()}


def seen_of(incident: DataIncident) -> str:
    """A fingerprint of all that `tell_more` may change: the page sends back the one that it showed."""
    told = [str(getattr(incident, each.name)) for each in fields(Told)]
    return sha256("\0".join([*told, str(incident.discovered_at.timestamp())]).encode()).hexdigest()


class IncidentChanged(DataOutdated):
    """Somebody else has told more meanwhile; nothing is written. `stands`: the incident as it is now."""

    def __init__(self, stands: DataIncident) -> None:
        super().__init__(
            f"{stands.label} vừa được người khác bổ sung sau khi trang này mở. Chưa ghi gì: đối chiếu hai bên ở dưới, "
            "sửa phần của mình cho đủ rồi bấm Lưu lần nữa."
        )
        self.stands = stands


@dataclass(frozen=True, slots=True)
class Discovery:
    """Another moment of discovery than was written down, and why."""

    at: datetime.datetime
    why: str


def tell_more(
    incident: DataIncident, told: Told, *, seen: str, discovery: Discovery | None = None, by: User
) -> DataIncident:
    """What has become known since; of one that is open also another moment of discovery.

    `seen`: what the page showed (`seen_of`). Raises Refused, DataRefused, IncidentChanged, DataOutdated of one that is
    closed.
    """
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    values = _checked(told)
    if discovery is not None:
        _check_discovery(discovery.at)
        values["discovered_at"] = discovery.at
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = DataIncident.objects.select_for_update().get(pk=incident.pk)
        if held.state == IncidentState.CLOSED:
            raise DataOutdated(f"{held.label} đã kết thúc, không sửa được nữa.")
        if seen != seen_of(held):
            raise IncidentChanged(held)
        if discovery is not None:
            if held.state != IncidentState.OPEN:
                raise DataRefused("Đã thông báo cơ quan: thời điểm phát hiện không sửa nữa.", "discovered_at")
            was = clock.moment_label(held.discovered_at)
            why = words_of(discovery.why, "vì sao sửa thời điểm phát hiện", "discovery_why")
            held._change_reason = f"{was}: {why}"[:100]  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
        for name, value in values.items():
            setattr(held, name, value)
        held.save()
        act.says(f"Bổ sung {held.label}", thing=f"data_incident:{held.pk}")
    return held


def acts_for(incident: DataIncident, user: User) -> list[IncidentAct]:
    """What the page offers this person."""
    actors = actors_of(user)
    return [act for act in IncidentAct if incident_target(IncidentState(incident.state), act, actors)]


def notify(incident: DataIncident, notice: Notice, *, by: User) -> DataIncident:
    """The authority has been told. Raises PermissionDenied, DataOutdated; DataRefused where it was late and no reason
    is given, or before the discovery."""
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = _held(incident, IncidentAct.NOTIFY, by)
        if not held.discovered_at <= notice.at <= clock.now():
            raise DataRefused("Thời điểm thông báo phải sau lúc phát hiện và không ở tương lai.", "at")
        late = ""
        if is_late_notice(held.discovered_at, notice.at):
            until = clock.moment_label(notify_by(held.discovered_at))
            late = words_of(
                notice.late_reason, f"lí do thông báo muộn (hạn 72 giờ là {until})", "late_reason"
            )
        held.state, held.notified_at, held.notified_by = IncidentState.NOTIFIED, notice.at, by
        held.notified_to = words_of(notice.to, "cơ quan nhận", "to")
        held.notice = words_of(notice.how, "số văn bản, cách gửi", "how")
        held.late_reason = late
        held.save()
        act.says(f"{held.label}: đã thông báo", thing=f"data_incident:{held.pk}")
    return held


def close_incident(incident: DataIncident, *, conclusion: str, by: User) -> DataIncident:
    """All is done; without a notice the conclusion says why none was due. Raises as `notify`."""
    words = words_of(conclusion, "kết luận", "conclusion")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = _held(incident, IncidentAct.CLOSE, by)
        held.state, held.closed_at, held.closed_by = IncidentState.CLOSED, clock.now(), by
        held.conclusion = words
        held.save()
        act.says(f"{held.label}: kết thúc", thing=f"data_incident:{held.pk}")
    return held


def _held(incident: DataIncident, act: IncidentAct, by: User) -> DataIncident:
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    held = DataIncident.objects.select_for_update().get(pk=incident.pk)
    state = IncidentState(held.state)
    if incident_target(state, act, actors_of(by)) is not None:
        return held
    if incident_target(state, act, set(DataActor)) is not None:
        raise PermissionDenied(WHO_KEEPS)
    raise DataOutdated(f"{held.label} nay ở trạng thái «{state.label}»: vừa có người làm trước.")
