"""Who works here, and the posts they hold from day to day."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Upper
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.dates import (
    DatedQuerySet,
    Term,
    day_range,
    ends_after_it_starts,
    same,
    substitution_is_whole,
)
from accounts.history import Source, TracedRow, acting


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
        constraints: ClassVar = [
            # With `unique`: «cb0024» is not another person than CB0024.
            models.CheckConstraint(
                condition=Q(staff_code=Upper(F("staff_code"))), name="user_staff_code_in_capitals"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def check_password(self, raw_password: str | None) -> bool:
        """As Django's; but when a newer hasher makes the hash anew, the audit chain hears that it was the system."""

        def keep(raw: str) -> None:
            with acting(None, role="Hệ thống", source=Source.SYSTEM):
                self.set_password(raw)
                self._password = None
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, keep)


def clerk_or_leader() -> Case:
    """int8range of a post's kind: the clerk's meets the principal's and the vice-principal's, which do not meet."""
    return Case(
        When(kind="principal", then=_from_to(1, 1)),
        When(kind="vice_principal", then=_from_to(2, 2)),
        default=_from_to(1, 2),
    )


def _from_to(low: int, high: int) -> Func:
    return Func(
        Value(low), Value(high), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )


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
            # Ranges that overlap stand for kinds that exclude each other: a deputy may stand in for the principal.
            ExclusionConstraint(
                name="post_clerk_is_no_leader",
                expressions=[
                    (same("holder_id"), RangeOperators.OVERLAPS),
                    (clerk_or_leader(), RangeOperators.OVERLAPS),
                    (day_range(), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind__in=["principal", "vice_principal", "clerk"]),
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
