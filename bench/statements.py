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
    changes = [
        {"student": int(student), "item": "TOAN", "field": "mark", "value": "7", "version": 10**6}
        for student in students.split(",")
    ]
    stored = client.post(path, {"changes": changes}, content_type="application/json").json()
    current = {each["student"]: each["version"] for each in [*stored["saved"], *stored["conflicts"]]}
    for change in changes:
        change |= {"value": "6", "version": current[change["student"]]}
    with CaptureQueriesContext(connection) as saving:
        answer = client.post(path, {"changes": changes}, content_type="application/json").json()
    inside = [query for query in saving if query["sql"] not in ("BEGIN", "COMMIT")]
    print(json.dumps({"open": len(opening), "save": len(inside), "saved": len(answer["saved"])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
