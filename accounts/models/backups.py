"""Backups of the whole school: asked for by time, by an act or by the clerk; made and proven by the worker."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.words import grouped


class Backup(models.Model):
    """Database and files of one moment in the encrypted repository, and what its proof said (PLAN IV.3; rule R64).

    `occasion` names what it is made for, once: a day, a lock, a roll-over; "" where a person asked. `snapshot` is the
    SHA-256 by which the repository knows it, `audit_code` the head of the audit chain in it, as on printed books. It is
    proven when it was restored into a scratch database and everything in it was found as it was. `second_at`: when the
    second place had it and was checked; `second_fault`: why not. `forgotten_at`: the rule of keeping let go of it.
    """

    class Reason(models.TextChoices):
        DAILY = "daily", "Hằng ngày"
        BEFORE_LOCK = "before_lock", "Trước khi khoá sổ"
        AFTER_LOCK = "after_lock", "Sau khi khoá sổ"
        BEFORE_ROLL_OVER = "before_roll_over", "Trước khi lên lớp"
        AFTER_ROLL_OVER = "after_roll_over", "Sau khi lên lớp"
        ASKED = "asked", "Có người yêu cầu"

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang sao lưu"
        PROVEN = "proven", "Đã khôi phục thử, đúng"
        FAILED = "failed", "Có lỗi"

    state = models.CharField("trạng thái", max_length=7, choices=State, default=State.WAITING)
    reason = models.CharField("vì sao", max_length=16, choices=Reason)
    about = models.CharField("về việc", max_length=200, blank=True)
    occasion = models.CharField("dịp", max_length=80, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người yêu cầu"
    )
    asked_at = models.DateTimeField("yêu cầu lúc", db_default=Now())
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    started_at = models.DateTimeField("bắt đầu lúc", null=True)
    made_at = models.DateTimeField("dữ liệu của lúc", null=True)
    snapshot = models.CharField("mã SHA-256", max_length=64, blank=True)
    audit_code = models.CharField("mã nhật kí", max_length=40, blank=True)
    size = models.PositiveBigIntegerField("cỡ dữ liệu", null=True)
    added = models.PositiveBigIntegerField("phần mới lưu thêm", null=True)
    tables = models.PositiveSmallIntegerField("số bảng", null=True)
    rows = models.PositiveBigIntegerField("số dòng", null=True)
    files = models.PositiveIntegerField("số tệp", null=True)
    files_tried = models.PositiveIntegerField("số tệp đã thử", null=True)
    proven_at = models.DateTimeField("khôi phục thử lúc", null=True)
    second_at = models.DateTimeField("nơi thứ hai có lúc", null=True)
    second_fault = models.TextField("lỗi ở nơi thứ hai", blank=True)
    failure = models.TextField("lỗi", blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True)
    forgotten_at = models.DateTimeField("thôi giữ lúc", null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["occasion"], condition=~Q(occasion=""), name="backup_once_an_occasion"
            ),
            models.CheckConstraint(
                condition=Q(reason="asked", asked_by__isnull=False, occasion="")
                | (~Q(reason="asked") & ~Q(occasion="")),
                name="backup_has_an_occasion_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="proven")
                | (
                    ~Q(snapshot="")
                    & ~Q(audit_code="")
                    & Q(failure="")
                    & Q(rows__isnull=False, proven_at__gte=F("made_at"), finished_at__isnull=False)
                ),
                name="backup_proven_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="backup_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Bản sao lưu số {self.pk}"

    @property
    def is_under_way(self) -> bool:
        """As `accounts.backups.UNDER_WAY` asks the database."""
        waits = self.state == self.State.WAITING and not self.failure
        return waits or self.state == self.State.RUNNING

    @property
    def rows_label(self) -> str:
        """ "520.761", the thousands apart by a dot; "" before it is made."""
        return "" if self.rows is None else grouped(self.rows)
