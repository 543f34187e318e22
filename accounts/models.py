"""People, the posts they hold from day to day, and the log of what was refused and looked at."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.dates import (
    DatedQuerySet,
    Days,
    Term,
    day_range,
    ends_after_it_starts,
    same,
    substitution_is_whole,
)
from accounts.history import TracedRow


class Team(models.Model):
    """Tổ chuyên môn: the teachers of a grade, or those of special subjects."""

    name = models.CharField("tên tổ", max_length=80, unique=True)
    grade_level = models.PositiveSmallIntegerField("khối", null=True, blank=True)
    # The name under which django-guardian knows the team; its members are those of `User.team`.
    group = models.OneToOneField(Group, models.PROTECT, related_name="team", null=True, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def is_leadership(self) -> bool:
        """«Ban giám hiệu» stands among the tổ of a staff list and is none: the principal leads it."""
        return self.name.casefold() in {"ban giám hiệu", "bgh"}


class UserManager(BaseUserManager["User"]):
    """Accounts are made by acts only; this is the one place that hashes a first password."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of a name typed at log-in: its user name, or else its second name; telephones write GVCN.2C."""
        for name in (
            *({"username": username}, {"second_username": username}),
            *({"username__iexact": username}, {"second_username__iexact": username}),
        ):
            found = self.filter(**name).first()
            if found is not None:
                return found
        raise self.model.DoesNotExist

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
    position_title = models.CharField("chức danh nghề nghiệp", max_length=100, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="members", null=True, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    # Written only by the acts of accounts.passwords and accounts.second_factor; lists of accounts read them here.
    password_changed_at = models.DateTimeField("mật khẩu đặt lúc", null=True, blank=True)
    second_factor_since = models.DateTimeField("xác thực hai lớp từ", null=True, blank=True)
    # Made, or opened again: from here the days without a log-in are counted (rule R60).
    opened_at = models.DateTimeField("mở từ", default=timezone.now)
    last_day = models.DateField("ngày cuối dùng tài khoản", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow], excluded_fields=["password", "last_login"])
    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["staff_code", "full_name"]

    class Meta:
        ordering = ("sort_key",)

    def __str__(self) -> str:
        return self.full_name


class Post(Term):
    """A post held from a day to a day; its powers begin and end with it (PLAN IV; rule R59)."""

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", "Hiệu trưởng"
        VICE_PRINCIPAL = "vice_principal", "Phó Hiệu trưởng"
        CLERK = "clerk", "Văn thư"
        GRADE_HEAD = "grade_head", "Tổ (khối) trưởng"
        INSPECTOR = "inspector", "Người kiểm tra (chỉ xem)"

    PERSON = "holder"

    holder = models.ForeignKey(User, models.PROTECT, related_name="posts")
    kind = models.CharField("chức vụ", max_length=20, choices=Kind)
    team = models.ForeignKey(Team, models.PROTECT, related_name="posts", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar[models.Manager["Post"]] = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["principal", "vice_principal", "clerk", "grade_head", "inspector"]),
                name="post_kind_is_known",
            ),
            ends_after_it_starts("post"),
            substitution_is_whole("post", "holder"),
            models.CheckConstraint(
                condition=~Q(kind="grade_head") | Q(team__isnull=False), name="post_grade_head_has_a_team"
            ),
            ExclusionConstraint(
                name="post_one_principal_at_a_time",
                expressions=[(day_range(), RangeOperators.OVERLAPS)],
                condition=Q(kind="principal"),
            ),
            ExclusionConstraint(
                name="post_one_head_of_a_team_at_a_time",
                expressions=[
                    (same("team_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="grade_head"),
            ),
            *(
                ExclusionConstraint(
                    name=f"post_{kind}_once_a_person",
                    expressions=[
                        (same("holder_id"), RangeOperators.OVERLAPS),
                        (day_range(), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(kind=kind),
                )
                for kind in ("vice_principal", "clerk", "inspector")
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def duty(self) -> dict[str, Any]:
        return {"kind": self.kind, "team_id": self.team_id}

    @property
    def is_for_one(self) -> bool:
        return self.kind in {self.Kind.PRINCIPAL, self.Kind.GRADE_HEAD}

    @property
    def duty_label(self) -> str:
        return f"{self.get_kind_display()} {self.team}" if self.team else self.get_kind_display()


class SystemPart(models.Model):
    """A report or a part of the system that can be opened to somebody beyond their post (PLAN IV.2).

    The rows come with migrations; what a part opens is in accounts.permissions.
    """

    class Kind(models.TextChoices):
        REPORT = "report", "Báo cáo"
        PART = "part", "Bộ phận của hệ thống"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField("tên", max_length=100)
    kind = models.CharField("loại", max_length=10, choices=Kind)
    opens = models.CharField("mở ra", max_length=300)

    class Meta:
        ordering = ("kind", "name")
        permissions: ClassVar = [("use_part", "Xem báo cáo, bộ phận của hệ thống")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["report", "part"]), name="part_kind_is_known")
        ]

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """A person belongs to a named group (nhóm) from a day to a day; for a tổ it is `User.team` that counts."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    member = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ends_after_it_starts("membership"),
            ExclusionConstraint(
                name="membership_once_at_a_time",
                expressions=[
                    (same("group_id"), RangeOperators.OVERLAPS),
                    (same("member_id"), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.group}"

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)


class GrantQuerySet(DatedQuerySet):
    def in_force(self, day: datetime.date) -> Self:
        """Begun, not over, not withdrawn: those that open something on a day."""
        return self.held_on(day).filter(withdrawn_at__isnull=True)

    def still_to_end(self, day: datetime.date) -> Self:
        """In force or still to come."""
        return self.filter(withdrawn_at__isnull=True, ends_on__gte=day)


class Grant(models.Model):
    """What the vice-principal opens beyond a post, to whom, from when to when and why (PLAN IV.2; rule R59).

    The right itself is a row of django-guardian's, which gives nothing without a Grant in force
    (docs/decisions/0009). Made and withdrawn by accounts.grants alone.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="grants", null=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="grants", null=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="grants", null=True)
    permission = models.ForeignKey(Permission, models.PROTECT, related_name="grants")
    object_id = models.BigIntegerField()
    target_name = models.CharField("mở ra", max_length=200)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    reason = models.CharField("lí do", max_length=300)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="grants_made")
    granted_at = models.DateTimeField(db_default=Now())
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField("lí do thu hồi", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])
    objects: ClassVar = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("-granted_at", "-id")
        indexes: ClassVar = [models.Index(fields=["permission", "object_id"], name="grant_of_a_thing")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True, group__isnull=True)
                | Q(person__isnull=True, team__isnull=False, group__isnull=True)
                | Q(person__isnull=True, team__isnull=True, group__isnull=False),
                name="grant_has_one_grantee",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(person=F("granted_by")), name="grant_is_not_to_oneself"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="grant_withdrawal_is_whole",
            ),
            ends_after_it_starts("grant"),
        ]

    def __str__(self) -> str:
        return f"{self.target_name} → {self.grantee}"

    @property
    def grantee(self) -> "User | Team | Group":
        found = self.person or self.team or self.group
        if found is None:
            raise ValueError("The database keeps one grantee.")
        return found

    @property
    def days(self) -> Days:
        return Days(self.starts_on, self.ends_on)


