"""Attendance lists in the network's languages: columns, encodings, kinds, and what is wrong with a row."""

from __future__ import annotations

import contextlib
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.lists import BLOCKING, KindMatcher, Known, ListUnreadableError, find_header, problem_words, read_list
from meetings.lists.opening import MAX_ROWS, decode, separator_of
from tests.common.files_made import xlsx

KINDS = KindMatcher(
    [
        (1, "civil_servants", "Civil servants"),
        (2, "change_maker_ngos", "Change-maker NGOs"),
        (3, "platforms", "Platforms"),
        (4, "citizen_groups", "Citizen groups"),
    ]
)


def listed(rows: list[list[object]], **more: object) -> list[tuple[object, ...]]:
    """Return the people of a sheet: row, name, organisation, kind, how, problems."""
    found = read_list(io.BytesIO(xlsx(rows)), "xlsx", KINDS, **more)  # type: ignore[arg-type]
    return [(p.row, p.name, p.organisation, p.kind, p.how, p.problems) for p in found.rows]


@pytest.mark.parametrize(
    "headings",
    [
        ["Name", "Organisation", "Stakeholder group", "Signature"],
        ["Naam deelnemer", "Organisatie", "Doelgroep", "Handtekening"],
        ["Imię i nazwisko", "Nazwa instytucji", "Rodzaj interesariusza", "Podpis"],
        ["Vārds, uzvārds", "Iestāde", "Kategorija", "Paraksts"],
        ["Név", "Szervezet", "Csoport", "Aláírás"],
        ["Meno a priezvisko", "Organizácia", "Typ organizácie", "Podpis"],
        ["Nume și prenume", "Instituția", "Categorie", "Semnătura"],
        ["Nombre y apellidos", "Entidad", "Tipo de entidad", "Firma"],
        ["Navn", "Organisation", "Interessentgruppe", "Underskrift"],
        ["Nom et prénom", "Organisme", "Groupe", "Signature"],
        ["Name / Név:", "Organisation / Szervezet", "Group / Csoport", "Signature / Aláírás"],
        ["NAME OF THE PARTICIPANT", "NAME OF ORGANISATION", "TYPE OF ORGANISATION", "SIGNED"],
    ],
    ids=lambda headings: headings[0],
)
def test_columns_are_recognised_in_the_networks_languages(headings: list[str]) -> None:
    rows = listed([headings, ["Bakó Ágnes", "Mayor's Office", "Civil servants", "x"]])
    assert rows == [(2, "Bakó Ágnes", "Mayor's Office", 1, "signed", [])]


@pytest.mark.parametrize(
    ("headings", "cells", "name"),
    [
        (["First name", "Last name"], ["Ann", "Lee"], "Ann Lee"),
        (["Surname", "First name"], ["Lee", "Ann"], "Ann Lee"),
        (["Voornaam", "Familienaam"], ["Lies", "Hermans"], "Lies Hermans"),
        (["Imię", "Nazwisko"], ["Zofia", "Jabłońska"], "Zofia Jabłońska"),
        (["Vārds", "Uzvārds"], ["Daina", "Vītola"], "Daina Vītola"),
        (["Vezetéknév", "Keresztnév"], ["Bakó", "Ágnes"], "Bakó Ágnes"),
        (["Meno", "Priezvisko"], ["Zuzana", "Hudecová"], "Zuzana Hudecová"),
        (["Nume", "Prenume"], ["Munteanu", "Andreea"], "Andreea Munteanu"),
        (["Nombre", "Apellidos"], ["Amparo", "Ferrer Llopis"], "Amparo Ferrer Llopis"),
        (["Fornavn", "Efternavn"], ["Mette", "Søndergaard"], "Mette Søndergaard"),
        (["Prénom", "Nom"], ["Claire", "Fontaine"], "Claire Fontaine"),
        (["Vorname", "Name"], ["Uwe", "Groß"], "Uwe Groß"),
        (["Nazwisko", "Instytucja"], ["Zofia Jabłońska", "X"], "Zofia Jabłońska"),
    ],
)
def test_first_and_last_name_are_joined(headings: list[str], cells: list[str], name: str) -> None:
    rows = listed([["No.", *headings], [1, *cells]])
    assert rows[0][1] == name


