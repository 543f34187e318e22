"""Rows of another table as part of a statement: one JSON value a row of the statement, decoded at once.

`ArraySubquery` of JSON decodes each brought row by itself: 650 decodings on the board of a whole school.
"""

from typing import Any

from django.db.models import JSONField, QuerySet, Subquery


class JsonRows(Subquery):
    """A list of what the queryset's only column, a `JSONObject`, says; empty where there is no row."""

    template = "to_jsonb(ARRAY(%(subquery)s))"

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows, output_field=JSONField())
