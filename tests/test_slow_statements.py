"""A statement that takes long is in the log: with its placeholders, where it was asked, and no value."""

import json
import logging

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import RequestFactory

from kimdong import slow_statements
from kimdong.log_lines import JsonLines
from kimdong.request_log import RequestLogMiddleware
from kimdong.slow_statements import without_values

pytestmark = pytest.mark.django_db
PUPIL = "Nguyễn Thị Ngọc Ánh"


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, logger="kimdong.slow")
    # Within the request: its code and path are those of the moment.
    kept = []
    handler = logging.Handler()
    handler.emit = lambda record: kept.append(json.loads(JsonLines().format(record)))
    slow_statements.logger.addHandler(handler)
    yield kept
    slow_statements.logger.removeHandler(handler)


def ask(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_slow_statement_is_logged_with_placeholders_path_and_duration(lines, settings):
    settings.SLOW_SECONDS = 0.05

    def view(_request):
        ask("SELECT pg_sleep(%s),\n   %s::text", 0.06, PUPIL)
        return HttpResponse()

    answer = RequestLogMiddleware(view)(RequestFactory().get("/students/", {"q": PUPIL}))
    (line,) = lines
    assert line["message"] == f"slow statement, {line['ms']} ms: SELECT pg_sleep(%s), %s::text"
    assert 60 <= line["ms"] < 5000
    assert (line["path"], line["request_id"]) == ("/students/", answer["X-Request-ID"])
    assert PUPIL not in json.dumps(line, ensure_ascii=False)


def test_one_that_fails_after_long_is_logged_too_and_fails_as_before(lines, settings):
    settings.SLOW_SECONDS = 0.05
    with pytest.raises(Exception, match="division"):
        ask("SELECT 1 / (length(pg_sleep(0.06)::text) * %s)", 0)
    assert "1 / (length(pg_sleep(0.06)::text) * %s)" in lines[0]["message"]


def test_a_quick_statement_is_not_logged(lines, settings):
    settings.SLOW_SECONDS = 5
    ask("SELECT %s", 1)
    assert lines == []


def test_the_same_connection_is_watched_once_however_often_it_is_made(settings):
    slow_statements.watch(connection)
    slow_statements.watch(connection)
    assert connections["default"].execute_wrappers.count(slow_statements._timed) == 1


def test_values_written_into_a_statement_are_cut_out():
    told = without_values(f"SELECT 'it''s {PUPIL}', $x${PUPIL}$x$\nFROM t WHERE a = %s")
    assert told == "SELECT '…', '…' FROM t WHERE a = %s"
    assert without_values(PUPIL.encode()) == "bytes"
    assert len(without_values("x " * 5000)) == slow_statements.LONGEST
