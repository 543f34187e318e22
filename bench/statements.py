"""How many SQL statements a page and a save take (BEGIN and COMMIT apart): inside Django, over the stack's database.

`python -m bench.statements PATH USERNAME STUDENT,STUDENT,…` prints one line of JSON.
"""

import json
import os
import sys

import django


def main(path: str, username: str, students: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - after setup

    from accounts.models import User  # noqa: PLC0415 - after setup

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=username))
    client.get(path)
    with CaptureQueriesContext(connection) as opening:
        client.get(path)

    def save(fields: dict[str, str], pupils: list[str]) -> tuple[int, int]:
        """Statements and saved cells of one save, at the versions that stand in the database."""
        changes = [
            {"student": int(pupil), "item": "TOAN", "field": field, "value": value, "version": 10**6}
            for pupil in pupils
            for field, value in fields.items()
        ]
        judged = client.post(
            f"{path}?preview=1", {"changes": changes}, content_type="application/json"
        ).json()
        current = {each["student"]: each["version"] for each in [*judged["saved"], *judged["conflicts"]]}
        for change in changes:
            change["version"] = current[change["student"]]
        with CaptureQueriesContext(connection) as saving:
            answer = client.post(path, {"changes": changes}, content_type="application/json").json()
        inside = [query for query in saving if query["sql"] not in ("BEGIN", "COMMIT")]
        return len(inside), len(answer["saved"])

    pupils = students.split(",")
    one, _saved = save({"mark": "7"}, pupils[:1])
    column, saved = save({"mark": "6"}, pupils)
    block, pasted = save({"attainment": "H", "mark": "5", "comment": "Em tính nhanh hơn."}, pupils)
    print(
        json.dumps(
            {
                "open": len(opening),
                "save_one": one,
                "save": column,
                "saved": saved,
                "save_block": block,
                "pasted": pasted,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
