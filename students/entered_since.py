"""What was entered of a pupil, that a movement or an exemption reaches back into, or that it would strand.

Results are of the app above: they are reached by the pupil, without an import.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

from students.models import Absence, Movement, SchoolClass, SchoolYear, Student
from students.stranded_absences import sessions_in_words


def entered_since(student: Student, school_class: SchoolClass | None, day: datetime.date) -> Iterator[str]:
    """In sentences. Three statements."""
    yield f"Ngày {day:%d/%m/%Y} đã qua: sĩ số các ngày từ đó đến nay sẽ thay đổi."
    if student.pk is None:
        return
    written = sum(len(ids) for _said, ids in _written_since(student, day))
    if written:
        where = f" ở lớp {school_class.name}" if school_class else ""
        yield f"Từ ngày đó đã nhập {written} kết quả học tập, rèn luyện của em{where}; các kết quả này vẫn theo em."
    marked = Absence.objects.filter(student=student, roll_call__day__gte=day).select_related("roll_call")
    absences = list(
        marked.exclude(kind=Absence.Kind.TAKEN_BACK).order_by("roll_call__day", "-roll_call__session")
    )
    if absences:
        yield (
            f"Từ ngày đó em đã được ghi vắng {len(absences)} buổi: {sessions_in_words(absences)}; các buổi này không "
            "còn tính."
        )


def against_stranding(movement: Movement) -> str | None:
    """Why an arrival is not taken back: results of its year entered since would be those of a pupil of no class, in no
    book. What was corrected since in the year before is that year's."""
    held = sum(
        said.filter(pk__in=_ids_written_since(said, movement.student, movement.day)).count()
        for said in _written_in(movement.student, movement.year)
    )
    if not held:
        return None
    return (
        f"Từ ngày {movement.day:%d/%m/%Y} đã nhập {held} kết quả học tập, rèn luyện của em "
        f"{movement.student.full_name}; huỷ thì các kết quả này không thuộc lớp nào. Em đã nghỉ thì ghi «Chuyển đi» "
        "hoặc «Thôi học» theo ngày nghỉ; nhầm lớp thì ghi «Chuyển lớp»."
    )


def kept_uncounted(student: Student, year: SchoolYear) -> str:
    """What the year has of a pupil who is no longer to be assessed, in a sentence, "" for nothing. Two statements."""
    of_results, of_ratings = (
        Counter(row.get_period_display() for row in rows.order_by("id"))
        for rows in _written_in(student, year)
    )
    parts = [
        f"{period} {of_results[period]} môn học, hoạt động giáo dục, {of_ratings[period]} mục phẩm chất, năng lực"
        for period in of_results | of_ratings
    ]
    if not parts:
        return ""
    return (
        f"Em đã có kết quả năm học {year.label}: {'; '.join(parts)}. Không đánh giá thì các kết quả này được giữ "
        "trong sổ nhưng không tính, và giáo viên không sửa được nữa."
    )


def _written_in(student: Any, year: SchoolYear) -> tuple[Any, Any]:
    results, ratings = _said_of(student)
    return results.filter(line__year=year), ratings.filter(year=year)


def _said_of(student: Any) -> tuple[Any, Any]:
    """The pupil's results of each kind that say something."""
    return (
        student.subject_results.exclude(attainment="", mark=None, comment=""),
        student.trait_results.exclude(rating="", comment=""),
    )


def _written_since(student: Any, day: datetime.date) -> Iterator[tuple[Any, set[int]]]:
    """The pupil's results of each kind that say something, and the ids of all those written from the day on."""
    for said in _said_of(student):
        yield said, _ids_written_since(said, student, day)


def _ids_written_since(said: Any, student: Any, day: datetime.date) -> set[int]:
    written = said.model.history.filter(student_id=student.pk, history_date__date__gte=day)
    return set(written.values_list("id", flat=True))
