"""The door for a WSGI server. Unlike `manage.py` it would start whatever the checks say, so it asks them itself."""

import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
application = get_wsgi_application()

if wrong := run_checks(tags=["kindline"]):
    raise ImproperlyConfigured(" ".join(str(problem.msg) for problem in wrong))
