"""Whose data a user may see, and the record of every look at a person.

Least privilege is two questions: a permission says what somebody may do, `scoped` says with whose rows.
"""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from core.models import AccessLog, Agency


def agency_of(user: AbstractBaseUser | AnonymousUser) -> Agency | None:
    """The agency a user works for; a superuser without one has the only agency there is, if there is just one."""
    if not user.is_authenticated or not user.is_active:
        return None
    agency = Agency.objects.filter(members__user_id=user.pk).first()
    if agency is None and user.is_superuser:
        several = list(Agency.objects.order_by("pk")[:2])
        return several[0] if len(several) == 1 else None
    return agency


def scoped(rows: QuerySet, user: AbstractBaseUser | AnonymousUser, *, path: str = "agency") -> QuerySet:
    """Of `rows`, those of the user's own agency; none for whoever has no agency. `path` leads from a row to it."""
    agency = agency_of(user)
    return rows.none() if agency is None else rows.filter(**{path: agency})


def looked(
    user: AbstractBaseUser,
    agency_id: int,
    action: str,
    what: str,
    record: object = "",
    *,
    where: str,
    call_id: int | None = None,
    at: datetime,
) -> None:
    """Writes one line: this user did `action` (an `AccessLog.Action`) to that record. Never a name or a number."""
    AccessLog.objects.create(
        at=at,
        agency_id=agency_id,
        user_id=user.pk,
        action=action,
        what=what,
        record=str(record),
        where=where,
        call=call_id,
    )


def looked_at_many(
    user: AbstractBaseUser,
    agency_id: int,
    action: str,
    what: str,
    records: Collection[object],
    *,
    where: str,
    since: datetime | None = None,
    call_id: int | None = None,
    at: datetime,
) -> None:
    """One line for each of `records`, but for those of which this user has one of this kind: since `since`, or for the
    call `call_id`. A page that is read again adds nothing. A statement or two for a page of people, a few for hundreds.
    """
    keys = {str(record) for record in records}
    if not keys:
        return
    same = {"agency_id": agency_id, "user_id": user.pk, "action": action, "what": what, "where": where, "call": call_id}
    before = AccessLog.objects.filter(record__in=keys, **same)
    if since is not None:
        before = before.filter(at__gte=since)
    new = keys - set(before.values_list("record", flat=True))
    AccessLog.objects.bulk_create(AccessLog(record=key, at=at, **same) for key in sorted(new))
