"""Numbers of a city in the reader's language, and the controls of forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
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


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw a form field's control alone, in Bootstrap's classes and without a placeholder that repeats the label."""
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    attrs = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if isinstance(widget, forms.DateInput):
        attrs["class"] += " w-date"
    return field.as_widget(attrs=attrs)


@register.filter
def oneline(text: str) -> str:
    """Return a text without line breaks, as a page's title wants it."""
    return mark_safe(" ".join(text.split()))  # noqa: S308 - a block that was rendered and escaped already
