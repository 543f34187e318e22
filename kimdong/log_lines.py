"""A line of the log as JSON, without what was entered about anybody (production; settings and gunicorn.py).

Logs are read by people, and copied to places, that the school's data is not for. So an exception is told by its kind,
its place and the names of tables and constraints; its words are kept only where they speak of code and not of values.
"""

import datetime
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any, Final

import django.db
import psycopg
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from kimdong.request_log import asked

SPEAK_OF_CODE: Final = (
    AttributeError,
    FieldError,
    ImportError,
    ImproperlyConfigured,
    MemoryError,
    NameError,
    NotImplementedError,
    RecursionError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    TypeError,
)
DATABASE_ERRORS: Final = (psycopg.Error, django.db.Error)
SPEAK_OF_TABLES: Final = ("08", "23", "25", "40", "42", "53", "54", "55", "57", "58", "XX")
"""Classes of SQLSTATE whose first sentence names tables, constraints, limits; those of class 22 quote the value."""
LONGEST: Final = 500
_QUERY = re.compile(r"(/[^\s?\"']*)\?[^\s\"']*")
_DETAIL = re.compile(r"\s*\b(?:DETAIL|CONTEXT|HINT|QUERY|LINE \d+):.*", re.DOTALL)


class JsonLines(logging.Formatter):
    """`record.fields`, where it has them, stand beside what every line has."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, tz=datetime.UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if request := asked():
            line |= {"request_id": request.code, "path": request.path}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["traceback"] = traced(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class NoFaultOfOurs(logging.Filter):
    """For what a stranger did wrong and Django calls an error: a warning in one line, without the way there."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
        return True


def catch_the_rest() -> None:
    """What reaches stderr past the loggers comes as a line too: warnings, and what ends a process or a thread.

    Not at a terminal, where somebody reads it who has asked for it.
    """
    logging.raiseExceptions = False  # or a line that cannot be written is printed with its arguments
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _kind, error, _trace: _note_end(error)
    threading.excepthook = lambda end: _note_end(end.exc_value)


def _note_end(error: BaseException | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logging.getLogger("kimdong").critical("not caught by anything: %s", error, exc_info=error)


def _message(record: logging.LogRecord) -> str:
    """Exceptions among its arguments are told as in a traceback; no address keeps its query."""
    text = told(record.msg) if isinstance(record.msg, BaseException) else str(record.msg)
    try:
        if isinstance(record.args, tuple) and record.args:
            text %= tuple(told(each) if isinstance(each, BaseException) else each for each in record.args)
        elif record.args:
            text %= record.args
    except (TypeError, ValueError, KeyError):
        text = f"{text} (its arguments do not fit)"
    return _DETAIL.sub("", _QUERY.sub(r"\1", text))


def traced(error: BaseException) -> str:
    """As Python prints it, the first cause first, but without the words of exceptions that speak of values."""
    return "\n\n".join(reversed(list(_chain(error))))


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        yield "".join(
            [*traceback.format_tb(error.__traceback__), told(error), *(f"\n{traced(e)}" for e in inner)]
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def told(error: BaseException) -> str:
    """Its kind, and its words where they cannot hold anybody's data."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    words = _harmless(error)[:LONGEST]
    return f"{kind}: {words}" if words else kind


def _harmless(error: BaseException) -> str:
    if isinstance(error, DATABASE_ERRORS):
        return _of_database(error)
    if isinstance(error, OSError):
        return f"[Errno {error.errno}] {error.strerror}" if error.strerror else ""
    return str(error) if isinstance(error, SPEAK_OF_CODE) else ""


def _of_database(error: BaseException) -> str:
    """Django's exception has the words of psycopg's, which has them in parts."""
    source = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(source, psycopg.Error):
        return ""
    if source.sqlstate is None:  # the connection itself: no value has been sent
        is_connection = isinstance(source, psycopg.OperationalError | psycopg.InterfaceError)
        return str(source).partition("\n")[0] if is_connection else ""
    parts = [source.sqlstate]
    if source.sqlstate.startswith(SPEAK_OF_TABLES) and source.diag.message_primary:
        parts.append(source.diag.message_primary)
    elif source.diag.constraint_name:
        parts.append(source.diag.constraint_name)
    return " ".join(parts)
