"""Which lines a class has, in the order of the books: the one place that is asked (rules R3, R4)."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from gradebook.json_rows import JsonRows
from gradebook.models import SubjectLine
from students.models import SchoolClass

Lines = tuple[SubjectLine, ...]


def lines_of(school_class: SchoolClass) -> Lines:
    """One statement."""
    return _in_order(SubjectLine.objects.taught_in(school_class))


def lines_of_classes(class_ids: Collection[int]) -> dict[int, Lines]:
    """By class. One statement, whatever the number of classes."""
    classes = with_lines(SchoolClass.objects.filter(pk__in=class_ids).order_by())
    return lines_of_each(classes)


def with_lines(classes: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
    """Classes that bring their lines along, for `lines_brought`: no statement more."""
    taught = SubjectLine.objects.taught_in_each().values(line=JSONObject(pk="pk", code="code"))
    return classes.annotate(taught=JsonRows(taught))


def lines_brought(school_class: Any) -> Lines:
    """The lines of a class that comes from `with_lines`."""
    return lines_of_each([school_class])[school_class.pk]


def lines_of_each(classes: Iterable[Any]) -> dict[int, Lines]:
    """By class, of classes that come from `with_lines`; a line that several have is made once."""
    made: dict[int, SubjectLine] = {}
    found = {}
    for school_class in classes:
        of_class = {"year_id": school_class.year_id, "grade_level": school_class.grade_level}
        for each in school_class.taught:
            if each["pk"] not in made:
                made[each["pk"]] = SubjectLine(**each, **of_class)
        found[school_class.pk] = _in_order(made[each["pk"]] for each in school_class.taught)
    return found


def _in_order(lines: Iterable[SubjectLine]) -> Lines:
    return tuple(sorted(lines, key=lambda each: each.line.position))
