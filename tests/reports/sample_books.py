"""Sample books: ordinary ones, and the longest names and comments that were ever seen (issue 7, part 4)."""

from dataclasses import replace
from datetime import UTC, date, datetime

from accounts.signing_titles import DEPUTY_TITLE
from reports.book_content import (
    ClassTable,
    ClassTableRow,
    Column,
    Cover,
    LearningStage,
    OldTranscriptYear,
    Personal,
    Signature,
    SubjectRow,
    TraitGroup,
    TraitRow,
    Transcript,
    TranscriptYear,
)
from reports.class_table_columns import class_table_blocks

SCHOOL = "Tiểu học Kim Đồng"
LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Công Tằng Tôn Nữ Thị Quỳnh Hương"

LINES = (
    ("TV", "Tiếng Việt"),
    ("TOAN", "Toán"),
    ("NN1", "Ngoại ngữ 1 (Tiếng Anh)"),
    ("LSDL", "Lịch sử và Địa lí"),
    ("KH", "Khoa học"),
    ("TH", "Tin học và Công nghệ (Tin học)"),
    ("CN", "Tin học và Công nghệ (Công nghệ)"),
    ("DD", "Đạo đức"),
    ("TNXH", "Tự nhiên và Xã hội"),
    ("GDTC", "Giáo dục thể chất"),
    ("AN", "Nghệ thuật (Âm nhạc)"),
    ("MT", "Nghệ thuật (Mĩ thuật)"),
    ("HDTN", "Hoạt động trải nghiệm"),
    ("TDT", "Tiếng dân tộc"),
)
TAUGHT = {
    1: {"TV", "TOAN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"},
    3: {"TV", "TOAN", "NN1", "TH", "CN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"},
    4: {"TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT", "HDTN"},
}
TESTED = {1: {"TV", "TOAN"}, 3: {"TV", "TOAN", "NN1", "TH", "CN"}}
TESTED[4] = {*TESTED[3], "LSDL", "KH"}

COMMENTS = (
    (
        "Em đọc to, rõ ràng, lưu loát; viết đúng chính tả, trình bày sạch đẹp. Biết dùng từ ngữ gợi tả khi "
        "viết đoạn văn. Cần luyện thêm cách đặt câu có hình ảnh so sánh, nhân hoá."
    ),
    (
        "Nắm vững kiến thức trong năm học, tính toán nhanh và chính xác. Vận dụng tốt vào giải các bài toán "
        "có lời văn; cần cẩn thận hơn khi đổi đơn vị đo diện tích."
    ),
    (
        "Nghe hiểu và phản xạ tốt, phát âm khá chuẩn. Em tự tin giao tiếp theo chủ đề đã học, cần ghi nhớ "
        "thêm từ vựng của các bài đọc."
    ),
    "Em có ý thức học tập tốt, tích cực phát biểu xây dựng bài.",
)
LONGEST_COMMENT = (
    "Trong năm học em có nhiều tiến bộ rõ rệt: đọc lưu loát, diễn cảm các bài văn, bài thơ; hiểu nội dung và nêu "
    "được ý nghĩa của câu chuyện; viết đúng chính tả, chữ đều nét, trình bày sạch sẽ; biết dùng từ đặt câu hay, "
    "đoạn văn miêu tả có cảm xúc và nhiều hình ảnh so sánh, nhân hoá sinh động. Em mạnh dạn trình bày ý kiến, "
    "biết lắng nghe và nhận xét bài của bạn một cách chân thành. Tuy nhiên em cần rèn thêm kĩ năng lập dàn ý "
    "trước khi viết bài văn dài, chú ý cách dùng dấu phẩy và đọc thêm sách báo ở nhà hằng ngày cùng bố mẹ."
)


def principal(
    *, place: str = "Hải Phòng", day: date | None = date(2026, 5, 28), deputy: bool = False
) -> Signature:
    if deputy:
        return Signature("Phạm Thị Vân Anh", DEPUTY_TITLE, place, day)
    return Signature("Lâm Thị Bích Liên", place=place, day=day)


def subject_rows(grade: int, comments: tuple[str, ...] = COMMENTS) -> tuple[SubjectRow, ...]:
    kind = min(grade, 4)
    return tuple(
        SubjectRow(
            code,
            label,
            "T" if place % 3 else "H",
            (10, 9, 7, 8, 6)[place % 5] if code in TESTED[kind] else None,
            comments[place % len(comments)],
        )
        if code in TAUGHT[kind]
        else SubjectRow(code, label)
        for place, (code, label) in enumerate(LINES)
    )


def traits(*labels: str, comment: str) -> TraitGroup:
    return TraitGroup(
        tuple(TraitRow(f"t{place}", label, "TĐ"[place % 2]) for place, label in enumerate(labels)), comment
    )


