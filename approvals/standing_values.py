"""What stands in the cells of a request now, as part of another statement: to tell in SQL which requests are outdated.

The same that `registers.Register.now` reads for a page, a value as text; a test holds the two beside each other.
"""

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat

from approvals.models import CorrectionItem
from approvals.registers import ABSENCE
from gradebook.models import SubjectResult, TraitResult
from gradebook.sheets import Field
from students.models import Absence

TEXT = TextField()


def place_in_sql() -> Case:
    """Of an item: its place within register and period; of a roll by day and session, however the request names them
    (`mandates.place_of`)."""
    whole = Concat(Cast("request__roll_day", TEXT), Value("."), "item", output_field=TEXT)
    is_named_whole = Q(request__roll_day=None) | Q(item__contains=".")
    return Case(When(is_named_whole, then=Cast("item", TEXT)), default=whole, output_field=TEXT)


def has_moved_on() -> Exists:
    """Of a request: whether one of its cells holds another value than when the request was made (rule R53)."""
    items: QuerySet[CorrectionItem] = CorrectionItem.objects.filter(request=OuterRef("pk")).order_by()
    standing = items.annotate(place=place_in_sql()).annotate(now=Coalesce(_now(), Value("", TEXT)))
    return Exists(standing.filter(~Q(now=F("old_value"))))


def _now() -> Case:
    subject = SubjectResult.objects.filter(
        student=OuterRef("student"), line=OuterRef("request__line"), period=OuterRef("request__period")
    )
    trait = TraitResult.objects.filter(
        student=OuterRef("student"),
        year=OuterRef("request__year"),
        period=OuterRef("request__period"),
        item=OuterRef("item"),
    )
    absence = Absence.objects.filter(
        student=OuterRef("student"), roll_call__school_class=OuterRef("request__school_class")
    ).annotate(
        place=Concat(Cast("roll_call__day", TEXT), Value("."), "roll_call__session", output_field=CharField())
    )
    return Case(
        When(field=ABSENCE, then=_one(absence.filter(place=OuterRef("place")), F("kind"))),
        When(field=Field.RATING, then=_one(trait, F("rating"))),
        When(field=Field.COMMENT, request__line=None, then=_one(trait, F("comment"))),
        When(field=Field.COMMENT, then=_one(subject, F("comment"))),
        When(field=Field.ATTAINMENT, then=_one(subject, F("attainment"))),
        When(field=Field.MARK, then=_one(subject, F("mark"))),
        When(field=Field.REPEAT, then=_one(subject.exclude(other_mark=None), _repeat())),
        output_field=TEXT,
    )


def _one(rows: QuerySet, value: Combinable) -> Subquery:
    return Subquery(rows.values(told=Cast(value, TEXT)))


def _repeat() -> Concat:
    """The text of `gradebook.repeat_tests.Repeat`."""
    return Concat(
        Case(When(is_repeat_official=True, then=F("mark")), default=F("other_mark")),
        Case(
            When(is_repeat_official=True, then=Value(" · lấy điểm lần 2 · ")),
            default=Value(" · lấy điểm lần 1 · "),
        ),
        "repeat_reason",
        output_field=TEXT,
    )
