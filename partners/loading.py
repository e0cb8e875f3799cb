"""Loading what this app owns from a network's data file: the network, its themes, its cities, its people."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from partners.datafile import DataFileError, Loader, Row, once
from partners.enums import CITY_ROLES, FactKind, Role
from partners.models import (
    HorizontalTheme,
    LocalGroupMember,
    Membership,
    Network,
    Partner,
    PartnerFact,
    StakeholderKind,
    SubTheme,
    Theme,
    User,
)
from partners.models.network import default_local_around
from partners.services.persons import Named, person_for
from partners.shifting import DateShift

PROFILE_HEADINGS = {
    "Participation": "profile_participation",
    "In practice": "profile_practice",
    "Moving forward": "profile_forward",
}
MINIMUMS = ("learning_needs", "grids_meeting", "grids_horizontal", "ulg_meetings", "quarterly_reports", "articles")


@dataclass
class Loaded:
    """What the file's codes stand for, for the loaders of the upper floors."""

    network: Network
    shift: DateShift
    loader: Loader
    partners: dict[str, Partner] = field(default_factory=dict)
    #: The file's row of each city, with what upper floors read from it.
    partner_rows: dict[str, Row] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    sub_themes: dict[str, SubTheme] = field(default_factory=dict)
    horizontal_themes: dict[str, HorizontalTheme] = field(default_factory=dict)
    kinds: dict[str, StakeholderKind] = field(default_factory=dict)
    #: Things upper floors leave for each other, by a name they agree on.
    extra: dict[str, Any] = field(default_factory=dict)


def load_network(top: Row, shift: DateShift, loader: Loader) -> Loaded:
    """Write the network itself and its minimums."""
    row = top.row("network")
    minimums = top.row("minimums")
    start, end = row.span("start", "end")
    languages = row.texts("languages")
    network = loader.upsert(
        row,
        Network,
        {"slug": row.text("slug")},
        {
            "name": row.text("name"),
            "short_name": row.text("short_name"),
            "programme": row.text("programme", ""),
            "description": row.text("description", ""),
            "start": shift.day(start),
            "end": shift.day(end),
            "time_zone": row.text("time_zone"),
            "languages": languages or ["en"],
            "funding_statement": row.text("funding_statement", ""),
            "funding_programme": row.text("funding_programme", ""),
            "retention_years": row.integer("retention_years", 5),
            "answer_days": row.integer("answer_days", 10),
            "local_around": row.texts("local_meetings_around") or default_local_around(),
            "minimums": {name: minimums.integer(name) for name in MINIMUMS},
            "date_shift": shift.months,
        },
    )
    row.finish()
    minimums.finish()
    return Loaded(network, shift, loader)


def load_lists(top: Row, loaded: Loaded) -> None:
    """Write stakeholder kinds, themes with their sub-themes, horizontal themes."""
    loader, network = loaded.loader, loaded.network
    seen: dict[str, int] = {}
    for position, row in enumerate(top.rows("stakeholder_kinds")):
        code = row.text("code")
        once(row, seen, code, "stakeholder kind")
        values = {"name": row.text("name"), "description": row.text("description", ""), "position": position}
        loaded.kinds[code] = loader.upsert(row, StakeholderKind, {"network": network, "code": code}, values)
    seen = {}
    for position, row in enumerate(top.rows("themes")):
        code = row.text("code")
        once(row, seen, code, "theme")
        values = {"name": row.text("name"), "position": position}
        theme = loader.upsert(row, Theme, {"network": network, "code": code}, values)
        loaded.themes[code] = theme
        for place, sub in enumerate(row.rows("sub_themes")):
            sub_code = sub.text("code")
            once(sub, seen, sub_code, "sub-theme")
            values = {"name": sub.text("name"), "position": place}
            loaded.sub_themes[sub_code] = loader.upsert(sub, SubTheme, {"theme": theme, "code": sub_code}, values)
    seen = {}
    for position, row in enumerate(top.rows("horizontal_themes", required=False)):
        code = row.text("code")
        once(row, seen, code, "horizontal theme")
        values = {"name": row.text("name"), "position": position}
        key = {"network": network, "code": code}
        loaded.horizontal_themes[code] = loader.upsert(row, HorizontalTheme, key, values)


def load_partners(top: Row, loaded: Loaded) -> None:
    """Write the cities with their profile texts and facts."""
    seen: dict[str, int] = {}
    leads: dict[str, int] = {}
    for position, row in enumerate(top.rows("partners")):
        slug = row.text("slug")
        once(row, seen, slug, "city")
        latitude, longitude = row.numbers("coordinates", 2)
        if row.flag("lead", default=False):
            once(row, leads, "lead", "Lead Partner, marked")
        partner = loaded.loader.upsert(
            row,
            Partner,
            {"network": loaded.network, "slug": slug},
            {
                "name": row.text("name"),
                "organisation": row.text("organisation", ""),
                "country": row.text("country"),
                "region": row.text("region", ""),
                "language": row.text("language", "en"),
                "time_zone": row.text("time_zone", loaded.network.time_zone),
                "currency": row.text("currency", "EUR"),
                "latitude": latitude,
                "longitude": longitude,
                "is_lead": row.flag("lead", default=False),
                "position": position,
                **profile(row),
            },
        )
        loaded.partners[slug] = partner
        loaded.partner_rows[slug] = row
        load_facts(row, partner, loaded)
        row.asked |= {"iap_focus", "iap_focus_note", "testing_action_idea", "testing_action_idea_note", "source"}


