from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Người dùng và quyền"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - models are ready only now

        from accounts.idle_lock import begin  # noqa: PLC0415

        user_logged_in.connect(begin, dispatch_uid="accounts.idle_lock.begin")
