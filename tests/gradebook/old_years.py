"""A year page under Thông tư 22/2016 for tests: grade 3 in 2021 - 2022, every cell of the grade filled."""

from typing import Any

from accounts.models import User
from gradebook.models import OldYearRecord
from gradebook.old_year_cells import read_old_year
from gradebook.old_years import Wanted, save_old_year
from gradebook.regulation_2016 import OldYear
from students.models import Student

YEAR, GRADE = 2021, 3
TAUGHT = ("TV", "TOAN", "NN", "TH", "DD", "TNXH", "AN", "MT", "TCKT", "TD")
TESTED = {"TV": "9", "TOAN": "10", "NN": "8", "TH": "7"}
TRAITS = {
    **dict.fromkeys(("self_service", "self_study", "diligence", "honesty"), "T"),
    **dict.fromkeys(("cooperation", "confidence", "solidarity"), "Đ"),
}


def texts(**other: str) -> dict[str, str]:
    """What is typed in the cells; `other` instead of it."""
    found = {
        "class_name": "3B",
        "school_name": "Trường Tiểu học Nguyễn Trãi",
        "height_cm": "121",
        "weight_kg": "23,5",
        "health": "Bình thường",
        "absent_with_leave": "2,5",
        "absent_without_leave": "0",
        "competency_comment": "Biết tự chuẩn bị đồ dùng học tập.",
        "quality_comment": "Ngoan, lễ phép với thầy cô.",
        "award": "Có tiến bộ vượt bậc trong môn Toán.",
        "is_completed": "Hoàn thành",
        "homeroom_teacher": "Trần Thị Minh Nguyệt",
        "principal": "Lâm Thị Bích Liên",
        "source_paper": "số 125/2019, Trường Tiểu học Nguyễn Trãi cấp",
        **TRAITS,
    }
    for place, code in enumerate(TAUGHT):
        found[f"{code}_attainment"] = "TH"[place % 2]
        found[f"{code}_comment"] = f"Lời của môn {code}."
    found |= {f"{code}_mark": mark for code, mark in TESTED.items()}
    return found | other


def told(*, year: int = YEAR, grade: int = GRADE, **other: str) -> OldYear:
    page, problems = read_old_year(texts(**other), year=year, grade_level=grade)
    assert problems == []
    return page


def copied(student: Student, *, by: User, page: OldYear | None = None) -> OldYearRecord:
    """Recorded by the clerk."""
    page = page or told()
    save_old_year(Wanted(student, page), seen=0, by=by)
    return OldYearRecord.objects.get(student=student, year=page.year)


def posted(*, seen: int = 0, **other: Any) -> dict[str, Any]:
    """What the form of one page sends."""
    return {**texts(), "seen": seen, **other}
