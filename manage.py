#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.core.management import execute_from_command_line

from kimdong.environment import environment_or_exit

if __name__ == "__main__":
    environment_or_exit(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    execute_from_command_line(sys.argv)
