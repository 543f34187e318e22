"""From the first slip to the last day: accounts are made, closed and opened again, and never deleted (rule R60)."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.timezone import localtime

from accounts import clock, permissions, terms
from accounts.account_keepers import require_keeper
from accounts.account_state import is_closed, is_unused
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.passwords import record_change
from accounts.powers import Action
from accounts.sessions import end_sessions

CLOSED = "Đóng tài khoản"
WHO_CREATES = "Văn thư cấp tài khoản cho các thành viên trong nhà trường (kế hoạch, mục IV.3)."


class AccountRefused(Exception):
    """Nothing was changed; the message says why and what to do. `field` is the form's, "" for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def create_account(*, person: User, by: User) -> User:
    """Makes an account that waits for its slip. `person` is unsaved, from the form; it holds no post and no duty.

    Raises PermissionDenied, AccountRefused.
    """
    permissions.require(by, Action.CREATE_ACCOUNTS, WHO_CREATES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        if name_is_taken(person.username):
            raise AccountRefused(
                f"Tên đăng nhập «{person.username}» đã có người dùng. Chọn tên khác.", "username"
            )
        person.set_unusable_password()
        person.opened_at = clock.now()
        person._change_reason = "Tạo tài khoản"  # type: ignore[attr-defined]  # noqa: SLF001 - where simple-history looks
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError as problem:
            raise AccountRefused(
                f"Mã cán bộ «{person.staff_code}» hoặc tên đăng nhập vừa có tài khoản. Tìm trong danh sách tài khoản.",
                "staff_code",
            ) from problem
        act.says(f"Tạo tài khoản {person.username} cho {person.full_name}", thing=f"account:{person.pk}")
    return person


def name_is_taken(username: str) -> bool:
    """A name logs in one account only, be it the account's first or second."""
    return User.objects.filter(Q(username__iexact=username) | Q(second_username__iexact=username)).exists()


def close_account(user: User, *, last_day: datetime.date, reason: str, by: User) -> User:
    """From the day after `last_day` nobody gets in; the posts end on it; everything the person did stays theirs.

    When that day is over already the sessions end now. Raises PermissionDenied, AccountRefused.
    """
    require_keeper(by, user)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if is_closed(user):
            raise AccountRefused("Tài khoản đã đóng rồi.")
        if problem := why_not_closed(user, last_day):
            raise AccountRefused(problem, "last_day")
        user.last_day = last_day
        user.is_active = last_day >= clock.today()  # a day to come is judged when it has come
        record_change(user, f"Đóng sau ngày {last_day:%d/%m/%Y}: {reason}", "last_day", "is_active")
        for post in posts_ending(user, last_day):
            terms.end(post, last_day=last_day, reason=CLOSED)
        if not user.is_active:
            end_sessions(user, by=by)
        act.says(
            f"Đóng tài khoản {user.username} ({user.full_name}) sau ngày {last_day:%d/%m/%Y}: {reason}",
            thing=f"account:{user.pk}",
        )
    return user


def why_not_closed(user: User, last_day: datetime.date) -> str:
    """What stands against closing on a day; "" if nothing does."""
    seen = _last_seen(user)
    if seen and seen > last_day:
        return (
            f"Tài khoản còn được dùng ngày {seen:%d/%m/%Y}, nên ngày cuối không thể sớm hơn. Ghi từ ngày đó trở đi; "
            "nếu không phải chính người đó dùng, báo Phó Hiệu trưởng."
        )
    if later := user.posts.filter(starts_on__gt=last_day).order_by("starts_on").first():
        return (
            f"Có chức vụ «{later.duty_label}» từ ngày {later.starts_on:%d/%m/%Y}, sau ngày này. Chọn ngày cuối từ ngày "
            "đó trở đi, hoặc Hiệu trưởng bỏ chức vụ đó trước."
        )
    leads = user.posts.held_on(clock.today()) | user.posts.held_on(last_day)
    if leads.filter(kind=Post.Kind.PRINCIPAL).exists():
        following = Post.objects.held_on(last_day + datetime.timedelta(days=1)).exclude(holder=user)
        if not following.filter(kind=Post.Kind.PRINCIPAL).exists():
            return "Trường phải luôn có Hiệu trưởng: ghi chức vụ cho người kế nhiệm từ ngày hôm sau rồi mới đóng."
    return ""


def _last_seen(user: User) -> datetime.date | None:
    """The last day on which somebody was in with this account."""
    seen = user.signed_in_sessions.aggregate(at=Max("last_seen_at"))["at"]
    moments = [moment for moment in (seen, user.last_login) if moment]
    return localtime(max(moments)).date() if moments else None


def posts_ending(user: User, last_day: datetime.date) -> QuerySet[Post]:
    """The posts that closing on a day would end."""
    return user.posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)).select_related("team")


def reopen_account(user: User, *, reason: str, by: User) -> User:
    """Opens a closed or suspended account again; posts and duties are given anew by whoever gives them.

    The days without a log-in count from now. Raises PermissionDenied, AccountRefused.
    """
    require_keeper(by, user)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not may_be_reopened(user):
            raise AccountRefused("Tài khoản đang dùng được, không có gì để mở lại.")
        user.last_day, user.is_active, user.opened_at = None, True, clock.now()
        record_change(user, f"Mở lại: {reason}", "last_day", "is_active", "opened_at")
        act.says(f"Mở lại tài khoản {user.username} ({user.full_name}): {reason}", thing=f"account:{user.pk}")
    return user


def may_be_reopened(user: User) -> bool:
    """Closed, about to be closed, or unused too long."""
    return is_closed(user) or user.last_day is not None or is_unused(user)
