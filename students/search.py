"""Finding a pupil: by words of the name, with or without tone marks, by an id, by the class (issue 4, part 7; R93).

Every word typed begins a word of the name, in any order, or an id; a word with a figure in it, or behind «lớp», names
the class. Only pupils that the searcher may see: those who sit, or sat, in a class within reach of SEE_CLASS.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts import permissions
from accounts.clock import today
from accounts.models import User
from accounts.permissions import Reach
from accounts.powers import Action
from students.completion import COMPLETED, years_of_completion
from students.models import Enrolment, SchoolClass, SchoolYear, Student
from students.models.pupils import words_of_pupil
from students.names import APOSTROPHES, search_key

MOST_WORDS, MOST_LETTERS = 8, 100
NATIONAL_ID, LOST_ZERO = 12, 11
MOET_ID = 10
LOOKED_THROUGH = 1500
CLASS_WORD = "lop"
BREAK = re.compile(rf"[\s{APOSTROPHES}-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A pupil of the answer. `class_label` is where they sit now, or sat last; `known_from` where the searcher knows
    them from when that is another class; `class_id` a class within reach, whose page shows them."""

    pk: int
    name: str
    birth: str
    class_label: str
    known_from: str
    is_former: bool
    class_id: int
    has_completed: bool = False

    @property
    def former_label(self) -> str:
        """How a former pupil went; empty for others."""
        if not self.is_former:
            return ""
        return COMPLETED if self.has_completed else "Đã rời trường"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found, in the Vietnamese order; `has_more`: there are more than could be shown."""

    pupils: Sequence[Found]
    has_more: bool


def find_pupils(text: str, *, by: User, most: int) -> Answer:
    """The first `most` pupils that fit all words and that this person may see. At most eight statements."""
    reach = permissions.reach_of(by, Action.SEE_CLASS)
    words = _words(text)
    if not words:
        return Answer((), has_more=False)
    current = SchoolYear.objects.current()
    fitting = Student.objects.filter(_fitting(words, reach, current)).order_by("sort_key", "pk")
    found = _first_within(fitting, reach, most + 1)
    return Answer(_described(found[:most], reach, current), has_more=len(found) > most)


# -- What is asked for -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as typed, folded; whether it may name a class."""

    text: str
    may_be_class: bool


def _words(text: str) -> list[_Word]:
    """The words of a search. «lớp» only says that a class follows, unless nothing does."""
    parts = [part for part in BREAK.split(search_key(text[:MOST_LETTERS])) if part][:MOST_WORDS]
    words = []
    for place, part in enumerate(parts):
        if part == CLASS_WORD and place + 1 < len(parts):
            continue
        is_behind = place > 0 and parts[place - 1] == CLASS_WORD
        words.append(_Word(part, may_be_class=is_behind or any(map(str.isdigit, part))))
    return words


def _fitting(words: Sequence[_Word], reach: Reach, current: SchoolYear | None) -> Q:
    """The condition on pupils; a word that is the name of a class within reach is that class."""
    classes = _classes_named([word.text for word in words if word.may_be_class], reach, current)
    wanted = Q()
    others = []
    for word in words:
        if word.text in classes:
            wanted &= Q(_sits_in(classes[word.text]))
        elif word.text.isdigit() and len(word.text) in (LOST_ZERO, NATIONAL_ID):
            wanted &= Q(national_id=word.text.zfill(NATIONAL_ID))
        else:
            others.append(word.text)
    return wanted & Q(_has_words(others)) if others else wanted


def _classes_named(texts: Sequence[str], reach: Reach, current: SchoolYear | None) -> Mapping[str, list[int]]:
    """For each text the classes of that name, or else those whose name begins so: of this year, or else of any."""
    if not texts:
        return {}
    begins = Q()
    for text in texts:
        begins |= Q(name__istartswith=text)
    rows = SchoolClass.objects.filter(begins, reach.condition()).values_list("name", "pk", "year")
    classes = [(search_key(name), pk, current is not None and year == current.pk) for name, pk, year in rows]
    meant = {text: _meant(text, classes) for text in texts}
    return {text: ids for text, ids in meant.items() if ids}


def _meant(text: str, classes: Sequence[tuple[str, int, bool]]) -> list[int]:
    """Of (name, id, of this year) those that the text means."""
    for is_exact, this_year in ((True, True), (False, True), (True, False), (False, False)):
        ids = [
            pk
            for name, pk, is_current in classes
            if (name == text if is_exact else name.startswith(text)) and is_current is this_year
        ]
        if ids:
            return ids
    return []


