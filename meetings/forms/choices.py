"""What forms of meetings offer to choose from, all of it read in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from django.db.models import Expression, QuerySet

NAME = F("name")
CODE_AND_NAME = Concat("code", Value(" "), "name", output_field=CharField())


class Chosen(forms.TypedMultipleChoiceField):
    """Any number of rows, by their ids."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, label: str) -> None:
        """Offer nothing yet; see ``offer``."""
        super().__init__(label=label, required=False, coerce=int)


def offer(form: forms.Form, **rows: tuple[QuerySet, F | Expression, str]) -> None:
    """Fill fields with what can be chosen: for each its rows, what to call one, and by which column they are ordered.

    A part of a name after a comma may be empty. One query for all of them.
    """
    parts = [
        queryset.order_by().values_list(Value(name, CharField()), "pk", label, F(order))
        for name, (queryset, label, order) in rows.items()
    ]
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in rows}
    for name, pk, label, _order in sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[3] or 0, row[1])):
        found[name].append((pk, label.removesuffix(", ")))
    for name, choices in found.items():
        form.fields[name].choices = choices
