#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.core.management import execute_from_command_line

from kimdong.start import NEED_THE_DATABASE, database_or_exit, environment_or_exit

if __name__ == "__main__":
    environment = environment_or_exit(os.environ)
    if not NEED_THE_DATABASE.isdisjoint(sys.argv[1:2]):
        database_or_exit(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    execute_from_command_line(sys.argv)
