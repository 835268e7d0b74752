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


@lru_cache(maxsize=8192)
def takes_texts(number: str) -> bool:
    """Whether a number in E.164 may be a mobile one: here most may, toll-free ones never."""
    try:
        found = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(found) and phonenumbers.number_type(found) in mobile
