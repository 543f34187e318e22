"""Sample slips: ordinary ones, and the longest names and comments that were ever seen."""

from reports.slip_content import Slip, SlipGroup, SlipPeriod, SlipSubject, SlipTrait
from tests.reports.sample_books import COMMENTS, LINES, LONGEST_COMMENT, TAUGHT, TESTED

LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Công Tằng Tôn Nữ Thị Quỳnh Ý"
PERIODS = (("Giữa HKI", "Giữa học kì I"), ("Cuối HKI", "Cuối học kì I"), ("Giữa HKII", "Giữa học kì II"))
PERIODS = (*PERIODS, ("Cuối năm", "Cuối năm học"))
TRAITS = {
    "Phẩm chất chủ yếu": ("Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"),
    "Năng lực chung": ("Tự chủ và tự học", "Giao tiếp và hợp tác", "Giải quyết vấn đề và sáng tạo"),
    "Năng lực đặc thù": ("Ngôn ngữ", "Tính toán", "Khoa học", "Công nghệ", "Tin học", "Thẩm mĩ", "Thể chất"),
}


def slip(
    grade: int = 4,
    *,
    periods: int = 4,
    comments: tuple[str, ...] = COMMENTS,
    name: str = "Nguyễn Phương Mai",
    code: str = "3100000417",
    preview: str = "",
) -> Slip:
    """Of the first so many periods of the year."""
    kind = min(grade, 4)
    tested = [
        {"TV", "TOAN"} if kind == 4 and place % 2 == 0 else TESTED[kind] if place % 2 else set()
        for place in range(4)
    ]
    lines = [(line, label) for line, label in LINES if line in TAUGHT[kind]]
    return Slip(
        pupil_code=code,
        number=7,
        full_name=name,
        born_on="05/01/2016",
        parent_body="UBND PHƯỜNG HỒNG BÀNG",
        school_name="TRƯỜNG TIỂU HỌC KIM ĐỒNG",
        place="Hải Phòng",
        class_name=f"{grade}A",
        school_year="2025 - 2026",
        period=PERIODS[periods - 1][1],
        periods=tuple(
            SlipPeriod(short, bool(tested[at])) for at, (short, _name) in enumerate(PERIODS[:periods])
        ),
        subjects=tuple(
            SlipSubject(
                label,
                tuple(
                    (
                        "T" if (place + at) % 3 else "H",
                        str(6 + (place + at) % 5) if line in tested[at] else None,
                    )
                    for at in range(periods)
                ),
                comments[place % len(comments)],
            )
            for place, (line, label) in enumerate(lines)
        ),
        groups=tuple(
            SlipGroup(
                group,
                tuple(
                    SlipTrait(trait, tuple("TĐ"[(place + at) % 2] for at in range(periods)))
                    for place, trait in enumerate(traits)
                ),
                comments[0],
            )
            for group, traits in TRAITS.items()
        ),
        absences=(("có phép", "2"), ("không phép", "0,5")),
        absent_until="" if periods == 4 else "05/11/2025",
        verdict=(
            ("Đánh giá kết quả giáo dục", "Hoàn thành tốt"),
            ("Khen thưởng", "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"),
            ("Lên lớp", "Hoàn thành chương trình lớp 4. Được lên lớp 5."),
            ("Rèn luyện trong hè", "Không"),
        )
        if periods == 4
        else (),
        homeroom_teacher="Nguyễn Thị Ngọc Lan",
        preview=preview,
    )


def longest_slip(periods: int = 4) -> Slip:
    return slip(4, periods=periods, comments=(LONGEST_COMMENT,), name=LONG_NAME)