def test_headings_need_not_stand_in_the_first_row() -> None:
    rows = listed(
        [
            ["Attendance list"],
            ["Name of the meeting", "ULG meeting 5"],
            ["Date", "16 April 2024"],
            [],
            ["Nr", "Naam", "Organisatie"],
            [1, "Lies Hermans", "City of Genk"],
            [],
            [2, "Wout Claesen", "City of Genk"],
            [3],
            ["", "Total", 2],
        ]
    )
    assert [row[:3] for row in rows] == [(6, "Lies Hermans", "City of Genk"), (8, "Wout Claesen", "City of Genk")]


def test_each_problem_is_found_and_said() -> None:
    rows = listed(
        [
            ["Name", "Organisation", "Group", "Presence"],
            ["Mező Katalin", "", "Citizen groups", "signed"],
            ["Ann Lee", "Tanoda", "Martians", "Zoom"],
            ["Ann Lee", "Tanoda", "NGO", "x"],
            ["", "Tanoda", "NGO", "x"],
            ["Bob Ray", "Tanoda", "", "Excused"],
        ]
    )
    assert [(row[0], row[4], row[5]) for row in rows] == [
        (2, "signed", ["no_organisation"]),
        (3, "online", ["unknown_kind"]),
        (4, "signed", ["twice"]),
        (5, "signed", ["no_name"]),
        (6, "signed", ["no_kind", "absent"]),
    ]
    assert problem_words("no_organisation", 2) == "No organisation in row 2"
    assert problem_words("unknown_kind", 3, "Martians") == "“Martians” in row 3 is none of the network's groups"
    assert problem_words("absent", 6, "Excused") == "Row 6 says “Excused”"
    assert {"no_name"} == BLOCKING


def test_rows_that_are_twice_or_absent_are_left_out_first() -> None:
    found = read_list(
        io.BytesIO(xlsx([["Name", "Presence"], ["Ann", "x"], ["Ann", "x"], ["Bob", "absent"]])), "xlsx", KINDS
    )
    assert [row.leave for row in found.rows] == [False, True, True]


def test_sheet_with_the_people_is_chosen_and_named() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Info"
    book.active.append(["Meeting", "5"])
    sheet = book.create_sheet("Lista")
    for row in (["Név", "Szervezet"], ["Bakó Ágnes", "Városháza"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    found = read_list(out, "xlsx", KINDS)
    assert (found.sheet, [row.name for row in found.rows]) == ("Lista", ["Bakó Ágnes"])


def test_merged_cells_speak_for_all_their_rows() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Attendance"],
        ["Name", "Organisation"],
        ["Ann", "City Hall"],
        ["Bob", None],
        ["Eve", None],
        ["Kim", "NGO"],
    ):
        sheet.append(row)
    sheet.merge_cells("B3:B5")
    sheet.merge_cells("A1:B1")
    out = io.BytesIO()
    book.save(out)
    assert [(r.name, r.organisation) for r in read_list(out, "xlsx", KINDS).rows] == [
        ("Ann", "City Hall"),
        ("Bob", "City Hall"),
        ("Eve", "City Hall"),
        ("Kim", "NGO"),
    ]


def test_formulas_are_never_taken_as_text() -> None:
    rows = listed([["Name", "Organisation"], ["Ann", '=HYPERLINK("http://x.example")'], ["=1+1", "City"]])
    assert [row[1:3] for row in rows] == [("Ann", "")]


def test_local_group_fills_what_the_list_leaves_out() -> None:
    known = {"bako agnes": Known("Mayor's Office", 1)}
    rows = listed([["Név"], ["Bakó Ágnes"], ["Új Ember"]], known=known)
    assert [(row[2], row[3], row[5]) for row in rows] == [
        ("Mayor's Office", 1, []),
        ("", None, ["no_organisation", "no_kind"]),
    ]


SAMPLES = [
    ("utf-8", "hu", "Bakó Ágnes", "Őrség Szövetség"),
    ("utf-8-sig", "pl", "Łucja Żak", "Urząd"),
    ("utf-16", "ro", "Ștefan Țiriac", "Primărie"),
    ("cp1250", "hu", "Szűcs Őze", "Városháza"),
    ("cp1250", "pl", "Łucja Źdźbło", "Urząd Miasta Gdańsk"),
    ("cp1250", "sk", "Ľubomír Šťastný", "Mestský úrad"),
    ("cp1250", "ro", "Ana Brăduţ", "Primăria Iaşi"),
    ("cp1252", "es", "Íñigo Muñoz", "Asociación"),
    ("cp1252", "da", "Søren Ærø", "Århus Kommune"),
    ("cp1252", "nl", "Zoë Curaçao", "Gemeente"),
    ("cp1257", "lv", "Jānis Bērziņš", "Ķekavas novada pašvaldība"),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample[0]} {sample[1]}")
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("known_language", [True, False])
def test_csv_is_read_in_every_usual_encoding(
    sample: tuple[str, str, str, str], separator: str, known_language: bool
) -> None:
    encoding, language, name, organisation = sample
    lines = [["Name", "Organisation"], [name, organisation], ["Ann Lee", "X"]]
    raw = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    found = read_list(io.BytesIO(raw), "csv", KINDS, language=language if known_language else "")
    assert [(r.name, r.organisation) for r in found.rows] == [(name, organisation), ("Ann Lee", "X")]


def test_csv_with_quoted_separators_and_a_title_line_is_cut_right() -> None:
    raw = b'ULG 5, 16 April\nName;Organisation\n"Lee, Ann";"City; Hall"\n'
    assert [(r.name, r.organisation) for r in read_list(io.BytesIO(raw), "csv", KINDS).rows] == [
        ("Lee, Ann", "City; Hall")
    ]
    assert separator_of("Name\tGroup\nAnn\tNGO") == "\t"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Civil servants", 1),
        ("civil servant", 1),
        ("Ambtenaar", 1),
        ("urzędnik", 1),
        ("Köztisztviselő", 1),
        ("funcionari publici", 1),
        ("NGO", 2),
        ("NGOs", 2),
        ("Fundacja", 2),
        ("Biedrība", 2),
        ("Change-makers NGO", 2),
        ("Platforma", 3),
        ("Rada", 3),
        ("Mieszkańcy", 4),
        ("Borgere", 4),
        ("citizen grups", 4),
        ("Občania", 4),
        ("Martians", None),
        ("", None),
    ],
)
def test_kind_is_matched_in_several_languages_and_misspelt(text: str, kind: int | None) -> None:
    assert KINDS.match(text) == kind


