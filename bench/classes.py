"""The class list, a class's page and its sheet, of the same class and by the same people."""

from bench.rows import Row, School

TEACHER, CLASS = "gvcn.4e", "4E"
CLASSES = "/students/classes/"


def measure(school: School) -> list[Row]:
    """Of a teacher who is nothing else: to whom heads more, a hundred schools show more, and the clerk's list of
    classes shows all of them."""
    class_id, period = school.stack.fetch(
        "SELECT c.id, w.period FROM students_schoolclass c"
        " JOIN gradebook_entrywindow w ON w.year_id = c.year_id AND now() BETWEEN w.opens_at AND w.closes_at"
        " WHERE c.name = %s ORDER BY c.year_id DESC LIMIT 1",
        CLASS,
    )[0]
    return [
        school.time_page("class list, teacher", TEACHER, CLASSES),
        school.time_page("class page, teacher", TEACHER, f"{CLASSES}{class_id}/"),
        school.time_page("class page, clerk", "vanthu", f"{CLASSES}{class_id}/"),
        school.time_page("mark sheet, teacher", TEACHER, f"/gradebook/sheets/{class_id}/TOAN/{period}/"),
        school.time_page("«Việc của tôi», teacher", TEACHER, "/"),
    ]