def _has_words(texts: Sequence[str]) -> Func:
    """All these begin words of the pupil. A single letter alone is a whole word (Ý, Y), not half the school."""
    query = " & ".join(_lexemes(text, begins=len(texts) > 1 or len(text) > 1) for text in texts)
    return Func(
        words_of_pupil(),
        Cast(Value(query), SearchQueryField()),
        template="(%(expressions)s)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def _lexemes(text: str, *, begins: bool) -> str:
    """One word for a tsquery, quoted; a mã định danh that lost its leading zero in Excel is found too."""
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'" + (":*" if begins else "")
    if text.isdigit() and len(text) == MOET_ID - 1:
        return f"({quoted} | '{text.zfill(MOET_ID)}')"
    return quoted


# -- Who may be seen ---------------------------------------------------------------------------------------


def _first_within(fitting: QuerySet[Student], reach: Reach, most: int) -> list[Student]:
    """The first of these pupils with a seat, today or once, in a class within reach.

    For classes the database begins at their few seats. A grade of many schools has more seats than any word has
    pupils, so there the first pupils that fit are looked through: almost always enough of them are within reach.
    """
    if reach.whole_school:
        return list(fitting[:most])
    seats = Enrolment.objects.filter(reach.condition("school_class__"))
    if reach.grades:
        first = list(fitting.values_list("pk", flat=True)[:LOOKED_THROUGH])
        theirs = set(seats.filter(student__in=first).values_list("student", flat=True))
        within = [pk for pk in first if pk in theirs][:most]
        if len(within) == most or len(first) < LOOKED_THROUGH:
            return list(Student.objects.filter(pk__in=within).order_by("sort_key", "pk"))
    return list(fitting.filter(Exists(seats.filter(student=OuterRef("pk"))))[:most])


# -- Where they sit ----------------------------------------------------------------------------------------


def _sits_in(class_ids: Iterable[int]) -> Exists:
    """Pupils who sit, or sat until they moved or left, in one of these classes."""
    return Exists(Enrolment.objects.filter(school_class__in=class_ids, student=OuterRef("pk")))


def _described(students: Sequence[Student], reach: Reach, current: SchoolYear | None) -> tuple[Found, ...]:
    """What a line of the answer shows of each, in two statements."""
    if not students:
        return ()
    seats: dict[int, list[Enrolment]] = {student.pk: [] for student in students}
    rows = Enrolment.objects.filter(student__in=students).select_related("school_class__year")
    for seat in rows.order_by(F("starts_on").desc()):
        seats[seat.student_id].append(seat)
    found = [_found(student, seats[student.pk], reach, current) for student in students]
    completed = years_of_completion(each.pk for each in found if each.is_former) if current else {}
    return tuple(replace(each, has_completed=each.pk in completed) for each in found)


def _found(student: Student, seats: Sequence[Enrolment], reach: Reach, current: SchoolYear | None) -> Found:
    """`seats` newest first. Whoever has none (entered, not yet in a class) is no former pupil."""
    seat = next((each for each in seats if each.starts_on <= today()), seats[0] if seats else None)
    known = next((each for each in seats if reach.has(each.school_class)), None)
    is_former = seat is not None and _is_over(seat, current)
    return Found(
        pk=student.pk,
        name=student.full_name,
        birth=student.birth_label,
        class_label=_label(seat, current),
        known_from=_label(known, current) if known and not reach.whole_school and known != seat else "",
        is_former=is_former,
        class_id=known.school_class_id if known else 0,
    )


def _is_over(seat: Enrolment, current: SchoolYear | None) -> bool:
    """The pupil left, or was not taken over into the year that runs."""
    year = seat.school_class.year
    has_left = seat.ends_on is not None and seat.ends_on < year.day_for_roster()
    return has_left or (current is not None and year.pk < current.pk)


def _label(seat: Enrolment | None, current: SchoolYear | None) -> str:
    """ "4A"; of another year "5D (2025 - 2026)"; without a seat "chưa xếp lớp"."""
    if seat is None:
        return "chưa xếp lớp"
    year = seat.school_class.year
    return seat.school_class.name if year == current else f"{seat.school_class.name} ({year.label})"
