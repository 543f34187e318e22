import sys

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from kimdong import log_lines, slow_statements


class KimdongConfig(AppConfig):
    name = "kimdong"
    verbose_name = "Nhà trường"

    def ready(self) -> None:
        connection_created.connect(slow_statements.watch)
        if settings.MODE == "production" and not sys.stderr.isatty():
            log_lines.catch_the_rest()
