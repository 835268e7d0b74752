"""What is said when a seat cannot be had: what happened, then what to do."""

from django.utils.translation import gettext as _

from core import moments
from floor.desk import give_seats
from scheduling.models import Appointment
from scheduling.services import Refused


def sentence(refused: Refused) -> str:
    """A refusal, kindly."""
    if refused.reason == "taken":
        return " ".join(part for part in (_("Somebody just took that seat."), next_best(refused)) if part)
    if refused.reason == "not_eligible":
        return give_seats.not_yet(refused.reasons)
    if refused.reason == "already_booked" and refused.appointment:
        return _("There is an appointment already: %(moment)s. Change it or cancel it.") % {
            "moment": _moment(refused.appointment)
        }
    return {
        "over": _("That time has just come. Please choose a later one."),
        "closed": _("That clinic takes nobody on that day. Please choose another."),
        "gone": ran_out(),
        "not_held": _("That appointment has changed meanwhile. This is how it stands now."),
    }.get(refused.reason, _("That seat cannot be had. Please choose another."))


def ran_out() -> str:
    """A hold that nobody renewed."""
    return _("We let that time go after 10 minutes. It may still be free: choose again.")


def next_best(refused: Refused) -> str:
    """What to offer instead of a seat somebody took; empty if there is none."""
    if not refused.seats:
        return _("There is no other nearby. Try another day.")
    seat, missed = refused.seats[0], refused.slot
    zone, same_clinic = seat.site.zone, missed is not None and missed.session.site_id == seat.site.pk
    if missed is not None and seat.local.date() == missed.starts_at.astimezone(zone).date():
        time = moments.clock(seat.starts_at, zone)
        if same_clinic:
            return _("The next best is %(time)s, same clinic.") % {"time": time}
        return _("The next best is %(time)s, %(clinic)s.") % {"time": time, "clinic": seat.site.name}
    moment = moments.short(seat.starts_at, zone)
    if same_clinic:
        return _("The next best is %(moment)s, same clinic.") % {"moment": moment}
    return _("The next best is %(moment)s, %(clinic)s.") % {"moment": moment, "clinic": seat.site.name}


def _moment(appointment: Appointment) -> str:
    return moments.short(appointment.slot.starts_at, appointment.slot.session.site.zone)
