"""What the Lead Expert asks for: questions of a form, chapters of a plan, criteria of a check. All of it is data."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.enums import Subject
from partners.models import Network


class TemplateRow(models.Model):
    """One thing a template asks for. A retired one is asked no more; what was written for it stays."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    code = models.SlugField(max_length=40)
    label = models.CharField(_("Title"), max_length=150)
    help = models.CharField(_("What is meant"), max_length=300, blank=True)
    is_required = models.BooleanField(_("Needed"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="%(class)s_once"),)

    def __str__(self) -> str:
        return self.label


class FormQuestion(TemplateRow):
    """A question of the network's form for testing actions."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="testing_questions")


class TemplateChapter(TemplateRow):
    """A chapter of the network's Integrated Action Plan: its guidance, questions (one a line), length and day.

    Lengths are in words. ``added_at`` and ``changed_at`` tell plans that are under way what is new since.
    """

    guidance = models.TextField(_("Guidance"), blank=True)
    questions = models.TextField(_("Questions to answer, one a line"), blank=True)
    least = models.PositiveIntegerField(_("At least so many words"), null=True, blank=True)
    most = models.PositiveIntegerField(_("At most so many words"), null=True, blank=True)
    due = models.DateField(_("Due by"), null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)


class IntegrationAspect(TemplateRow):
    """One aspect of the integrated approach that each city assesses, before and after."""


class Criterion(TemplateRow):
    """What a checker looks at, for one kind of thing that is checked."""

    subject = models.CharField(max_length=20, choices=Subject)
