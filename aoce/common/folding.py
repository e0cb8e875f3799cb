"""Text compared without regard to case and accents, in Python and in both databases alike."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import CharField, Func

#: Letters that no decomposition takes apart.
WHOLE = {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ı": "i"}


def plain(text: object) -> str:
    """Return text in lower case and without accents, everything else as it stands."""
    found = unicodedata.normalize("NFKD", str(text or "")).casefold()
    found = "".join(c for c in found if not unicodedata.combining(c))
    for letter, letters in WHOLE.items():
        found = found.replace(letter, letters)
    return found


def fold(text: object) -> str:
    """Return text in lower case without accents, extra spaces and closing punctuation."""
    return re.sub(r"\s+", " ", plain(text)).strip(" .:*#")


def _single_letters() -> tuple[str, str]:
    """Return Europe's accented letters and, at the same place, the letter each is looked for by."""
    pairs = [(c, plain(c)) for c in map(chr, range(0x00C0, 0x0250))]
    kept = [(c, p) for c, p in pairs if len(p) == 1 and c != p]
    return "".join(c for c, _ in kept), "".join(p for _, p in kept)


ACCENTED, PLAIN = _single_letters()


class Plain(Func):
    """A column in lower case and without accents, so that ``Plain("name")`` contains ``plain("Kovács")``.

    PostgreSQL needs no extension for it (``translate``); SQLite calls ``plain``, see ``teach_sqlite``.
    """

    function = "aoce_plain"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # noqa: ARG002 - Django names them
        """Translate single letters, then the few that become two."""
        inner, params = compiler.compile(self.source_expressions[0])
        sql, more = f"translate({inner}::text, %s, %s)", [ACCENTED, PLAIN]
        for letter, letters in WHOLE.items():
            if len(letters) > 1:
                sql, more = f"replace({sql}, %s, %s)", [*more, letter, letters]
                upper = letter.upper() if len(letter.upper()) == 1 else letter
                sql, more = f"replace({sql}, %s, %s)", [*more, upper, letters]
        return f"lower({sql})", [*params, *more]


def teach_sqlite(connection: Any, **_kwargs: Any) -> None:
    """Give a new SQLite connection the function that ``Plain`` calls."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("aoce_plain", 1, plain, deterministic=True)
