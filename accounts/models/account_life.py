"""Slips for the first log-in, changes of the administrator's password, and the clerk's acts for the vice-principal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.people import User


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
