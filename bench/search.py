"""Finding a pupil: the suggestions under the box and the page, for the clerk and for a teacher of one class.

Whatever is asked for must be there on one school too; among a hundred the words of a name fit a hundred times as many.
"""

from urllib.parse import quote

from bench.rows import Row, School

SUGGESTIONS, PAGE = "/students/search/suggestions/?q=", "/students/search/?q="
TEACHER = "gvcn.4e"
ASKED = (
    ("a name of three words", "tran minh a"),
    ("a given name late in the alphabet", "yen"),
    ("the commonest family name", "nguyen"),
    ("two common words", "nguyen thi"),
    ("two letters", "th"),
    ("two letters of given names alone", "tu"),
    ("all classes of a grade", "4"),
    ("class and name", "4a an"),
    ("nobody", "khongcoai"),
)


def measure(school: School) -> list[Row]:
    rows = [
        school.time_page(f"search, clerk: {what} («{text}»)", "vanthu", SUGGESTIONS + quote(text))
        for what, text in ASKED
    ]
    moet_id = school.stack.fetch("SELECT min(moet_id) FROM students_student WHERE id < 1000000")[0][0]
    rows.append(school.time_page("search, clerk: mã định danh", "vanthu", SUGGESTIONS + moet_id))
    rows.append(school.time_page("search, clerk: its last figures", "vanthu", SUGGESTIONS + moet_id[-6:]))
    rows.append(school.time_page("search, clerk: the page, «nguyen»", "vanthu", f"{PAGE}nguyen"))
    rows.append(school.time_page("search, teacher of a class: «nguyen»", TEACHER, f"{SUGGESTIONS}nguyen"))
    rows += [
        school.time_page(f"search, head of a grade: «{text}»", "khoitruong4", SUGGESTIONS + text)
        for text in ("nguyen", "tu")
    ]
    return rows
