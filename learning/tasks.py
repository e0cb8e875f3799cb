"""What learning does by itself."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from learning.services.surveys import empty_old_surveys


@shared_task(name="learning.empty_surveys", time_limit=600, soft_time_limit=570)
def empty_surveys() -> None:
    """Delete the raw answers of surveys that were closed long enough ago."""
    empty_old_surveys(closed_before=timezone.now() - timedelta(days=settings.SURVEY_KEEP_DAYS))