def profile(row: Row) -> dict[str, str]:
    """Return the three profile texts from the Markdown file a city names; each stands under its heading."""
    name = row.text("profile_summary_file", "")
    if not name:
        return {}
    path = row.path.parent / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise row.error(f"The profile {path} cannot be read.", "profile_summary_file") from error
    texts: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if line.startswith("## "):
            heading = line[3:].strip()
            if heading not in PROFILE_HEADINGS:
                known = ", ".join(PROFILE_HEADINGS)
                raise DataFileError(path, number, f"The heading “{heading}” is unknown. There are: {known}.")
            current = texts.setdefault(PROFILE_HEADINGS[heading], [])
        elif current is not None:
            current.append(line)
    for heading, attribute in PROFILE_HEADINGS.items():
        if not "".join(texts.get(attribute, [])).strip():
            raise DataFileError(path, len(lines) or 1, f"There is no text under “## {heading}”.")
    return {attribute: "\n".join(found).strip() for attribute, found in texts.items()}


def plain(number: Decimal) -> int | float:
    """Return a number as JSON keeps it."""
    return int(number) if number == number.to_integral_value() else float(number)


def load_facts(city: Row, partner: Partner, loaded: Loaded) -> None:
    """Write a city's facts: the figure as printed, the typed value, and where it comes from."""
    seen: dict[str, int] = {}
    for position, row in enumerate(city.rows("facts")):
        kind = row.choice("kind", FactKind)
        once(row, seen, kind, "fact")
        figures = []
        for entry in row.rows("figures", required=False):
            figure: dict[str, Any] = {
                "label": entry.text("label"),
                "printed": entry.text("printed"),
                "value": plain(entry.number("value")),
                "unit": entry.text("unit", ""),
            }
            extras = {"year": entry.integer("year", None), "note": entry.text("note", "")}
            figure |= {name: value for name, value in extras.items() if value}
            if entry.flag("doubtful", default=False):
                figure["doubtful"] = True
            figures.append(figure)
        source, day = row.source()
        loaded.loader.upsert(
            row,
            PartnerFact,
            {"partner": partner, "kind": kind},
            {
                "printed": row.text("printed", ""),
                "value": row.number("value", None),
                "unit": row.text("unit", ""),
                "figures": figures,
                "summary": row.text("summary", ""),
                "year": row.integer("year", None),
                "source": source,
                "source_date": day,
                "is_doubtful": row.flag("doubtful", default=False),
                "note": row.text("note", ""),
                "position": position,
            },
        )
    missing = [kind for kind in FactKind.values if kind not in seen]
    if missing:
        raise city.error(f"{partner.name} has no fact of the kind “{missing[0]}”.", "facts")


def load_people(top: Row, loaded: Loaded, password: str) -> dict[str, User]:
    """Write the demo's people with verified addresses and their roles; returns them by e-mail.

    Hashing is meant to be slow, so the one password is hashed once; an existing account keeps its own.
    """
    hashed = make_password(password)
    people: dict[str, User] = {}
    seen: dict[str, int] = {}
    spoken = {code for code, _name in settings.LANGUAGES}
    for row in top.rows("people"):
        email = row.text("email").lower()
        once(row, seen, email, "person")
        role = row.choice("role", Role)
        city = row.reference("partner", loaded.partners, "city", None)
        if role in CITY_ROLES and city is None:
            raise row.error(f"A person with the role “{role}” needs a city (“partner”).", "role")
        known = User.objects.filter(email__iexact=email).first()
        language = row.text("language", "en")
        user = loaded.loader.upsert(
            row,
            User,
            {"email": email},
            {
                "name": row.text("name"),
                "organisation": row.text("organisation", ""),
                "language": language if language in spoken else "en",
                "time_zone": (city or loaded.network).time_zone,
                "password": known.password if known else hashed,
            },
        )
        people[email] = user
        loaded.loader.upsert(row, EmailAddress, {"user": user, "email": email}, {"verified": True, "primary": True})
        expires = row.day("expires", None)
        loaded.loader.upsert(
            row,
            Membership,
            {
                "user": user,
                "network": loaded.network,
                "role": role,
                "partner": city if role in CITY_ROLES else None,
            },
            {"expires": loaded.shift.day(expires) if expires else None, "is_active": True},
        )
    return people


def load_local_groups(top: Row, loaded: Loaded) -> None:
    """Write the members of the local groups."""
    for group in top.rows("local_groups", required=False):
        partner = group.reference("partner", loaded.partners, "city")
        seen: dict[str, int] = {}
        for row in group.rows("members"):
            name = row.text("name")
            once(row, seen, name, "member")
            since = row.day("since", None)
            organisation, email = row.text("organisation", ""), row.text("email", "")
            kind = row.reference("stakeholder_kind", loaded.kinds, "stakeholder kind", None)
            named = Named(name, organisation, kind.pk if kind else None, email)
            loaded.loader.upsert(
                row,
                LocalGroupMember,
                {"partner": partner, "name": name},
                {
                    "organisation": organisation,
                    "kind": kind,
                    "email": email,
                    "person": person_for(network_id=partner.network_id, partner_id=partner.pk, named=named),
                    "since": loaded.shift.day(since) if since else None,
                },
            )
