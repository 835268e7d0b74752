"""The one writer of `Alert`: looks at the floor every few seconds, opens and clears, and sends the e-mails.

Safe to run in several workers at once and after a crash: the rows say what has been noticed, told and mailed. The floor
is read outside any transaction; the decision is made under a lock on the thresholds, and a reading that is older than
the last look decides nothing. An e-mail's attempt is written before it is sent: after a crash in between it is not sent
again, and the alert shows that nobody knows (`mail_tried_at` without `mailed_at`).
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q

from core import live
from core.models import Agency
from core.rows import each
from reporting import alert_words, floor_now, thresholds
from reporting.models import Alert, Threshold
from reporting.thresholds import Unknown, Watch

log = logging.getLogger(__name__)

STALE = timedelta(hours=1)  # nobody is written to about what began longer ago
_WATCH = tuple(Watch.__dataclass_fields__)


def look(at: datetime) -> None:
    """Looks at every agency's floor: opens what has lasted, clears what is over."""
    concerned = Q(thresholds__active=True) | Q(thresholds__alerts__cleared_at=None, thresholds__alerts__isnull=False)
    each(Agency.objects.filter(concerned).distinct(), lambda agency: _look(agency, at))


def mail(at: datetime) -> None:
    """Writes to whoever is to be told of alerts that have opened. While the mail server is away, nothing is tried."""
    due = Alert.objects.filter(opened_at__gt=at - STALE, mail_tried_at=None).exclude(threshold__emails="")
    alerts = list(due.select_related("threshold__queue", "threshold__agency"))
    if not alerts:
        return
    wire = get_connection()
    try:
        wire.open()
    except (OSError, SMTPException) as error:
        log.warning("the mail server cannot be reached (%s); alerts wait to be mailed", type(error).__name__)
        return
    try:
        each(alerts, lambda alert: _mail(wire, alert, at))
    finally:
        wire.close()


def _mail(wire: object, alert: Alert, at: datetime) -> None:
    row = Alert.objects.filter(pk=alert.pk)
    if row.filter(mail_tried_at=None).update(mail_tried_at=at) != 1:
        return
    subject, body = alert_words.letter(alert)
    EmailMessage(subject, body, to=alert.threshold.addresses, connection=wire).send()
    row.update(mailed_at=at)


def _look(agency: Agency, at: datetime) -> None:
    active = list(Threshold.objects.filter(agency=agency, active=True).select_related("queue"))
    under_way = set(_open(agency).values_list("threshold_id", flat=True))
    figures = _figures(agency, active, at) if active else {}
    rules = {one.pk: thresholds.rule_of(one) for one in active}
    wanted = {pk for pk, value in figures.items() if pk in under_way or rules[pk].beyond(value)}
    switched_off = under_way - set(rules)
    if wanted or switched_off:
        with transaction.atomic():
            changed = [_decide(one, figures, at) for one in _locked(wanted | switched_off)]
            if any(changed):
                live.publish(live.floor(agency.pk))


def _locked(pks: Iterable[int]) -> list[Threshold]:
    """One look decides at a time. On SQLite the immediate transaction is the lock."""
    return list(Threshold.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def _figures(agency: Agency, of: list[Threshold], at: datetime) -> dict[int, float | None]:
    """By threshold. What cannot be told is left out."""
    now = floor_now.floor(agency, at=at)
    found = {}
    for one in of:
        try:
            found[one.pk] = thresholds.figure(now, one.metric, one.queue.slug if one.queue else "")
        except Unknown:
            continue
    return found


def _open(agency: Agency):
    return Alert.objects.filter(threshold__agency=agency, cleared_at=None)


def _decide(threshold: Threshold, figures: dict[int, float | None], at: datetime) -> bool:
    """Writes what the rule says. True if what a board shows has changed."""
    alerts = Alert.objects.filter(threshold=threshold)
    if alerts.filter(seen_at__gte=at).exists():
        return False  # a later look was quicker
    alert = alerts.filter(cleared_at=None).first()
    if not threshold.active:
        return _over(alert, at)
    if threshold.pk not in figures:
        return False
    value = figures[threshold.pk]
    before = Watch(**{name: getattr(alert, name) for name in _WATCH}) if alert else None
    after = thresholds.look(thresholds.rule_of(threshold), before, value, at)
    if after is None:
        if alert is not None:
            alert.delete()  # it did not last, and nobody was told
        return False
    now = {name: getattr(after, name) for name in _WATCH}
    if after.opened_at is None or after.opened_at == at:
        now |= {"value": value, "bound": threshold.value}
    if alert is None:
        alerts.create(**now, threshold=threshold)
    else:
        alerts.filter(pk=alert.pk).update(**now)
    return at in (after.opened_at, after.cleared_at)


def _over(alert: Alert | None, at: datetime) -> bool:
    """Its threshold is switched off."""
    if alert is None:
        return False
    if alert.opened_at is None:
        alert.delete()
        return False
    return Alert.objects.filter(pk=alert.pk, cleared_at=None).update(cleared_at=at, seen_at=at) == 1
