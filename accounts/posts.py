"""Acts on posts: appoint, end, hand over, take back (PLAN IV.1, IV.2; rule R59).

The principal's post never stands empty: it ends only by being handed over, here and in the database (trigger
the_school_has_a_principal). Its holder alone hands it over, for good or for some days; whoever stands in for the
principal decides nothing about that post, but may give it back early.
"""

import datetime

from accounts import permissions, terms
from accounts.account_state import is_activated
from accounts.activation import slips_of_the_keeper_alone
from accounts.clock import today
from accounts.dates import Days
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import Post, Team, User
from accounts.powers import Action
from accounts.terms import DAY, Problem, TermRefused

PRINCIPAL_STAYS = Problem(
    "",
    "Trường luôn có Hiệu trưởng: chức vụ này chỉ kết thúc khi bàn giao cho người kế nhiệm. Chọn «Giao cho người khác».",
)
ONLY_THE_PRINCIPAL = "Chức vụ Hiệu trưởng chỉ do chính Hiệu trưởng bàn giao; người làm thay chỉ trả lại được."
NEVER_LOGGED_IN = (
    "{name} chưa kích hoạt tài khoản. Chức vụ Hiệu trưởng chỉ bàn giao cho người đã đăng nhập được."
)
ACCOUNT_SHUTS = (
    "Tài khoản của {name} đóng hết ngày {day:%d/%m/%Y}. Chọn người khác, hoặc ngày cuối trước ngày đó."
)
ACCOUNT_IS_SHUT = "Tài khoản của {name} đã đóng. Văn thư mở lại tài khoản trước khi giao việc."


def appoint(
    holder: User, kind: str, *, team: Team | None = None, days: Days, reason: str, within: Days, by: User
) -> Post:
    """Gives a post from a day on. Raises PermissionDenied, TermRefused."""
    _require_may(by, kind, holder)
    problems = [*problems_of_holder(holder, "holder", days), *_problems_of_kind(kind, team, days)]
    if problems:
        raise TermRefused(*problems)
    post = Post(holder=holder, kind=kind, team=team, starts_on=days.first, ends_on=days.last)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE), slips_of_the_keeper_alone(holder):
        return terms.begin(post, reason=reason, within=within)


def end_post(post: Post, *, last_day: datetime.date, reason: str, by: User) -> None:
    """The post's powers end with `last_day`. Raises PermissionDenied, TermRefused."""
    if not may_give_back(by, post):
        _require_may(by, post.kind, post.holder)
        if post.kind == Post.Kind.PRINCIPAL:
            raise TermRefused(PRINCIPAL_STAYS)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        terms.end(post, last_day=last_day, reason=reason)


def hand_over_post(post: Post, *, to: User, days: Days, reason: str, within: Days, by: User) -> Post:
    """To a successor for good, or to a substitute up to `days.last`. Raises PermissionDenied, TermRefused.

    The principal hands over their own post and nobody else's; nobody else touches their own.
    """
    _require_may(by, post.kind, to)
    if post.kind != Post.Kind.PRINCIPAL:
        _require_may(by, post.kind, post.holder)
    elif not may_hand_over_own(by, post):
        raise permissions.Refused(ONLY_THE_PRINCIPAL, "Hiệu trưởng")
    problems = problems_of_holder(to, "to", days)
    if post.kind == Post.Kind.PRINCIPAL and not is_activated(to):
        problems.append(Problem("to", NEVER_LOGGED_IN.format(name=to.full_name)))
    if problems:
        raise TermRefused(*problems)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE), slips_of_the_keeper_alone(to):
        return terms.hand_over(post, to=to, days=days, reason=reason, within=within)


def undo_post(post: Post, *, reason: str, by: User) -> None:
    """Takes back a post that has not begun; the one who was to hand over stays. Raises as above."""
    _require_may(by, post.kind, post.holder)
    if post.kind == Post.Kind.PRINCIPAL and post.starts_on <= today():
        raise TermRefused(PRINCIPAL_STAYS)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        days = post.days
        terms.undo(post, reason=reason)
        if post.kind == Post.Kind.PRINCIPAL and post.substitutes_for is None:
            _keep_on(days, reason)


def _keep_on(days: Days, reason: str) -> None:
    """The principal who was to leave the day before stays for the successor's days."""
    stays = Post.objects.get(kind=Post.Kind.PRINCIPAL, ends_on=days.first - DAY)
    stays.ends_on = days.last
    stays._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
    stays.save()


def problems_of_holder(holder: User, field: str, days: Days | None = None) -> list[Problem]:
    """Nothing is given to an account that nobody can log in to, now or on one of the days."""
    if not holder.is_active:
        return [Problem(field, ACCOUNT_IS_SHUT.format(name=holder.full_name))]
    if days and holder.last_day and (days.last is None or days.last > holder.last_day):
        return [Problem(field, ACCOUNT_SHUTS.format(name=holder.full_name, day=holder.last_day))]
    return []


def _problems_of_kind(kind: str, team: Team | None, days: Days) -> list[Problem]:
    if kind == Post.Kind.GRADE_HEAD and team is None:
        return [Problem("team", "Chưa chọn tổ. Chọn tổ mà người này làm tổ trưởng.")]
    if kind == Post.Kind.GRADE_HEAD and team and team.is_leadership:
        return [Problem("team", f"{team} do Hiệu trưởng đứng đầu, không có tổ trưởng. Chọn tổ chuyên môn.")]
    if kind != Post.Kind.GRADE_HEAD and team is not None:
        return [Problem("team", "Chỉ tổ trưởng mới thuộc một tổ. Bỏ chọn tổ.")]
    if kind == Post.Kind.PRINCIPAL and days.last:
        return [Problem("ends_on", "Chức vụ Hiệu trưởng không định ngày kết thúc. Bỏ trống «đến ngày».")]
    return []


def may_appoint(by: User, kind: str, concerned: User) -> bool:
    """Whether `by` may give this post to `concerned` or take it from them: never to or from oneself."""
    if kind == Post.Kind.PRINCIPAL and stands_in_for_the_principal(by):
        return False
    return permissions.may(by, _action(kind)) and by.pk != concerned.pk


def stands_in_for_the_principal(user: User) -> bool:
    """No statement for whoever stands in for nobody."""
    held = user.posts.held_on(today()).filter(kind=Post.Kind.PRINCIPAL)
    return powers_of(user).stands_in and held.exclude(substitutes_for=None).exists()


def may_give_back(by: User, post: Post) -> bool:
    """A stand-in for the principal returns the post before the last day: it only gives power away."""
    return (
        post.kind == Post.Kind.PRINCIPAL and post.substitutes_for_id is not None and post.holder_id == by.pk
    )


def may_hand_over_own(by: User, post: Post) -> bool:
    """The principal's post alone is handed over by its holder: nobody stands above."""
    return (
        post.kind == Post.Kind.PRINCIPAL
        and post.holder_id == by.pk
        and post.substitutes_for_id is None
        and permissions.may(by, Action.APPOINT)
        and not stands_in_for_the_principal(by)
    )


def _action(kind: str) -> Action:
    return Action.APPOINT_HEAD if kind == Post.Kind.GRADE_HEAD else Action.APPOINT


def _require_may(by: User, kind: str, concerned: User) -> None:
    if kind == Post.Kind.PRINCIPAL and stands_in_for_the_principal(by):
        raise permissions.Refused(ONLY_THE_PRINCIPAL, "Hiệu trưởng")
    permissions.require(by, _action(kind))
    permissions.require_another(by, concerned)
