"""What a save meets: who sits in the class, what the sheet holds and what other sheets say of it. One statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from gradebook.doubts import NONE_KNOWN, Counterparts, counterparts_brought, with_counterparts
from gradebook.exemptions import Terms, seats_with_terms, terms_of
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.sheets import SheetRef, owed_in

Result = SubjectResult | TraitResult


@dataclass(frozen=True, slots=True)
class Standing:
    """`names` and `terms` by pupil, in class order; `stored` by pupil and item; `beside` by pupil.

    At the supplementary assessment `owed` says what each must be assessed in again, None at the four periods; and
    `decided` on whom the principal has decided by now.
    """

    names: Mapping[int, str]
    terms: Mapping[int, Terms]
    stored: Mapping[tuple[int, str], Result]
    beside: Mapping[int, Counterparts]
    owed: Mapping[int, Collection[str]] | None = None
    decided: Collection[int] = ()

    def has_cell(self, student_id: int, item: str) -> bool:
        """Whether the sheet has a cell of this item for this pupil."""
        return self.owed is None or item in self.owed.get(student_id, ())

    def is_expected(self, student_id: int, item: str) -> bool:
        """Whether that cell is to hold a value: not where the pupil is exempt (R33)."""
        return self.has_cell(student_id, item) and not self.terms[student_id].against(item)

    def counterparts(self, student_id: int) -> Counterparts:
        return self.beside.get(student_id, NONE_KNOWN)


def read_standing(ref: SheetRef) -> Standing:
    """Read after the sheet is held, so that nothing of it moves until the save is through.

    Of the supplementary assessment six statements: what is owed is computed from the year's end.
    """
    roster = with_counterparts(seats_with_terms(ref.school_class), ref)
    seats = list(roster.annotate(stored=ArraySubquery(_stored(ref))))
    rows = list(_rows(ref, [kept for seat in seats for kept in seat.stored]))
    return Standing(
        names={seat.student_id: seat.student.full_name for seat in seats},
        terms={seat.student_id: terms_of(seat, ref.period) for seat in seats},
        stored={
            (row.student_id, ref.code if isinstance(row, SubjectResult) else row.item): row for row in rows
        },
        beside={seat.student_id: counterparts_brought(seat) for seat in seats},
        owed=owed_in(ref) if ref.is_supplementary else None,
        decided=_decided_in(ref) if ref.is_supplementary else (),
    )


def _decided_in(ref: SheetRef) -> frozenset[int]:
    return frozenset(
        YearOutcome.objects.filter(school_class=ref.school_class).values_list("student_id", flat=True)
    )


def _stored(ref: SheetRef) -> Any:
    """The sheet's rows of the pupil at hand, each as an object with its columns."""
    found: Any
    if ref.line is not None:
        found = SubjectResult.objects.filter(line=ref.line)
    else:
        found = TraitResult.objects.filter(year=ref.school_class.year_id)
    columns = {each: each for each in _columns(found.model)}
    return found.filter(period=ref.period, student=OuterRef("student_id")).values(row=JSONObject(**columns))


def _rows(ref: SheetRef, stored: Iterable[Mapping[str, Any]]) -> Iterator[Result]:
    """By the way a query makes them: a homeroom sheet of 50 has 900, read anew at each key that is saved."""
    model: type[Result] = SubjectResult if ref.line is not None else TraitResult
    columns = _columns(model)
    for kept in stored:
        yield model.from_db(DEFAULT_DB_ALIAS, columns, [kept[each] for each in columns])


def _columns(model: type[Result]) -> list[str]:
    return [each.attname for each in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented API
