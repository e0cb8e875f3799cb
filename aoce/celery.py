"""The Celery application: ``celery -A aoce worker`` and ``celery -A aoce beat``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

app = Celery("aoce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
