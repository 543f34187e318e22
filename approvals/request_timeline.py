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
_MADE = ("Lập phiếu", "", "neutral")
_OPINED = ("Ý kiến tổ (khối) trưởng", "opinion", "neutral")
_READ = ("Người lập đã xem", "", "neutral")
_CANCELLED = ("Huỷ phiếu", "cancel_note", "refused")


@dataclass(frozen=True, slots=True)
class RequestAct:
    """What was done to a request between two versions of it; `field` holds the words that were said."""

    what: str
    field: str
    kind: str


def act_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> RequestAct | None:
    """Between two versions, by the names of their columns; None where only what was typed was kept."""
    if after is None:
        return None
    if before is None:
        return RequestAct(*_MADE)
    if before["state"] != after["state"]:
        move = State(before["state"]), State(after["state"])
        return RequestAct(*_DONE.get(move, _CANCELLED))
    if before.get("opinion_at") != after.get("opinion_at"):
        return RequestAct(*_OPINED)
    return RequestAct(*_READ) if before.get("read_at") != after.get("read_at") else None


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
    files = list(evidence)
    found = [
        *acts(rows),
        *(
            (each.uploaded_at, _evidence_step("Thêm minh chứng", each, each.uploaded_at, role))
            for each in files
        ),
        *withdrawals(files, role),
    ]
    found.sort(key=lambda pair: pair[0])
    return tuple(step for _at, step in found[::-1])


def acts(rows: Sequence[Any]) -> Iterator[tuple[datetime.datetime, Step]]:
    """The acts in one request's history, oldest first, each with its moment; what the proposer only looked at is none.

    No statement.
    """
    before = None
    for row in rows:
        told = {name: getattr(row, name) for name in ("state", "opinion_at", "read_at")}
        act = act_of(before, told)
        if act is not None and act.what != _READ[0]:
            yield row.history_date, _step(act, row)
        before = told


def withdrawals(files: Iterable[Evidence], role: str) -> Iterator[tuple[datetime.datetime, Step]]:
    """Evidence that was filed and backs its request no more; `role` is the proposer's. It comes with who added it."""
    for each in files:
        if each.withdrawn_at:
            yield each.withdrawn_at, _evidence_step("Rút minh chứng", each, each.withdrawn_at, role)


def _step(act: RequestAct, row: Any) -> Step:
    # Of drafts that the closing of their year cancelled, the history says why.
    note = (getattr(row, act.field) or row.history_change_reason or "") if act.field else ""
    who = str(row.history_user or "Hệ thống")
    return Step(act.what, who, row.acting_role, moment_label(row.history_date), note, act.kind)


def _evidence_step(what: str, evidence: Evidence, at: datetime.datetime, role: str) -> Step:
    """The proposer adds files and withdraws them, nobody else."""
    return Step(what, str(evidence.uploaded_by), role, moment_label(at), evidence.name, "neutral")
