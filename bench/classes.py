"""The class list, a class's page and its sheet, of the same class and by the same people."""

from bench import sheets
from bench.rows import Row, School

CLASSES = "/students/classes/"


def measure(school: School) -> list[Row]:
    """The clerk's list of classes is left out: it shows a hundred times as many, and has to."""
    target = sheets.find_target(school.stack)
    return [
        school.time_page("class list, teacher", target.teacher, CLASSES),
        school.time_page("class page, teacher", target.teacher, f"{CLASSES}{target.class_id}/"),
        school.time_page("class page, clerk", "vanthu", f"{CLASSES}{target.class_id}/"),
        school.time_page("mark sheet, teacher", target.teacher, target.path),
        school.time_page("«Việc của tôi», teacher", target.teacher, "/"),
    ]
