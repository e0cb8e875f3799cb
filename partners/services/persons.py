"""People of the network: found or made when a list names them, said to be one, and taken apart again."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aoce.common.folding import fold
from partners import policies
from partners.models import Person, PersonMerge

if TYPE_CHECKING:
    from partners.actors import Actor

#: From this likeness on two folded names are offered as one; below, nobody is asked.
LIKE = 0.84


class Named(NamedTuple):
    """Somebody as a list names them."""

    name: str
    organisation: str = ""
    kind_id: int | None = None
    email: str = ""


def _agrees(person: Person, named: Named) -> bool:
    """Say whether what is known besides the name speaks for one human: nothing contradicts it."""
    if named.email and person.email:
        return named.email.casefold() == person.email.casefold()
    if named.organisation and person.organisation:
        return fold(named.organisation) == fold(person.organisation)
    return True


def persons_for(*, network_id: int, partner_id: int | None, people: Sequence[Named]) -> list[Person]:
    """Return the network's row of each of these, in their order; whoever is not known yet is added.

    The same city, the same name without case and accents, and neither another e-mail nor another organisation make one
    person; everything else is left for somebody to say. Called by services inside their own transaction.
    """
    known: dict[str, list[Person]] = {}
    names = {fold(one.name)[:200] for one in people}
    rows = Person.objects.filter(network_id=network_id, partner_id=partner_id, folded__in=names)
    for row in rows.select_related("merged_into").order_by("pk"):
        known.setdefault(row.folded, []).append(row)
    found = []
    for one in people:
        same = known.setdefault(fold(one.name)[:200], [])
        person = next((row for row in same if _agrees(row, one)), None)
        if person is None:
            person = Person.objects.create(
                network_id=network_id,
                partner_id=partner_id,
                name=one.name[:150],
                organisation=one.organisation[:200],
                kind_id=one.kind_id,
                email=one.email,
            )
            same.append(person)
        elif missing := _missing(person, one):
            for field, value in missing.items():
                setattr(person, field, value)
            person.save(update_fields=list(missing))
        found.append(person.merged_into or person)
    return found


def _missing(person: Person, named: Named) -> dict[str, object]:
    """Return what the list knows and the person's row does not."""
    offered = {"organisation": named.organisation[:200], "kind_id": named.kind_id, "email": named.email}
    return {field: value for field, value in offered.items() if value and not getattr(person, field)}


def person_for(*, network_id: int, partner_id: int | None, named: Named) -> Person:
    """Return the row of one; see ``persons_for``."""
    return persons_for(network_id=network_id, partner_id=partner_id, people=[named])[0]


# --- Two rows, one human ----------------------------------------------------------------------------------------------


def _sorted_words(person: Person) -> str:
    return " ".join(sorted(person.folded.replace(",", " ").replace("-", " ").split()))


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1; 0 at once for what cannot reach ``LIKE``."""
    if 2 * min(len(one), len(other)) < LIKE * (len(one) + len(other)):
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LIKE else 0.0


class Suggestion(NamedTuple):
    """Two rows that may be one human, and how alike their names are in percent."""

    one: Person
    other: Person
    percent: int


def suggestions(people: Iterable[Person], *, most: int = 50) -> list[Suggestion]:
    """Return pairs that may be one human, the likest first: alike in name, or with one e-mail; one city's only.

    Compares only names of which two words begin alike, so that a thousand people of one city take about a second.
    """
    rows = list(people)
    names = {row.pk: _sorted_words(row) for row in rows}
    pairs: dict[tuple[int, int], Suggestion] = {}
    looked_at: set[tuple[int, int]] = set()
    buckets: dict[tuple[int | None, str], list[Person]] = {}
    for row in rows:
        keys = {word[:2] for word in row.folded.replace(",", " ").replace("-", " ").split()}
        for key in keys | ({f"@{row.email.casefold()}"} if row.email else set()):
            buckets.setdefault((row.partner_id, key), []).append(row)
    for same in buckets.values():
        for n, one in enumerate(same):
            for other in same[n + 1 :]:
                place = (one.pk, other.pk)
                if place in looked_at:
                    continue
                looked_at.add(place)
                same_mail = bool(one.email) and one.email.casefold() == other.email.casefold()
                alike = 1.0 if same_mail else likeness(names[one.pk], names[other.pk])
                if alike >= LIKE:
                    pairs[place] = Suggestion(one, other, round(alike * 100))
    return sorted(pairs.values(), key=lambda s: (-s.percent, s.one.folded, s.one.pk, s.other.pk))[:most]


def merge(*, actor: Actor, kept: Person, merged: Person) -> PersonMerge:
    """Say that two rows are one human: from now on they are counted as ``kept``. Lists keep the name as written.

    Raises PermissionDenied; ValidationError when they are one already, or of two cities.
    """
    if not (policies.can_merge_person(actor, kept) and policies.can_merge_person(actor, merged)):
        raise PermissionDenied
    with transaction.atomic():
        rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=(kept.pk, merged.pk))}
        first, second = rows[kept.pk], rows[merged.pk]
        if first.counted_id == second.counted_id:
            raise ValidationError(_("These two are one person already."))
        if first.merged_into_id or second.merged_into_id:
            raise ValidationError(_("One of these two was merged with somebody else meanwhile. Look again."))
        moved = list(second.merged.select_for_update().order_by("pk").values_list("pk", flat=True))
        Person.objects.filter(pk__in=moved).update(merged_into=first)
        second.merged_into = first
        second.save(update_fields=["merged_into"])
        return PersonMerge.objects.create(kept=first, merged=second, moved=moved, by_id=actor.user_id)


def undo_merge(*, actor: Actor, merge: PersonMerge) -> None:
    """Take two rows apart again, with everybody who had been merged into the second before.

    Raises PermissionDenied; ValidationError when it is undone already, or a later merge stands on it.
    """
    if not policies.can_merge_person(actor, merge.kept):
        raise PermissionDenied
    with transaction.atomic():
        row = PersonMerge.objects.select_for_update().get(pk=merge.pk)
        if row.undone_at is not None:
            raise ValidationError(_("This merge is undone already."))
        merged = Person.objects.select_for_update().get(pk=row.merged_id)
        if merged.merged_into_id != row.kept_id:
            raise ValidationError(_("A later merge stands on this one. Undo that one first."))
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        Person.objects.filter(pk__in=row.moved, merged_into=row.kept_id).update(merged_into=merged)
        row.undone_at, row.undone_by_id = timezone.now(), actor.user_id
        row.save(update_fields=["undone_at", "undone_by"])
