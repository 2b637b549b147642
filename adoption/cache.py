"""A cache in Redis that nobody notices when it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TooSlow

logger = logging.getLogger(__name__)


def _or(answer: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give `answer` of the same arguments where Redis cannot be reached."""

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def forgiving(self: Any, key: str, *args: Any, **kwargs: Any) -> Any:
            try:
                return call(self, key, *args, **kwargs)
            except (Unreachable, TooSlow):
                logger.warning("Redis cannot be reached; the cache is left out.")
                return answer(*args, **kwargs)

        return forgiving

    return wrap


class ForgivingCache(RedisCache):
    """Stand in as an empty cache: it only counts tries, and signing in must not depend on it.

    django-axes counts failed sign-ins in the database and goes on doing so.
    """

    get = _or(lambda default=None, **kwargs: default)(RedisCache.get)
    add = _or(lambda *args, **kwargs: True)(RedisCache.add)
    set = _or(lambda *args, **kwargs: None)(RedisCache.set)
    delete = _or(lambda *args, **kwargs: False)(RedisCache.delete)
