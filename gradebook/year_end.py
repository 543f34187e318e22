"""The year's end of some classes as their pages and lists show it: computed, said, decided, pupil by pupil.

Read only, in a constant number of statements; the acts are in `gradebook.year_end_steps` and `gradebook.outcomes`.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradebook import grading
from gradebook.computed_results import computed_of, seats_of
from gradebook.earlier_decisions import earlier_decisions
from gradebook.grading import Item, Outcome
from gradebook.models import ClassYearEnd, Commendation, PupilYearEnd, YearOutcome
from gradebook.regulation import LINES, TRAITS, Award, RuleSet, YearResult, line_by_code, trait_by_code
from gradebook.year_end_rules import (
    WRITABLE,
    Computed,
    Exceptional,
    Promotion,
    State,
    against_promotion,
    to_retest,
    to_train,
)
from gradebook.year_rules import rules_of
from students.absences import Absences, absence_totals
from students.models import Enrolment, SchoolClass, Student


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil. `said` is the homeroom teacher's, unsaved where nothing is said yet; `decided` the principal's.

    `earlier` are the principal's decisions that were re-opened since, in words.
    """

    number: int
    student: Student
    school_class: SchoolClass
    computed: Computed
    said: PupilYearEnd
    decided: YearOutcome | None
    absences: Absences | None
    praised: tuple[Commendation, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def is_assessed(self) -> bool:
        """Not who is left out by a decision, altogether or of every single item: nothing is missing, nothing comes."""
        return self.final.result is not None or bool(self.final.missing)

    @property
    def final(self) -> Outcome:
        return self.computed.final

    @property
    def proposed(self) -> YearResult | None:
        """The computed result; the one asked for where the principal has granted the exception (R39)."""
        if self.said.exception == Exceptional.GRANTED:
            return YearResult(self.said.wanted_result)
        return self.final.result

    @property
    def result(self) -> YearResult | None:
        """As approved; before, as proposed."""
        if self.decided is not None:
            return YearResult(self.decided.result) if self.decided.result else None
        return self.proposed

    @property
    def is_exception(self) -> bool:
        if self.decided is not None:
            return bool(self.decided.exception_reason)
        return self.said.exception == Exceptional.GRANTED

    @property
    def is_stale(self) -> bool:
        """Confirmed once, and computed otherwise since: a mark was corrected, or an item assessed again."""
        return bool(self.said.confirmed_result) and self.said.confirmed_result != (self.final.result or "")

    @property
    def original_result(self) -> str:
        """What the year-end values came to, of a pupil who was assessed again (R41); "" of the others."""
        if self.decided is not None:
            return self.decided.original_result
        return self.original_now

    @property
    def original_now(self) -> str:
        return (self.computed.original.result or "") if self.computed.was_reassessed else ""

    @property
    def is_contradicted(self) -> bool:
        """Approved, and computed otherwise since, as a correction leaves it (R55); what was confirmed tells."""
        if self.decided is None or not self.decided.result or not self.said.confirmed_result:
            return False
        return self.is_stale or self.original_now != self.decided.original_result

    @property
    def is_confirmed(self) -> bool:
        return bool(self.said.confirmed_result) and not self.is_stale

    @property
    def failing(self) -> tuple[Item, ...]:
        """What still fails after the supplementary assessment."""
        return self.final.failing

    @property
    def waits(self) -> bool:
        """Left for the supplementary assessment or the training in summer: not decided with the others (R40)."""
        return (
            self.decided is None
            and self.proposed is YearResult.CHT
            and self.said.promotion == Promotion.WAITS
        )

    @property
    def is_to_decide(self) -> bool:
        """The principal's approval decides on this pupil."""
        return self.is_assessed and self.decided is None and not self.waits

    @property
    def award(self) -> grading.AwardProposal:
        """The title the result opens, and what is lacking (R45)."""
        return grading.award_for(
            self.result,
            bars_title=bool(self.original_result) and not self._rules.reassessed_may_be_honoured,
            outstanding_lines=self.said.outstanding_lines,
            progress_traits=self.said.progress_traits,
            recognised_by_class=self.said.is_recognised,
        )

    @property
    def _rules(self) -> RuleSet:
        return rules_of(self.school_class.year)

    @property
    def award_label(self) -> str:
        if self.decided is not None:
            return Award(self.decided.award).label if self.decided.award else ""
        return self.award.award.label if self.award.award else ""

    @property
    def award_reason(self) -> str:
        if self.decided is not None:
            return self.decided.award_reason
        return named(self.said)

    @property
    def problem(self) -> str:
        """What the homeroom teacher still has to do here before the class is complete; "" when nothing."""
        if not self.is_assessed or self.decided is not None:
            return ""
        if self.final.result is None:
            return missing_words(self.final)
        if self.is_stale:
            return "Kết quả hệ thống tính đã đổi từ lúc xác nhận: xem và xác nhận lại."
        if not self.is_confirmed:
            return "Chưa xác nhận kết quả."
        return against_promotion(self.proposed, self.said.promotion, self.said.promotion_note) or ""


@dataclass(frozen=True)
class ClassPage:
    """A class's year end. `record` is unsaved where no step was taken yet."""

    school_class: SchoolClass
    record: ClassYearEnd
    rows: tuple[Row, ...]

    @property
    def state(self) -> State:
        return State(self.record.state)

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE and not self.school_class.year.is_closed

    @cached_property
    def problems(self) -> tuple[str, ...]:
        return tuple(f"{row.student.full_name}: {row.problem}" for row in self.rows if row.problem)

    @cached_property
    def to_confirm(self) -> tuple[Row, ...]:
        """Computed, and not confirmed: what «Xác nhận cả lớp» takes; a stale exception is asked for anew instead."""
        return tuple(
            row
            for row in self.rows
            if row.is_assessed
            and row.decided is None
            and row.final.result is not None
            and not row.is_confirmed
            and not row.said.wanted_result
        )

    @cached_property
    def to_decide(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_to_decide)

    @cached_property
    def waiting(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.waits)

    @cached_property
    def asked(self) -> tuple[Row, ...]:
        """Exceptions that the principal has to decide."""
        return tuple(
            row for row in self.rows if row.decided is None and row.said.exception == Exceptional.ASKED
        )

    @cached_property
    def contradicted(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_contradicted)

    @property
    def decided(self) -> int:
        return sum(1 for row in self.rows if row.is_assessed and row.decided)

    @property
    def confirmed(self) -> int:
        """With nothing left to do for the homeroom teacher."""
        return sum(1 for row in self.rows if row.is_assessed and not row.problem)

    @property
    def assessed(self) -> int:
        return sum(1 for row in self.rows if row.is_assessed)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many of each result, best first, and those without."""
        by_result = [
            (result.label, sum(1 for row in self.rows if row.result is result)) for result in YearResult
        ]
        without = sum(1 for row in self.rows if row.result is None)
        left_out = len(self.rows) - self.assessed
        return [*by_result, ("Chưa có kết quả", without - left_out), ("Không đánh giá", left_out)]

    def row_of(self, student_id: int) -> Row | None:
        return next((row for row in self.rows if row.student.pk == student_id), None)


def read_class(school_class: SchoolClass) -> ClassPage:
    """One class, with its year at hand. Fourteen statements, whatever the number of pupils."""
    record = ClassYearEnd.objects.filter(school_class=school_class).select_related(
        "completed_by", "reviewed_by", "approved_by", "returned_by"
    )
    return ClassPage(
        school_class,
        record.first() or ClassYearEnd(school_class=school_class),
        read_rows([school_class]),
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the results: absences by (pupil, year), praise and earlier decisions by (class, pupil)."""

    absences: Mapping[tuple[int, int], Absences] = field(default_factory=dict)
    praised: Mapping[tuple[int, int], Sequence[Commendation]] = field(default_factory=dict)
    earlier: Mapping[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)


def read_rows(classes: Sequence[SchoolClass], only: Collection[int] | None = None) -> tuple[Row, ...]:
    """The pupils of classes of one year, or `only` some of them, by class and in class order. Thirteen statements."""
    seats = [seat for seat in seats_of(classes) if only is None or seat.student_id in only]
    praised: dict[tuple[int, int], list[Commendation]] = defaultdict(list)
    for each in Commendation.objects.standing().filter(school_class__in=classes):
        praised[each.school_class_id, each.student_id].append(each)
    year_id = classes[0].year_id if classes else 0
    absences = absence_totals([seat.student_id for seat in seats], until=year_id)
    return _rows(classes, seats, _Beside(absences, praised, earlier_decisions([each.pk for each in classes])))


def read_results(
    classes: Sequence[SchoolClass], *, on: datetime.date | None = None, only: Collection[int] | None = None
) -> tuple[Row, ...]:
    """The same of all pupils of a day, or `only` some, with nothing beside the results. Eight statements."""
    seats = [seat for seat in seats_of(classes, on=on) if only is None or seat.student_id in only]
    return _rows(classes, seats, _Beside())


def _rows(classes: Sequence[SchoolClass], seats: Sequence[Enrolment], beside: _Beside) -> tuple[Row, ...]:
    computed = computed_of(seats)
    said = {
        (each.school_class_id, each.student_id): each
        for each in PupilYearEnd.objects.filter(school_class__in=classes)
    }
    decided = {
        (each.school_class_id, each.student_id): each
        for each in YearOutcome.objects.filter(school_class__in=classes)
    }
    rows = []
    number, last = 0, None
    for seat in seats:
        number = number + 1 if seat.school_class_id == last else 1
        last = seat.school_class_id
        key = (seat.school_class_id, seat.student_id)
        rows.append(
            Row(
                number,
                seat.student,
                seat.school_class,
                computed[seat.student_id],
                said.get(key)
                or PupilYearEnd(school_class=seat.school_class, student=seat.student, version=0),
                decided.get(key),
                beside.absences.get((seat.student_id, seat.school_class.year_id)),
                tuple(beside.praised.get(key, ())),
                beside.earlier.get(key, ()),
            )
        )
    return tuple(rows)


def named(said: PupilYearEnd) -> str:
    """What the class recognised: the subjects, the qualities and competencies, by their names."""
    lines = [line_by_code(code).short_name for code in said.outstanding_lines]
    return ", ".join([*lines, *(trait_by_code(code).name for code in said.progress_traits)])


def missing_words(outcome: Outcome, most: int = 4) -> str:
    """«Còn thiếu: Toán, điểm KTĐK Toán … và 3 nội dung nữa.»"""
    names = [item.sentence.removesuffix(" chưa có") for item in outcome.missing]
    if not names:
        return " ".join(outcome.reasons)
    more = f" và {len(names) - most} nội dung nữa" if len(names) > most else ""
    return f"Còn thiếu: {'; '.join(names[:most])}{more}."


def retest_words(row: Row) -> str:
    return _after_again(row, to_retest(row.failing))


def training_words(row: Row) -> str:
    return _after_again(row, to_train(row.failing))


def _after_again(row: Row, failing: Sequence[Item]) -> str:
    """What was not assessed again yet has not failed again."""
    owed = {(item.kind, item.code) for item in row.computed.owed}
    words = [
        f"{item.name}: chưa đánh giá lại" if (item.kind, item.code) in owed else item.sentence
        for item in failing
    ]
    return "; ".join(dict.fromkeys(words))


def exempt_names(row: Row) -> str:
    """What the result leaves out (R33), by name, in the order of the books."""
    codes = row.computed.exempt
    lines = [line for line in LINES if line.code in codes]
    return ", ".join(
        [*(line.short_name for line in lines), *(each.name for each in TRAITS if each.code in codes)]
    )
