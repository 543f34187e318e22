"""Finding a pupil: by words of the name, with or without tone marks, by an id, by the class (issue 4, part 7; R93).

Every word typed begins a word of the name, in any order, or an id; four figures or more may also end a mã định danh; a
word with a figure in it, or behind «lớp», names the class. Whoever types marks sees those first who are written so.
A class that nobody but others may see, of this year, still narrows: a teacher of last year knows by it who went there.
Only pupils that the searcher may see: those who sit, or sat, in a class within reach of SEE_CLASS.

The work stays the same however many pupils there are: it begins where the fewest can come from (`_sources`), goes
through them in the order of names, and stops at the last one that is shown.
"""

import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Q

from accounts import permissions
from accounts.clock import today
from accounts.models import User
from accounts.permissions import Reach
from accounts.powers import Action
from accounts.sealed import seal
from students.completion import COMPLETED, years_of_completion
from students.models import Enrolment, SchoolClass, SchoolYear, Student
from students.names import APOSTROPHES, clean, search_key, without_tones

MOST_WORDS, MOST_LETTERS = 8, 100
NATIONAL_ID, LOST_ZERO = 12, 11
MOET_ID = 10
FEWEST_LAST_FIGURES = 4
LOOKED_THROUGH = 2000
FEW_CLASSES = 60
MORE_TO_PREFER = 400
CLASS_WORD = "lop"
BREAK = re.compile(rf"[\s{APOSTROPHES}-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A pupil of the answer. `class_label` is where they sit now, or sat last; `known_from` where the searcher knows
    them from when that is another class; `class_id` a class within reach, whose page shows them; `opens`: so does
    the pupil's own. `left_on`: the day from which that class's page shows them no longer. `code`: of namesakes born on
    one day alone, to tell them apart."""

    pk: int
    name: str
    birth: str
    class_label: str
    known_from: str
    is_former: bool
    class_id: int
    has_completed: bool = False
    opens: bool = True
    left_on: datetime.date | None = None
    code: str = ""

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
    """The first `most` pupils that fit all words and that this person may see. At most seven statements."""
    reach = permissions.reach_of(by, Action.SEE_CLASS)
    words = _words(text)
    if not words:
        return Answer((), has_more=False)
    current = SchoolYear.objects.current()
    written = [word for word in clean(text[:MOST_LETTERS]).lower().split() if search_key(word) != word]
    found = _first(_asked(words, reach, current), reach, max(most + 1, MORE_TO_PREFER if written else 0))
    found.sort(key=lambda student: likeness(student.full_name, written))
    return Answer(_described(found[:most], reach, current), has_more=len(found) > most)


def likeness(name: str, words: Sequence[str]) -> int:
    """0 where each of the words is a word of the name, marks and all; 1 where it begins one; 2 else.

    Where the tone mark sits is no matter.
    """
    parts = [without_tones(part) for part in name.split()]
    wanted = [without_tones(word) for word in words]
    if all(word in parts for word in wanted):
        return 0
    begins = all(any(part.startswith(word) and has == tone for part, has in parts) for word, tone in wanted)
    return 1 if begins else 2


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a pupil: words for the index ("" for none), ids in whole, of each group of classes one."""

    words: str
    national_ids: tuple[str, ...]
    classes: tuple[Sequence[int], ...]
    looks_beyond: bool
    """One of the classes lies beyond reach: who sits there is within it by another seat, or not found."""


def _asked(words: Sequence[_Word], reach: Reach, current: SchoolYear | None) -> _Asked:
    """A word that is the name of a class within reach is that class."""
    classes, beyond = _classes_named([word.text for word in words if word.may_be_class], reach, current)
    others = [word.text for word in words if word.text not in classes]
    ids = [text for text in others if text.isdigit() and len(text) in (LOST_ZERO, NATIONAL_ID)]
    return _Asked(
        words=_query([text for text in others if text not in ids]),
        national_ids=tuple(text.zfill(NATIONAL_ID) for text in ids),
        classes=tuple(classes.values()),
        looks_beyond=beyond,
    )


def _classes_named(
    texts: Sequence[str], reach: Reach, current: SchoolYear | None
) -> tuple[Mapping[str, list[int]], bool]:
    """For each text the classes of that name, or else those whose name begins so: of this year, or else of any.

    Those within reach go first; of this year others count too, and whether any does is the second answer.
    """
    if not texts:
        return {}, False
    begins, near = Q(), reach.condition()
    for text in texts:
        begins |= Q(name__istartswith=text)
    if near and current:
        near |= Q(year=current)
    rows = SchoolClass.objects.filter(begins, near).order_by()
    named = [
        _Named(search_key(row.name), row.pk, bool(current and row.year_id == current.pk), reach.has(row))
        for row in rows.values_list("name", "year_id", "grade_level", "pk", named=True)
    ]
    within = [each for each in named if each.is_near]
    meant = {text: _meant(text, within) for text in texts}
    others = {text: _meant(text, named) for text in texts if not meant[text]}
    return {text: ids for text, ids in (meant | others).items() if ids}, any(others.values())


@dataclass(frozen=True, slots=True)
class _Named:
    """A class by its folded name; `is_near`: within the searcher's reach."""

    name: str
    pk: int
    is_current: bool
    is_near: bool


def _meant(text: str, classes: Sequence[_Named]) -> list[int]:
    """The ids of those that the text means."""
    for is_exact, this_year in ((True, True), (False, True), (True, False), (False, False)):
        ids = [
            each.pk
            for each in classes
            if (each.name == text if is_exact else each.name.startswith(text))
            and each.is_current is this_year
        ]
        if ids:
            return ids
    return []


def _query(texts: Sequence[str]) -> str:
    """All these begin words of the pupil. A single letter alone is a whole word (Ý, Y), not half the school."""
    return " & ".join(_lexemes(text, begins=len(texts) > 1 or len(text) > 1) for text in texts)


def _lexemes(text: str, *, begins: bool) -> str:
    """One word for a tsquery, quoted. Figures may end a mã định danh too, which may lack its zero lost in Excel."""
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'" + (":*" if begins else "")
    if not text.isdecimal() or len(text) < FEWEST_LAST_FIGURES:
        return quoted
    return f"({quoted} | '~{text[::-1]}':*)"


# -- Who fits ----------------------------------------------------------------------------------------------

_BEGINNING = """
(SELECT * FROM students_pupilwords ORDER BY sort_key, student_id LIMIT %(looked_through)s) beginning WHERE {words}
"""
_WITH_WORDS = "students_pupilwords WHERE {words} OFFSET 0"
_WITH_ID = """
students_pupilwords
WHERE {words} AND student_id IN (SELECT id FROM students_student WHERE national_id = ANY(%(national_ids)s))
OFFSET 0
"""
_IN_CLASSES = """
students_pupilwords WHERE {words} AND student_id IN (
    SELECT student_id FROM students_enrolment WHERE school_class_id = ANY(%(fewest_classes)s))
OFFSET 0
"""

# OFFSET 0 is a fence: the planner has to take the source as it is, and not a walk through everybody in the order of
# names; then its rows are judged in that order, until there are enough. LIMIT 1 has a row's own seats looked up, where
# the planner would rather read those of everybody.
_FIRST = """
SELECT pupil.id, pupil.full_name, pupil.birth_year, pupil.birth_month, pupil.birth_day, pupil.moet_id, pupil.school_code
FROM (
    SELECT student_id FROM (
        SELECT * FROM (SELECT student_id, sort_key FROM {source}) source
        ORDER BY sort_key, student_id OFFSET 0
    ) person
    WHERE {conditions} ORDER BY sort_key, student_id LIMIT %(most)s
) found
JOIN students_student pupil ON pupil.id = found.student_id
ORDER BY pupil.sort_key, pupil.id
"""
_HAS_WORDS = "words @@ %(words)s::tsquery"
_HAS_ID = "(SELECT national_id FROM students_student WHERE id = student_id) = ALL(%(national_ids)s)"
_SITS_IN = """
(SELECT true FROM students_enrolment seat
    WHERE seat.student_id = person.student_id AND school_class_id = ANY(%(classes_{place})s) LIMIT 1)
"""
_WITHIN_REACH = """
(SELECT true FROM students_enrolment seat JOIN students_schoolclass c ON c.id = school_class_id
    WHERE seat.student_id = person.student_id AND (c.id = ANY(%(own)s) OR grade_level = ANY(%(grades)s)) LIMIT 1)
"""


def _first(asked: _Asked, reach: Reach, most: int) -> list[Student]:
    """The first `most`, in the Vietnamese order, who fit and have a seat, today or once, in a class within reach.

    With name, birth date and codes alone. One statement; two for what few of the first pupils of all fit.
    """
    fewest = _fewest_classes(asked, reach)
    values = {
        "most": most,
        "looked_through": LOOKED_THROUGH,
        "words": asked.words,
        "national_ids": [seal(each, "national_id") for each in asked.national_ids],
        "fewest_classes": list(fewest or ()),
        "own": list(reach.classes),
        "grades": list(reach.grades),
        **{f"classes_{place}": list(ids) for place, ids in enumerate(asked.classes)},
    }
    words = _HAS_WORDS if asked.words else "true"
    conditions = " AND ".join(_conditions(asked, reach)) or "true"
    found: list[Student] = []
    for source in _sources(asked, fewest):
        statement = _FIRST.format(source=source.format(words=words), conditions=conditions)
        found = list(Student.objects.raw(statement, values))
        if len(found) == most:
            break
    return found


def _sources(asked: _Asked, fewest: Collection[int] | None) -> tuple[str, ...]:
    """Where those who fit come from. Words that many have are met soon among the first pupils of all."""
    if asked.national_ids:
        return (_WITH_ID,)
    if fewest is not None and len(fewest) <= FEW_CLASSES:
        return (_IN_CLASSES,)
    return (_BEGINNING, _WITH_WORDS if asked.words else _IN_CLASSES)


def _fewest_classes(asked: _Asked, reach: Reach) -> Collection[int] | None:
    """Classes in one of which every pupil found sits; None where no class is asked for and none bounds the reach."""
    groups: list[Collection[int]] = [*asked.classes]
    if not reach.whole_school and not reach.grades:
        groups.append(reach.classes)
    return min(groups, key=len, default=None)


def _conditions(asked: _Asked, reach: Reach) -> Iterator[str]:
    """What is asked beside the words. Classes asked for are within reach as it is, but for those beyond."""
    if asked.national_ids:
        yield _HAS_ID
    for place in range(len(asked.classes)):
        yield _SITS_IN.format(place=place)
    if not reach.whole_school and (asked.looks_beyond or not asked.classes):
        yield _WITHIN_REACH


# -- Where they sit ----------------------------------------------------------------------------------------


def _described(students: Sequence[Student], reach: Reach, current: SchoolYear | None) -> tuple[Found, ...]:
    """What a line of the answer shows of each, in two statements."""
    if not students:
        return ()
    seats: dict[int, list[Enrolment]] = {student.pk: [] for student in students}
    rows = Enrolment.objects.filter(student__in=students).select_related("school_class__year")
    for seat in rows.order_by(F("starts_on").desc()):
        seats[seat.student_id].append(seat)
    alike = Counter((student.full_name, student.birth_label) for student in students)
    found = [
        replace(
            _found(student, seats[student.pk], reach, current),
            code=_code(student) if alike[student.full_name, student.birth_label] > 1 else "",
        )
        for student in students
    ]
    completed = years_of_completion(each.pk for each in found if each.is_former) if current else {}
    return tuple(replace(each, has_completed=each.pk in completed) for each in found)


def _code(student: Student) -> str:
    return student.moet_id or student.school_code or "chưa có"


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
        opens=seat is None or reach.has(seat.school_class),
        left_on=_left_on(known) if known else None,
    )


def _left_on(seat: Enrolment) -> datetime.date | None:
    """From which day on the class's list does without them."""
    has_left = seat.ends_on is not None and seat.ends_on < seat.school_class.year.day_for_roster()
    return seat.ends_on + datetime.timedelta(days=1) if has_left and seat.ends_on else None


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
