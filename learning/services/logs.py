"""Learning logs: actions written in a table, brought in from spreadsheets, selected, merged or dropped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Value
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import LogState
from learning.models import LogAction, LogColumn
from learning.workflow import LOG_ACTION

if TYPE_CHECKING:
    from aoce.common.models import StatusChange
    from partners.actors import Actor
    from partners.models import Network, Partner

TITLE = "title"
#: The longest text of a cell, and of the action itself.
LONGEST, LONGEST_TITLE = 2000, 200
MOST_ROWS = 300
#: States in which an action is written on.
WRITABLE = (LogState.DRAFT, LogState.SELECTED)
LINKS = ("horizontal_themes", "entries", "needs", "practices")


class NewerCellError(Exception):
    """Somebody else changed it since it was read; ``current`` is what stands now."""

    def __init__(self, current: Any) -> None:
        """Keep what stands now."""
        super().__init__("edited by two people")
        self.current = current


class TableError(Exception):
    """Rows cannot be taken over; the text is a translated sentence that says why and what to do."""


@dataclass
class Taken:
    """What became of rows that were brought in."""

    added: int = 0
    changed: int = 0
    unknown: list[str] = field(default_factory=list)


def columns_of(network: Network) -> list[LogColumn]:
    """Return the columns that are asked for, in their order. One query."""
    return list(LogColumn.objects.filter(network=network, is_retired=False))


def linked(action: LogAction) -> dict[str, list[int]]:
    """Return the ids of what an action draws on, by link. One query."""
    parts = []
    for name in LINKS:
        link: Any = getattr(LogAction, name)
        right = f"{link.field.m2m_reverse_field_name()}_id"
        parts.append(link.through.objects.filter(logaction=action).order_by().values_list(Value(name), F(right)))
    found: dict[str, list[int]] = {name: [] for name in LINKS}
    for name, pk in parts[0].union(*parts[1:], all=True):
        found[name].append(pk)
    return found


def _must_write(actor: Actor, partner: Partner) -> None:
    if partner.network_id != actor.network_id or not policies.can_write_log(actor, partner.pk):
        raise PermissionDenied


def clean(text: str) -> str:
    """Return a cell's text with plain line ends, without what a spreadsheet program hides in it."""
    return "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c.isprintable()).strip()


def _check_lengths(values: Mapping[str, str], names: Mapping[str, str]) -> None:
    for code, text in values.items():
        most = LONGEST_TITLE if code == TITLE else LONGEST
        if len(text) > most:
            words = _("“%(column)s” has %(n)s characters; at most %(most)s fit: “%(text)s …”")
            about = {"column": names.get(code, code), "n": len(text), "most": most, "text": text[:40]}
            raise TableError(words % about)


def create(
    *,
    actor: Actor,
    partner: Partner,
    values: Mapping[str, str],
    meeting: int | None = None,
    links: Mapping[str, Iterable[int]] | None = None,
) -> LogAction:
    """Add an action to a city's table: ``values`` by column code, ``title`` among them; ``meeting`` is an id."""
    _must_write(actor, partner)
    with transaction.atomic():
        type(partner).objects.select_for_update().get(pk=partner.pk)  # one number at a time
        last = LogAction.objects.filter(partner=partner).aggregate(n=Max("number"))["n"] or 0
        action = LogAction.objects.create(
            network_id=partner.network_id,
            partner=partner,
            number=last + 1,
            meeting_id=meeting,
            title=values[TITLE],
            cells={code: text for code, text in values.items() if code != TITLE and text},
            updated_by_id=actor.user_id,
        )
        for name, chosen in (links or {}).items():
            getattr(action, name).set(chosen)
    return action


def _locked(actor: Actor, action: LogAction) -> LogAction:
    row = LogAction.objects.select_for_update(of=("self",)).select_related("partner").get(pk=action.pk)
    _must_write(actor, row.partner)
    if row.state not in WRITABLE:
        raise WrongStateError(_("This action is dropped or merged. Take it up again to change it."))
    return row


def _text_of(action: LogAction, code: str) -> str:
    return action.title if code == TITLE else action.cells.get(code, "")


def _write(row: LogAction, actor: Actor, values: Mapping[str, str]) -> bool:
    different = {code: text for code, text in values.items() if _text_of(row, code) != text}
    if not different:
        return False
    row.title = different.pop(TITLE, row.title)
    row.cells = {code: text for code, text in {**row.cells, **different}.items() if text}
    row.version += 1
    row.updated_by_id = actor.user_id
    row.save()
    return True


