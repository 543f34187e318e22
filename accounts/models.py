"""People, the posts they hold from day to day, and the log of what was refused and looked at."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Func, Q
from simple_history.models import HistoricalRecords

from accounts.dates import DatedQuerySet, day_range, ends_after_it_starts
from accounts.history import TracedRow


class Team(models.Model):
    """Tổ chuyên môn: the teachers of a grade, or those of special subjects."""

    name = models.CharField("tên tổ", max_length=80, unique=True)
    grade_level = models.PositiveSmallIntegerField("khối", null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Accounts are made by acts only; this is the one place that hashes a first password."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of a name typed at log-in: its user name, or else its second name."""
        found = self.filter(username=username).first() or self.filter(second_username=username).first()
        if found is None:
            raise self.model.DoesNotExist
        return found

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One named account per person (rule R60). Powers come from posts and assignments, never from flags here."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    # A person with two duties may log in by either (khoitruong1 is also gvcn.1a); still one account.
    second_username = models.CharField("tên đăng nhập thứ hai", max_length=60, unique=True, null=True)  # noqa: DJ001 - unknown names must not collide
    staff_code = models.CharField("mã cán bộ", max_length=30, unique=True)
    full_name = models.CharField("họ và tên", max_length=150)
    sort_key = models.CharField(max_length=600, db_collation="C")
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    gender = models.CharField("giới tính", max_length=6, blank=True)
    phone = models.CharField("điện thoại", max_length=30, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="members", null=True, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    # Written only by the acts of accounts.passwords and accounts.second_factor; lists of accounts read them here.
    password_changed_at = models.DateTimeField("mật khẩu đặt lúc", null=True, blank=True)
    second_factor_since = models.DateTimeField("xác thực hai lớp từ", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow], excluded_fields=["password", "last_login"])
    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["staff_code", "full_name"]

    class Meta:
        ordering = ("sort_key",)

    def __str__(self) -> str:
        return self.full_name


class Post(models.Model):
    """A post held from a day to a day; its powers begin and end with it (PLAN IV; rule R59)."""

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", "Hiệu trưởng"
        VICE_PRINCIPAL = "vice_principal", "Phó Hiệu trưởng"
        CLERK = "clerk", "Văn thư"
        GRADE_HEAD = "grade_head", "Tổ (khối) trưởng"
        INSPECTOR = "inspector", "Người kiểm tra (chỉ xem)"

    holder = models.ForeignKey(User, models.PROTECT, related_name="posts")
    kind = models.CharField("chức vụ", max_length=20, choices=Kind)
    team = models.ForeignKey(Team, models.PROTECT, related_name="posts", null=True, blank=True)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["Post"]] = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["principal", "vice_principal", "clerk", "grade_head", "inspector"]),
                name="post_kind_is_known",
            ),
            ends_after_it_starts("post"),
            models.CheckConstraint(
                condition=~Q(kind="grade_head") | Q(team__isnull=False), name="post_grade_head_has_a_team"
            ),
            ExclusionConstraint(
                name="post_one_principal_at_a_time",
                expressions=[(day_range(), RangeOperators.OVERLAPS)],
                condition=Q(kind="principal"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


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
        REFUSED = "refused", "Bị từ chối"
        LIMITED = "limited", "Quá nhiều lần"
        SENSITIVE_VIEWED = "sensitive_viewed", "Xem thông tin nhạy cảm"
        PROFILES_VIEWED = "profiles_viewed", "Xem hồ sơ đầy đủ"
        EVIDENCE_OPENED = "evidence_opened", "Mở minh chứng"
        DOWNLOADED = "downloaded", "Tải xuống"
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


class AuditEntry(models.Model):
    """One changed row, written by a database trigger and chained by hash; nobody updates or deletes here."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    source = models.TextField()
    under = models.TextField()
    table_name = models.TextField()
    row_id = models.TextField()
    action = models.CharField(max_length=1)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    hash = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["table_name", "row_id"], name="audit_of_a_row")]

    def __str__(self) -> str:
        return f"{self.seq} {self.table_name} {self.row_id}"


class AuditHead(models.Model):
    """The last link of the chain; locked while a link is added, so that links have one order."""

    seq = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return str(self.seq)
