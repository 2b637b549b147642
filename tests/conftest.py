from tests.people import *  # noqa: F403
from tests.services import celery_worker_process  # noqa: F401