def save(
    *,
    actor: Actor,
    action: LogAction,
    values: Mapping[str, str],
    meeting: int | None,
    links: Mapping[str, Iterable[int]],
    read_version: int,
) -> LogAction:
    """Write the whole action. Raises NewerCellError when somebody else changed it since ``read_version``."""
    with transaction.atomic():
        row = _locked(actor, action)
        different = any(_text_of(row, code) != text for code, text in values.items())
        if different and row.version != read_version:
            raise NewerCellError(row)
        row.meeting_id = meeting
        if not _write(row, actor, values):
            row.save(update_fields=["meeting", "updated_at"])
        for name, chosen in links.items():
            getattr(row, name).set(chosen)
    return row


def set_cell(*, actor: Actor, action: LogAction, code: str, text: str, was: str) -> LogAction:
    """Write one cell that read ``was`` when its writer began.

    Raises NewerCellError (``current`` is the text) when somebody else wrote something else there, TableError when it is
    too long, an action has no title, or there is no such column.
    """
    text = clean(text)
    with transaction.atomic():
        row = _locked(actor, action)
        names = {column.code: column.name for column in columns_of(row.partner.network)}
        if code != TITLE and code not in names:
            raise TableError(_("There is no such column any more. Load the page again."))
        if code == TITLE and not text:
            raise TableError(_("An action needs a title. To take it out of the table, drop it."))
        _check_lengths({code: text}, names | {TITLE: _("Action")})
        now = _text_of(row, code)
        if clean(was) != now and text != now:
            raise NewerCellError(now)
        _write(row, actor, {code: text})
    return row


# --- Rows from elsewhere ----------------------------------------------------------------------------------------------


