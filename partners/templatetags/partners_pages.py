"""Numbers of a city in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def amount(value: Any, unit: str) -> str:
    """Return a number with its unit: ``67,614 people``, ``38.1 %``, ``17,000 EUR``."""
    number = Decimal(str(value)).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    text = number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)
    words = {
        "percent": "%",
        "people": _("people"),
        "full_time_positions": _("full-time positions"),
        "origins": _("origins"),
    }
    unit = words.get(unit, unit)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text
