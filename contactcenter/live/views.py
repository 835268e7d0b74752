"""A card by plain HTTP: for a page that reconnects, and for one whose network lets no socket through."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from contactcenter.live.cards import CARDS, build, whose


@never_cache
@require_GET
def card(request: HttpRequest, name: str) -> JsonResponse:
    """The same message the socket sends. 404: no such card; 403: not this user's."""
    wanted = CARDS.get(name)
    if wanted is None:
        raise Http404
    if not request.user.is_authenticated or whose(wanted, request.user) is None:
        raise PermissionDenied
    built = build(wanted, {request.user.pk}, get_language())
    if not built.allowed:
        raise PermissionDenied
    return JsonResponse(built.message)
