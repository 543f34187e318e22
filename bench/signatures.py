"""Every signature of the school checked for the register's page, and all books of a teacher signed in one act.

`python -m bench.signatures` runs inside Django over a stack's database, in a transaction that is taken back, and prints
one line of JSON. The last period locked is signed by everybody first.
"""

import json
import os
from functools import partial
from typing import Any

import django

from bench.progress import measure

USERNAME = "phohieutruong"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from django.db import transaction  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - as above

    from accounts.models import User  # noqa: PLC0415 - as above
    from accounts.powers import Action  # noqa: PLC0415 - as above
    from approvals.book_standing import read_books  # noqa: PLC0415 - as above
    from gradebook.progress_sheets import read_sight  # noqa: PLC0415 - as above

    with transaction.atomic():
        user = User.objects.get(username=USERNAME)
        period = _last_locked(read_sight(user))
        signed = _sign_all(period)
        client = Client(headers={"host": "localhost"})
        client.force_login(user)

        def read() -> object:
            return read_books(read_sight(user, Action.SEE_SIGNATURES), [period])

        found: dict[str, Any] = {
            "period": period.value,
            "signed": signed,
            "books": len(read_books(read_sight(user), [period])),
        }
        page = partial(client.get, f"/approvals/signatures/?period={period.value}&state=all")
        for name, ask in (("read", read), ("page", page)):
            found[f"{name}_statements"], found[f"{name}_ms"] = measure(ask)
        print(json.dumps({"signatures": found}))
        transaction.set_rollback(True)


def _last_locked(sight: Any) -> Any:
    from gradebook.progress_sheets import Standing  # noqa: PLC0415 - after setup
    from gradebook.regulation import Period  # noqa: PLC0415 - as above

    locked = {
        period for (period, *_sheet), standing in sight.standings.items() if standing == Standing.LOCKED
    }
    return [period for period in Period if period in locked][-1]


def _sign_all(period: Any) -> int:
    from accounts.models import User  # noqa: PLC0415 - after setup
    from approvals.book_looks import note_look  # noqa: PLC0415 - as above
    from approvals.book_standing import read_books  # noqa: PLC0415 - as above
    from approvals.signatures import Wanted, sign_books  # noqa: PLC0415 - as above
    from gradebook.progress_sheets import read_led_and_taught  # noqa: PLC0415 - as above

    signed = 0
    for teacher in User.objects.filter(is_active=True):
        books = read_books(read_led_and_taught(teacher), [period])
        ready = [(book, book.now) for book in books if book.may_be_signed and book.now]
        for book, now in ready:
            note_look(book.ref, now, by=teacher)
        wanted = [Wanted(book.key, now.digest) for book, now in ready]
        if wanted:
            signed += len(sign_books(wanted, period, by=teacher))
    return signed


if __name__ == "__main__":
    main()
