"""What it means to give classes a line when entry has begun: sheets that were complete are so no longer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gradebook.line_approvals import Gain, on_their_way
from gradebook.models import ClassLine, EntryWindow, SubjectLine
from gradebook.progress import with_pupil_counts
from gradebook.regulation import Period, line_by_code
from gradebook.scopes import place_of
from gradebook.spans import spans_at, with_cuts
from students.models import SchoolYear

ClassChoice = Mapping[tuple[int, str], bool | None]


def gained_by_grades(year: SchoolYear, chosen: Mapping[int, Iterable[str]]) -> list[Gain]:
    """The classes that would get a line (its code) with their grade."""
    has = lines_of_grades(year)
    own = set(ClassLine.objects.filter(school_class__year=year).values_list("school_class_id", "line__code"))
    return [
        (each, code)
        for each in year.classes.all()
        for code in chosen.get(each.grade_level, ())
        if (each.grade_level, code) not in has and (each.pk, code) not in own
    ]


def gained_by_classes(year: SchoolYear, chosen: ClassChoice) -> list[Gain]:
    """The same of what classes choose for themselves."""
    of_grade = lines_of_grades(year)
    rows = ClassLine.objects.filter(school_class__year=year)
    own = {
        (pk, code): taught for pk, code, taught in rows.values_list("school_class", "line__code", "is_taught")
    }
    classes = {each.pk: each for each in year.classes.all()}
    gained = []
    for (pk, code), will in chosen.items():
        by_grade = (classes[pk].grade_level, code) in of_grade
        if (by_grade if will is None else will) and not own.get((pk, code), by_grade):
            gained.append((classes[pk], code))
    return gained


def effects(year: SchoolYear, gained: Sequence[Gain]) -> str:
    """In sentences, what the sheets of periods that were opened and results on their way get by it; "" before the
    first. Three statements."""
    windows = list(with_cuts(EntryWindow.objects.filter(year=year)))
    # Any: the type checker does not know the column that `with_pupil_counts` adds.
    counted: Any = with_pupil_counts(year.classes.all())
    pupils = dict(counted.values_list("pk", "pupils"))
    found: dict[tuple[str, str], list[str]] = {}
    for school_class, code in gained:
        theirs = [
            each for each in spans_at(windows, place_of(school_class, code)) if each.is_open or each.is_past
        ]
        begun = sorted({Period(each.period) for each in theirs}, key=lambda period: period.order)
        is_open = {each.period for each in theirs if each.is_open}
        if begun:
            words = ", ".join(
                f"{each.value} ({'đang mở' if each in is_open else 'đã khoá'})" for each in begun
            )
            name = f"{school_class.name} ({pupils.get(school_class.pk, 0)} em)"
            found.setdefault((line_by_code(code).short_name, words), []).append(name)
    of_sheets = [
        f"Thêm {line} cho lớp {', '.join(classes)}: sổ {words} của lớp có thêm môn này, chưa có kết quả."
        for (line, words), classes in found.items()
    ]
    return " ".join(filter(None, [*of_sheets, on_their_way(gained)]))


def lines_of_grades(year: SchoolYear) -> set[tuple[int, str]]:
    """(grade, code) of the lines that whole grades have."""
    lines = SubjectLine.objects.filter(year=year, is_for_grade=True)
    return set(lines.values_list("grade_level", "code"))
