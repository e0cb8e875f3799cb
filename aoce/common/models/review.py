"""What happened to a thing that is handed in: its changes of state, its versions, what a checker asked for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aoce.common.models.subject import AboutObject


class StatusChange(AboutObject):
    """One change of state: who, when, from, to, why. Append only; written with the change, in its transaction."""

    transition = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    comment = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AboutObject.Meta):
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.source} → {self.target}"


class SubmittedVersion(AboutObject):
    """What was handed in, as it was: ``data`` maps a field's code to its text. Append only.

    A checker compares the newest with the one before; ``labels`` maps the same codes to the fields' English labels.
    """

    number = models.PositiveIntegerField()
    data = models.JSONField()
    labels = models.JSONField(default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("kind", "object_id", "number"), name="version_number_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} v{self.number}"


class ReviewPoint(AboutObject):
    """One thing to address, asked for with “changes requested”."""

    change = models.ForeignKey(StatusChange, models.CASCADE, related_name="points")
    where = models.CharField(_("Where"), max_length=100, blank=True)
    text = models.TextField(_("What to change"))
    answer = models.TextField(_("Answer"), blank=True)
    addressed_at = models.DateTimeField(null=True, blank=True)
    addressed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta(AboutObject.Meta):
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class DraftConflict(AboutObject):
    """The text of somebody who saved a draft that had changed under them; kept until someone chooses.

    ``data`` maps field codes to this person's values; ``base_version`` is the version they had read.
    """

    data = models.JSONField()
    base_version = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta(AboutObject.Meta):
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "object_id", "user"),
                condition=models.Q(resolved_at=None),
                name="one_open_conflict_per_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.user}"
