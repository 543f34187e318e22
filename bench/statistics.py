"""The statistics of the whole school for the principal: statements and milliseconds, counted and as pages.

`python -m bench.statistics` runs inside Django over a stack's database and prints one line of JSON. What the frame of
every page asks (session, account, powers, menu) is among the statements of a page and not among those of the reading.
"""

import json
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from bench.progress import USERNAME, measure

PAGES = {
    "page": "/reports/statistics/muc-dat-duoc/?period=GHKI",
    "classes": "/reports/statistics/muc-dat-duoc/?period=GHKI&by=lop&item=TOAN",
    "bands": "/reports/statistics/diem-ktdk/?period=GHKI",
    "traits": "/reports/statistics/pham-chat-nang-luc/?period=GHKI",
    "results": "/reports/statistics/ket-qua-nam/?year={last}",
    "attendance": "/reports/statistics/chuyen-can/?by=lop",
    "compare": "/reports/statistics/muc-dat-duoc/compare/?period=GHKI&with={last}-GHKI",
    "pupils": "/reports/statistics/muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=t&group=tat-ca",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from django.test import Client  # noqa: PLC0415 - after setup

    from accounts.held_powers import powers_of  # noqa: PLC0415 - as above
    from accounts.models import User  # noqa: PLC0415 - as above
    from reports.statistics_page import read_page  # noqa: PLC0415 - as above
    from reports.statistics_scope import read_asked  # noqa: PLC0415 - as above
    from students.models import SchoolYear  # noqa: PLC0415 - as above

    user = User.objects.get(username=USERNAME)
    powers_of(user)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    last = SchoolYear.objects.order_by("year").values_list("year", flat=True)[0]

    def read() -> object:
        return read_page(read_asked(user, "muc-dat-duoc", {"period": "GHKI"}))

    found: dict[str, Any] = {"classes": len(read_asked(user, "muc-dat-duoc", {}).classes)}
    measured: dict[str, Callable[[], object]] = {"read": read}
    measured |= {name: partial(client.get, path.format(last=last)) for name, path in PAGES.items()}
    for name, ask in measured.items():
        found[f"{name}_statements"], found[f"{name}_ms"] = measure(ask)
    print(json.dumps({"statistics": found}))


if __name__ == "__main__":
    main()
