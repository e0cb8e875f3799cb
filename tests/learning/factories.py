"""Practices and needs for tests."""

from __future__ import annotations

import factory

from learning.models import GoodPractice, KnowledgeNeed
from tests.partners.factories import PartnerFactory, SubThemeFactory


class GoodPracticeFactory(factory.django.DjangoModelFactory):
    """Makes a city's practice in one sub-theme."""

    class Meta:
        model = GoodPractice
        skip_postgeneration_save = True

    owner = factory.SubFactory(PartnerFactory)
    network = factory.SelfAttribute("owner.network")
    slug = factory.Sequence(lambda n: f"practice-{n}")
    name = factory.Sequence(lambda n: f"Practice {n}")

    @factory.post_generation
    def sub_themes(self, create: bool, extracted: list[object] | None, **_kwargs: object) -> None:
        """Put it into these sub-themes."""
        if create and extracted:
            self.sub_themes.set(extracted)


class KnowledgeNeedFactory(factory.django.DjangoModelFactory):
    """Makes a city's need in one sub-theme."""

    class Meta:
        model = KnowledgeNeed

    partner = factory.SubFactory(PartnerFactory)
    network = factory.SelfAttribute("partner.network")
    sub_theme = factory.SubFactory(SubThemeFactory)
