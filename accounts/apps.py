from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Người dùng và quyền"

    def ready(self) -> None:
        from accounts.idle_lock import begin  # noqa: PLC0415 - models are ready only now

        # Django saves the whole account at each log-in, which would add a row to its history that nobody made;
        # accounts.sign_in notes the moment by itself.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(begin, dispatch_uid="accounts.idle_lock.begin")
