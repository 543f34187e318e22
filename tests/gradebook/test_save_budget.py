"""What a save may cost: a teacher's key press and a pasted class, over the page's autosave."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.gradebook.school import add_pupils, make_school, open_window

pytestmark = pytest.mark.django_db

VALUES = {"attainment": "TH", "rating": "TĐ", "mark": "98", "comment": ("Em học tốt.", "Em học chăm.")}


@pytest.mark.parametrize(("code", "width"), [("TOAN", 3), ("NLPC", 18)])
def test_one_cell_and_a_pasted_class_of_5_or_50_are_saved_in_eight_statements_of_one_transaction(
    client, code, width
):
    school = make_school()
    open_window(school)
    client.force_login(school.lan)
    columns = school.sheet(code).columns()
    assert len(columns) == width

    def save(pupils, columns, number):
        """Statements and transactions; every cell to another value than before."""
        changes = [
            {
                "student": pupil.pk,
                "item": column.item,
                "field": column.field,
                "value": VALUES[column.field][number],
                "version": number,
            }
            for pupil in pupils
            for column in columns
        ]
        place = f"/gradebook/sheets/{school.class_4a.pk}/{code}/GHKI/"
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(place, json.dumps({"changes": changes}), content_type="application/json")
        assert len(answer.json()["saved"]) == len(changes)
        said = [query["sql"].split()[0] for query in asked]
        return len(said) - said.count("SAVEPOINT") - said.count("RELEASE"), said.count("SAVEPOINT")

    client.get("/")
    costs = [save(school.pupils[:1], columns[:1], 0), save(school.pupils[1:], columns, 0)]
    more = add_pupils(school.class_4a, 45)
    costs += [save(more[:1], columns[:1], 0), save(more[1:], columns, 0), save(more[1:], columns, 1)]
    assert costs == [(7, 1)] * 5
