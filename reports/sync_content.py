"""Records of the national data centre's set for primary schools: what stands in each (domain.md 2.4, 5.3). No query.

The names are those of the published schema; a value that the school does not keep is null, never invented, and is
listed under LACKING. Mã học sinh is the ministry's number, else the school's. Codes are those of `sector_codes`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gradebook.grading import completed_class
from gradebook.models import YearOutcome
from gradebook.regulation import LINES, Award, Period, TraitGroup, YearResult, traits_for
from gradebook.year_rules import rules_of
from reports.sector_codes import NATIONAL_GENDERS, PRIMARY, TERMS, subject_code
from reports.sector_pupils import POOR_HOUSEHOLD, SectorPupil, code_of_pupil, term_left
from students.absences import Absences
from students.administrative_units import AddressForm, recognise
from students.models import SchoolClass, SchoolYear, Student
from students.promotion import LAST_GRADE

Content = dict[str, Any]

LACKING: Mapping[str, tuple[str, ...]] = {
    "Trường": (
        "mã định danh tổ chức (maddtc), mã trường (matruong)",
        "loại hình",
        "địa chỉ",
        "kiểm định chất lượng",
    ),
    "Lớp": ("danh mục tiết học", "ngoại ngữ 2", "lớp chuyên biệt", "đại diện cha mẹ học sinh"),
    "Học sinh": (
        "nhóm máu",
        "bệnh về mắt, bẩm sinh, cột sống, còi xương",
        "khu vực",
        "học hai buổi",
        "biết bơi",
        "lưu ban năm trước",
        "cha, mẹ dân tộc",
    ),
    "Học bạ số": ("mã định danh học bạ", "mã Sở GD&ĐT"),
}
"""What the set asks for and this system does not keep, by kind of record: those values are null."""


# -- School, class, pupil ----------------------------------------------------------------------------------


def school_content(year: SchoolYear, *, principal: str) -> Content:
    place = recognise(f"{year.ward}, {year.province}", AddressForm.TWO_LEVEL)
    return {
        "maddtc": None,
        "matruong": None,
        "tentruong": year.school_name,
        "namhoc": year.pk,
        "manhomcaphoc": PRIMARY,
        "loaihinh": None,
        "coquanchuquan": year.parent_body,
        "diachi": None,
        "xa": year.ward,
        "maxa": place.code if place else None,
        "tinh": year.province,
        "matinh": place.province_code if place else None,
        "hieutruong": principal or None,
        "kiemdinh": None,
    }


def class_content(school_class: SchoolClass, *, homeroom_teacher: str) -> Content:
    return {
        "malop": school_class.name,
        "tenlop": school_class.name,
        "namhoc": school_class.year_id,
        "giaoviencn": homeroom_teacher or None,
        "makhoi": grade_code(school_class.grade_level),
        "madiemtruong": None,
        "tendiemtruong": school_class.site or None,
        "danhmuctiethoc": None,
        "ngoaingu1": school_class.foreign_language,
        "ngoaingu2": None,
        "lopghep": flag(bool(school_class.combined_with)),
        "khoighep": [grade_code(grade) for grade in school_class.combined_with],
        "bantru": flag(school_class.is_semi_boarding),
        "lopchuyenbiet": None,
        "daidiencmhs": None,
    }


def pupil_content(pupil: SectorPupil) -> Content:
    student, profile, departure = pupil.student, pupil.profile, pupil.departure
    return {
        "namhoc": pupil.school_class.year_id,
        "manhomcaphoc": PRIMARY,
        "matruong": None,
        "makhoi": grade_code(pupil.school_class.grade_level),
        "malop": pupil.school_class.name,
        "malopdaunam": pupil.first_seat.school_class.name,
        "mahocsinh": code_of_pupil(student) or None,
        "sodangbo": student.register_no or None,
        "sodinhdanh": student.national_id,
        "hovaten": student.full_name,
        "gioitinh": NATIONAL_GENDERS[student.gender],
        **_birth(student),
        "dantoc": student.ethnic_code or None,
        "tongiao": student.religion_code or None,
        "quoctich": student.nationality or None,
        "noisinh": student.birth_place or None,
        "quequan": student.origin or None,
        "noio": student.home_address or None,
        "thuongtru": _residence(student),
        "dienthoai": student.phone or None,
        "email": student.email or None,
        "cha": _person(student, "father"),
        "me": _person(student, "mother"),
        "nguoigiamho": _person(student, "guardian"),
        "matrangthaihientai": pupil.status_code,
        "ngaytrangthai": _day(pupil.status_day),
        "malydothoihoc": (departure.leave_reason if departure else "") or None,
        "noichuyendi": (departure.destination_code if departure else "") or None,
        "thoidiemroitruong": term_left(pupil),
        "loainhaphoc": pupil.first_seat.began_by.entry_code or None,
        "madienchinhsach": student.policy_code or None,
        "hongheo": flag(student.policy_code == POOR_HOUSEHOLD),
        "maloaikhuyettat": student.disability_code or None,
        "cokhuyettatkhongdanhgia": flag(student.is_exempt_from_assessment),
        "codoivien": flag(student.is_pioneer),
        "ngayvaodoi": _day(student.pioneer_since),
        "bantru": profile.day_boarding_code or None,
        "noitru": flag(profile.boarding == "full"),
        "chieucao": profile.height_cm,
        "cannang": _number(profile.weight_kg),
        **dict.fromkeys(_NOT_KEPT_OF_A_PUPIL),
    }


_NOT_KEPT_OF_A_PUPIL = (
    *("nhommau", "benhmat", "benhbamsinh", "benhcotsong", "coixuong", "makhuvuc", "cohoc2buoi", "bietboi"),
    *("coluubannamtruoc", "chadantoc", "medantoc"),
)


# -- Results, học bạ ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """What was entered of one pupil at one period: by line's code (level, mark, comment), ratings by trait, comments by
    group."""

    lines: dict[str, tuple[str, int | None, str]] = field(default_factory=dict)
    ratings: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.ratings or self.comments)


def result_content(
    pupil: SectorPupil,
    period: Period,
    stored: Stored,
    *,
    outcome: YearOutcome | None = None,
    absences: Absences | None = None,
) -> Content:
    """At a period; of the year's end with what the principal approved and the year's days absent."""
    return {
        **_whose(pupil),
        "hocky": TERMS[period],
        "thoidiem": period.value,
        "diemmon": _marks(pupil.school_class.grade_level, stored),
        "phamchatnangluc": _traits(pupil.school_class, stored),
        "nhanxet": _comments(stored),
        "songaynghicophep": _number(absences.with_leave) if absences else None,
        "songaynghikhongphep": _number(absences.without_leave) if absences else None,
        **_outcome(pupil.school_class.grade_level, outcome),
    }


def transcript_content(
    pupil: SectorPupil,
    stored: Stored,
    *,
    outcome: YearOutcome,
    absences: Absences | None,
    signed_as: Sequence[str],
    stages: Iterable[Mapping[str, Any]],
) -> Content:
    """Of an approved year; `signed_as`: the post of the head who approved, in the lines of the paper."""
    student = pupil.student
    return {
        "trangthaithongtinhocba": "da_phe_duyet",
        "madinhdanhhocba": None,
        "masogd": None,
        "matruong": None,
        "macaphoc": PRIMARY,
        **_whose(pupil),
        "gioitinh": NATIONAL_GENDERS[student.gender],
        **_birth(student),
        "dantoc": student.ethnic_code or None,
        "quoctich": student.nationality or None,
        "hotencha": student.father_name or None,
        "hotenme": student.mother_name or None,
        "hotennguoigiamho": student.guardian_name or None,
        "doituongchinhsach": student.policy_code or None,
        "cokhuyettatkhongdanhgia": flag(student.is_exempt_from_assessment),
        "chieucao": pupil.profile.height_cm,
        "cannang": _number(pupil.profile.weight_kg),
        "songaynghicophep": _number(absences.with_leave) if absences else None,
        "songaynghikhongphep": _number(absences.without_leave) if absences else None,
        "quatrinhhoctap": [dict(each) for each in stages],
        "dsbangdiem": _marks(pupil.school_class.grade_level, stored),
        "phamchatnangluc": _traits(pupil.school_class, stored),
        "nhanxet": _comments(stored),
        **_outcome(pupil.school_class.grade_level, outcome),
        "chucvugiamhieu": " ".join(signed_as),
        "nguoipheduyet": outcome.approved_by.full_name,
        "ngaypheduyet": _day(outcome.approved_on),
        "diadanhphathanh": pupil.school_class.year.place,
    }


def _whose(pupil: SectorPupil) -> Content:
    student = pupil.student
    return {
        "namhoc": pupil.school_class.year_id,
        "mahocsinh": code_of_pupil(student) or None,
        "sodinhdanh": student.national_id,
        "hovaten": student.full_name,
        "makhoi": grade_code(pupil.school_class.grade_level),
        "malop": pupil.school_class.name,
    }


def _marks(grade: int, stored: Stored) -> list[Content]:
    """In the books' order; the halves of Tin học và Công nghệ share a code and are told apart by name."""
    return [
        {
            "mamonhoc": subject_code(line.code, grade),
            "tenmonhoc": line.name,
            "mucdatduoc": level or None,
            "diem": mark,
            "nhanxet": comment or None,
        }
        for line in LINES
        if line.code in stored.lines
        for level, mark, comment in [stored.lines[line.code]]
    ]


