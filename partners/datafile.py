"""Reading a network's data file so that every complaint names the file and the line.

Each app's ``loading`` module walks over :class:`Row` objects: it asks for the keys it knows, and a key nobody asked for
is an error. Writing goes through :func:`upsert`, which changes nothing when nothing differs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
MISSING: Any = object()


class DataFileError(Exception):
    """What is wrong with a data file, and where: ``file:line: sentence``."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        """Keep the place; lines count from 1."""
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


WORDS = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    Decimal: "a number",
    dt.date: "a date such as 2024-02-29",
    list: "a list",
    dict: "a group of keys",
}


def described(value: object) -> str:
    """Return a value as a reader of the file knows it, shortened."""
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"  # noqa: PLR2004 - a line of a terminal


class Row:
    """One mapping of the file, and where it stands."""

    def __init__(self, path: Path, data: Any, line: int, name: str) -> None:
        """Hold the mapping; ``name`` is the key or list it stands in."""
        self.path, self.line, self.name = path, line, name
        if not isinstance(data, Mapping):
            raise self.error(f"{name} should be {WORDS[dict]}, not {described(data)}.")
        self.data: Mapping[str, Any] = data
        self.asked: set[str] = set()

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the row if it is not there."""
        if isinstance(self.data, CommentedMap) and key in self.data.lc.data:
            return int(self.data.lc.data[key][0]) + 1
        return self.line

    def error(self, message: str, key: str | None = None) -> DataFileError:
        """Return an error at this row, or at one of its keys."""
        return DataFileError(self.path, self.line_of(key) if key else self.line, message)

    def _get(self, key: str, kind: type, default: Any) -> Any:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None:
            if default is MISSING:
                unknown = sorted(set(self.data) - self.asked)
                hint = f" Its keys are: {', '.join(map(str, self.data))}." if unknown else ""
                raise self.error(f"{self.name} needs the key “{key}”.{hint}", key)
            return default
        if kind is Decimal and isinstance(value, int | float) and not isinstance(value, bool):
            return Decimal(str(value))
        right = isinstance(value, kind)
        if kind is int and isinstance(value, bool):
            right = False
        if kind is dt.date and isinstance(value, dt.datetime):
            right = False
        if not right:
            raise self.error(f"“{key}” should be {WORDS[kind]}, not {described(value)}.", key)
        return value

    def text(self, key: str, default: Any = MISSING) -> str:
        """Return a text."""
        return str(self._get(key, str, default)).strip()

    def integer(self, key: str, default: Any = MISSING) -> Any:
        """Return a whole number, or the default."""
        value = self._get(key, int, default)
        return value if value is default else int(value)

    def number(self, key: str, default: Any = MISSING) -> Any:
        """Return a Decimal, or the default."""
        return self._get(key, Decimal, default)

    def numbers(self, key: str, count: int) -> list[Decimal | None]:
        """Return a list of so many numbers; so many times None if the key is not there."""
        found = self._get(key, list, None)
        if found is None:
            return [None] * count
        right = all(isinstance(n, int | float) and not isinstance(n, bool) for n in found)
        if len(found) != count or not right:
            raise self.error(f"“{key}” should be a list of {count} numbers.", key)
        return [Decimal(str(n)) for n in found]

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; empty if the key is not there."""
        found = self._get(key, list, ())
        for entry in found:
            if not isinstance(entry, str):
                raise self.error(f"“{key}” should be a list of texts, but has {described(entry)}.", key)
        return [str(entry) for entry in found]

    def flag(self, key: str, default: Any = MISSING) -> bool:
        """Return true or false."""
        return bool(self._get(key, bool, default))

    def day(self, key: str, default: Any = MISSING) -> Any:
        """Return a date, or the default."""
        return self._get(key, dt.date, default)

    def span(self, first: str, last: str) -> tuple[dt.date, dt.date]:
        """Return two dates, the second not before the first."""
        start, end = self.day(first), self.day(last)
        if end < start:
            raise self.error(f"“{last}” ({end}) is before “{first}” ({start}).", last)
        return start, end

    def choice(self, key: str, choices: type[models.TextChoices], default: Any = MISSING) -> str:
        """Return one of an enumeration's codes."""
        value = self.text(key, default)
        if value not in choices.values and value is not default:
            raise self.error(f"“{key}” is {described(value)}. It may be: {', '.join(choices.values)}.", key)
        return value

    def reference(self, key: str, known: Mapping[str, T], what: str, default: Any = MISSING) -> T | Any:
        """Return what a key refers to; an empty text is the default, if there is one."""
        code = self.text(key, "" if default is not MISSING else MISSING)
        if not code and default is not MISSING:
            return default
        return self._known(key, code, known, what)

    def references(self, key: str, known: Mapping[str, T], what: str, *, required: bool = True) -> list[T]:
        """Return everything a list of codes refers to; nothing where the list may be left out."""
        if not required and key not in self.data:
            self.asked.add(key)
            return []
        return [self._known(key, code, known, what) for code in self.texts(key)]

    def _known(self, key: str, code: str, known: Mapping[str, T], what: str) -> T:
        if code not in known:
            raise self.error(f"There is no {what} {described(code)}.", key)
        return known[code]

    def row(self, key: str) -> Row:
        """Return a group of keys; call ``finish`` on it when it is read."""
        self.asked.add(key)
        if key not in self.data:
            raise self.error(f"{self.name} needs the key “{key}”.")
        return Row(self.path, self.data[key], self.line_of(key), key)

    def rows(self, key: str, *, required: bool = True) -> Iterator[Row]:
        """Yield the groups of a list; after each, complain of keys nobody asked for."""
        found = self._get(key, list, MISSING if required else ())
        for index, entry in enumerate(found):
            line = self.line_of(key)
            if isinstance(found, CommentedSeq) and index in found.lc.data:
                line = int(found.lc.data[index][0]) + 1
            row = Row(self.path, entry, line, f"An entry of “{key}”")
            yield row
            row.finish()

    def finish(self) -> None:
        """Complain of the first key that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                known = ", ".join(sorted(self.asked))
                raise self.error(f"{self.name} has an unknown key “{key}”. It may have: {known}.", str(key))

    def source(self, key: str = "source") -> tuple[str, dt.date | None]:
        """Return where a statement comes from, in one line, and its date."""
        if key not in self.data:
            self.asked.add(key)
            return "", None
        row = self.row(key)
        line = ", ".join(part for part in (row.text("document"), row.text("ref", "")) if part)
        note, day = row.text("note", ""), row.day("date", None)
        row.finish()
        return (f"{line}. {note}" if note else line), day


def read(path: Path) -> Row:
    """Return the file's top row; DataFileError if it is missing, not UTF-8, not YAML, or of another format."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataFileError(path, 1, f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DataFileError(path, line, "The file is not UTF-8 text.") from error
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split()).split(" To suppress")[0]
        raise DataFileError(path, mark.line + 1 if mark else 1, f"This is not YAML: {problem}.") from error
    except (YAMLError, ValueError) as error:  # a date such as 2024-02-30 is a ValueError without a place
        raise DataFileError(path, line_of_bad_date(text), f"This is not a date: {error}.") from error
    top = Row(path, data, 1, "The file")
    if top.integer("format") != 1:
        raise top.error(f"This is format {top.integer('format')}. The portal reads format 1.", "format")
    return top


