"""Pupil lists as Excel files of ours: a blank one to fill in; those of a class, a grade, the school (R69, R85, R89).

Both have one layout, whose headings the reader knows: what was exported comes in again and changes nothing.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts import clock, permissions
from accounts.models import User
from accounts.tables import HEADING_FILL, HEADING_FONT, TEXT, write_value
from students.boarding_words import all_boarding_words, boarding_words
from students.code_lists import disability_kinds, ethnic_groups, policy_groups, religions
from students.models import Enrolment, SchoolClass, SchoolYear, Student, YearProfile
from students.record_sections import shown

LIST, GUIDE, LISTS = "Danh sách", "Hướng dẫn", "Danh mục"
BLANK_ROWS = 1200
"""Rows of a blank list, and of an export beyond its last, in which Excel offers the entries of the code lists."""
YES_NO = ("Có", "Không")
BOARDING = "Bán trú, nội trú"
FIRST_ROW = 5


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of our lists: `field` is that of the reader, `choices` a list of the sheet Danh mục."""

    heading: str
    field: str
    width: int
    note: str = ""
    choices: str = ""


COLUMNS = (
    ListColumn("STT", "ordinal", 5),
    ListColumn("Khối", "grade", 6, "Từ 1 đến 5.", "Khối"),
    ListColumn("Lớp", "class_name", 8, "Bắt buộc. Lớp chưa có thì được lập mới khi nạp."),
    ListColumn(
        "Mã định danh Bộ GD&ĐT", "moet_id", 14, "10 chữ số, ghi dạng văn bản để không mất số 0 ở đầu."
    ),
    ListColumn("Số định danh cá nhân", "national_id", 15, "12 chữ số, ghi dạng văn bản."),
    ListColumn("Mã học sinh", "school_code", 14, "Mã của trường hoặc của phần mềm trước."),
    ListColumn("Số đăng bộ", "register_no", 10, "Mỗi học sinh một số."),
    ListColumn("Họ và tên", "full_name", 26, "Bắt buộc. Ghi đủ họ tên theo giấy khai sinh."),
    ListColumn(
        "Ngày sinh", "birth_date", 12, "Ngày/tháng/năm. Chỉ biết tháng hoặc năm thì ghi 09/2019 hoặc 2019."
    ),
    ListColumn("Giới tính", "gender", 8, "Nam hoặc Nữ.", "Giới tính"),
    ListColumn("Dân tộc", "ethnic_code", 12, "Chọn trong danh mục.", "Dân tộc"),
    ListColumn("Tôn giáo", "religion_code", 12, "Chọn trong danh mục.", "Tôn giáo"),
    ListColumn("Quốc tịch", "nationality", 10),
    ListColumn("Nơi sinh", "birth_place", 30),
    ListColumn("Quê quán", "origin", 30),
    ListColumn("Nơi ở hiện nay", "home_address", 30),
    ListColumn("Thường trú: số nhà, đường", "permanent_detail", 20),
    ListColumn("Thường trú: tổ dân phố, thôn", "permanent_hamlet", 20),
    ListColumn("Thường trú: xã (phường)", "permanent_ward", 20, "Tên đầy đủ, ví dụ Phường Lê Chân."),
    ListColumn(
        "Thường trú: huyện (quận)",
        "permanent_district",
        16,
        "Chỉ của địa chỉ ghi trước 01/7/2025; địa chỉ nay không có.",
    ),
    ListColumn(
        "Thường trú: tỉnh (thành phố)", "permanent_province", 20, "Tên đầy đủ, ví dụ Thành phố Hải Phòng."
    ),
    ListColumn("Điện thoại liên hệ", "phone", 13, "Một số, ví dụ 0912345678."),
    ListColumn("Email", "email", 22),
    ListColumn("Họ và tên cha", "father_name", 24),
    ListColumn("Năm sinh cha", "father_birth_year", 8),
    ListColumn("Nghề nghiệp cha", "father_job", 14),
    ListColumn("Điện thoại cha", "father_phone", 13),
    ListColumn("Nơi làm việc cha", "father_workplace", 20),
    ListColumn("Họ và tên mẹ", "mother_name", 24),
    ListColumn("Năm sinh mẹ", "mother_birth_year", 8),
    ListColumn("Nghề nghiệp mẹ", "mother_job", 14),
    ListColumn("Điện thoại mẹ", "mother_phone", 13),
    ListColumn("Nơi làm việc mẹ", "mother_workplace", 20),
    ListColumn("Họ và tên người giám hộ", "guardian_name", 24),
    ListColumn("Quan hệ của người giám hộ", "guardian_relation", 12),
    ListColumn("Năm sinh người giám hộ", "guardian_birth_year", 8),
    ListColumn("Nghề nghiệp người giám hộ", "guardian_job", 14),
    ListColumn("Điện thoại người giám hộ", "guardian_phone", 13),
    ListColumn("Nơi làm việc người giám hộ", "guardian_workplace", 20),
    ListColumn("Diện chính sách", "policy_code", 20, "Chọn trong danh mục.", "Diện chính sách"),
    ListColumn("Loại khuyết tật", "disability_code", 20, "Chọn trong danh mục.", "Loại khuyết tật"),
    ListColumn("Mức độ khuyết tật", "disability_level", 12, "Theo giấy xác nhận.", "Mức độ khuyết tật"),
    ListColumn("Số giấy xác nhận khuyết tật", "disability_certificate_no", 14),
    ListColumn("Ngày cấp giấy xác nhận khuyết tật", "disability_certificate_on", 12, "Ngày/tháng/năm."),
    ListColumn("Khuyết tật không đánh giá", "is_exempt_from_assessment", 10, "Có hoặc Không.", "Có, không"),
    ListColumn("Số quyết định không đánh giá", "exemption_decision_no", 14, "Quyết định của Hiệu trưởng."),
    ListColumn("Ngày quyết định không đánh giá", "exemption_decision_on", 12, "Ngày/tháng/năm."),
    ListColumn("Đội viên", "is_pioneer", 8, "Có hoặc Không.", "Có, không"),
    ListColumn("Ngày vào Đội", "pioneer_since", 12, "Ngày/tháng/năm."),
    ListColumn("Nơi vào Đội", "pioneer_place", 20),
    ListColumn("Chiều cao (cm)", "height_cm", 8, "Của năm học này, từ 60 đến 220."),
    ListColumn("Cân nặng (kg)", "weight_kg", 8, "Của năm học này, từ 8 đến 150, ví dụ 22,5."),
    ListColumn("Ngày đo", "measured_on", 12, "Ngày/tháng/năm; để trống thì là ngày nạp."),
    ListColumn("Bán trú, nội trú", "boarding", 20, "Của năm học này; chọn trong danh mục.", BOARDING),
)

