"""«Nhật kí quản trị»: what the clerk has done, for the vice-principal who supervises it (PLAN IV.3; rule R61).

Two sources, each complete by the way it comes about: every write of the clerk adds a line in its own transaction
(`history.acting`), and every download or print is in the access log (docs/decisions/0011).
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.timezone import make_aware

from accounts.models import AccessLogEntry, AdminAction, Post

# Kind of the thing → words for the filter, and the address that shows it.
KINDS = {
    "account": ("Tài khoản", "accounts:person"),
    "accounts": ("Tài khoản", ""),
    "roster_upload": ("Nạp danh sách học sinh", "students:upload"),
    "pupil": ("Hồ sơ học sinh", "students:pupil"),
    "year": ("Năm học, lịch, lớp", "students:year"),
    "class": ("Năm học, lịch, lớp", "students:class"),
    "roll_over": ("Năm học, lịch, lớp", "gradebook:roll_over"),
    "movement": ("Biến động sĩ số", "students:movement"),
    "order": ("Lệnh mở, khoá sổ", "gradebook:order"),
    "request": ("Phiếu đề nghị sửa", "approvals:request"),
    "inquiry": ("Hỏi đáp, sự cố", "approvals:inquiry"),
    "print_job": ("In sổ, học bạ", "reports:print_job"),
    "kept_report": ("Báo cáo, bản đã chốt", "reports:kept_report"),
    "print_batch": ("In sổ, học bạ", "reports:batch"),
    "purpose": ("Dữ liệu cá nhân", ""),
    "consents_of_class": ("Dữ liệu cá nhân", "approvals:consent_class"),
    "consents_of_pupil": ("Dữ liệu cá nhân", "approvals:consent_pupil"),
    "data_request": ("Dữ liệu cá nhân", "approvals:data_request"),
    "data_incident": ("Dữ liệu cá nhân", "approvals:data_incident"),
}
OTHER, ACCESS = "Việc khác", "Tải xuống, truy cập"
# Logging in and failing to is in the access log of everybody; here stands what was done.
NOT_AN_ACT = (
    AccessLogEntry.Kind.SIGNED_IN,
    AccessLogEntry.Kind.SIGNED_OUT,
    AccessLogEntry.Kind.SIGN_IN_FAILED,
    AccessLogEntry.Kind.ACTIVATED,
    AccessLogEntry.Kind.UNLOCKED,
    AccessLogEntry.Kind.SECOND_SESSION,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One act, in words, with the way to what it was about."""

    at: datetime.datetime
    who: str
    kind: str
    words: str
    url: str


def kind_choices() -> list[tuple[str, str]]:
    words = dict.fromkeys(word for word, _address in KINDS.values())
    return [(word, word) for word in (*words, OTHER, ACCESS)]


def lines(*, day: datetime.date | None = None, kind: str = "") -> QuerySet[Any]:
    """The acts as rows of values, newest first; `line_of` makes a line of each."""
    union = _acts(day, kind).union(_looks(day, kind), all=True)
    return union.order_by("-at")


def _on(rows: QuerySet[Any], day: datetime.date | None) -> QuerySet[Any]:
    if day is None:
        return rows
    begin = make_aware(datetime.datetime.combine(day, datetime.time()))
    return rows.filter(at__gte=begin, at__lt=begin + datetime.timedelta(days=1))


def _acts(day: datetime.date | None, kind: str) -> QuerySet[Any]:
    rows = _on(AdminAction.objects.all(), day)
    known = Q()
    for prefix, (word, _address) in KINDS.items():
        if kind in (word, OTHER):
            known |= Q(thing__startswith=f"{prefix}:")
    if kind == OTHER:
        rows = rows.exclude(known)
    elif kind == ACCESS:
        rows = rows.none()
    elif kind:
        rows = rows.filter(known)
    named = rows.annotate(what=Cast("thing", CharField()), text=Cast("words", CharField()))
    return named.order_by().values_list("at", "user__full_name", "what", "text")


def _looks(day: datetime.date | None, kind: str) -> QuerySet[Any]:
    """Of whoever held the clerk's post on the day of the entry."""
    rows = _on(AccessLogEntry.objects.exclude(kind__in=NOT_AN_ACT), day)
    if kind not in ("", ACCESS):
        rows = rows.none()
    held = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("day")),
        holder=OuterRef("user"),
        kind=Post.Kind.CLERK,
        starts_on__lte=OuterRef("day"),
    )
    named = (
        rows.annotate(day=TruncDate("at"))
        .filter(Exists(held))
        .annotate(what=Cast("kind", CharField()), text=Cast("detail", CharField()))
    )
    return named.order_by().values_list("at", "user__full_name", "what", "text")


def line_of(row: tuple[datetime.datetime, str, str, str]) -> Line:
    at, who, what, text = row
    prefix, colon, number = what.partition(":")
    if prefix in AccessLogEntry.Kind.values and not colon:
        label = AccessLogEntry.Kind(prefix).label
        return Line(at, who, ACCESS, f"{label}: {text}" if text else str(label), "")
    word, address = KINDS.get(prefix, (OTHER, ""))
    return Line(at, who, word, text, reverse(address, args=[number]) if address and number.isdigit() else "")
