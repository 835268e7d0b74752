"""The door for an ASGI server: pages and sockets. Like `wsgi.py` it refuses to start unsafe."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after Django is set up
from django.core.checks import run_checks  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402

from contactcenter.sockets import sockets  # noqa: E402

if wrong := run_checks(tags=["kindline"]):
    raise ImproperlyConfigured(" ".join(str(problem.msg) for problem in wrong))

application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