def transcript_year(grade: int, *, preview: bool = False, deputy: bool = False) -> TranscriptYear:
    start = 2021 + grade
    late = ("Công nghệ", "Tin học") if grade > 2 else ()
    return TranscriptYear(
        school_year=f"{start} - {start + 1}",
        class_name=f"{grade}A",
        school=SCHOOL,
        height=f"{112 + 6 * grade} cm",
        weight=f"{17 + 3 * grade},5 kg",
        absent_with_permission="3",
        absent_without_permission="0",
        subjects=subject_rows(grade),
        qualities=traits(
            "Yêu nước",
            "Nhân ái",
            "Chăm chỉ",
            "Trung thực",
            "Trách nhiệm",
            comment="Em ngoan, lễ phép với thầy cô và người lớn; biết quan tâm, giúp đỡ bạn bè. Đi học đều, đúng "
            "giờ, có trách nhiệm với công việc được giao.",
        ),
        general_competencies=traits(
            "Tự chủ và tự học",
            "Giao tiếp và hợp tác",
            "Giải quyết vấn đề và sáng tạo",
            comment="Biết tự chuẩn bị đồ dùng học tập, tự hoàn thành nhiệm vụ; mạnh dạn trao đổi với bạn khi làm "
            "việc nhóm.",
        ),
        specific_competencies=traits(
            "Ngôn ngữ",
            "Tính toán",
            "Khoa học",
            *late,
            "Thẩm mĩ",
            "Thể chất",
            comment="Diễn đạt rõ ràng, mạch lạc; tính toán nhanh; yêu thích khám phá tự nhiên, có năng khiếu vẽ.",
        ),
        result="" if preview else "Hoàn thành tốt",
        award="" if preview else "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        completion="" if preview else f"Hoàn thành chương trình lớp {grade}. Được lên lớp {grade + 1}.",
        principal=principal(day=None if preview else date(start + 1, 5, 28), deputy=deputy),
        homeroom_teacher="Nguyễn Thị Ngọc Lan",
        is_preview=preview,
    )


def transcript(*grades: int, code: str = "3100000417", name: str = "Nguyễn Phương Mai") -> Transcript:
    """A pupil's book of the given grades; the last one is a preview when there is more than one."""
    years = tuple(
        transcript_year(grade, preview=len(grades) > 1 and grade == grades[-1], deputy=grade == 3)
        for grade in grades
    )
    return Transcript(
        pupil_code=code,
        cover=Cover(SCHOOL, "Phường Hồng Bàng", "Thành phố Hải Phòng"),
        personal=Personal(
            full_name=name,
            gender="Nữ",
            born_on="05/01/2016",
            ethnicity="Kinh",
            nationality="Việt Nam",
            birthplace="Bệnh viện Phụ sản Hải Phòng",
            native_place="Xã An Hưng, Thành phố Hải Phòng",
            residence="Số 154, ngõ 35, đường Hai Bà Trưng, Phường Hồng Bàng, Thành phố Hải Phòng",
            father="Nguyễn Anh Vũ",
            mother="Trần Quỳnh Phương",
        ),
        principal=principal(day=date(2022, 9, 5)),
        stages=tuple(
            LearningStage(
                year.school_year, year.class_name, SCHOOL, "2022/0417", "05/09/2022" if not place else ""
            )
            for place, year in enumerate(years)
        ),
        years=years,
    )


OLD_LINES = (
    ("TV", "Tiếng Việt", 8),
    ("TOAN", "Toán", 9),
    ("KH", "Khoa học", None),
    ("LSDL", "Lịch sử và Địa lí", None),
    ("NN", "Ngoại ngữ", 7),
    ("TH", "Tin học", None),
    ("TDT", "Tiếng dân tộc", None),
    ("DD", "Đạo đức", None),
    ("TNXH", "Tự nhiên và Xã hội", None),
    ("AN", "Âm nhạc", None),
    ("MT", "Mĩ thuật", None),
    ("TCKT", "Thủ công/Kĩ thuật", None),
    ("TD", "Thể dục", None),
)


