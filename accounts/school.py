"""The school's name where accounts show it: on the page of logging in, and in the app that tells the codes."""

from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

NO_SCHOOL: Final = "Hồ sơ học sinh"
"""What the system calls itself before a school is founded."""


def school_name() -> str:
    """As on its seal; NO_SCHOOL before it is founded. One statement."""
    name: str = import_string(settings.NAME_OF_THE_SCHOOL)()
    return name or NO_SCHOOL


def issuer(_device: Any) -> str:
    """For whom a telephone tells its codes; django-otp asks."""
    return school_name()
