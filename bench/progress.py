"""The progress of the whole school for the principal: statements and milliseconds, read and as pages.

`python -m bench.progress` runs inside Django over a stack's database and prints one line of JSON. What the frame of
every page asks (session, account, powers, menu) is among the statements of a page and not among those of the reading.
"""

import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from bench.measure import median_ms
from bench.rows import ROUNDS, WARM_UP

PAGES = {
    "page": "/gradebook/progress/",
    "teachers": "/gradebook/progress/?by=giao-vien",
    "missing": "/gradebook/progress/missing/",
    "readiness": "/gradebook/progress/readiness/",
}
USERNAME = "hieutruong"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from django.test import Client  # noqa: PLC0415 - after setup

    from accounts.held_powers import powers_of  # noqa: PLC0415 - as above
    from accounts.models import User  # noqa: PLC0415 - as above
    from gradebook.board import read_board  # noqa: PLC0415 - as above

    user = User.objects.get(username=USERNAME)
    powers_of(user)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    board = read_board(user)
    found: dict[str, Any] = {"sheets": len(board.sheets), "cells": board.total.required}
    measured: dict[str, Callable[[], object]] = {"read": partial(read_board, user)}
    measured |= {name: partial(client.get, path) for name, path in PAGES.items()}
    for name, ask in measured.items():
        found[f"{name}_statements"], found[f"{name}_ms"] = measure(ask)
    print(json.dumps({"progress": found}))


def measure(ask: Callable[[], object]) -> tuple[int, float]:
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    with CaptureQueriesContext(connection) as asked:
        ask()
        statements = len(asked)  # now: the next request forgets them
    seconds = []
    for _round in range(WARM_UP + ROUNDS):
        begin = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - begin)
    return statements, median_ms(seconds[WARM_UP:])


if __name__ == "__main__":
    main()
