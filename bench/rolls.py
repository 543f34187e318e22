"""The roll call: opening a roll, saving it, the month of the class and the classes today.

`measure` is a section of `bench.hundred`; `python -m bench.rolls PATH USERNAME` runs inside Django over a stack's
database and prints how many SQL statements each takes.
"""

import json
import os
import re
import sys
import uuid
from itertools import cycle
from urllib.parse import urlencode

import django

from bench.measure import median_ms
from bench.rows import ROUNDS, WARM_UP, Row, School
from bench.web import Session
from tests.open_rolls import open_rolls

TEACHER = "gvcn.4e"
PUPIL = re.compile(r'name="(a\.\d+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')


def measure(school: School) -> list[Row]:
    """By the teacher of a class on the newest roll."""
    path = open_rolls(school.stack, TEACHER)[0]
    return [
        school.time_page("roll call: opening a roll", TEACHER, path),
        _save(school, path),
        school.time_page("roll call: the month of the class", TEACHER, month_of(path)),
        school.time_page("roll call: the sums of the year", TEACHER, _class_of(path) + "attendance/"),
        school.time_page(
            "roll call: classes today, vice-principal", "phohieutruong", "/students/attendance/"
        ),
    ]


def _class_of(path: str) -> str:
    return path.partition("roll/")[0]


def month_of(path: str) -> str:
    return f"{_class_of(path)}attendance/{path.rstrip('/').split('/')[-2][:7]}/"


def _save(school: School, path: str) -> Row:
    """Another pupil absent each time, as somebody does who corrects a slip."""
    session = school.session(TEACHER)
    session.connection = None  # the server has closed one that lay idle while others were measured
    page = session.get(path).body.decode()
    pupils, version = sorted(set(PUPIL.findall(page))), int(VERSION.findall(page)[0])
    seconds = []
    for absent, _round in zip(cycle(pupils), range(WARM_UP + ROUNDS), strict=False):
        seconds.append(_post(session, path, pupils, absent, version))
        version += 1
    return Row("roll call: saving a roll", median_ms(seconds[WARM_UP:]))


def fields_of(pupils: list[str], absent: str, version: int) -> dict[str, str]:
    answers = dict.fromkeys(pupils, "") | {absent: "P"}
    return answers | {"version": str(version), "token": str(uuid.uuid4())}


def _post(session: Session, path: str, pupils: list[str], absent: str, version: int) -> float:
    body = urlencode(fields_of(pupils, absent, version) | {"csrfmiddlewaretoken": session.token})
    answer = session.ask("POST", path, body.encode(), "application/x-www-form-urlencoded")
    if answer.status != 302:
        raise RuntimeError(f"the roll was refused: HTTP {answer.status}")
    return answer.seconds


def main(path: str, username: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    print(json.dumps({"rolls": _statements(path, username)}))


def _statements(path: str, username: str) -> dict[str, int]:
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from accounts.models import User  # noqa: PLC0415 - as above

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=username))
    page = client.get(path).content.decode()
    pupils, version = sorted(set(PUPIL.findall(page))), int(VERSION.findall(page)[0])
    found = {}
    for name, where in (("open", path), ("month", month_of(path)), ("year", _class_of(path) + "attendance/")):
        client.get(where)
        with CaptureQueriesContext(connection) as asked:
            client.get(where)
        found[name] = len(asked)
    client.post(path, fields_of(pupils, pupils[0], version))
    with CaptureQueriesContext(connection) as asked:
        client.post(path, fields_of(pupils, pupils[1], version + 1))
    found["save"] = sum(each["sql"] not in ("BEGIN", "COMMIT") for each in asked)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
