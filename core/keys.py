"""API keys: how a program says who it is. The one writer of `ApiKey`.

A key is `prefix.secret`. The prefix finds the row and may stand in logs; of the secret we keep a hash. Drawn by us from
2^256, it cannot be guessed from the hash, so a plain SHA-256 does and costs a request nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from core.models import Agency, ApiKey

SCOPES = ("appointments:read",)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NOBODYS = hashlib.sha256(b"").hexdigest()
_NOTED_EVERY = timedelta(minutes=1)


def make(agency: Agency, *, name: str, scopes: Collection[str], at: datetime) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once. Raises ValueError for a scope there is not."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise ValueError(f"there is no scope {unknown[0]!r}; there are: {', '.join(SCOPES)}")
    prefix, secret = "".join(secrets.choice(_LETTERS) for _ in range(10)), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        agency=agency, name=name, prefix=prefix, hash=_hash(secret), scopes=sorted(set(scopes)), created_at=at
    )
    return key, f"{prefix}.{secret}"


def find(text: str) -> ApiKey | None:
    """The key this is the text of, unless it was revoked. As slow for an unknown prefix as for a wrong secret."""
    prefix, _, secret = text.partition(".")
    known = ApiKey.objects.select_related("agency").filter(revoked_at=None)
    key = known.filter(prefix=prefix).first() if prefix.isalnum() else None
    same = hmac.compare_digest(_NOBODYS if key is None else key.hash, _hash(secret))
    return key if same and secret else None


def used(key: ApiKey, *, at: datetime) -> None:
    """Notes that it was used, at most once a minute: a program asks often, and who reads this counts in days."""
    if key.last_used_at is None or key.last_used_at <= at - _NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - _NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def revoke(key: ApiKey, *, at: datetime) -> bool:
    """It opens nothing any more. False if that was so before."""
    return ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at) == 1


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
