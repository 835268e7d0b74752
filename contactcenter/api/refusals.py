"""What is said to whoever is not given what they asked for: always JSON, always what to do next."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem(error: Exception, context: dict) -> Response | None:
    """Every refusal in one shape: `detail` says what to do; `fields` says it of each parameter that was amiss."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing at this address."))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = {"detail": str(_("Please look at what you asked for.")), "fields": response.data}
    elif isinstance(error, exceptions.MethodNotAllowed):
        response.data = {"detail": str(_("This address can be read and nothing else."))}
    elif isinstance(error, exceptions.Throttled):
        wait = round(error.wait or 60) + 1
        response.data = {"detail": str(_("That was a lot at once. Please go on in %d seconds.") % wait)}
    return response
