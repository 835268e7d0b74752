"""Who is let in to the API, and how often.

The header is `Authorization: Api-Key <prefix>.<secret>`. No session and no password opens this door: a browser that is
signed in cannot be led to read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core import clock, keys
from core.models import ApiKey

if TYPE_CHECKING:  # the framework reads this module before it has finished its views
    from rest_framework.views import APIView

WORD = "Api-Key"


class KeyAuthentication(BaseAuthentication):
    """`request.auth` is the key. There is no user: a program is nobody's log-in."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        word, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if word.lower() != WORD.lower():
            return None
        key = keys.find(text.strip())
        if key is None:
            raise exceptions.AuthenticationFailed(
                _("This key is not known, or it was taken back. Please ask the agency for a new one.")
            )
        keys.used(key, at=clock.now())
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return WORD


class HasScope(BasePermission):
    """The key may do what the view says it takes (`scope`); a view that says nothing takes what no key has."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            raise exceptions.NotAuthenticated(
                _("Please send your key with the request, in the header “Authorization: Api-Key …”.")
            )
        scope = getattr(view, "scope", "")
        if scope not in request.auth.scopes:
            raise exceptions.PermissionDenied(
                _("This key does not open that. Please ask the agency for one with the scope “%s”.") % scope
            )
        return True


class ByKey(SimpleRateThrottle):
    """So many requests a minute for each key, counted in this process's memory: a brake, not a meter."""

    scope = "key"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"api:{request.auth.prefix}" if isinstance(request.auth, ApiKey) else None


class _KeyInSchema(OpenApiAuthenticationExtension):
    """What the description says of the header."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict:
        said = str(_("The word “Api-Key”, a space, and the key the agency gave you."))
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": said}