def _traits(school_class: SchoolClass, stored: Stored) -> list[Content]:
    year = school_class.year
    return [
        {"ma": trait.code, "ten": trait.name, "nhom": trait.group.value, "muc": stored.ratings[trait.code]}
        for trait in traits_for(year.pk, school_class.grade_level, rules=rules_of(year))
        if stored.ratings.get(trait.code)
    ]


def _comments(stored: Stored) -> Content:
    return {
        "phamchat": stored.comments.get(TraitGroup.QUALITY.value),
        "nanglucchung": stored.comments.get(TraitGroup.GENERAL.value),
        "nanglucdacthu": stored.comments.get(TraitGroup.SPECIFIC.value),
    }


def _outcome(grade: int, outcome: YearOutcome | None) -> Content:
    """Null until the principal has approved."""
    if outcome is None:
        return dict.fromkeys(_OF_AN_OUTCOME)
    result = YearResult(outcome.result) if outcome.result else None
    completed = outcome.is_promoted if result is None else completed_class(result)
    return {
        "danhgiaketqua": result.label if result else None,
        "madanhgiaketqua": result.value if result else None,
        "madanhhieu": outcome.award or None,
        "danhhieu": Award(outcome.award).label if outcome.award else None,
        "noidungkhenthuong": outcome.award_reason or None,
        "danhgiabosung": flag(bool(outcome.original_result)),
        "dahthanhctrinhlophoc": flag(bool(completed)),
        "duoclenlop": flag(outcome.is_promoted),
        "dahthanhctrinhtieuhoc": flag(bool(completed) and grade == LAST_GRADE),
    }


