"""Loading practices and knowledge needs from a network's data file."""

from __future__ import annotations

from learning.models import GoodPractice, KnowledgeNeed
from partners.datafile import Row, once, set_many
from partners.loading import Loaded

OUTSIDE = "outside"


def load_matrix(top: Row, loaded: Loaded) -> None:
    """Write every practice, of a city or of a place outside the network, and every need."""
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
        practice = loaded.loader.upsert(
            row,
            GoodPractice,
            {"network": loaded.network, "slug": slug},
            {
                "name": row.text("name"),
                "owner": owner,
                "place": place,
                "country": row.text("country", ""),
                "summary": row.text("summary", ""),
                "note": row.text("note", ""),
            },
        )
        set_many(practice.sub_themes, row.references("sub_themes", loaded.sub_themes, "sub-theme"))
    seen = {}
    for row in top.rows("knowledge_needs", required=False):
        partner = row.reference("partner", loaded.partners, "city")
        sub_theme = row.reference("sub_theme", loaded.sub_themes, "sub-theme")
        once(row, seen, f"{partner.slug} {sub_theme.code}", "need")
        key = {"network": loaded.network, "partner": partner, "sub_theme": sub_theme}
        loaded.loader.upsert(row, KnowledgeNeed, key, {})
