"""Alerts in words: figures and queues, never anybody's name or number."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import moments
from reporting import words
from reporting.models import Alert, Threshold

Metric = Threshold.Metric
_WHAT = {
    Metric.WAITING: gettext_lazy("waiting"),
    Metric.LONGEST_WAIT: gettext_lazy("longest wait"),
    Metric.SERVICE_LEVEL: gettext_lazy("answered in 20 seconds"),
    Metric.ABANDON_RATE: gettext_lazy("abandoned"),
    Metric.LOST_RATE: gettext_lazy("lost"),
    Metric.CALLBACKS_OWED: gettext_lazy("call-backs owed"),
    Metric.OLDEST_CALLBACK: gettext_lazy("oldest call-back"),
    Metric.DEBTS_OPEN: gettext_lazy("missed, not reached"),
    Metric.OPERATORS_READY: gettext_lazy("operators ready"),
}
_SECONDS = (Metric.LONGEST_WAIT, Metric.OLDEST_CALLBACK)
_RATES = (Metric.SERVICE_LEVEL, Metric.ABANDON_RATE, Metric.LOST_RATE)


def line(alert: Alert) -> str:
    """ "Book a vaccine: longest wait over 10:00", in the active language."""
    threshold = alert.threshold
    where = "" if threshold.metric in Threshold.OF_ALL else f"{_name(threshold)}: "
    if threshold.metric == Metric.NO_OPERATOR:
        return where + _("callers wait and nobody is at work")
    about = {"what": _WHAT[Metric(threshold.metric)], "limit": _amount(threshold.metric, alert.bound)}
    if threshold.comparison == Threshold.Comparison.ABOVE:
        said = _("%(what)s over %(limit)s") % about
    else:
        said = _("%(what)s under %(limit)s") % about
    return where + said if where else capfirst(said)


def letter(alert: Alert) -> tuple[str, str]:
    """Subject and text of the e-mail, in both languages, since nobody knows who reads it."""
    subjects, texts = [], []
    for language, _language_name in settings.LANGUAGES:
        with translation.override(language):
            said = line(alert)
            moment = moments.clock(alert.opened_at.astimezone(alert.threshold.agency.zone))
            about = {"line": said, "time": moment, "value": _amount(alert.threshold.metric, alert.value)}
            subjects.append(said)
            texts.append(_("%(line)s. At %(time)s it was %(value)s.") % about)
    board = f"{settings.PUBLIC_BASE_URL}{reverse('board')}"
    return f"Kindline: {subjects[0]}", "\n".join([*texts, "", board, ""])


def _name(threshold: Threshold) -> str:
    queue = threshold.queue
    if queue is None:
        return _("All queues")
    return (translation.get_language() or "").startswith("es") and queue.name_es or queue.name


def _amount(metric: str, value: float) -> str:
    if metric in _SECONDS:
        return words.length(value)
    return words.share(value / 100) if metric in _RATES else words.count(value)
