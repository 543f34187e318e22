"""The codes of the sector database (cơ sở dữ liệu ngành) beyond those that records keep (domain.md 5.3, 5.4). Pure.

What a record keeps as a code is in `students.code_lists`, from the same description of 26/10/2020. Here is what it
keeps as a word of its own, and which dictionaries the sector's pupil list carries as sheets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from students.code_lists import (
    day_boarding_kinds,
    destinations,
    disability_kinds,
    ethnic_groups,
    leave_reasons,
    nationalities,
    policy_groups,
    pupil_statuses,
    religions,
)
from students.movement_rules import ENTRY_KINDS

GENDERS: Final[Mapping[str, str]] = {"male": "01", "female": "02"}
"""DM_GIOI_TINH of the API of 2020; a pupil without one has no code."""

NATIONAL_GENDERS: Final[Mapping[str, int]] = {"": 0, "male": 1, "female": 2}
"""QCVN 109:2017, which the national data centre follows: 0 is «chưa có»."""

PRIMARY: Final = "02"
"""Nhóm cấp học: tiểu học."""

SUBJECTS: Final[Mapping[str, str]] = {
    "TOAN": "01",
    "TV": "02",
    "DD": "03",
    "TNXH": "04",
    "LSDL": "05",
    "NN1": "11",
    "KH": "13",
    "TDT": "14",
    "TH": "87",
    "CN": "87",
    "GDTC": "88",
    "AN": "89",
    "MT": "90",
    "HDTN": "91",
}
"""DM_MON_HOC. The two halves of Tin học và Công nghệ have one code there; they are told apart by name."""

EARLY_INFORMATICS: Final = "12"
"""Tin học as a subject of its own, which grades 1 and 2 may choose."""

FIRST_GRADE_OF_HALVES: Final = 3

PERIODS: Final[Mapping[str, str]] = {
    "GHKI": "giữa học kì 1",
    "CHKI": "cuối học kì 1",
    "GHKII": "giữa học kì 2",
    "CN": "cuối năm học",
}
"""«Thời điểm đánh giá» as the sector's mark files write it."""

TERMS: Final[Mapping[str, int]] = {"GHKI": 1, "CHKI": 1, "GHKII": 2, "CN": 2}


def subject_code(line: str, grade: int) -> str:
    """The code of a line of the books in DM_MON_HOC; "" for one that has none."""
    if line == "TH" and grade < FIRST_GRADE_OF_HALVES:
        return EARLY_INFORMATICS
    return SUBJECTS.get(line, "")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A code list as a sheet: `sheet` is its name there, `entries` code → wording."""

    sheet: str
    title: str
    entries: Mapping[str, str]


def dictionaries() -> tuple[Dictionary, ...]:
    """Those that the pupil list carries, in the order of domain.md 5.4."""
    # Rows without a code of the list of statuses are what web pages write.
    statuses = {code: name for code, name in pupil_statuses().names.items() if code.isdigit()}
    return (
        Dictionary("TRANG_THAI", "Trạng thái học sinh", statuses),
        Dictionary("LY_DO_THOI_HOC", "Lí do thôi học", leave_reasons().names),
        Dictionary("NOI_CHUYEN_DI", "Nơi chuyển đi", destinations().names),
        Dictionary("KHUYET_TAT", "Loại khuyết tật", disability_kinds().names),
        Dictionary("DIEN_CHINH_SACH", "Diện chính sách", policy_groups().names),
        Dictionary("BAN_TRU", "Học bán trú", day_boarding_kinds().names),
        Dictionary("GIOI_TINH", "Giới tính", {"01": "Nam", "02": "Nữ"}),
        Dictionary("TON_GIAO", "Tôn giáo", religions().names),
        Dictionary("DAN_TOC", "Dân tộc", ethnic_groups().names),
        Dictionary("QUOC_TICH", "Quốc tịch", nationalities().names),
        Dictionary("LOAI_NHAP_HOC", "Loại nhập học", ENTRY_KINDS),
        Dictionary("THOI_DIEM_ROI_TRUONG", "Thời điểm rời trường", {"1": "Học kì I", "2": "Học kì II"}),
        Dictionary("KHOI", "Khối", {f"0{grade}": f"Khối {grade}" for grade in range(1, 6)}),
        Dictionary("NHOM_MAU", "Nhóm máu", {"1": "A", "2": "B", "3": "AB", "4": "O", "5": "Không xác định"}),
        Dictionary(
            "KHU_VUC",
            "Khu vực",
            {"01": "Biên giới - Hải đảo", "02": "Đô thị", "03": "Đồng bằng", "04": "Miền núi - vùng sâu"},
        ),
        Dictionary("CO_KHONG", "Có, không", {"1": "Có", "0": "Không"}),
    )