_HOW_TO = (
    "Mỗi học sinh một hàng trong trang «Danh sách»; bắt buộc có họ và tên, lớp, và ngày sinh hoặc một mã.",
    "Ô để trống giữ nguyên điều đã lưu, không xoá gì. Cột không cần thì xoá cả cột; giữ nguyên các tiêu đề còn lại.",
    "Khi nạp, học sinh được nhận ra theo mã định danh, rồi mã học sinh, rồi họ tên cùng ngày sinh nếu chỉ có một em.",
    "Danh sách không ghi việc chuyển lớp, chuyển đi, thôi học: những việc đó văn thư ghi ở trang Biến động sĩ số.",
    "Tệp được xem trước từng hàng rồi mới nạp; còn một hàng lỗi thì không hàng nào được ghi.",
)


# -- What goes in ------------------------------------------------------------------------------------------


def seats_of(
    year: SchoolYear, *, grade: int | None = None, school_class: SchoolClass | None = None
) -> list[Enrolment]:
    """The seats of the year, of one grade or of one class, on the day that the rosters show, in the books' order."""
    seats = Enrolment.objects.filter(school_class__year=year).held_on(year.day_for_roster())
    if grade is not None:
        seats = seats.filter(school_class__grade_level=grade)
    if school_class is not None:
        seats = seats.filter(school_class=school_class)
    by_class = ("school_class__grade_level", "school_class__name")
    order = (*by_class, "position", "student__sort_key", "student_id")
    return list(seats.select_related("student", "school_class").order_by(*order))


def write_roster(seats: Sequence[Enrolment], *, title: str, year: SchoolYear, by: User) -> bytes:
    """The workbook of these seats, a row a pupil. One statement, whatever the number."""
    students = [seat.student_id for seat in seats]
    profiles = {row.student_id: row for row in YearProfile.objects.filter(year=year, student_id__in=students)}
    rows = (
        _values(number, seat, profiles.get(seat.student_id) or YearProfile())
        for number, seat in enumerate(seats, start=1)
    )
    return _workbook(title, year, rows, by)


def write_blank(year: SchoolYear, *, by: User) -> bytes:
    """The workbook without pupils, to be filled in for the year."""
    return _workbook("Mẫu danh sách học sinh", year, (), by)


def _values(number: int, seat: Enrolment, profile: YearProfile) -> Iterator[str | int]:
    for column in COLUMNS:
        yield _value(column.field, number, seat, profile)


def _value(field: str, number: int, seat: Enrolment, profile: YearProfile) -> str | int:
    of_seat: dict[str, str | int] = {
        "ordinal": number,
        "grade": seat.school_class.grade_level,
        "class_name": seat.school_class.name,
    }
    if field in of_seat:
        return of_seat[field]
    student = seat.student
    if field == "boarding":
        return boarding_words(profile.boarding, profile.day_boarding_code)
    if field == "birth_date":
        return student.birth_label
    value: Any = getattr(profile if hasattr(profile, field) else student, field)
    # No is what an empty cell says already.
    return "" if value is False else shown(field, value)


