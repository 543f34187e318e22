"""Whether what stands in a finished print has changed since it was read: then it must not be signed.

Read from the history tables by a function of the database, in the list's own statement. (Computing each print's hash
anew would take nine statements a print, and another version of a template changes it too.)
A history row counts only when a value that stands on paper differs from the one in force when the book was read.
Followed are results, outcomes, sizes and absences, years before Thông tư 27/2020, pupils, who sits in the class, its
lines, its homeroom teacher and the entry windows; not the school's heading lines nor the leaders' posts. A save that
had begun before the reading and ended after it is missed: milliseconds, for a class and period that is locked none at
all.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, JSONObject

from accounts.clock import now_in_sql
from accounts.veiled import as_stored
from approvals.models import BookSignature
from gradebook.decision_rules import DecisionState
from gradebook.models import (
    Arrangement,
    ClassLine,
    ClassYearEnd,
    Commendation,
    EntryWindow,
    OldYearRecord,
    ResultsDecision,
    ResultsDecisionLine,
    SubjectLine,
    SubjectResult,
    TeachingAssignment,
    TraitResult,
    WindowCut,
    YearOutcome,
)
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.periods_so_far import so_far
from students.models import (
    Absence,
    Enrolment,
    HomeroomAssignment,
    Movement,
    SchoolClass,
    SchoolYear,
    Student,
    YearProfile,
)

_ID_FIELDS: Final = ("moet_id", "school_code", "full_name", "birth_year", "birth_month", "birth_day")
_PERSON_FIELDS: Final = (
    *_ID_FIELDS,
    "register_no",
    "gender",
    "ethnic_code",
    "nationality",
    "birth_place",
    "origin",
    "home_address",
    "father_name",
    "mother_name",
    "guardian_name",
)
_SEAT_FIELDS: Final = ("student_id", "school_class_id", "position", "starts_on", "ends_on")
_HOMEROOM_FIELDS: Final = ("school_class_id", "teacher_id", "starts_on", "ends_on")
_ARRANGED_FIELDS: Final = ("item", "period", "kind", "decision_no", "decision_on")
_OUTCOME_FIELDS: Final = ("result", "award", "is_promoted")
_APPROVAL_FIELDS: Final = (
    *_OUTCOME_FIELDS,
    "original_result",
    "award_reason",
    "promotion_note",
    "approved_by_id",
    "approved_on",
)
_BLANKS: Final = {
    "attainment": "",
    "mark": None,
    "other_mark": None,
    "rating": "",
    "comment": "",
    "is_for_grade": False,
    "brought": "",
    "state": "open",
}
"""A new row that has nothing of what is printed changes nothing (a comment only, in a class table)."""
_UP_TO_ITS_PERIOD: Final = reduce(or_, (Q(printed=each, period__in=so_far(each)) for each in Period))
"""Of a print that shows the periods so far."""
_OLD_YEAR_FIELDS: Final = ("version",)
"""Each correction raises it, of whatever stands in the record or in its rows: the database sees to that."""
_PROFILE_FIELDS: Final = ("height_cm", "weight_kg", "absent_with_leave", "absent_without_leave")


def with_changes(prints: QuerySet[PrintJob]) -> QuerySet[PrintJob]:
    """Adds `is_outdated`: a finished print of which something has changed since its content was read.

    The moment of reading is `started_at`, that of the attempt that made the book. No further statement.
    """
    told = Func(
        *("pk", "book", "state", "decision_id", now_in_sql()),
        function="print_has_changed",
        output_field=BooleanField(),
    )
    return prints.annotate(is_outdated=told)


# --- The function in the database --------------------------------------------------------------------


def create_function(editor: BaseDatabaseSchemaEditor) -> None:
    """`print_has_changed`, for a migration: whoever changes what follows adds one that creates it anew."""
    editor.execute(
        f"""
CREATE OR REPLACE FUNCTION print_has_changed(
    of_print bigint, of_book text, of_state text, of_decision bigint, at_moment timestamptz
) RETURNS boolean LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $print${body_in_sql()}$print$;
""",
        None,
    )


def body_in_sql() -> str:
    """What the function does, written down from what follows: a statement a kind of book, planned once a connection.

    Of a decision only what later decisions and re-opened results say of its lines: its own words stay, and of a draft
    the page of the decision tells. A report is of the moment that it names. A test compares the function in the
    database with this.
    """
    cases = "\n".join(
        f"    WHEN '{book}' THEN RETURN ({_in_sql(changes())});" for book, changes in _CHANGES.items()
    )
    return f"""
