"""Template tags of every page: icons, state chips, addresses within the network."""

from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
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
