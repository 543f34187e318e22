"""The administrator account as the vice-principal looks after it: state, password, supervision (PLAN IV.2)."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts import clock, permissions
from accounts.account_keepers import require_keeper
from accounts.account_state import is_activated
from accounts.activation import Slip, SlipsRefused, latest_slip, write_slips
from accounts.history import Source, acting
from accounts.models import ActivationSlip, PasswordRotation, Post, SupervisionMark, User
from accounts.powers import Action
from accounts.rotation import EVERY, Cause, Due, changed_at, clerks, rotation_due

WHO_SUPERVISES = (
    "Phó Hiệu trưởng đổi mật khẩu và giám sát tài khoản quản trị (kế hoạch, mục IV.2, IV.3). "
    "Văn thư cần đổi mật khẩu thì báo Phó Hiệu trưởng."
)


@dataclass(frozen=True, slots=True)
class AdminAccount:
    """One clerk's account. `seen` goes back with the form, so that two presses change the password once."""

    holder: User
    due: Due | None
    changed_at: datetime.datetime
    waits_for_clerk: bool
    seen: int

    @property
    def next_at(self) -> datetime.datetime:
        """When it is due at the latest; an entry round that closes before makes it earlier."""
        return self.changed_at + EVERY


def read_admin_accounts() -> list[AdminAccount]:
    """Who holds the clerk's post today, usually one; four statements each."""
    return [
        AdminAccount(
            holder=holder,
            due=rotation_due(holder),
            changed_at=changed_at(holder),
            waits_for_clerk=not is_activated(holder),
            seen=latest_slip([holder]),
        )
        for holder in clerks()
    ]


@dataclass(frozen=True, slots=True)
class Overdue:
    """A clerk's account that is shut until its password is changed."""

    holder: User
    due: Due

    @property
    def url(self) -> str:
        return reverse("accounts:admin_account")


def overdue_accounts(user: User) -> list[Overdue]:
    """What "Việc của tôi" of the vice-principal shows, three statements for one clerk; none for everybody else."""
    if not permissions.may(user, Action.SUPERVISE_CLERK):
        return []
    return [Overdue(holder, due) for holder in clerks() if (due := rotation_due(holder))]


def rotate_password(holder: User, *, seen: int, by: User) -> Slip:
    """Voids the clerk's password, ends the sessions, notes the change and why; the slip is for the clerk.

    Raises PermissionDenied, SlipsRefused.
    """
    permissions.require(by, Action.SUPERVISE_CLERK, WHO_SUPERVISES)
    require_keeper(by, holder)
    if not permissions.has_post(holder, Post.Kind.CLERK):
        raise SlipsRefused(
            f"{holder.full_name} không giữ chức vụ văn thư. Đặt lại mật khẩu ở trang tài khoản."
        )
    with acting(by, role=str(Post.Kind.VICE_PRINCIPAL.label), source=Source.PAGE):
        [slip] = write_slips([holder], seen=seen, by=by, cause=ActivationSlip.Cause.ROTATION)
        due = rotation_due(holder)
        PasswordRotation.objects.create(
            holder=holder,
            at=clock.now(),
            by=by,
            cause=due.cause if due else Cause.WISH,
            round=due.round if due else "",
        )
    return slip


def rotations() -> QuerySet[PasswordRotation]:
    return PasswordRotation.objects.select_related("holder", "by")


def mark_as_seen(*, seen_to: datetime.datetime, by: User) -> SupervisionMark:
    """Notes that the vice-principal has looked through the clerk's acts up to a moment. Raises PermissionDenied."""
    permissions.require(by, Action.SUPERVISE_CLERK, WHO_SUPERVISES)
    moment = clock.now()
    with acting(by, role=str(Post.Kind.VICE_PRINCIPAL.label), source=Source.PAGE):
        return SupervisionMark.objects.create(by=by, at=moment, seen_to=min(seen_to, moment))
