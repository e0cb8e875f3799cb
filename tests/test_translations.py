"""Every string of a template is marked for translation, and the second language is complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

TEMPLATES = sorted(
    path
    for path in (settings.BASE_DIR / "templates").rglob("*")
    if path.suffix in {".html", ".txt"} and path.parent.name not in {"styleguide", "elements"}
)
#: Names and codes that stand the same in every language.
SAME_EVERYWHERE = {"PDF", "XLSX", "CSV", "JSON", "SHA-256", "AoCE", "Interreg", "URBACT", "iCal", "EUPL-1.2", "ISO"}
SPOKEN_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "summary")
CODE = re.compile(
    r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}"
    r"|{%\s*block body_class\s*%}.*?{%\s*endblock\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


def unmarked(text: str) -> list[str]:
    """Return the words a reader would see that no translation tag surrounds."""
    plain = CODE.sub(" ", text)
    soup = BeautifulSoup(plain, "html.parser")
    for tag in soup(["script", "style", "svg"]):
        tag.decompose()
    seen = [soup.get_text(" ")] + [
        str(t.get(a, "")) for t in soup.find_all(lambda _tag: True) for a in SPOKEN_ATTRIBUTES
    ]
    words = re.findall(r"[^\W\d_][\w'-]{2,}", " ".join(seen))
    return [word for word in words if word not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_template_marks_every_string(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


def entries(path: Path) -> list[tuple[str, str, bool]]:
    """Return (source, translation, fuzzy) for each entry of a PO file."""
    import polib

    kept = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    return [(e.msgid, e.msgstr or "".join(e.msgstr_plural.values()), e.fuzzy) for e in kept]


def test_dutch_is_complete() -> None:
    found = entries(settings.BASE_DIR / "locale" / "nl" / "LC_MESSAGES" / "django.po")
    assert len(found) > 400
    assert [source for source, translation, fuzzy in found if fuzzy or not translation] == []


def test_catalogue_holds_every_marked_string(tmp_path: Path) -> None:
    """Collect the strings anew and compare: a string added without ``make messages`` fails here."""
    import polib

    (tmp_path / "locale" / "nl" / "LC_MESSAGES").mkdir(parents=True)
    kept = settings.BASE_DIR / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    copy = tmp_path / "tree"
    ignored = {".git", "node_modules", ".venv", "var", "tests", "benchmarks", "locale"}
    copy.mkdir()
    for entry in settings.BASE_DIR.iterdir():
        if entry.name not in ignored and not entry.name.startswith("."):
            (copy / entry.name).symlink_to(entry)
    (copy / "locale" / "nl" / "LC_MESSAGES").mkdir(parents=True)
    (copy / "locale" / "nl" / "LC_MESSAGES" / "django.po").write_bytes(kept.read_bytes())
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "nl", "--symlinks", "--no-location", "-v", "0"],
        cwd=copy,
        check=True,
    )
    collected = polib.pofile(str(copy / "locale" / "nl" / "LC_MESSAGES" / "django.po"))
    known = {entry.msgid for entry in polib.pofile(str(kept)) if not entry.obsolete}
    assert sorted({entry.msgid for entry in collected if not entry.obsolete} - known) == []
