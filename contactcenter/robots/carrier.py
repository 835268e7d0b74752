"""The exchange's control API, as far as robots play the world with it."""

import requests
from django.conf import settings

_PATIENCE_S = 3.0


class Away(Exception):
    """The exchange does not answer now, or will not do this."""


class Town:
    """The telephones and callers of the exchange that stands in for the carrier."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # it is on this machine, whatever proxy there is

    def phones(self) -> set[str]:
        """The addresses somebody picks up at, without their plus."""
        return set(self._ask("GET", "state")["phones"])

    def put_phone(self, address: str, behaviour: dict) -> None:
        self._ask("POST", "phone", {"address": address, "behaviour": behaviour})

    def ring(self, from_: str, to: str, behaviour: dict) -> None:
        self._ask("POST", "ring", {"from": from_, "to": to, "behaviour": behaviour})

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        url = f"{settings.PLIVO_API_BASE}/_sim/{path}"
        try:
            reply = self._session.request(method, url, json=body, timeout=_PATIENCE_S)
            reply.raise_for_status()
            return reply.json()
        except requests.RequestException as error:
            raise Away(type(error).__name__) from None  # the text of it holds the address
