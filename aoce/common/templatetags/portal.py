"""Template tags of every page: icons, state chips, addresses within the network."""

import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

#: Words of the states, whoever stores them; the shape has the same name (``#s-…``).
STATE_WORDS = {
    "none": _("Not started"),
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "changes": _("Changes requested"),
    "approved": _("Approved"),
    "published": _("Published"),
    "overdue": _("Late"),
    "waived": _("Not needed"),
    "na": _("Not applicable"),
}
SHAPES = {"waived": "na", "published": "approved"}


@cache
def _icon_markup(name: str) -> str:
    path = settings.NODE_MODULES / "bootstrap-icons" / "icons" / f"{name}.svg"
    inner = path.read_text().split(">", 1)[1].rsplit("</svg>", 1)[0].strip()
    return f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{inner}</svg>'


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the bootstrap-icons package; hidden from screen readers, so write words beside it."""
    return mark_safe(_icon_markup(name))  # noqa: S308 - the package's own file


@register.simple_tag
def state_chip(state: str, word: Any = "") -> SafeString:
    """Draw a state: its shape, its word and its colour."""
    shape = SHAPES.get(state, state)
    return format_html(
        '<span class="state state-{}"><svg class="icon" aria-hidden="true"><use href="#s-{}"/></svg>'
        "<span>{}</span></span>",
        shape,
        shape,
        word or STATE_WORDS[state],
    )


@register.simple_tag(takes_context=True)
def nurl(context: template.Context, name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a page of this network: ``{% nurl "meetings:ulg_detail" pk=3 %}``."""
    slug = context["network"].slug
    return reverse(name, args=[slug, *args]) if args else reverse(name, kwargs={"network": slug, **kwargs})


#: How a place of the city mark is drawn for a state: classes and paths in a 5 × 5 square.
MARKS = {
    "approved": '<path class="n-on" d="M{x} {y}h5v5h-5z"/>',
    "submitted": '<path class="n-sent" d="M{x} {y}m2.5 0 2.5 5h-5z"/>',
    "draft": '<path class="n-half" d="M{x} {y}h5v5h-5z"/><path class="n-fill" d="M{x} {h}h5v2.5h-5z"/>',
    "changes": '<path class="n-half" d="M{x} {y}h5v5h-5z"/><path class="n-fill" d="M{x} {h}h5v2.5h-5z"/>',
    "overdue": '<path class="n-late" d="M{x} {y}m2.5-.7 3.2 3.2-3.2 3.2-3.2-3.2z"/>',
    "none": '<path class="n-off" d="M{x} {y}h5v5h-5z"/>',
    "na": '<path class="n-na" d="M{x} {y}m.5 2h4v1h-4z"/>',
    "here": '<rect class="n-here" x="{x}" y="{y}" width="5" height="5"/>',
    "city": '<rect class="n-city" x="{x}" y="{y}" width="5" height="5"/>',
}


def _grid(states: Sequence[str]) -> tuple[str, int, int]:
    """Return the places' markup, and the width and height of a grid as square as it can be."""
    columns = max(1, math.ceil(math.sqrt(len(states))))
    rows = max(1, math.ceil(len(states) / columns))
    places = []
    for n, state in enumerate(states):
        x, y = n % columns * 7 + 0.5, n // columns * 7 + 0.5
        places.append(MARKS[SHAPES.get(state, state)].format(x=x, y=y, h=y + 2.5))
    return "".join(places), columns * 7 - 1, rows * 7 - 1


@register.simple_tag
def city_mark(states: Sequence[str], label: str = "", size: str = "") -> SafeString:
    """Draw one place a city, always in the same order: what each one's state is. ``label`` says it in words."""
    places, width, height = _grid(states)
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="nine {}" viewBox="0 0 {} {}" {}>{}</svg>',
        size,
        width,
        height,
        spoken,
        mark_safe(places),  # noqa: S308 - drawn above from numbers
    )


@register.simple_tag(takes_context=True)
def brand_mark(context: template.Context) -> SafeString:
    """Draw the portal's mark: one place a city of the network, the viewer's own city lit, else the Lead Partner's."""
    membership = context.get("membership")
    if membership is None:
        return city_mark(["here", *["city"] * 8], size="nine-brand")
    count = getattr(membership, "city_count", None) or 9
    own = membership.partner.position if membership.partner else getattr(membership, "lead_position", None)
    lit = min(own or 0, count - 1)
    return city_mark(["here" if n == lit else "city" for n in range(count)], size="nine-brand")


@register.simple_tag(takes_context=True)
def empty_mark(context: template.Context) -> SafeString:
    """Draw the mark with all its places open: nothing has come in yet."""
    return city_mark(["none"] * (getattr(context.get("membership"), "city_count", None) or 9), size="nine-large")


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw a form field's control alone, in Bootstrap's classes and without a placeholder that repeats the label."""
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
        css = "form-select"
    else:
        css = "form-control"
    attrs = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if isinstance(widget, forms.DateInput):
        attrs["class"] += " w-date"
    return field.as_widget(attrs=attrs)


@register.filter
def is_many(field: BoundField) -> bool:
    """Whether a field is a group of boxes or radio buttons, which a fieldset with a legend holds together."""
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


@register.filter
def oneline(text: str) -> str:
    """Return a text without line breaks, as a page's title wants it."""
    return mark_safe(" ".join(text.split()))  # noqa: S308 - a block that was rendered and escaped already


#: A mail's state drawn with the portal's shapes.
MAIL_SHAPES = {
    "pending": "draft",
    "claimed": "draft",
    "sent": "approved",
    "failed": "overdue",
    "unknown": "changes",
}


@register.simple_tag
def mail_state(mail: Any) -> SafeString:
    """Draw what is known of a mail."""
    return state_chip(MAIL_SHAPES[mail.state], mail.get_state_display())


@register.filter
def iso(value: str) -> date:
    """Return the date an ISO text names; figures keep their dates as text."""
    return date.fromisoformat(value)


@register.filter
def short_day(day: date) -> str:
    """Return a day with its short month as the language writes it: ``26 Apr``, ``26 apr``."""
    # Translators: how a day with a short month is written (Django's date format).
    return date_format(day, pgettext("short day", "j M"))


def span_words(start: date, end: date, precision: str = "day") -> str:
    """Say when something is, as exactly as it is known: ``4–8 March 2024``, ``July 2024, day open``.

    ``precision`` is a ``DatePrecision``: day, month, season or open.
    """
    if precision == "open":
        return gettext("Date open")
    if precision != "day":
        months = date_format(end, "YEAR_MONTH_FORMAT")
        if (start.year, start.month) != (end.year, end.month):
            first = date_format(start, "F" if start.year == end.year else "YEAR_MONTH_FORMAT")
            months = f"{first} – {months}"
        return gettext("%(months)s, day open") % {"months": months}
    last = date_format(end, "DATE_FORMAT")
    if start == end:
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    first = date_format(start, "MONTH_DAY_FORMAT" if start.year == end.year else "DATE_FORMAT")
    return f"{first} – {last}"


@register.simple_tag
def when(start: date | str, end: date | str, precision: str = "day") -> str:
    """Write :func:`span_words` of two dates, or of two ISO texts."""
    first, last = (date.fromisoformat(d) if isinstance(d, str) else d for d in (start, end))
    return span_words(first, last, precision)