class TrainingRecord(models.Model):
    """«Đã tập huấn»: a person was shown how to work with the system (PLAN III.2).

    Cancelled on record, never deleted.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="trainings")
    subject = models.CharField("nội dung", max_length=200)
    trained_on = models.DateField("ngày tập huấn")
    trainer = models.CharField("người tập huấn", max_length=150)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    cancelled_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField("lí do huỷ", max_length=300, blank=True)

    history = HistoricalRecords(bases=[TracedRow])

    class Meta:
        ordering = ("-trained_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person=F("recorded_by")), name="training_is_recorded_by_another"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True, cancelled_at__isnull=True, cancel_reason="")
                | (Q(cancelled_by__isnull=False, cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="training_cancelled_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | ~Q(cancelled_by=F("person")),
                name="training_is_cancelled_by_another",
            ),
            models.UniqueConstraint(
                fields=["person", "subject", "trained_on"],
                condition=Q(cancelled_by__isnull=True),
                name="training_counts_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


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


class ActivationSlip(models.Model):
    """A one-time code on paper, with which a person sets the password of an account. Only its hash is kept."""

    class Cause(models.TextChoices):
        NEW = "new", "Tài khoản mới"
        RESET = "reset", "Đặt lại mật khẩu"
        ROTATION = "rotation", "Đổi mật khẩu quản trị"

    user = models.ForeignKey(User, models.PROTECT, related_name="slips")
    cause = models.CharField(max_length=10, choices=Cause)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="slips_made")
    valid_until = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, voided_at__isnull=True),
                name="slip_one_good_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["new", "reset", "rotation"]), name="slip_cause_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%d/%m/%Y}"


class PasswordRotation(models.Model):
    """The vice-principal had the password of the administrator account changed (PLAN IV.2; rule R61)."""

    class Cause(models.TextChoices):
        ROUND = "round", "Sau đợt nhập"
        AGE = "age", "Đủ 60 ngày"
        WISH = "wish", "Phó Hiệu trưởng đổi thêm"

    holder = models.ForeignKey(User, models.PROTECT, related_name="rotations")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="rotations_made")
    cause = models.CharField(max_length=8, choices=Cause)
    round = models.CharField("đợt nhập", max_length=200, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause__in=["round", "age", "wish"]), name="rotation_cause_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(cause="round") | ~Q(round=""), name="rotation_names_its_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.at:%d/%m/%Y}"


class AdminAction(models.Model):
    """One act of the clerk, written by `history.acting` in the act's own transaction (PLAN IV.3: supervised)."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, related_name="admin_actions")
    source = models.CharField(max_length=12)
    # What it was about, "roster_upload:5": gives the kind of the act and the way to the thing.
    thing = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="admin_action_latest")]

    def __str__(self) -> str:
        return self.words


class SupervisionMark(models.Model):
    """The vice-principal has looked through the clerk's acts up to a moment."""

    by = models.ForeignKey(User, models.PROTECT, related_name="supervision_marks")
    at = models.DateTimeField()
    seen_to = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.by} {self.seen_to:%d/%m/%Y %H:%M}"
