"""Where the carrier is to knock next. A name, so that a room can point at one that stands above it."""

from django.conf import settings
from django.urls import reverse


def address(name: str, *args) -> str:
    """The absolute URL of the view called `name`, as the carrier reaches it. NoReverseMatch if there is none.

    The carrier signs this very text, so it carries ids and tokens only: no query, nothing that is not ASCII, nothing
    that says who calls or what was pressed.
    """
    return settings.PUBLIC_BASE_URL + reverse(name, args=args)
