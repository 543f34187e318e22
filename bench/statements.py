"""How many SQL statements a page or a save takes, in how many transactions: inside Django, over a stack's database.

`python -m bench.statements` reads a list of what to ask from its standard input, [name, username, path, cells to save],
and prints one line of JSON. BEGIN and COMMIT are no statements.
"""

import json
import os
import sys

import django

from bench.open_sheet import Cell, read_sheet

Asked = tuple[str, str, str, list[Cell]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    print(json.dumps({name: _count(*asked) for name, *asked in json.load(sys.stdin)}))


def _count(username: str, path: str, cells: list[Cell]) -> dict[str, int]:
    """The page is opened once before it counts: what a process asks once in its life is left out."""
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from accounts.models import User  # noqa: PLC0415 - as above

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get_by_natural_key(username))
    page = client.get(path)
    if not cells:
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return {"statements": len(asked)}
    sheet = read_sheet(path, page.content.decode())
    changes = sheet.changes(sheet.others(tuple(cell) for cell in cells))
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(path, {"changes": changes}, content_type="application/json").json()
    if len(answer["saved"]) != len(cells):
        raise RuntimeError(f"{path}: {answer['refused']} {answer['conflicts']}")
    said = [query["sql"] for query in asked]
    return {
        "statements": sum(each not in ("BEGIN", "COMMIT") for each in said),
        "transactions": said.count("BEGIN"),
    }


if __name__ == "__main__":
    main()
