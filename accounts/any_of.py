"""= ANY (ARRAY (…)): a subquery that PostgreSQL answers first, to go by its rows, where it would join it in last."""

from django.db.models import BooleanField, Func


class AnyOf(Func):
    """Whether the first expression is one of the rows of an ArraySubquery, the second."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
