"""Loading practices, knowledge needs, survey templates, log columns and skills from a network's data file."""

from __future__ import annotations

from learning.enums import QuestionKind
from learning.models import GoodPractice, KnowledgeNeed, LogColumn, Skill, SkillElement, SurveyTemplate
from partners.datafile import Row, once, set_many
from partners.loading import Loaded

OUTSIDE = "outside"


def _words(row: Row, key: str, languages: list[str]) -> dict[str, str]:
    """Return a text by language; the network's first must be there."""
    inside = row.row(key)
    found = {code: inside.text(code, "") for code in languages}
    if not found[languages[0]]:
        raise row.error(f"“{key}” is missing in “{languages[0]}”.", key)
    return {code: text for code, text in found.items() if text}


def load_survey_templates(top: Row, loaded: Loaded) -> None:
    """Write the questions to begin surveys with."""
    seen: dict[str, int] = {}
    languages = list(loaded.network.languages) or ["en"]
    for position, row in enumerate(top.rows("survey_templates", required=False)):
        code = row.text("code")
        once(row, seen, code, "survey to begin with")
        questions = [
            {
                "kind": entry.choice("kind", QuestionKind),
                "text": _words(entry, "text", languages),
                "help": {},
                "choices": {},
                "most": entry.integer("most", 1),
                "sub_themes": entry.flag("sub_themes", default=False),
            }
            for entry in row.rows("questions")
        ]
        values = {"name": row.text("name"), "questions": questions, "position": position}
        loaded.loader.upsert(row, SurveyTemplate, {"network": loaded.network, "code": code}, values)


def load_matrix(top: Row, loaded: Loaded) -> None:
    """Write every practice, of a city or of a place outside the network, and every need.

    A practice somebody has written on in the portal stays as it is there.
    """
    owners = {OUTSIDE: None, **loaded.partners}
    seen: dict[str, int] = {}
    for row in top.rows("good_practices", required=False):
        slug = row.text("slug")
        once(row, seen, slug, "practice")
        owner = row.reference("owner", owners, "city")
        place = row.text("place", "")
        if owner is None and not place:
            raise row.error("A practice from outside the network needs a place.", "place")
        row.reference("printed_under", loaded.partners, "city", None)
        row.source()
        values = {
            "name": row.text("name"),
            "owner": owner,
            "place": place,
            "country": row.text("country", ""),
            "summary": row.text("summary", ""),
            "note": row.text("note", ""),
        }
        themes = row.references("sub_themes", loaded.sub_themes, "sub-theme")
        key = {"network": loaded.network, "slug": slug}
        if GoodPractice.objects.filter(**key, version__gt=0).exists():
            continue  # its city has written on it since: the words are theirs now
        set_many(loaded.loader.upsert(row, GoodPractice, key, values).sub_themes, themes)
    seen = {}
    for row in top.rows("knowledge_needs", required=False):
        partner = row.reference("partner", loaded.partners, "city")
        sub_theme = row.reference("sub_theme", loaded.sub_themes, "sub-theme")
        once(row, seen, f"{partner.slug} {sub_theme.code}", "need")
        key = {"network": loaded.network, "partner": partner, "sub_theme": sub_theme}
        if not KnowledgeNeed.objects.filter(**key, ended_on__isnull=False).exists():  # its city has ended it since
            loaded.loader.upsert(row, KnowledgeNeed, key, {})


def load_log_columns(top: Row, loaded: Loaded) -> None:
    """Write the columns of the action tables. What the Lead Expert has changed since stays."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("log_columns", required=False)):
        code = row.text("code")
        once(row, seen, code, "column")
        key = {"network": loaded.network, "code": code}
        values = {"name": row.text("name"), "help": row.text("help", ""), "position": position}
        if not LogColumn.objects.filter(**key).exists():
            loaded.loader.upsert(row, LogColumn, key, values)


def load_skills(top: Row, loaded: Loaded) -> None:
    """Write the skills of the self-assessment, with whose words they are."""
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("skills", required=False)):
        code = row.text("code")
        once(row, seen, code, "skill")
        values = {"name": row.text("name"), "source": row.text("credit", ""), "position": position}
        skill = loaded.loader.upsert(row, Skill, {"network": loaded.network, "code": code}, values)
        inside: dict[str, int] = {}
        for number, element in enumerate(row.rows("elements")):
            name = element.text("code")
            once(element, inside, name, "element")
            values = {"name": element.text("name"), "position": number}
            loaded.loader.upsert(element, SkillElement, {"skill": skill, "code": name}, values)
