"""Refuses to start unsafe. Each message says which variable to set."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, register

_LOCAL = ("localhost", "127.0.0.1", "::1", "testserver")


@register("kindline")
def safe_to_start(app_configs, **kwargs) -> list[Error]:
    """In production: real secrets, https, the real carrier. In a sandbox: nothing real within reach."""
    if settings.SANDBOX:
        return _sandbox()
    return [] if settings.DEBUG else _production()


def _production() -> list[Error]:
    wrong = []
    if settings.SECRET_KEY == settings.DEV_SECRET_KEY or len(settings.SECRET_KEY) < 32:
        wrong.append(Error("SECRET_KEY is not set, or shorter than 32 letters.", id="kindline.E001"))
    if urlsplit(settings.PUBLIC_BASE_URL).scheme != "https":
        wrong.append(Error("PUBLIC_BASE_URL must be the https:// address the carrier reaches.", id="kindline.E002"))
    if not settings.PLIVO_AUTH_ID or not settings.PLIVO_AUTH_TOKEN:
        wrong.append(Error("PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set.", id="kindline.E003"))
    if settings.PLIVO_API_BASE != settings.PLIVO_LIVE_API:
        wrong.append(
            Error("PLIVO_API_BASE points away from the carrier; only a sandbox may do that.", id="kindline.E004")
        )
    if "*" in settings.ALLOWED_HOSTS:
        wrong.append(Error("ALLOWED_HOSTS must name the hosts; * lets anybody's in.", id="kindline.E005"))
    return wrong


def _sandbox() -> list[Error]:
    wrong = []
    if settings.PLIVO_API_BASE == settings.PLIVO_LIVE_API:
        wrong.append(Error("A sandbox must not reach the real carrier; unset PLIVO_API_BASE.", id="kindline.E006"))
    if not {host.strip("[]") for host in settings.ALLOWED_HOSTS} <= set(_LOCAL):
        wrong.append(Error("KINDLINE_SANDBOX is for this machine only; unset ALLOWED_HOSTS.", id="kindline.E008"))
    if urlsplit(settings.PUBLIC_BASE_URL).hostname not in _LOCAL:
        wrong.append(
            Error("KINDLINE_SANDBOX is for this machine only; PUBLIC_BASE_URL must be local.", id="kindline.E007")
        )
    return wrong
