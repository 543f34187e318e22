"""One plain mail a day to whoever has waiting tasks and an address: how many of which kind, by when, and where.

Numbers and days only: a mail lies about on servers and telephones, so no pupil's name and no mark ever stands in it.
"""

import datetime
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from accounts.clock import today
from accounts.models import MailDigest, User
from approvals.due_tasks import due_tasks
from approvals.task_counts import weight
from approvals.tasks import TasksPage, read_tasks
from gradebook.order_execution import waiting_orders

logger = logging.getLogger(__name__)

KINDS: Final[Mapping[str, str]] = {
    "overdue_accounts": "tài khoản quản trị phải đổi mật khẩu",
    "backups": "dữ liệu chưa có bản sao lưu mới đã khôi phục thử",
    "attendance": "việc điểm danh",
    "entries": "sổ đang mở chưa nhập đủ",
    "gaps": "sổ đã khoá còn ô trống",
    "year_end": "việc về kết quả năm học",
    "decisions": "quyết định chờ ban hành",
    "years": "năm học chờ mở, mở lại chờ đóng",
    "records": "lớp có hồ sơ học sinh còn thiếu",
    "classes": "việc phụ trách, bàn giao lớp",
    "signatures": "sổ chờ kí",
    "inspections": "việc kiểm tra hồ sơ",
    "figures": "việc đối chiếu số liệu",
    "personal_data": "việc về dữ liệu cá nhân",
    "requests": "phiếu đề nghị sửa",
    "prints": "bản in có nội dung cũ phải in lại",
    "inquiries": "câu hỏi, sự cố",
}
"""By the name that the start page has for them; a test fails for a kind that has no words here."""
NO_TASKS: Final = frozenset(
    {"own_sheets", "notices", "deadlines", "team_notices", "signing_reminders", "lock_notices"}
)
"""What the start page shows besides."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What waits for a person, in numbers."""

    lines: tuple[str, ...]
    overdue: int
    next_due: datetime.date | None

    @property
    def subject(self) -> str:
        late = f", {self.overdue} việc quá hạn" if self.overdue else ""
        return f"Việc chờ thầy cô hôm nay{late}"

    @property
    def text(self) -> str:
        due = [f"Hạn gần nhất: {self.next_due:%d/%m/%Y}."] if self.next_due else []
        late = [f"Quá hạn: {self.overdue} việc."] if self.overdue else []
        return "\n".join(
            [
                "Kính gửi thầy cô,",
                "",
                "Đang chờ thầy cô trên hệ thống hồ sơ của nhà trường:",
                *(f"  - {line}" for line in self.lines),
                *late,
                *due,
                "",
                f"Xem và làm ở trang «Việc của tôi»: {settings.START_PAGE}",
                "",
                "Thư gửi tự động mỗi ngày một lần khi có việc chờ.",
                "Không muốn nhận nữa: vào «Tài khoản của tôi», chọn «Thôi nhận thư nhắc việc».",
            ]
        )


def digest_of(user: User) -> Digest | None:
    """None when nothing waits."""
    page = read_tasks(user)
    lines = tuple(_lines(page, orders=waiting_orders(user).count()))
    if not lines:
        return None
    dated = due_tasks(page)
    return Digest(
        lines,
        overdue=sum(task.is_overdue for task in dated),
        next_due=next((task.due_on for task in dated if not task.is_overdue), None),
    )


def _lines(page: TasksPage, *, orders: int) -> Iterator[str]:
    if orders:
        yield f"{orders} lệnh mở, khoá sổ chờ thực hiện"
    for name, words in KINDS.items():
        tasks: tuple[Any, ...] = getattr(page, name, ())
        if tasks:
            more = "hơn " if getattr(page, f"has_more_{name}", False) else ""
            yield f"{more}{sum(map(weight, tasks))} {words}"


def send_digests() -> int:
    """Sends today's mail to everybody who is due one and has none yet; returns how many. Those that the server refuses
    are logged and tried again by the next call."""
    connection = get_connection()
    sent = 0
    people = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    for user in people.exclude(mail_digest__is_off=True).exclude(mail_digest__sent_on=today()):
        try:
            sent += _send(user, connection)
        except OSError as problem:
            logger.warning("The daily mail to user %s was not taken: %s", user.pk, problem)
    return sent


def _send(user: User, connection: Any) -> bool:
    """Marked and sent in one transaction, so that two workers do not send twice; a failure takes the mark back."""
    with transaction.atomic():
        MailDigest.objects.get_or_create(user=user)
        mark = MailDigest.objects.select_for_update().get(user=user)
        if mark.is_off or mark.sent_on == today():
            return False
        digest = digest_of(user)
        if digest is None:
            return False
        mark.sent_on = today()
        mark.save(update_fields=["sent_on"])
        EmailMessage(digest.subject, digest.text, to=[user.email], connection=connection).send()
    return True