_OF_AN_OUTCOME = (
    *("danhgiaketqua", "madanhgiaketqua", "madanhhieu", "danhhieu", "noidungkhenthuong", "danhgiabosung"),
    *("dahthanhctrinhlophoc", "duoclenlop", "dahthanhctrinhtieuhoc"),
)


# -- Values ------------------------------------------------------------------------------------------------


def grade_code(grade: int) -> str:
    return f"0{grade}"


def flag(value: bool) -> int:
    """1 or 0, as the schema's «co…» fields have it."""
    return int(value)


def _birth(student: Student) -> Content:
    """Either the day, or month and year, or the year, as far as it is known (R15)."""
    year, month, day = student.birth_year, student.birth_month, student.birth_day
    found: Content = dict.fromkeys(("ngaysinh", "thangnamsinh", "namsinh"))
    if year and month and day:
        found["ngaysinh"] = f"{year:04d}-{month:02d}-{day:02d}"
    elif year and month:
        found["thangnamsinh"] = f"{year:04d}-{month:02d}"
    elif year:
        found["namsinh"] = year
    return found


def _residence(student: Student) -> Content | None:
    if not student.permanent_form:
        return None
    return {
        "chitiet": student.permanent_detail or None,
        "tothon": student.permanent_hamlet or None,
        "maxa": student.permanent_ward_code or None,
        "xa": student.permanent_ward or None,
        "huyen": student.permanent_district or None,
        "matinh": student.permanent_province_code or None,
        "tinh": student.permanent_province or None,
    }


def _person(student: Student, who: str) -> Content | None:
    """A parent or the guardian; the personal number is not kept of them."""
    name = getattr(student, f"{who}_name")
    if not name:
        return None
    return {
        "hovaten": name,
        "sodinhdanh": None,
        "namsinh": getattr(student, f"{who}_birth_year"),
        "nghenghiep": getattr(student, f"{who}_job") or None,
        "dienthoai": getattr(student, f"{who}_phone") or None,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
