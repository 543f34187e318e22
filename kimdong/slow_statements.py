"""Statements that take long are logged, with placeholders and never with values (KIMDONG_SLOW_MS)."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger("kimdong.slow")
LONGEST: Final = 2000
_LITERAL = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)


def watch(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    """For the signal `connection_created`: with a pool it comes again and again for the same object."""
    if settings.SLOW_SECONDS and _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - began
        if seconds >= settings.SLOW_SECONDS:
            ms = round(seconds * 1000)
            logger.warning("slow statement, %d ms: %s", ms, without_values(sql), extra={"fields": {"ms": ms}})


def without_values(sql: Any) -> str:
    """In one line, its literals cut out too: a statement composed of values tells none of them."""
    if not isinstance(sql, str):
        return type(sql).__name__
    return " ".join(_LITERAL.sub("'…'", sql).split())[:LONGEST]
