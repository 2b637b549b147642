"""The site: settings, addresses, the task queue."""

# Imported here so that tasks queued by a web process go to the configured broker.
from .celery import app as celery_app

__all__ = ["celery_app"]
