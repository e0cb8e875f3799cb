"""People of the network: found, made, said to be one, and taken apart."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, Value

from aoce.common.folding import Plain, plain
from partners.enums import Role
from partners.models import LocalGroupMember, Network, Partner, Person
from partners.policies import can_view_person
from partners.services.cities import save_group_member
from partners.services.persons import Named, merge, person_for, persons_for, suggestions, undo_merge
from tests.partners.factories import NetworkFactory, PartnerFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Partner:
    return PartnerFactory()


def add(city: Partner, name: str, **fields: str) -> Person:
    return Person.objects.create(network=city.network, partner=city, name=name, **fields)


@pytest.mark.parametrize("text", ["Kovács Ágnes", "Łódź", "Ștefan ŢEPEŞ", "Søren Kjær", "Straße", "Ķekava", "ŒUVRE"])
def test_plain_text_is_the_same_in_the_database(text: str) -> None:
    NetworkFactory()
    found = Network.objects.annotate(p=Plain(Value(text, output_field=CharField()))).values_list("p", flat=True)
    assert list(found) == [plain(text)]


def test_person_is_found_by_name_without_case_and_accents(city: Partner) -> None:
    known = add(city, "Ștefan Țepeș")
    assert person_for(network_id=city.network_id, partner_id=city.pk, named=Named("stefan TEPES")) == known


@pytest.mark.parametrize("named", [Named("Jan Peeters", "School"), Named("Jan Peeters", "", None, "jan@home.example")])
def test_another_organisation_or_email_makes_another_person(city: Partner, named: Named) -> None:
    add(city, "Jan Peeters", organisation="City", email="jan@city.example")
    persons_for(network_id=city.network_id, partner_id=city.pk, people=[named])
    assert Person.objects.count() == 2


def test_a_list_fills_what_was_not_known(city: Partner) -> None:
    known = add(city, "Jan Peeters")
    person_for(network_id=city.network_id, partner_id=city.pk, named=Named("Jan Peeters", "School"))
    known.refresh_from_db()
    assert known.organisation == "School"


def test_people_of_two_cities_stay_two(city: Partner) -> None:
    other = PartnerFactory(network=city.network)
    add(city, "Jan Peeters")
    person_for(network_id=city.network_id, partner_id=other.pk, named=Named("Jan Peeters"))
    assert Person.objects.count() == 2


def test_group_member_gets_a_person_and_a_corrected_name_keeps_it(city: Partner) -> None:
    actor = actor_of(person(city.network, Role.COORDINATOR, city), city.network)
    member = save_group_member(actor=actor, partner=city, name="Jan Peters")
    save_group_member(actor=actor, partner=city, name="Jan Peeters", member=member)
    assert [p.name for p in Person.objects.all()] == ["Jan Peeters"]
    assert LocalGroupMember.objects.get().person == Person.objects.get()


def test_suggestions_find_accents_order_and_email(city: Partner) -> None:
    one, other = add(city, "Kovács Ágnes"), add(city, "Agnes Kovacs")
    third, fourth = add(city, "J. P.", email="jp@x.example"), add(city, "Jan Peeters", email="JP@x.example")
    add(city, "Somebody Else")
    found = [(s.one, s.other, s.percent) for s in suggestions(Person.objects.order_by("pk"))]
    assert found == [(third, fourth, 100), (one, other, 100)]


def test_suggestions_never_cross_cities(city: Partner) -> None:
    add(city, "Jan Peeters")
    add(PartnerFactory(network=city.network), "Jan Peeters")
    assert suggestions(Person.objects.all()) == []


def test_merge_counts_both_as_one_and_undoing_takes_all_apart(city: Partner) -> None:
    actor = actor_of(person(city.network, Role.LEAD_PARTNER), city.network)
    first, second, third = (add(city, name) for name in ("Jan", "Jan P.", "J. P."))
    merge(actor=actor, kept=second, merged=third)
    done = merge(actor=actor, kept=first, merged=second)
    assert {p.counted_id for p in Person.objects.all()} == {first.pk}
    undo_merge(actor=actor, merge=done)
    found = dict(Person.objects.values_list("pk", "merged_into"))
    assert found == {first.pk: None, second.pk: None, third.pk: second.pk}
    assert done.by_id == actor.user_id


def test_merge_is_refused_twice_and_to_whom_it_is_not_given(city: Partner) -> None:
    actor = actor_of(person(city.network, Role.COORDINATOR, city), city.network)
    first, second = add(city, "Jan"), add(city, "Jan P.")
    stranger = actor_of(person(city.network, Role.COORDINATOR, PartnerFactory(network=city.network)), city.network)
    with pytest.raises(PermissionDenied):
        merge(actor=stranger, kept=first, merged=second)
    done = merge(actor=actor, kept=first, merged=second)
    with pytest.raises(ValidationError):
        merge(actor=actor, kept=first, merged=second)
    undo_merge(actor=actor, merge=done)
    with pytest.raises(ValidationError):
        undo_merge(actor=actor, merge=done)


def test_an_earlier_merge_is_not_undone_under_a_later_one(city: Partner) -> None:
    actor = actor_of(person(city.network, Role.LEAD_PARTNER), city.network)
    first, second, third = (add(city, name) for name in ("Jan", "Jan P.", "J. P."))
    early = merge(actor=actor, kept=second, merged=third)
    merge(actor=actor, kept=first, merged=second)
    with pytest.raises(ValidationError):
        undo_merge(actor=actor, merge=early)


def test_people_are_seen_by_their_city_and_those_who_lead(city: Partner) -> None:
    other = PartnerFactory(network=city.network)
    Person.objects.create(network=city.network, partner=None, name="Guest")
    add(city, "Own")
    add(other, "Theirs")
    roles = [(Role.COORDINATOR, city), (Role.MEMBER, city), (Role.LEAD_PARTNER, None), (Role.OBSERVER, None)]
    seen = {}
    for role, partner in roles:
        actor = actor_of(person(city.network, role, partner), city.network)
        rows = Person.objects.visible_to(actor)
        assert set(rows) == {p for p in Person.objects.all() if can_view_person(actor, p)}
        seen[role] = {p.name for p in rows}
    everybody = {"Guest", "Own", "Theirs"}
    assert seen == {
        Role.COORDINATOR: {"Own"},
        Role.MEMBER: {"Own"},
        Role.LEAD_PARTNER: everybody,
        Role.OBSERVER: set(),
    }
