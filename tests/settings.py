"""The product's own settings in an environment of their own: no real installation is touched."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

# Removed by its finalizer when the test process ends.
_folder = tempfile.TemporaryDirectory(prefix="adoption-test-")
os.environ["VAR_DIR"] = _folder.name
os.environ["SECRET_KEY"] = "for tests only, as everybody can read it"
os.environ["SECURE"] = "0"
for name in ("DEBUG", "SIGNUP_OPEN", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"):
    os.environ.pop(name, None)
if os.environ.get("REDIS_URL") and "PYTEST_XDIST_WORKER" in os.environ:
    # Parallel runs have a database each; so must their queues and caches.
    url = urlsplit(os.environ["REDIS_URL"])
    number = int(url.path.strip("/") or 0) + int(os.environ["PYTEST_XDIST_WORKER"][2:])
    os.environ["REDIS_URL"] = url._replace(path=f"/{number}").geturl()

from adoption.settings import *  # noqa: E402, F403
from adoption.settings import DATABASES, EMBEDDED, LOGGING, STORAGES  # noqa: E402

if EMBEDDED:
    # A file, since threads of the live server would have to share one connection to memory.
    DATABASES["default"]["TEST"] = {"NAME": Path(_folder.name) / "test.sqlite3"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # else each test client would list every static file first
LOGGING["root"]["handlers"] = []  # pytest shows what a failing test logged
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ACCOUNT_RATE_LIMITS = False  # they count in a cache that outlives a test
