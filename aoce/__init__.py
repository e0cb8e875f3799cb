"""Wiring of the portal: settings, addresses, Celery, WSGI and ASGI."""

from aoce.celery import app as celery_app

__all__ = ["celery_app"]
