"""The database lets through exactly the moves that the tables in code have."""

import re

import pytest
from django.db import connection

from approvals.data_workflow import INCIDENT_MOVES, REQUEST_MOVES
from approvals.inspection_workflow import FINDING_MOVES, INSPECTION_MOVES
from approvals.reconciliation_workflow import MOVES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("table", "moves"),
    [
        ("approvals_inspection", INSPECTION_MOVES),
        ("approvals_finding", FINDING_MOVES),
        ("approvals_reconciliationreply", MOVES),
        ("approvals_datarequest", REQUEST_MOVES),
        ("approvals_dataincident", INCIDENT_MOVES),
    ],
)
def test_the_trigger_knows_the_moves_of_the_table_and_no_others(table, moves):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'moves_only' AND tgrelid = %s::regclass",
            [table],
        )
        (definition,) = cursor.fetchone()
    wanted = {f"{each.source}>{each.target}" for each in moves if each.source != each.target}
    assert set(re.findall(r"\w+>\w+", definition)) == wanted
