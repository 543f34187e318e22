"""A line of the log in production: JSON, with what an engineer needs and nothing that was entered about anybody."""

import datetime
import json
import logging
import subprocess
import sys
import textwrap

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from kimdong import log_lines
from kimdong.gunicorn_log import fields_of
from kimdong.log_lines import JsonLines
from kimdong.request_log import RequestLogMiddleware, asked
from tests.stack import ROOT

PUPIL = "Nguyễn Thị Ngọc Ánh"


def line_of(message, *args, error=None, **more):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("students.rolls", logging.ERROR, "rolls.py", 7, message, args, info)
    vars(record).update(more)
    text = JsonLines().format(record)
    assert "\n" not in text
    return json.loads(text)


def raised(error, *, cause=None):
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def test_a_line_says_when_how_grave_where_and_what():
    line = line_of("List run %s failed: %s", 7, "Tệp hỏng")
    assert datetime.datetime.fromisoformat(line.pop("time")).utcoffset() == datetime.timedelta(0)
    assert line == {"level": "ERROR", "logger": "students.rolls", "message": "List run 7 failed: Tệp hỏng"}
    assert line_of("%(what)s", {"what": "x"})["message"] == "x"
    assert line_of("100 %")["message"] == "100 %"


def test_an_address_in_a_message_loses_its_query():
    line = line_of("Error handling request %s", "/students/search/?q=Nguyễn+Ánh&x=1")
    assert line["message"] == "Error handling request /students/search/"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"could not convert: {PUPIL}"),
        KeyError(PUPIL),
        ExceptionGroup(PUPIL, [ValueError(PUPIL)]),
        OSError(2, "No such file", f"/files/{PUPIL}.pdf"),
        RuntimeError(PUPIL),
    ],
)
def test_the_traceback_keeps_kind_and_place_of_an_error_and_not_its_words(error):
    outer = raised(RuntimeError(PUPIL), cause=raised(error))
    line = line_of("it failed: %s", outer, error=outer)
    assert PUPIL not in json.dumps(line, ensure_ascii=False)
    assert type(error).__name__ in line["traceback"]
    assert "in raised" in line["traceback"]
    assert line["message"] == "it failed: builtins.RuntimeError"


def test_words_that_speak_of_code_are_kept():
    error = raised(AttributeError("'NoneType' object has no attribute 'pk'"))
    assert line_of("x", error=error)["traceback"].endswith("'NoneType' object has no attribute 'pk'")
    assert line_of(error)["message"].startswith("builtins.AttributeError")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "kind", "kept"),
    [
        ("INSERT INTO trial VALUES (%s), (%s)", "UniqueViolation", 'constraint "trial_full_name_key"'),
        ("INSERT INTO trial SELECT %s::text WHERE 1 / (length(%s) * 0) = 1", "DivisionByZero", "22012"),
        ("SELECT %s::int, %s", "InvalidTextRepresentation", "22P02"),
        (
            "SELECT nothing FROM trial WHERE full_name IN (%s, %s)",
            "UndefinedColumn",
            '"nothing" does not exist',
        ),
    ],
)
def test_what_the_database_quotes_of_a_row_is_cut_out(statement, kind, kept):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE trial (full_name text UNIQUE)")
        with pytest.raises(DatabaseError) as caught:
            cursor.execute(statement, [PUPIL, PUPIL])
    line = line_of("x: %s", caught.value, error=caught.value)
    assert PUPIL not in json.dumps(line, ensure_ascii=False)
    assert f"psycopg.errors.{kind}" in line["traceback"]
    assert kept in line["traceback"]
    assert "django.db.utils" in line["message"]


def test_a_database_error_told_as_words_loses_its_details():
    words = f'duplicate key value violates "x"\nDETAIL:  Key (full_name)=({PUPIL}) already exists.'
    assert line_of("not kept: %s", words)["message"] == 'not kept: duplicate key value violates "x"'
    assert log_lines.told(IntegrityError(words)) == "django.db.utils.IntegrityError"


def test_arguments_that_do_not_fit_are_not_printed():
    assert line_of("%s of %s", PUPIL)["message"] == "%s of %s (its arguments do not fit)"


def test_what_ends_a_process_is_a_line_without_its_words_too():
    """In a process of its own: it changes what Python does with whatever nobody catches."""
    told = textwrap.dedent(
        f"""
        import logging, sys, threading, warnings
        from kimdong.log_lines import JsonLines, catch_the_rest
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logging.getLogger().addHandler(handler)
        catch_the_rest()
        def fail():
            raise ValueError("{PUPIL}")
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        warnings.warn("so it goes")
        fail()
        """
    )
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert PUPIL not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    ended = "not caught by anything: builtins.ValueError"
    assert [line["message"] for line in lines if line["level"] == "CRITICAL"] == [ended, ended]
    assert "in fail" in lines[0]["traceback"]
    assert "so it goes" in " ".join(line["message"] for line in lines)


def test_a_connection_that_is_refused_says_why():
    words = 'connection to server at "127.0.0.1", port 5432 failed: Connection refused\n\tIs it running?'
    told = log_lines.told(psycopg.OperationalError(words))
    assert told.endswith('"127.0.0.1", port 5432 failed: Connection refused')


def test_lines_of_a_request_and_its_answer_carry_the_same_code():
    seen = {}

    def view(request):
        seen.update(line_of("x"))
        return HttpResponse()

    request = RequestFactory().get("/students/7/", {"q": PUPIL})
    answer = RequestLogMiddleware(view)(request)
    assert seen["request_id"] == answer["X-Request-ID"]
    assert seen["path"] == "/students/7/"
    assert asked() is None
    assert "request_id" not in line_of("x")


@pytest.mark.django_db
def test_the_line_of_a_request_has_the_accounts_number_and_neither_name_nor_query(client, school):
    client.force_login(school.lan)
    answer = client.get("/", {"q": PUPIL})
    environ = answer.wsgi_request.META
    environ["HTTP_X_FORWARDED_FOR"] = "203.0.113.5, 192.0.2.7"
    took = datetime.timedelta(milliseconds=31.4)
    line = line_of("GET 200", fields=fields_of(environ, status="200 OK", took=took, sent=12))
    wanted = {"method": "GET", "path": "/", "status": 200, "ms": 31, "bytes": 12, "user": school.lan.pk}
    assert wanted.items() <= line.items()
    assert (line["address"], line["request_id"]) == ("192.0.2.7", answer["X-Request-ID"])
    assert PUPIL not in json.dumps(line, ensure_ascii=False)
    assert school.lan.full_name not in json.dumps(line, ensure_ascii=False)


def test_a_request_that_never_reached_django_has_a_line_too():
    environ = {"PATH_INFO": "/kh\xc3\xb4ng/", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "192.0.2.7"}
    line = fields_of(environ, status="400", took=datetime.timedelta(0), sent=None)
    assert (line["path"], line["user"], line["request_id"]) == ("/không/", None, "")
