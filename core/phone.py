"""One spelling of a telephone number: E.164 ("+16015550100").

The carrier writes the same number with and without "+", as a SIP address, as "anonymous" or not at all.
"""

import re
from functools import lru_cache

import phonenumbers

_COUNTRY = "US"  # how a number without a country code is read
_NOBODY = frozenset({"anonymous", "restricted", "unavailable", "unknown", "private"})


@lru_cache(maxsize=8192)
def e164(raw: str) -> str:
    """`raw` in E.164, or "" where there is no telephone number in it (withheld, SIP, junk).

    Length decides, not the numbering plan: a new range must not make a caller disappear.
    """
    text = raw.strip()[:64]
    if not text or text.lower() in _NOBODY or ":" in text or re.search(r"[A-Za-z]", text):
        return ""
    digits = re.sub(r"[^\d+]", "", text)
    for guess, country in ((digits, _COUNTRY), ("+" + digits.lstrip("+"), None)):
        try:
            number = phonenumbers.parse(guess, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return spelled if len(spelled) <= 16 else ""
    return ""


def callable_number(digits: str) -> str:
    """Ten typed digits (or eleven with the leading 1) in E.164; "" for a number that the plan does not have, or that
    costs extra.
    """
    number = e164(digits) if digits.isascii() and digits.isdigit() and len(digits) in (10, 11) else ""
    if not number.startswith("+1"):
        return ""
    found = phonenumbers.parse(number)
    kind = phonenumbers.number_type(found)
    good = phonenumbers.is_valid_number(found) and kind != phonenumbers.PhoneNumberType.PREMIUM_RATE
    return number if good else ""


def masked(number: str) -> str:
    """+16015550142 as (601) •••-••42: enough to tell one line of a list from the next, not to ring anybody."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) •••-••{number[-2:]}"
    return f"••• ••{number[-2:]}"


@lru_cache(maxsize=8192)
def takes_texts(number: str) -> bool:
    """Whether a number in E.164 may be a mobile one: here most may, toll-free ones never."""
    try:
        found = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(found) and phonenumbers.number_type(found) in mobile