def rows_of_paste(text: str) -> list[list[str]]:
    """Return the cells of a table copied in Excel, LibreOffice or Word: tabs part cells, quotes keep lines together."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        rows = [line.split("\t") for line in text.splitlines()]
    return [[clean(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _must_fit(rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        raise TableError(_("There is nothing in it. Copy the rows in Excel or Word, then paste them here."))
    if len(rows) > MOST_ROWS:
        raise TableError(
            _("These are %(n)s rows; at most %(most)s go in at once.") % {"n": len(rows), "most": MOST_ROWS}
        )


def paste(
    *, actor: Actor, partner: Partner, rows: Sequence[Sequence[str]], first: str = TITLE, at: LogAction | None = None
) -> Taken:
    """Write a block of cells into the table, from the column ``first`` and the action ``at`` on; else as new actions.

    All of it or nothing. Raises TableError with what does not fit, WrongStateError.
    """
    _must_write(actor, partner)
    _must_fit(rows)
    names = {TITLE: _("Action")} | {column.code: column.name for column in columns_of(partner.network)}
    codes = list(names)
    if first not in codes:
        raise TableError(_("There is no such column any more. Load the page again."))
    codes = codes[codes.index(first) :]
    widest = max(len(row) for row in rows)
    if widest > len(codes):
        words = _("The rows have %(n)s columns, but from “%(column)s” on there are only %(room)s.")
        raise TableError(words % {"n": widest, "column": names[first], "room": len(codes)})
    taken = Taken()
    with transaction.atomic():
        below = LogAction.objects.filter(partner=partner, state__in=WRITABLE).order_by("number")
        targets = list(below.filter(number__gte=at.number)) if at else []
        for number, cells in enumerate(rows):
            values = dict(zip(codes, cells, strict=False))
            _check_lengths(values, names)
            if number < len(targets):
                if TITLE in values and not values[TITLE]:
                    del values[TITLE]
                taken.changed += _write(_locked(actor, targets[number]), actor, values)
            elif values.get(TITLE):
                create(actor=actor, partner=partner, values=values)
                taken.added += 1
            else:
                words = _("Row %(n)s has no text for “Action”. Paste from the first column on to add actions.")
                raise TableError(words % {"n": number + 1})
    return taken


def bring_in(*, actor: Actor, partner: Partner, rows: Sequence[Sequence[str]]) -> Taken:
    """Take over a spreadsheet whose first row names the columns; “No.” finds the actions to change, others are added.

    Columns the network does not have are left out and named in the answer. All of it or nothing. Raises TableError.
    """
    _must_write(actor, partner)
    columns = columns_of(partner.network)
    known = {TITLE: TITLE, fold(_("Action")): TITLE, fold(_("No.")): "number", "no": "number", "number": "number"}
    known |= {fold(column.name): column.code for column in columns} | {fold(c.code): c.code for c in columns}
    head = next((n for n, row in enumerate(rows[:20]) if TITLE in {known.get(fold(cell)) for cell in row}), None)
    if head is None:
        raise TableError(_("No row names the columns. The first row needs “Action” and the names of your columns."))
    codes = [known.get(fold(cell), "") for cell in rows[head]]
    taken = Taken(unknown=[cell for cell, code in zip(rows[head], codes, strict=True) if cell and not code])
    body = [row for row in rows[head + 1 :] if any(cell.strip() for cell in row)]
    _must_fit(body)
    names = {TITLE: _("Action")} | {column.code: column.name for column in columns}
    with transaction.atomic():
        there = {str(row.number): row for row in LogAction.objects.filter(partner=partner)}
        for number, cells in enumerate(body, head + 2):
            values = {code: clean(cell) for code, cell in zip(codes, cells, strict=False) if code}
            row = there.get(values.pop("number", ""))
            if not values.get(TITLE):
                raise TableError(_("Row %(n)s of the file has no text for “Action”.") % {"n": number})
            _check_lengths(values, names)
            if row is None:
                create(actor=actor, partner=partner, values=values)
                taken.added += 1
            elif row.state in WRITABLE:
                taken.changed += _write(_locked(actor, row), actor, values)
    return taken


def fold(text: str) -> str:
    """Return a heading as it is compared: without case, marks and spaces around."""
    return re.sub(r"[\s.:*]+", " ", text.casefold()).strip()


# --- States -----------------------------------------------------------------------------------------------------------


def step(
    *, actor: Actor, action: LogAction, name: str, comment: str = "", into: LogAction | None = None
) -> StatusChange:
    """Select, merge (``into`` another of the same city), drop or take up again. Nothing vanishes.

    What the merged action draws on, the other one draws on as well. Raises TableError without a fit ``into``, and as
    ``Workflow.apply``.
    """
    fields: dict[str, Any] = {}
    with transaction.atomic():
        if name == "merge":
            LOG_ACTION.check(actor, action, name, comment)
            fit = into is not None and into.partner_id == action.partner_id and into.pk != action.pk
            if into is None or not fit or into.state not in WRITABLE:
                raise TableError(_("Choose the action it goes into."))
            for link in LINKS:
                getattr(into, link).add(*getattr(action, link).all())
            fields = {"merged_into": into}
        elif name == "reopen" and action.merged_into_id:
            fields = {"merged_into": None}
        return LOG_ACTION.apply(actor=actor, obj=action, name=name, comment=comment, fields=fields)


# --- Columns ----------------------------------------------------------------------------------------------------------


def save_column(*, actor: Actor, network: Network, column: LogColumn | None, name: str, help_text: str) -> LogColumn:
    """Add a column at the end, or change the words of one. Raises TableError where the name is taken."""
    if actor.network_id != network.pk or not policies.can_edit_columns(actor):
        raise PermissionDenied
    rows = LogColumn.objects.filter(network=network)
    if rows.filter(name__iexact=name).exclude(pk=column.pk if column else None).exists():
        raise TableError(_("There is a column of this name already."))
    if column is None:
        stem = slugify(name)[:24] or "column"
        taken = set(rows.values_list("code", flat=True)) | {TITLE, "number"}
        code = next(c for c in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if c not in taken)
        last = rows.aggregate(n=Max("position"))["n"] or 0
        column = LogColumn(network=network, code=code, position=last + 1)
    column.name, column.help = name, help_text
    column.save()
    return column


def move_column(*, actor: Actor, column: LogColumn, by: int) -> None:
    """Move a column one place to the left (``by`` -1) or right (1)."""
    if actor.network_id != column.network_id or not policies.can_edit_columns(actor):
        raise PermissionDenied
    with transaction.atomic():
        rows = list(LogColumn.objects.select_for_update().filter(network=column.network_id, is_retired=False))
        at = next((n for n, row in enumerate(rows) if row.pk == column.pk), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        rows[at], rows[at + by] = rows[at + by], rows[at]
        for position, row in enumerate(rows):
            row.position = position
        LogColumn.objects.bulk_update(rows, ["position"])


def retire_column(*, actor: Actor, column: LogColumn, retired: bool) -> None:
    """Ask for a column no more, or again. What stands in it stays."""
    if actor.network_id != column.network_id or not policies.can_edit_columns(actor):
        raise PermissionDenied
    column.is_retired = retired
    column.save(update_fields=["is_retired"])
