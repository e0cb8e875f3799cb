"""The parts pages are built from: what each draws, and that the style page shows them all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from aoce.common.templatetags.portal import STATE_WORDS, city_mark, state_chip
from aoce.common.views.styleguide import SampleForm, samples
from tests.test_every_page import faults_of_page

AT = datetime(2024, 4, 15, 9, 30, tzinfo=UTC)


def drawn(component: str, **context: Any) -> BeautifulSoup:
    return BeautifulSoup(render_to_string(f"components/{component}.html", context), "html.parser")


def fields(form: forms.Form) -> BeautifulSoup:
    return BeautifulSoup(as_crispy_form(form), "html.parser")


class OneForm(forms.Form):
    """A text, radio buttons and a hidden field, and an error of the whole form."""

    name = forms.CharField(label="Name", help_text="As on your badge", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, initial="secret")

    def clean(self) -> None:
        """Refuse everything."""
        self.add_error(None, "These two do not fit together.")


# --- Field and error summary ----------------------------------------------------------------------------------------


def test_field_has_label_help_error_control_in_this_order() -> None:
    form = SampleForm({"day": "never"})
    field = drawn("field", field=form["day"]).select_one(".field")
    places = {kind: str(field).index(kind) for kind in ("<label", "form-text", "field-error", "<input")}
    assert sorted(places, key=places.__getitem__) == ["<label", "form-text", "field-error", "<input"]
    assert "has-error" in field["class"]


def test_field_names_its_help_and_error_to_screen_readers() -> None:
    soup = drawn("field", field=SampleForm({"day": "never"})["day"])
    control = soup.select_one("input")
    ids = control["aria-describedby"].split()
    assert (control["aria-invalid"], ids) == ("true", ["id_day_helptext", "id_day_error"])
    assert [soup.find(id=i) is not None for i in ids] == [True, True]


def test_radio_buttons_stand_in_a_fieldset_with_a_legend() -> None:
    soup = drawn("field", field=OneForm({"kind": "b"})["kind"])
    assert soup.fieldset.legend.get_text(strip=True) == "Kind"
    assert [(i["value"], i.has_attr("checked")) for i in soup.select("input")] == [("a", False), ("b", True)]
    assert [label["for"] for label in soup.select("label")] == [i["id"] for i in soup.select("input")]


def test_fields_draw_hidden_ones_without_label_and_say_what_is_optional() -> None:
    soup = fields(OneForm())
    assert soup.select_one("input[type=hidden]")["value"] == "secret"
    assert [label.get_text() for label in soup.select("label.form-label")] == ["Name (optional)"]


def test_error_summary_counts_and_leads_to_each_field() -> None:
    soup = drawn("error_summary", form=OneForm({"name": "x", "token": "y"}))
    assert soup.h2.get_text() == "2 answers to correct"
    assert [li.get_text(strip=True) for li in soup.select("li")] == [
        "These two do not fit together.",
        "Kind: This field is required.",
    ]
    link = soup.a["href"]
    assert fields(OneForm({"name": "x"})).find(id=link[1:]).name == "fieldset"


def test_error_summary_is_not_there_without_errors() -> None:
    assert drawn("error_summary", form=OneForm()).get_text(strip=True) == ""


# --- Marks ----------------------------------------------------------------------------------------------------------


def test_every_state_has_shape_word_and_class() -> None:
    sprite = render_to_string("components/sprite.html")
    for state, word in STATE_WORDS.items():
        chip = BeautifulSoup(state_chip(state), "html.parser").span
        shape = chip.select_one("use")["href"][1:]
        assert chip.get_text(strip=True) == str(word)
        assert f'id="{shape}"' in sprite
        assert f".{chip['class'][1]}" in (settings.BASE_DIR / "static/css/portal.css").read_text() or state in {
            "none",
            "draft",
            "waived",
            "na",
        }


@pytest.mark.parametrize(("count", "box"), [(1, "0 0 6 6"), (9, "0 0 20 20"), (10, "0 0 27 20"), (26, "0 0 41 34")])
def test_city_mark_is_a_grid_of_as_many_places_as_cities(count: int, box: str) -> None:
    svg = BeautifulSoup(city_mark(["approved"] * count, "All approved"), "html.parser").svg
    assert (svg["viewbox"], len(svg.find_all("path")), svg["role"], svg["aria-label"]) == (
        box,
        count,
        "img",
        "All approved",
    )


def test_city_mark_without_label_is_hidden_from_screen_readers() -> None:
    assert BeautifulSoup(city_mark(["draft"]), "html.parser").svg["aria-hidden"] == "true"


def test_city_mark_escapes_its_label() -> None:
    assert '"><script' not in city_mark(["none"], '"><script>')


# --- The others -----------------------------------------------------------------------------------------------------


def test_empty_place_says_what_to_do_only_where_there_is_something() -> None:
    assert drawn("empty", title="No report yet").select("a") == []
    soup = drawn("empty", title="No report yet", text="It comes.", url="/new/", action="Begin")
    assert [p.get_text(strip=True) for p in soup.select("p")] == ["No report yet", "It comes.", "Begin"]


def test_timeline_says_what_who_when_and_why() -> None:
    steps = [{"state": "changes", "at": AT, "who": "Márta Szabó", "text": "Which year?\nWhich register?"}]
    item = drawn("timeline", steps=steps).li
    assert item.get_text(" ", strip=True) == (
        "Changes requested 15 April 2024, 09:30 , Márta Szabó Which year? Which register?"
    )
    assert item.time["datetime"] == "2024-04-15T09:30:00+00:00"


def test_points_show_what_is_addressed_and_escape_what_was_typed() -> None:
    points = [{"text": "<b>Year?</b>", "where": "Paragraph 2", "addressed_at": AT, "answer": "Done & checked"}]
    item = drawn("review/points", points=points).li
    assert item.get_text(" ", strip=True) == "<b>Year?</b> Paragraph 2 Addressed Done & checked"


def test_conflict_shows_both_texts_and_marks_what_differs() -> None:
    soup = drawn("conflict", sides=samples()["sides"])
    assert [s.h2.get_text() for s in soup.select("section")] == ["Saved text", "Your text"]
    assert [b["value"] for b in soup.select("button")] == ["saved", "mine"]
    assert (len(soup.select("ins")), len(soup.select("del"))) == (1, 1)


def test_conflict_escapes_plain_texts() -> None:
    sides = [{"title": "A", "who": "B", "at": AT, "text": "<script>x</script>", "do": "a", "action": "Keep"}]
    assert drawn("conflict", sides=sides).script is None


def test_upload_names_its_problems_and_what_is_kept() -> None:
    soup = drawn(
        "upload", id="f", name="files", label="Sheets", problems=["Too large."], kept=samples()["kept"], most=1024
    )
    control = soup.select_one("input[type=file]")
    assert (control["aria-invalid"], soup.find(id=control["aria-describedby"]).get_text(strip=True)) == (
        "true",
        "Too large.",
    )
    assert [b["value"] for b in soup.select("li button")] == ["remove-1", "remove-2"]
    assert soup.select_one(".dropzone")["data-too-large"].startswith("%(name)s is larger than 1.0")


def test_pagination_keeps_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/x/?city=genk&page=2")
    page = Paginator(range(95), 25).page(2)
    text = render_to_string("components/pagination.html", {"page": page}, request=request)
    soup = BeautifulSoup(text, "html.parser")
    assert [a["href"] for a in soup.select("a")] == ["?city=genk&page=1", "?city=genk&page=3"]
    assert "Page 2 of 4" in soup.get_text()


def test_pagination_is_not_there_for_one_page() -> None:
    assert drawn("pagination", page=Paginator(range(5), 25).page(1)).get_text(strip=True) == ""


@pytest.mark.django_db
@pytest.mark.urls("tests.common.urls_styleguide")
def test_style_page_shows_every_component_in_sound_markup(client: Client) -> None:
    text = client.get("/styleguide/").content.decode()
    assert faults_of_page(text) == []
    source = (settings.BASE_DIR / "templates/styleguide/index.html").read_text()
    shown = {p.stem for p in (settings.BASE_DIR / "templates/components").glob("[a-z]*.html") if p.name in source}
    frame = {"masthead", "colophon", "emblem", "language", "messages", "sprite", "entrance"}
    inside = {"field"}
    everything = {p.stem for p in (settings.BASE_DIR / "templates/components").glob("[a-z]*.html")}
    assert everything - shown == frame | inside - shown


@pytest.mark.django_db
def test_style_page_is_not_there_outside_of_debug(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404