BEGIN
    IF of_state <> 'done' THEN
        RETURN false;
    END IF;
    CASE of_book
{cases}
    ELSE
        RETURN false;
    END CASE;
END """


def _in_sql(changes: Iterable[Q | Exists]) -> str:
    """Whether any of them holds of the print, with all parameters written in."""
    is_changed = Case(When(_any(changes), then=True), default=False)
    one = PrintJob.objects.order_by().filter(pk=RawSQL("of_print", ()))
    statement, params = one.annotate(is_changed=is_changed).values("is_changed").query.sql_with_params()
    with connection.cursor() as cursor:
        return str(cursor.mogrify(statement, params))


_MOMENT: Final = RawSQL("at_moment", (), DateTimeField())
"""The time of asking, the function's argument."""


def _any(changes: Iterable[Q | Exists]) -> Q:
    return reduce(or_, changes, Q())


def _table_changes() -> Iterator[Q | Exists]:
    """What a class table shows: no comments, one period, outcomes at the year's end only, the signatures."""
    year, period = OuterRef("school_class__year_id"), OuterRef("period")
    yield _changed(
        SubjectResult, ("attainment", "mark"), line__year_id=year, period=period, student_id__in=_sitting()
    )
    yield _changed(TraitResult, ("rating",), year_id=year, period=period, student_id__in=_sitting())
    yield _changed(Arrangement, _ARRANGED_FIELDS, year_id=year, student_id__in=_sitting())
    grade = OuterRef("school_class__grade_level")
    yield _changed(SubjectLine, ("is_for_grade",), year_id=year, grade_level=grade)
    yield _changed(ClassLine, ("is_taught",), school_class_id=OuterRef("school_class_id"))
    outcomes = _changed(YearOutcome, _OUTCOME_FIELDS, school_class_id=OuterRef("school_class_id"))
    yield Q(outcomes, period=Period.YEAR_END)
    yield _changed(Student, (*_ID_FIELDS, "gender", "is_exempt_from_assessment"), id__in=_sitting())
    yield _changed(Enrolment, _SEAT_FIELDS, school_class_id=OuterRef("school_class_id"))
    yield _changed(HomeroomAssignment, _HOMEROOM_FIELDS, school_class_id=OuterRef("school_class_id"))
    yield _opened_or_closed()
    yield Exists(_cuts_of_the_class())
    yield Exists(_signatures().filter(signed_at__gt=OuterRef("started_at")))
    is_signed = Exists(_signatures())
    signed = {"period": period, "student_id__in": _sitting()}
    yield Q(_changed(SubjectResult, ("comment", "other_mark"), line__year_id=year, **signed), is_signed)
    yield Q(_changed(TraitResult, ("comment",), year_id=year, **signed), is_signed)


def _signatures() -> QuerySet[Any]:
    """On the books of the print's class and period: the paper tells who signed and whether it holds, so what is signed
    and not printed is followed too, once there is a signature."""
    of_class: Any = BookSignature.objects.filter(
        school_class_id=OuterRef("school_class_id"), period=OuterRef("period")
    )
    return of_class.order_by()


def _transcript_changes() -> Iterator[Q | Exists]:
    """What the học bạ show: the year's end of each year up to that of the class."""
    year, end, pupils = OuterRef("school_class__year_id"), Period.YEAR_END, _sitting()
    yield _changed(
        SubjectResult,
        ("attainment", "mark", "comment"),
        line__year_id__lte=year,
        period=end,
        student_id__in=pupils,
    )
    # Not year_id__lte: the planner would read all of a year through its index, once a pupil.
    years = SchoolYear.objects.filter(pk__lte=OuterRef(OuterRef("school_class__year_id"))).values("pk")
    yield _changed(TraitResult, ("rating", "comment"), year_id__in=years, period=end, student_id__in=pupils)
    yield _changed(Arrangement, _ARRANGED_FIELDS, year_id__in=years, student_id__in=pupils)
    yield _changed(YearOutcome, _APPROVAL_FIELDS, school_class__year_id__lte=year, student_id__in=pupils)
    yield _changed(YearProfile, _PROFILE_FIELDS, year_id__lte=year, student_id__in=pupils)
    yield _changed(OldYearRecord, _OLD_YEAR_FIELDS, year__lte=year, student_id__in=pupils)
    absences = Absence.history.filter(
        history_date__gte=OuterRef("started_at"),
        roll_call__school_class__year_id__lte=year,
        student_id__in=pupils,
    )
    yield Exists(absences)
    yield _changed(Student, _PERSON_FIELDS, id__in=pupils)
    yield _changed(Enrolment, _SEAT_FIELDS, school_class__year_id__lte=year, student_id__in=pupils)
    # Who else sits in the class does not stand in the học bạ of one pupil.
    others = _changed(Enrolment, _SEAT_FIELDS, school_class_id=OuterRef("school_class_id"))
    yield Q(others, student__isnull=True)
    yield _changed(HomeroomAssignment, _HOMEROOM_FIELDS, school_class_id=OuterRef("school_class_id"))


