"""Who files a request about a sheet of a year that is over and open again: for whoever reads it and may not."""

from typing import Any

from accounts import clock, permissions
from accounts.models import Post, User
from gradebook.models import TeachingAssignment
from gradebook.sheets import SheetRef
from students.models import HomeroomAssignment


def who_proposes(ref: SheetRef) -> str:
    """A sentence: the teacher who held it to the year's end, else the head of the grade, else who appoints one.

    Three statements. Whether a person may is what `permissions.may_propose` says of them.
    """
    grade = ref.school_class.grade_level
    teacher = _last_holder(ref)
    if teacher and permissions.may_propose(teacher, ref.school_class, ref.line):
        return f"Cần sửa: {teacher.full_name}, người giữ sổ đến hết năm học, lập phiếu đề nghị."
    why = (
        f"{teacher.full_name}, người giữ sổ đến hết năm học, nay không lập phiếu được"
        if teacher
        else "Sổ không có ai giữ"
    )
    heads = Post.objects.held_on(clock.today()).filter(kind=Post.Kind.GRADE_HEAD, team__grade_level=grade)
    names = ", ".join(heads.order_by("holder__sort_key").values_list("holder__full_name", flat=True))
    if names:
        return f"{why}: cần sửa thì tổ (khối) trưởng khối {grade} ({names}) lập phiếu đề nghị."
    return (
        f"{why}, khối {grade} chưa có tổ (khối) trưởng: chưa ai lập phiếu đề nghị được. Hiệu trưởng, Phó Hiệu trưởng "
        "giao chức vụ tổ (khối) trưởng, rồi người ấy lập phiếu."
    )


def _last_holder(ref: SheetRef) -> User | None:
    """Who was last to hold it in its year; of a substitute the regular teacher. One statement."""
    rows: Any = HomeroomAssignment.objects.filter(school_class=ref.school_class)
    if ref.line is not None:
        rows = TeachingAssignment.objects.filter(school_class=ref.school_class, line=ref.line)
    begun = rows.filter(starts_on__lte=ref.school_class.year.ends_on).order_by("-starts_on")
    last = begun.select_related("teacher", "substitutes_for").first()
    return (last.substitutes_for or last.teacher) if last else None
