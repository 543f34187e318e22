"""Who wants the daily mail about waiting tasks, and the day of the last one."""

from django.db import models

from accounts.models.people import User


class MailDigest(models.Model):
    """One row for whoever was sent the mail or has turned it off; nobody else has any."""

    user = models.OneToOneField(User, models.PROTECT, related_name="mail_digest", primary_key=True)
    is_off = models.BooleanField("không nhận thư nhắc việc", default=False)
    sent_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.sent_on}"