def _pack_changes() -> Iterator[Exists]:
    """What a transfer pack shows of its pupil: all periods, and the movements."""
    pupil = OuterRef("movement__student_id")
    yield _changed(SubjectResult, ("attainment", "mark", "other_mark", "comment"), student_id=pupil)
    yield _changed(TraitResult, ("rating", "comment"), student_id=pupil)
    yield _changed(Arrangement, _ARRANGED_FIELDS, student_id=pupil)
    yield _changed(YearOutcome, _APPROVAL_FIELDS, student_id=pupil)
    yield _changed(YearProfile, _PROFILE_FIELDS, student_id=pupil)
    yield _changed(OldYearRecord, _OLD_YEAR_FIELDS, student_id=pupil)
    yield Exists(Absence.history.filter(history_date__gte=OuterRef("started_at"), student_id=pupil))
    yield _changed(Student, _PERSON_FIELDS, id=pupil)
    yield _changed(Movement, ("cancelled_at",), student_id=pupil)


def _slip_changes() -> Iterator[Q | Exists]:
    """What slips show: levels and marks up to the period, its comments, days absent; at the year's end its outcome."""
    year, period, pupils = OuterRef("school_class__year_id"), OuterRef("period"), _sitting()
    of_class = {"school_class_id": OuterRef("school_class_id")}
    lines = {"line__year_id": year, "student_id__in": pupils}
    yield _changed(SubjectResult, ("attainment", "mark", "brought"), _UP_TO_ITS_PERIOD, **lines)
    yield _changed(SubjectResult, ("comment",), period=period, **lines)
    traits = {"year_id": year, "student_id__in": pupils}
    yield _changed(TraitResult, ("rating", "brought"), _UP_TO_ITS_PERIOD, **traits)
    yield _changed(TraitResult, ("comment",), period=period, **traits)
    yield _changed(Arrangement, _ARRANGED_FIELDS, **traits)
    grade = OuterRef("school_class__grade_level")
    yield _changed(SubjectLine, ("is_for_grade",), year_id=year, grade_level=grade)
    yield _changed(ClassLine, ("is_taught",), **of_class)
    at_the_end = (
        _changed(YearOutcome, _APPROVAL_FIELDS, student_id__in=pupils, **of_class)
        | _changed(ClassYearEnd, ("state",), **of_class)
        | _changed(
            Commendation,
            ("kind", "text", "given_on", "taken_back_for"),
            student_id__in=pupils,
            **of_class,
        )
    )
    yield Q(at_the_end, period=Period.YEAR_END)
    yield _changed(YearProfile, _PROFILE_FIELDS, year_id=year, student_id__in=pupils)
    rolls = {"roll_call__school_class__year_id": year, "student_id__in": pupils}
    yield Exists(Absence.history.filter(history_date__gte=OuterRef("started_at"), **rolls))
    yield _changed(Student, (*_ID_FIELDS, "is_exempt_from_assessment"), id__in=pupils)
    yield _changed(Enrolment, _SEAT_FIELDS, student_id__in=pupils, **of_class)
    # Who else sits in the class does not stand on the slip of one pupil.
    yield Q(_changed(Enrolment, _SEAT_FIELDS, **of_class), student__isnull=True)
    yield _changed(HomeroomAssignment, _HOMEROOM_FIELDS, **of_class)
    yield _opened_or_closed()
    yield Exists(_cuts_of_the_class())


