"""The form that sets a call for later, from the first word of a talk to the end of its wrap-up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core import clock
from floor.desk import later, page
from floor.desk.current import Desk
from floor.desk.door import at_the_desk
from floor.desk.views import is_part, look_again, same_call


@require_POST
@at_the_desk
def set_call(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set, or said what is missing. Pressed twice it is set once: a number is owed one call at a time."""
    if not (desk.working and same_call(request, desk)):
        return look_again(request, desk)
    at = clock.now()
    typed = {name: request.POST.get(name, "")[:60] for name in ("number", "when", "who")}
    try:
        later.set_call(desk, typed, at=at)
    except later.NotSet as missing:
        said = later.context(desk, typed=typed, errors=missing.errors)
        if is_part(request):
            return render(request, "floor/desk/later.html", {"desk": desk, **said})
        return render(request, "floor/desk/desk.html", {**page.whole(request, desk, at), **said}, status=422)
    if is_part(request):
        return render(request, "floor/desk/later.html", {"desk": desk, **later.context(desk)})
    return redirect("desk")