def old_transcript_year(
    *, comment: str = "", preview: bool = False, deputy: bool = False
) -> OldTranscriptYear:
    """Grade 3 in 2021 - 2022, under Thông tư 22/2016; `comment` instead of the usual ones."""
    untaught = {"KH", "LSDL", "TH", "TDT"}
    return OldTranscriptYear(
        school_year="2021 - 2022",
        class_name="3B",
        school="Tiểu học Nguyễn Trãi",
        height="121 cm",
        weight="23,5 kg",
        health="Bình thường",
        absent_with_permission="2",
        absent_without_permission="0",
        subjects=tuple(
            SubjectRow(code, label)
            if preview or code in untaught
            else SubjectRow(
                code, label, "T" if place % 3 else "H", mark, comment or COMMENTS[place % len(COMMENTS)]
            )
            for place, (code, label, mark) in enumerate(OLD_LINES)
        ),
        competencies=traits(
            "Tự phục vụ, tự quản",
            "Hợp tác",
            "Tự học, giải quyết vấn đề",
            comment=comment
            or "Biết tự chuẩn bị đồ dùng học tập; mạnh dạn trao đổi với bạn khi làm việc nhóm.",
        ),
        qualities=traits(
            "Chăm học, chăm làm",
            "Tự tin, trách nhiệm",
            "Trung thực, kỉ luật",
            "Đoàn kết, yêu thương",
            comment=comment or "Em ngoan, lễ phép; đi học đều, đúng giờ, có trách nhiệm với việc được giao.",
        ),
        award="" if preview else "Có tiến bộ vượt bậc trong môn Toán.",
        completion="" if preview else "Hoàn thành chương trình lớp 3.",
        principal=principal(place="", day=None, deputy=deputy),
        homeroom_teacher="Trần Thị Minh Nguyệt",
        source="" if preview else "số 125/2019, Trường Tiểu học Nguyễn Trãi cấp",
        is_preview=preview,
    )


def transcript_with_old_year(*, comment: str = "", name: str = "Nguyễn Phương Mai") -> Transcript:
    """A year before Thông tư 27/2020 at another school, then grade 4 here."""
    book = transcript(4, name=name)
    old = old_transcript_year(comment=comment)
    earlier = LearningStage(old.school_year, old.class_name, f"Trường {old.school}", "", "")
    return replace(book, stages=(earlier, *book.stages), years=(old, *book.years))


def longest_transcript() -> Transcript:
    """Every comment as long as the longest one seen, and a name that fills two lines."""
    book, first = transcript(4, name=LONG_NAME), transcript_year(4)
    year = replace(
        first,
        subjects=subject_rows(4, (LONGEST_COMMENT,)),
        qualities=replace(first.qualities, comment=LONGEST_COMMENT),
        general_competencies=replace(first.general_competencies, comment=LONGEST_COMMENT),
        specific_competencies=replace(first.specific_competencies, comment=LONGEST_COMMENT),
    )
    return replace(book, years=(year,))


NAMES = (
    "Dương Văn An",
    "Nguyễn Hoàng Bảo An",
    "Phạm Đức Anh",
    "Bùi Thị Ánh",
    "Lê Hoàng Ân",
    "Vũ Đình Đạt",
    "Trần Ngọc Khánh Linh",
    LONG_NAME,
    "Nguyễn Phương Mai",
    "Trần Ý",
)


def class_table(
    grade: int, period: str = "Cuối năm học", *, pupils: int = 35, locked: bool = True
) -> ClassTable:
    """A class of invented pupils; in mid-term tables only marks of Toán and Tiếng Việt in grades 4, 5."""
    year_end = period == "Cuối năm học"
    blocks = class_table_blocks(grade, year_end=year_end, language="Tiếng Anh")
    columns = [column for block in blocks for group in block.groups for column in group.columns]
    rows = tuple(
        ClassTableRow(
            number=number + 1,
            pupil_code=f"{3100000401 + number}",
            full_name=NAMES[number % len(NAMES)],
            born_on=f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{2020 - grade}",
            cells=tuple(cell(column, number, place, grade, period) for place, column in enumerate(columns)),
        )
        for number in range(pupils)
    )
    return ClassTable(
        parent_body="UBND PHƯỜNG HỒNG BÀNG",
        school="TRƯỜNG TIỂU HỌC KIM ĐỒNG",
        period=period,
        school_year="2025 - 2026",
        class_name=f"{grade}A",
        grade_level=grade,
        blocks=blocks,
        rows=rows,
        homeroom_teacher="Nguyễn Thị Ngọc Lan",
        principal=principal(day=date(2026, 5, 28) if locked else None),
        locked_at=datetime(2026, 5, 22, 10, 0, tzinfo=UTC) if locked else None,
    )


def cell(column: Column, number: int, place: int, grade: int, period: str) -> str | None:
    subject = column.code.removesuffix(".diem")
    if (
        column.code == "TDT"
        or (column.code == "LEN_LOP" and grade == 5)
        or (grade < 3 and subject in {"NN1", "TH"})
    ):
        return None
    if column.kind == "mark" and period.startswith("Giữa") and not (grade > 3 and subject in {"TV", "TOAN"}):
        return None
    if number == 4 and place in {1, 5, 9}:
        return ""
    if column.kind == "mark":
        return str((10, 9, 8, 7, 6, 10, 9, 4)[(number + place) % 8])
    if column.kind == "outcome":
        return {"HTCT": "x", "LEN_LOP": "x", "XEP_LOAI": ("HTXS", "HTT", "HT")[number % 3]}.get(
            column.code, ("HSXS", "HSTB", "")[number % 3]
        )
    middle = "Đ" if "_" in column.code or column.code == "ngon_ngu" else "H"
    return "C" if number == 6 and place == 2 else ("T" if (number + place) % 3 else middle)