# -- How it looks ------------------------------------------------------------------------------------------


def _workbook(title: str, year: SchoolYear, rows: Iterable[Iterable[str | int]], by: User) -> bytes:
    book = Workbook()
    page: Worksheet = book.active
    page.title = LIST
    taken = f"Người lấy tệp: {by.full_name} ({permissions.post_label(by)}), lúc {clock.moment_label(clock.stamp())}"
    for number, text in enumerate((title, f"Năm học {year.label}", taken), start=1):
        write_value(page.cell(number, 1), text)
    page["A1"].font = HEADING_FONT
    last = _fill(page, rows)
    _dress(page)
    lists = _write_lists(book, year)
    for number, column in enumerate(COLUMNS, start=1):
        if column.choices:
            _offer(page, get_column_letter(number), last + BLANK_ROWS, lists[column.choices])
    _write_guide(book)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _fill(page: Worksheet, rows: Iterable[Iterable[str | int]]) -> int:
    """Headings and rows; returns the number of the last row written."""
    for number, column in enumerate(COLUMNS, start=1):
        write_value(page.cell(FIRST_ROW - 1, number), column.heading)
    last = FIRST_ROW - 1
    for last, row in enumerate(rows, start=FIRST_ROW):
        for number, value in enumerate(row, start=1):
            write_value(page.cell(last, number), value)
    return last


def _dress(page: Worksheet) -> None:
    """Widths, text columns that keep leading zeros, notes at the headings, headings and names that stay in view."""
    for number, column in enumerate(COLUMNS, start=1):
        dimension = page.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.number_format = TEXT
        cell = page.cell(FIRST_ROW - 1, number)
        cell.font, cell.fill = HEADING_FONT, HEADING_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        if column.note:
            cell.comment = Comment(column.note, "Kim Đồng", width=260, height=70)
    page.freeze_panes = page.cell(FIRST_ROW, _number_of("full_name") + 1)
    page.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"
    page.page_setup.orientation = "landscape"


def _number_of(field: str) -> int:
    return next(number for number, column in enumerate(COLUMNS, start=1) if column.field == field)


def _offer(page: Worksheet, letter: str, last: int, source: str) -> None:
    """What Excel offers in a column and refuses besides; the same is asked again on upload."""
    check = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    check.errorTitle, check.error = "Không có trong danh mục", "Chọn một mục trong danh sách thả xuống."
    page.add_data_validation(check)
    check.add(f"{letter}{FIRST_ROW}:{letter}{last}")


def _write_lists(book: Workbook, year: SchoolYear) -> dict[str, str]:
    """The code lists, a column each; returns where each stands, for the drop-down lists."""
    page = book.create_sheet(LISTS)
    places = {}
    for number, (name, entries) in enumerate(_lists(year).items(), start=1):
        letter = get_column_letter(number)
        for row, entry in enumerate((name, *entries), start=1):
            write_value(page.cell(row, number), entry)
        page.cell(1, number).font, page.cell(1, number).fill = HEADING_FONT, HEADING_FILL
        page.column_dimensions[letter].width = max(12, *(len(str(entry)) for entry in entries)) + 2
        places[name] = f"'{LISTS}'!${letter}$2:${letter}${len(entries) + 1}"
    return places


def _lists(year: SchoolYear) -> dict[str, Sequence[str | int]]:
    codes = {
        "Dân tộc": ethnic_groups(),
        "Tôn giáo": religions(),
        "Diện chính sách": policy_groups(),
        "Loại khuyết tật": disability_kinds(),
    }
    return {
        "Khối": (1, 2, 3, 4, 5),
        "Giới tính": (Student.Gender.MALE.label, Student.Gender.FEMALE.label),
        **{name: tuple(each.names.values()) for name, each in codes.items()},
        "Mức độ khuyết tật": tuple(Student.DisabilityLevel.labels),
        "Có, không": YES_NO,
        BOARDING: all_boarding_words(),
        "Lớp đã lập": tuple(year.classes.values_list("name", flat=True)) or ("(chưa có)",),
    }


def _write_guide(book: Workbook) -> None:
    page = book.create_sheet(GUIDE)
    for number, line in enumerate(_HOW_TO, start=1):
        write_value(page.cell(number, 1), line)
    begin = len(_HOW_TO) + 2
    for place, heading in enumerate(("Cột", "Cách ghi"), start=1):
        write_value(page.cell(begin, place), heading)
        page.cell(begin, place).font = HEADING_FONT
    noted = [column for column in COLUMNS if column.note]
    for number, column in enumerate(noted, start=begin + 1):
        write_value(page.cell(number, 1), column.heading)
        write_value(page.cell(number, 2), column.note)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 36, 70
