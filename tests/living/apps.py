"""Installed by tests/test_migrations.py, for its own tests."""

from django.apps import AppConfig


class LivingConfig(AppConfig):
    name = "tests.living"
    label = "living"
    default_auto_field = "django.db.models.BigAutoField"
