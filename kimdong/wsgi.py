"""WSGI entry point that gunicorn serves."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")

application = get_wsgi_application()
# Django reads the URLs at the first request; a worker that cannot must not take any.
import_module(settings.ROOT_URLCONF)
