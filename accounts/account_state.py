"""Whether an account may be used at all, and if not, why: one question for log-in and for every request after it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


def why_shut(user: User) -> str:
    """What stands against using the account, in a sentence for its holder; "" when nothing does. No statement."""
    return "" if user.is_active else "Tài khoản đã ngừng dùng. Liên hệ văn thư của trường."


class AccountBackend(ModelBackend):
    """Checks the password; no session of a shut account lives.

    `authenticate` lets a shut account's right password pass, so that the form can say why it is shut to whoever knows
    the password and to nobody else: a log-in always goes on through `accounts.sign_in`, which asks.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return True

    def get_user(self, user_id: int) -> Any:
        user = super().get_user(user_id)
        return None if user is None or why_shut(user) else user
