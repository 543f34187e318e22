"""The whole school into the next year: proposing places, opening the pages, applying, undoing.

`python -m bench.roll_over` runs inside Django over the stack's database and prints one line of JSON; what it writes
stays, so it comes last of what looks at the running year.
"""

import json
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from gradebook.models import RollOverApplication


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    print(json.dumps({"roll_over": measure()}))


def measure() -> dict[str, object]:
    from accounts.models import User  # noqa: PLC0415 - after setup
    from gradebook.roll_over import propose_places  # noqa: PLC0415 - as above
    from gradebook.roll_over_apply import (  # noqa: PLC0415 - as above
        apply_roll_over,
        fingerprint,
        undo_roll_over,
    )
    from gradebook.roll_over_classes import make_proposed_classes  # noqa: PLC0415 - as above
    from gradebook.roll_over_pupils import standing_of  # noqa: PLC0415 - as above
    from tests.gradebook.next_year import end_the_demo_year  # noqa: PLC0415 - as above

    year, clerk = end_the_demo_year(), User.objects.get(username="vanthu")
    make_proposed_classes(year, by=clerk)
    found: dict[str, object] = {"propose_s": _seconds(lambda: propose_places(year, by=clerk))}
    found |= {f"{name}_ms": _page_ms(clerk, year.pk, path) for name, path in PAGES.items()}
    standing = standing_of(year)
    previewed = fingerprint(standing)
    found["pupils"] = len(standing.to_place)
    made: list[RollOverApplication] = []
    found["apply_s"] = _seconds(lambda: made.append(apply_roll_over(year, by=clerk, previewed=previewed)))
    found["undo_s"] = _seconds(lambda: undo_roll_over(made[0], reason="Đo", by=clerk))
    return found


PAGES = {"overview": "", "lists": "grades/2/", "preview": "apply/"}


def _page_ms(clerk: object, year: int, path: str) -> float:
    """The second opening: the first loads the templates."""
    from django.test import Client  # noqa: PLC0415 - after setup

    client = Client(headers={"host": "localhost"})
    client.force_login(clerk)  # type: ignore[arg-type]
    address = f"/gradebook/roll-over/{year}/{path}"
    client.get(address)
    return round(1000 * _seconds(lambda: client.get(address)), 1)


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return round(time.perf_counter() - begin, 4)


if __name__ == "__main__":
    main()