def test_network_with_kinds_of_its_own_matches_their_names() -> None:
    kinds = KindMatcher([(7, "farmers", "Farmers and growers")])
    assert (kinds.match("farmers"), kinds.match("Farmer and growers"), kinds.match("NGO")) == (7, 7, None)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["Colour", "Shape"], ["red", "round"]], "No column with names was found."),
        ([], "No column with names was found."),
        ([["Name", "Organisation"]], "There is nobody below the headings"),
        ([["Name"], *([f"P {n}"] for n in range(MAX_ROWS + 1))], "The list has more than 2000 people."),
    ],
    ids=["no names", "empty", "nobody", "too many"],
)
def test_list_that_cannot_be_used_is_refused_with_a_sentence(rows: list[list[object]], sentence: str) -> None:
    with pytest.raises(ListUnreadableError) as caught:
        listed(rows)
    assert str(caught.value).startswith(sentence)


def test_broken_sheet_is_refused_with_a_sentence() -> None:
    from tests.common.files_made import zipped

    raw = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    with pytest.raises(ListUnreadableError):
        read_list(io.BytesIO(raw), "xlsx", KINDS)


def test_most_rows_allowed_are_read() -> None:
    assert len(listed([["Name"], *([f"Person {n}"] for n in range(MAX_ROWS))])) == MAX_ROWS


NAMES = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=2, max_size=20)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=15), st.sampled_from([";", ",", "\t"]))
def test_whatever_stands_in_a_list_comes_out_of_it(people: list[tuple[str, str, str]], separator: str) -> None:
    lines = [["Name", "Organisation"], *([f"Q{first} Z{last}", f"Org {org}"] for first, last, org in people)]
    raw = "\n".join(separator.join(line) for line in lines).encode("utf-8-sig")
    found = read_list(io.BytesIO(raw), "csv", KINDS).rows
    assert [(r.name, r.organisation) for r in found] == [(a, b) for a, b in lines[1:]]


@given(st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=20))
def test_no_table_breaks_the_search_for_headings(rows: list[list[str]]) -> None:
    index, columns = find_header(rows)
    assert -1 <= index < max(1, len(rows))
    assert set(columns) <= {"name", "first", "last", "organisation", "kind", "how"}


@given(st.binary(max_size=400))
def test_no_bytes_break_the_decoder(raw: bytes) -> None:
    assert isinstance(decode(raw), str)
    with contextlib.suppress(ListUnreadableError):
        read_list(io.BytesIO(raw), "csv", KINDS)
