from django.apps import AppConfig
from django.db.backends.signals import connection_created

from kimdong import slow_statements


class KimdongConfig(AppConfig):
    name = "kimdong"
    verbose_name = "Nhà trường"

    def ready(self) -> None:
        connection_created.connect(slow_statements.watch)
