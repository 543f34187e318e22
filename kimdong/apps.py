from django.apps import AppConfig


class KimdongConfig(AppConfig):
    name = "kimdong"
    verbose_name = "Nhà trường"
