"""The log of log-ins, refusals and views, and what the guards of the door count."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Func, Q

from accounts.models.people import User


class AccessLogEntry(models.Model):
    """A log-in, a refusal, a look at or an export of protected data (rules R29, R57, R65).

    The database refuses to change a line, and to delete one before 12 months are over. `target` names the thing in
    words, `target_path` is its page where that is another than `path`; `words` is what the log's search reads.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Đăng nhập"
        SIGNED_OUT = "signed_out", "Đăng xuất"
        SIGN_IN_FAILED = "sign_in_failed", "Đăng nhập sai"
        LOCKED_OUT = "locked_out", "Khoá tạm vì sai nhiều lần"
        LOCK_RELEASED = "lock_released", "Mở khoá tạm"
        SECOND_SESSION = "second_session", "Đăng nhập ở nơi thứ hai"
        SESSION_ENDED = "session_ended", "Kết thúc phiên đăng nhập"
        PASSWORD_CHANGED = "password_changed", "Đổi mật khẩu"
        SECOND_FACTOR = "second_factor", "Đổi xác thực hai lớp"
        ACTIVATED = "activated", "Kích hoạt tài khoản"
        REFUSED = "refused", "Bị từ chối"
        LIMITED = "limited", "Quá nhiều lần"
        SENSITIVE_VIEWED = "sensitive_viewed", "Xem thông tin nhạy cảm"
        PROFILES_VIEWED = "profiles_viewed", "Xem hồ sơ đầy đủ"
        EVIDENCE_OPENED = "evidence_opened", "Mở minh chứng"
        DOWNLOADED = "downloaded", "Tải xuống"
        UNLOCKED = "unlocked", "Mở khoá màn hình"
        PASSWORD_CONFIRMED = "password_confirmed", "Xác nhận bằng mật khẩu"
        PASSWORD_WRONG = "password_wrong", "Gõ lại mật khẩu sai"
        BULK_EXPORTED = "bulk_exported", "Xuất hàng loạt"
        PRINT_ASKED = "print_asked", "Đặt in"
        PRINT_DOWNLOADED = "print_downloaded", "Tải bản in"

    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    kind = models.CharField(max_length=20, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="access_log", db_index=False)
    username = models.CharField(max_length=150, blank=True)
    post = models.CharField(max_length=60, blank=True)
    method = models.CharField(max_length=8, blank=True)
    path = models.CharField(max_length=500, blank=True)
    address = models.GenericIPAddressField(null=True)
    target = models.CharField(max_length=200, blank=True)
    target_path = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="access_log_latest"),
            models.Index(fields=["user", "-at", "-id"], name="access_log_of_a_person"),
            models.Index(fields=["username", "-at", "-id"], name="access_log_of_a_name"),
            models.Index(fields=["kind", "-at", "-id"], name="access_log_of_a_kind"),
            models.Index(fields=["address", "-at", "-id"], name="access_log_of_an_address"),
            GinIndex(SearchVector("words", config="simple"), name="access_log_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


class SignInFailures(models.Model):
    """Wrong passwords and codes in a row, of one account or one address, and the lock that they brought."""

    key = models.CharField(max_length=80, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    locks = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class SignedInSession(models.Model):
    """A person at a browser from log-in to its end; kept afterwards, as the list of who was signed in where."""

    class Ended(models.TextChoices):
        SIGNED_OUT = "signed_out", "đăng xuất"
        BY_SELF = "by_self", "kết thúc từ một phiên khác"
        PASSWORD = "password", "đổi mật khẩu"
        BY_OFFICE = "by_office", "nhà trường kết thúc"
        REPLACED = "replaced", "đăng nhập lại trên trình duyệt này"
        EXPIRED = "expired", "hết hạn"

    user = models.ForeignKey(User, models.PROTECT, related_name="signed_in_sessions")
    # Not the key itself: whoever reads this table, or a copy of it, cannot take a session over.
    key_hash = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    last_seen_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    address = models.GenericIPAddressField("địa chỉ", null=True)
    device = models.CharField("thiết bị", max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, choices=Ended, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="session_open_of_a_person")
        ]

    def __str__(self) -> str:
        return self.device


class RateCount(models.Model):
    """How often somebody did something costly since `began_at`; one row per act and person, reused for ever."""

    subject = models.CharField(max_length=120, primary_key=True)
    began_at = models.DateTimeField()
    times = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.subject}: {self.times}"
