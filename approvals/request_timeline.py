"""What happened to a request, from its history: every act with who, as what, when and in which words."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.clock import moment_label
from approvals.models import Evidence
from approvals.workflow import State

_DONE: Mapping[tuple[State, State], tuple[str, str, str]] = {
    (State.DRAFT, State.FILED): ("Gửi phiếu", "reason", "neutral"),
    (State.RETURNED, State.FILED): ("Bổ sung, gửi lại phiếu", "reason", "neutral"),
    (State.FILED, State.RETURNED): ("Yêu cầu bổ sung", "return_note", "waiting"),
    (State.FILED, State.APPROVED): ("Phê chuẩn", "decision_note", "ok"),
    (State.FILED, State.AWAITING): ("Phê chuẩn, chờ Hiệu trưởng đồng ý", "decision_note", "ok"),
    (State.FILED, State.REFUSED): ("Từ chối", "decision_note", "refused"),
    (State.RETURNED, State.REFUSED): ("Từ chối", "decision_note", "refused"),
    (State.AWAITING, State.APPROVED): ("Hiệu trưởng đồng ý", "consent_note", "ok"),
    (State.AWAITING, State.REFUSED): ("Hiệu trưởng không đồng ý", "consent_note", "refused"),
    (State.APPROVED, State.AWAITING): ("Chuyển để Hiệu trưởng đồng ý", "", "neutral"),
    (State.APPROVED, State.APPLIED): ("Thực hiện: đã ghi vào sổ", "", "ok"),
}
"""From and to → what was done, which field holds its words, how it is coloured."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act in the request's life."""

    what: str
    who: str
    role: str
    at: str
    note: str
    kind: str


def timeline(rows: Sequence[Any], evidence: Iterable[Evidence]) -> tuple[Step, ...]:
    """Newest first. `rows` are the request's history, oldest first, with their users; no statement."""
    role = rows[0].acting_role if rows else ""
    found = [*_acts(rows), *((each.uploaded_at, _evidence_step(each, role)) for each in evidence)]
    found.sort(key=lambda pair: pair[0])
    return tuple(step for _at, step in found[::-1])


def _acts(rows: Sequence[Any]) -> Iterator[tuple[datetime.datetime, Step]]:
    before = None
    for row in rows:
        if before is None:
            yield row.history_date, _step("Lập phiếu", row, "", "neutral")
        elif row.state != before.state:
            yield row.history_date, _moved(State(before.state), row)
        elif row.opinion_at != before.opinion_at:
            yield row.history_date, _step("Ý kiến tổ (khối) trưởng", row, row.opinion, "neutral")
        before = row


def _moved(source: State, row: Any) -> Step:
    what, field, kind = _DONE.get(
        (source, State(row.state)), ("Huỷ phiếu", "history_change_reason", "refused")
    )
    return _step(what, row, getattr(row, field) or "" if field else "", kind)


def _step(what: str, row: Any, note: str, kind: str) -> Step:
    who = str(row.history_user or "Hệ thống")
    return Step(what, who, row.acting_role, moment_label(row.history_date), note, kind)


def _evidence_step(evidence: Evidence, role: str) -> Step:
    return Step(
        "Thêm minh chứng",
        str(evidence.uploaded_by),
        role,
        moment_label(evidence.uploaded_at),
        evidence.name,
        "neutral",
    )
