"""What is opened beyond a post: granted and withdrawn, by the vice-principal or principal (PLAN IV.2; rule R59).

A grant opens a class, the sheets of an assignment, a report or a part of the system, to read. It is a row of
django-guardian's with a Grant beside it; neither counts without the other (docs/decisions/0009), so a grant ends on its
last day by itself, and rows that have outlived theirs are swept when somebody grants or withdraws.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast, Coalesce
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts import clock, permissions
from accounts.clock import today
from accounts.dates import Days
from accounts.history import Source, acting
from accounts.models import Grant, GroupMembership, Team, User
from accounts.posts import problems_of_holder
from accounts.powers import CLASS_GRANT, PART_GRANT, SHEET_GRANT, TABLE, Action
from accounts.terms import Problem, TermRefused

# By the model's name: the things themselves belong to the apps above.
PERMISSIONS = {
    "SchoolClass": CLASS_GRANT,
    "TeachingAssignment": SHEET_GRANT,
    "SystemPart": PART_GRANT,
}
Grantee = User | Team | Group


class GrantRefused(TermRefused):
    """The grant cannot be made or withdrawn; `problems` has every reason found. Nothing is written."""


def grant(*, to: Grantee, target: Any, days: Days, reason: str, within: Days, by: User) -> Grant:
    """Opens `target` to a person, a tổ or a group, from a day to a day of the school year `within`.

    Raises PermissionDenied, GrantRefused.
    """
    permissions.require(by, Action.GRANT)
    if isinstance(to, User):
        permissions.require_another(by, to)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _one_at_a_time()
        problems = problems_of(to=to, target=target, days=days, reason=reason, within=within, by=by)
        if problems:
            raise GrantRefused(*problems)
        given = Grant(
            **_as_grantee(to),
            permission=_permission_of(target),
            object_id=target.pk,
            target_name=name_of(target),
            starts_on=days.first,
            ends_on=days.last,  # type: ignore[misc]  # problems_of saw to it
            reason=reason,
            granted_by=by,
        )
        given.save()
        assign_perm(PERMISSIONS[type(target).__name__], _guardians(to), target)
        _sweep()
    return given


def opened_to_teams(names: Iterable[str]) -> dict[str, Grant]:
    """Of these tổ those to whom something is granted, now or later: who joins one is given it too. One statement."""
    wanted = Grant.objects.filter(team__name__in=set(names), withdrawn_at__isnull=True, ends_on__gte=today())
    return {given.team.name: given for given in wanted.select_related("team") if given.team}


def joins_by_grant(team: str, given: Grant) -> str:
    """Why a tổ is not joined by way of a record of staff."""
    return (
        f"{team} đang được cấp thêm «{given.target_name}» {given.days.label}, nên xếp vào tổ này là cho thêm quyền. "
        "Phó Hiệu trưởng xếp tổ khi nạp phân công, hoặc thu hồi quyền của tổ trước."
    )


def withdraw(given: Grant, *, reason: str, by: User) -> None:
    """Ends a grant now. Raises PermissionDenied, GrantRefused."""
    permissions.require(by, Action.GRANT)
    if given.person:
        permissions.require_another(by, given.person)
    if not reason:
        raise GrantRefused(Problem("reason", "Chưa có lí do. Ghi lí do thu hồi."))
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _one_at_a_time()
        given.refresh_from_db()
        if given.withdrawn_at:
            raise GrantRefused(Problem("", "Quyền này vừa được người khác thu hồi."))
        given.withdrawn_by, given.withdrawn_at, given.withdrawal_reason = by, clock.stamp(), reason
        given.save()
        _sweep()


def problems_of(
    *, to: Grantee, target: Any, days: Days, reason: str, within: Days, by: User
) -> list[Problem]:
    """Everything that keeps the grant from being made, each at its field; [] if nothing does."""
    found = [*_day_problems(days, within), *_grantee_problems(to, by)]
    if not reason:
        found.append(Problem("reason", "Chưa có lí do. Ghi lí do cấp quyền, ví dụ nhiệm vụ được giao."))
    if not _sees(by, target):
        found.append(Problem("target", "Không cấp được quyền mà chính thầy cô không có. Chọn phạm vi khác."))
    if days.last is None:
        return found
    same = Grant.objects.filter(
        **_as_grantee(to), permission=_permission_of(target), object_id=target.pk, starts_on__lte=days.last
    )
    already = same.filter(ends_on__gte=days.first, withdrawn_at=None).first()
    if already:
        found.append(
            Problem(
                "target",
                f"Đã cấp quyền này {already.days.label}. Thu hồi quyền cũ trước, hoặc chọn ngày khác.",
            )
        )
    return found


def name_of(target: Any) -> str:
    """How lists name what is opened."""
    kind = type(target).__name__
    if kind == "SchoolClass":
        return f"Lớp {target.name}, năm học {target.year.label}"
    return f"Sổ {target.duty_label}" if kind == "TeachingAssignment" else target.name


def opens(target: Any) -> list[str]:
    """Exactly what a grant of this opens, line by line, for the preview."""
    kind = type(target).__name__
    if kind == "SchoolClass":
        return [
            f"danh sách học sinh lớp {target.name} (không có dân tộc, khuyết tật, diện chính sách)",
            f"mọi sổ điểm, đánh giá của lớp {target.name}, tệp Excel và lịch sử sửa của sổ",
            f"tiến độ nhập của lớp {target.name}",
        ]
    if kind == "TeachingAssignment":
        return [
            f"sổ {target.duty_label}, tệp Excel và lịch sử sửa của sổ",
            f"danh sách học sinh lớp {target.school_class.name} (không có dân tộc, khuyết tật, diện chính sách)",
        ]
    return [target.opens]


def members_of(to: Grantee) -> list[str]:
    """Names of those whom a grant to this grantee reaches today."""
    if isinstance(to, User):
        return [to.full_name]
    people = User.objects.filter(is_active=True)
    if isinstance(to, Team):
        people = people.filter(team=to)
    else:
        people = people.filter(
            pk__in=GroupMembership.objects.held_on(today()).filter(group=to).values("member")
        )
    return list(people.values_list("full_name", flat=True))


# -- What refuses ------------------------------------------------------------------------------------------


def _day_problems(days: Days, within: Days) -> list[Problem]:
    found = []
    if days.first < today():
        found.append(Problem("starts_on", "Ngày bắt đầu đã qua. Quyền chỉ mở từ hôm nay trở đi."))
    if days.last is None:
        found.append(Problem("ends_on", "Chưa có ngày kết thúc. Quyền thêm luôn có thời hạn."))
    elif days.last < days.first:
        found.append(Problem("ends_on", "Ngày kết thúc trước ngày bắt đầu. Sửa lại «đến ngày»."))
    elif within.last and days.last > within.last:
        found.append(Problem("ends_on", f"Quyền kéo dài nhất đến hết năm học, {within.last:%d/%m/%Y}."))
    return found


def _grantee_problems(to: Grantee, by: User) -> list[Problem]:
    if isinstance(to, User):
        return problems_of_holder(to, "grantee")
    is_in = (
        by.team_id == to.pk
        if isinstance(to, Team)
        else GroupMembership.objects.filter(group=to, member=by).exclude(ends_on__lt=today()).exists()
    )
    if is_in:
        return [Problem("grantee", "Không cấp quyền cho tổ, nhóm có chính mình. Đề nghị Hiệu trưởng cấp.")]
    return []


def _sees(by: User, target: Any) -> bool:
    """Never more than the granter may see."""
    kind = type(target).__name__
    if kind == "SchoolClass":
        return permissions.may_see_sheet(by, target, None)
    if kind == "TeachingAssignment":
        return permissions.may_see_sheet(by, target.school_class, target.line)
    return all(permissions.may(by, rule.action) for rule in TABLE if rule.part == target.code)


# -- Rows --------------------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    """Grants are few: one act waits for the other, so that no two make or sweep the same guardian row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('grants'))")


def _as_grantee(to: Grantee) -> dict[str, Any]:
    field = {User: "person", Team: "team", Group: "group"}[type(to)]
    return {field: to}


def _permission_of(target: Any) -> Permission:
    app, codename = PERMISSIONS[type(target).__name__].split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _guardians(to: Grantee) -> User | Group:
    """Whom guardian's row names: a tổ has a Group for it, made when first needed."""
    if not isinstance(to, Team):
        return to
    if to.group is None:
        to.group = Group.objects.create(name=f"Tổ: {to.name}")
        to.save(update_fields=["group"])
    return to.group


def _sweep() -> None:
    """Removes guardian's rows that no grant needs any more."""
    needed = Grant.objects.still_to_end(today()).annotate(
        text_id=Cast("object_id", TextField()), shared_with=Coalesce("group", "team__group")
    )
    of_the_row = {"permission": OuterRef("permission"), "text_id": OuterRef("object_pk")}
    UserObjectPermission.objects.exclude(
        Exists(needed.filter(**of_the_row, person=OuterRef("user")))
    ).delete()
    GroupObjectPermission.objects.exclude(
        Exists(needed.filter(**of_the_row, shared_with=OuterRef("group")))
    ).delete()
