"""`core.moments` for templates."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template

from core import moments

register = template.Library()


@register.filter
def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`{{ slot.starts_at|clock:site.zone }}`: 9:30 AM, on that place's clock."""
    return moments.clock(moment, zone)


@register.filter
def long_day(on: date) -> str:
    """`{{ day|long_day }}`: Wednesday, January 13, 2027."""
    return moments.long_day(on)
