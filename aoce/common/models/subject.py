"""Rows that speak about an object of an upper floor, by its kind and id.

The ground floor cannot import the object's class. ``kind`` is the workflow's or deliverable's code
(``ulg_report``, ``hand_in``, ``quarterly_report``), ``object_id`` the primary key there.
"""

from django.db import models


class AboutObject(models.Model):
    """Base of rows about one object of an upper floor."""

    network = models.ForeignKey("partners.Network", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        abstract = True
        indexes = (models.Index(fields=("kind", "object_id")),)
