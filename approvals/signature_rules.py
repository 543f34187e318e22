"""How a book stands before its signature: a table, pure (PLAN IV.5, IV.6).

Nothing of it is stored: what was signed is, and the state follows from what stands in the book now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Ready(StrEnum):
    """How far the book is: `READY` once it is locked with no cell empty."""

    SHUT = "shut"
    OPEN = "open"
    GAPS = "gaps"
    READY = "ready"


class Seal(StrEnum):
    """What the newest signature says: none yet, still that of these contents, or of others."""

    NONE = "none"
    HOLDS = "holds"
    BROKEN = "broken"


class State(StrEnum):
    SHUT = "shut"
    OPEN = "open"
    GAPS = "gaps"
    DUE = "due"
    SIGNED = "signed"
    CHANGED = "changed"
    DUE_AGAIN = "due_again"

    @property
    def label(self) -> str:
        return _SHOWN[self].label

    @property
    def kind(self) -> str:
        return _SHOWN[self].kind

    @property
    def icon(self) -> str:
        return _SHOWN[self].icon

    @property
    def may_be_signed(self) -> bool:
        """By whoever answers for the book today."""
        return self in {State.DUE, State.DUE_AGAIN}

    @property
    def has_broken(self) -> bool:
        return self in {State.CHANGED, State.DUE_AGAIN}

    @property
    def is_owed(self) -> bool:
        """Whether a signature is missing that the book should have by now."""
        return self.may_be_signed or self in {State.GAPS, State.CHANGED}


@dataclass(frozen=True, slots=True)
class _Shown:
    label: str
    kind: str
    icon: str


BROKEN = "Nội dung đã thay đổi sau khi kí – cần kí lại"
_SHOWN: Mapping[State, _Shown] = {
    State.SHUT: _Shown("Chưa mở", "neutral", "clock"),
    State.OPEN: _Shown("Đang mở, chưa kí được", "open", "unlock"),
    State.GAPS: _Shown("Chưa kí, còn ô trống", "warning", "exclamation-triangle"),
    State.DUE: _Shown("Chưa kí", "waiting", "pencil-square"),
    State.SIGNED: _Shown("Đã kí, còn hiệu lực", "ok", "check-circle"),
    State.CHANGED: _Shown(BROKEN, "refused", "exclamation-triangle"),
    State.DUE_AGAIN: _Shown(BROKEN, "refused", "exclamation-triangle"),
}

STATES: Mapping[tuple[Ready, Seal], State] = {
    (Ready.SHUT, Seal.NONE): State.SHUT,
    (Ready.OPEN, Seal.NONE): State.OPEN,
    (Ready.GAPS, Seal.NONE): State.GAPS,
    (Ready.READY, Seal.NONE): State.DUE,
    (Ready.SHUT, Seal.HOLDS): State.SIGNED,
    (Ready.OPEN, Seal.HOLDS): State.SIGNED,
    (Ready.GAPS, Seal.HOLDS): State.SIGNED,
    (Ready.READY, Seal.HOLDS): State.SIGNED,
    (Ready.SHUT, Seal.BROKEN): State.CHANGED,
    (Ready.OPEN, Seal.BROKEN): State.CHANGED,
    (Ready.GAPS, Seal.BROKEN): State.CHANGED,
    (Ready.READY, Seal.BROKEN): State.DUE_AGAIN,
}


def state_of(ready: Ready, seal: Seal) -> State:
    return STATES[ready, seal]