def _own_book_changes() -> Iterator[Q | Exists]:
    """What a teacher's own book shows: the cells of the own sheets up to the period, its comments, their signatures.

    Followed are all sheets that the teacher ever held in the year, and who holds them.
    """
    year, period = OuterRef("school_year_id"), OuterRef("period")
    pupils, teacher = _own_pupils(), OuterRef(OuterRef("teacher_id"))
    own_line = Exists(
        TeachingAssignment.objects.filter(
            teacher_id=teacher,
            line_id=OuterRef("line_id"),
            school_class__enrolments__student_id=OuterRef("student_id"),
        )
    )
    lines = {"line__year_id": year, "student_id__in": pupils}
    yield _changed(SubjectResult, ("attainment", "mark", "brought"), _UP_TO_ITS_PERIOD, own_line, **lines)
    yield _changed(SubjectResult, ("comment",), own_line, period=period, **lines)
    led = Exists(
        HomeroomAssignment.objects.filter(
            teacher_id=teacher, school_class__enrolments__student_id=OuterRef("student_id")
        )
    )
    traits = {"year_id": year, "student_id__in": pupils}
    yield _changed(TraitResult, ("rating", "brought"), _UP_TO_ITS_PERIOD, led, **traits)
    yield _changed(TraitResult, ("comment",), led, period=period, **traits)
    yield _changed(Arrangement, _ARRANGED_FIELDS, **traits)
    yield _changed(Student, (*_ID_FIELDS, "gender", "is_exempt_from_assessment"), id__in=pupils)
    yield _changed(Enrolment, _SEAT_FIELDS, school_class_id__in=_own_classes())
    yield _changed(ClassLine, ("is_taught",), school_class_id__in=_own_classes())
    own = {"school_class__year_id": year, "teacher_id": OuterRef("teacher_id")}
    yield _changed(TeachingAssignment, ("line_id", *_HOMEROOM_FIELDS), **own)
    yield _changed(HomeroomAssignment, _HOMEROOM_FIELDS, **own)
    yield Exists(_windows_since().filter(year_id=year, period=period))
    cuts = WindowCut.objects.filter(
        order__year_id=year,
        order__period=period,
        shut_at__gt=OuterRef("started_at"),
        shut_at__lte=_MOMENT,
    )
    yield Exists(cuts)
    signed: Any = BookSignature.objects.filter(school_class_id__in=_own_classes(), period=period).order_by()
    yield Exists(signed.filter(signed_at__gt=OuterRef("started_at")))
    # The signature on the class's book is one on the levels of all its lines, the colleagues' too.
    others = _changed(SubjectResult, ("attainment", "mark", "other_mark"), led, period=period, **lines)
    yield Q(others, Exists(signed))


_OF_DECISION: Final = RawSQL("of_decision", (), BigIntegerField())
"""The decision of the print, the function's argument."""
_DECIDED_FIELDS: Final = ("result", "award", "award_reason", "is_promoted", "promotion_note")


def _decision_changes() -> Iterator[Q | Exists]:
    """What came of a decision's lines on this paper: amended by another, or by none any more; re-opened and not decided
    again in the same way. And whether the decision was withdrawn."""
    began = OuterRef("started_at")
    amended = Q(decision__state=DecisionState.ISSUED, decision__issued_at__gt=began) | Q(
        decision__state=DecisionState.WITHDRAWN,
        decision__issued_at__lte=began,
        decision__withdrawn_at__gt=began,
    )
    later = ResultsDecisionLine.objects.filter(amended, replaces__decision=_OF_DECISION).order_by()
    yield Exists(_on_the_paper(later, of="replaces__"))
    same = {field: OuterRef(field) for field in ("student_id", "school_class_id", *_DECIDED_FIELDS)}
    taken_back = YearOutcome.history.filter(
        ~Exists(YearOutcome.objects.filter(**same)),
        history_type="-",
        history_date__gte=OuterRef(OuterRef("started_at")),
        student_id=OuterRef("student_id"),
        school_class_id=OuterRef("school_class_id"),
    )
    own = ResultsDecisionLine.objects.filter(decision=_OF_DECISION, is_struck=False).order_by()
    yield Exists(_on_the_paper(own).filter(Exists(taken_back)))
    yield Exists(ResultsDecision.objects.filter(pk=_OF_DECISION, withdrawn_at__gt=began).order_by())


def _on_the_paper(lines: QuerySet[Any], of: str = "") -> QuerySet[Any]:
    """Those (what `of` leads to from them) of the print's class where it is of one, of pupils that stand on a page;
    of all, where it was not kept who does."""
    pupil = Cast(f"{of}student_id", TextField())
    known = lines.alias(
        places=ExpressionWrapper(OuterRef("places"), JSONField()),
        of_class=Coalesce(OuterRef("school_class_id"), F(f"{of}school_class_id")),
        is_listed=Func(OuterRef("places"), pupil, function="jsonb_exists", output_field=BooleanField()),
    )
    return known.filter(Q(places={}) | Q(is_listed=True), **{f"{of}school_class_id": F("of_class")})


def _own_classes() -> QuerySet[Any]:
    """Ids of the classes in which the print's teacher has held anything in its year; to be used two queries deep."""
    teacher, year = OuterRef(OuterRef("teacher_id")), OuterRef(OuterRef("school_year_id"))
    held = Q(teaching_assignments__teacher_id=teacher) | Q(homeroom_assignments__teacher_id=teacher)
    return SchoolClass.objects.filter(held, year_id=year).order_by().values("pk")


