"""Who has completed the primary programme (rule R44): grade 5 is the last, and the principal has let them go on."""

from collections.abc import Iterable

from students.models import Student
from students.promotion import LAST_GRADE

COMPLETED = "Đã hoàn thành chương trình tiểu học"


def years_of_completion(student_ids: Iterable[int]) -> dict[int, int]:
    """Pupil id → the year in which they completed grade 5. One statement; outcomes belong to the app above."""
    completed = Student.objects.filter(
        pk__in=list(student_ids),
        outcomes__school_class__grade_level=LAST_GRADE,
        outcomes__is_promoted=True,
    )
    return dict(completed.values_list("pk", "outcomes__school_class__year_id"))
