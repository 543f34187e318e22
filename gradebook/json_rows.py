"""Rows of another table as part of a statement: one JSON value a row of the statement, decoded at once.

`ArraySubquery` of JSON decodes each brought row by itself: 650 decodings on the board of a whole school.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField


class JsonRows(ArraySubquery):
    """A list of what the queryset's only column, a `JSONObject`, says; empty where there is no row."""

    template = "to_jsonb(ARRAY(%(subquery)s))"
    output_field = JSONField()