def line_of_bad_date(text: str) -> int:
    """Return the line of the first date that no calendar has."""
    import re

    for number, line in enumerate(text.splitlines(), 1):
        for found in re.findall(r"(?<![\d-])\d{4}-\d{1,2}-\d{1,2}(?![\d-])", line):
            try:
                dt.date(*map(int, found.split("-")))
            except ValueError:
                return number
    return 1


class Loader:
    """Writes rows: counts what is new, changed and the same, and checks each against its model."""

    def __init__(self) -> None:
        """Start counting."""
        self.counts: dict[str, list[int]] = {}

    def upsert(self, row: Row, model: type[M], key: dict[str, Any], values: dict[str, Any]) -> M:
        """Make the object with this natural key, or bring it to these values; a DataFileError names the row."""
        manager = model._base_manager
        found = manager.filter(**key).first()
        made = found is None
        obj: M = model(**key) if found is None else found
        changed = made
        for name, value in values.items():
            if made or getattr(obj, name) != value:
                setattr(obj, name, value)
                changed = True
        count = self.counts.setdefault(str(model._meta.verbose_name_plural), [0, 0, 0])
        count[0 if made else 1 if changed else 2] += 1
        if not changed:
            return obj
        relations = {f.name for f in model._meta.fields if f.is_relation}
        try:
            obj.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            name, messages = next(iter(error.message_dict.items()))
            raise row.error(f"“{name}”: {' '.join(messages)}", name) from error
        try:
            with transaction.atomic():
                obj.save()
        except IntegrityError as error:
            raise row.error(f"{row.name} breaks a rule of the database: {error}.") from error
        return obj

    def summary(self) -> list[str]:
        """Return one line a kind of row."""
        return [
            f"{name}: {new + changed + same} ({new} new, {changed} changed)"
            for name, (new, changed, same) in self.counts.items()
        ]


def set_many(manager: Any, wanted: list[Any]) -> None:
    """Bring a many-to-many relation to ``wanted``; no write if it is so already."""
    if {o.pk for o in manager.all()} != {o.pk for o in wanted}:
        manager.set(wanted)


def once(row: Row, seen: dict[str, int], code: str, what: str) -> None:
    """Complain when a code stands in the file a second time."""
    if code in seen:
        raise row.error(f"The {what} {described(code)} is there twice; it was first in line {seen[code]}.")
    seen[code] = row.line