def _own_pupils() -> QuerySet[Any]:
    """Ids of all who ever sat in one of them; to be used two queries deep."""
    teacher, year = OuterRef(OuterRef("teacher_id")), OuterRef(OuterRef("school_year_id"))
    held = Q(school_class__teaching_assignments__teacher_id=teacher) | Q(
        school_class__homeroom_assignments__teacher_id=teacher
    )
    return Enrolment.objects.filter(held, school_class__year_id=year).order_by().values("student_id")


def _sitting() -> QuerySet[Any]:
    """Ids of all who ever sat in the print's class, or of its one pupil; to be used two queries deep."""
    pupil = Coalesce(OuterRef(OuterRef("student_id")), F("student_id"))
    return Enrolment.objects.filter(
        school_class_id=OuterRef(OuterRef("school_class_id")), student_id=pupil
    ).values("student_id")


_CHANGES: Final[Mapping[str, Callable[[], Iterable[Q | Exists]]]] = {
    PrintJob.Book.CLASS_TABLE: _table_changes,
    PrintJob.Book.TRANSCRIPTS: _transcript_changes,
    PrintJob.Book.TRANSFER_PACK: _pack_changes,
    PrintJob.Book.SLIPS: _slip_changes,
    PrintJob.Book.OWN_BOOK: _own_book_changes,
    PrintJob.Book.DECISION: _decision_changes,
    PrintJob.Book.CERTIFICATES: _decision_changes,
}


def _changed(model: type[Model], fields: tuple[str, ...], *further: Q | Exists, **which: Any) -> Exists:
    """Whether history after the print's reading has `fields` other than those in force at the reading.

    `further` conditions may name `printed`, the period of the print.
    """
    history = model.history.model  # type: ignore[attr-defined]  # every followed model has one
    values = Cast(JSONObject(**{field: as_stored(history, field) for field in fields}), TextField())
    earlier = history.objects.filter(id=OuterRef("id"), history_date__lt=OuterRef(OuterRef("started_at")))
    before = earlier.order_by("-history_date", "-history_id").annotate(values=values).values("values")[:1]
    # The pupil's index always: through that of the dates, a print a month old reads the school's whole month.
    dated = history.objects.alias(
        changed_at=F("history_date") + timedelta(0),
        printed=ExpressionWrapper(OuterRef("period"), output_field=CharField()),
    )
    after = dated.filter(*further, changed_at__gte=OuterRef("started_at"), **which)
    # Named once: each naming is a copy of the subquery, and a list of prints asks for some fifty of them.
    is_other = ~Q(after=Coalesce(Subquery(before), Value(_blank(fields))))
    return Exists(after.alias(after=values).filter(Q(history_type="-") | is_other))


def _blank(fields: tuple[str, ...]) -> str:
    """As the database writes it, what a new row has in which nothing of it is printed; "" where there is none such."""
    if not set(fields) <= _BLANKS.keys():
        return ""
    in_order = sorted(fields, key=lambda field: (len(field), field))
    return json.dumps({field: _BLANKS[field] for field in in_order}, ensure_ascii=False)


def _windows_since() -> QuerySet[EntryWindow]:
    """Those that began or ended since the print's reading."""
    return EntryWindow.objects.filter(
        Q(opens_at__gt=OuterRef("started_at"), opens_at__lte=_MOMENT)
        | Q(closes_at__gt=OuterRef("started_at"), closes_at__lte=_MOMENT)
    )


def _opened_or_closed() -> Exists:
    """Whether windows of the print's class and period began or ended since: the paper names the lock."""
    windows = _windows_since().filter(
        Q(grade_level=None) | Q(grade_level=OuterRef("school_class__grade_level")),
        Q(school_class=None) | Q(school_class_id=OuterRef("school_class_id")),
        year_id=OuterRef("school_class__year_id"),
        period=OuterRef("period"),
    )
    return Exists(windows)


def _cuts_of_the_class() -> QuerySet[WindowCut]:
    """Locks of the whole class, or of its grade, while a wider window ran on."""
    return WindowCut.objects.filter(
        Q(order__grade_level=None) | Q(order__grade_level=OuterRef("school_class__grade_level")),
        Q(order__school_class=None) | Q(order__school_class_id=OuterRef("school_class_id")),
        shut_at__gt=OuterRef("started_at"),
        shut_at__lte=_MOMENT,
        order__line_code="",
        order__teacher=None,
        order__year_id=OuterRef("school_class__year_id"),
        order__period=OuterRef("period"),
    )
