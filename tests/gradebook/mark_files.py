"""Mark files for tests: our own download filled in by a teacher, and tables typed by hand."""

import io

import openpyxl
import python_calamine

from gradebook.sheets import get_sheet
from gradebook.workbooks import write_sheet
from tests.gradebook.school import School
from tests.students.workbook_making import workbook

HEADINGS = (
    "STT",
    "Lớp",
    "Mã định danh (mã học sinh)",
    "Họ và tên",
    "Ngày sinh",
    "Mức đạt được",
    "Điểm KTĐK",
    "Nội dung nhận xét",
    "Thời điểm đánh giá",
)


def download(school: School, code: str = "TOAN", period: str = "GHKI") -> bytes:
    """The file of a sheet of 4A, as cô Lan gets it now."""
    return write_sheet(get_sheet(school.lan, school.class_4a.pk, code, period))


def cells_of(data: bytes) -> list[list[object]]:
    """All rows of the first page as another program reads them."""
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def filled(data: bytes, **values: object) -> bytes:
    """The file with cells typed over, by their name: `F2="T"`."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for name, value in values.items():
        book.worksheets[0][name] = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def typed(*rows: dict[str, object], title: str = "Sheet1") -> bytes:
    """A table without our key: rows by heading, the headings as far as any row has them."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return workbook((title, [headings, *([row.get(heading) for heading in headings] for row in rows)]))


def described(pupil, **values: object) -> dict[str, object]:
    """A pupil by name and birth date, with values by short names."""
    names = {
        "level": "Mức đạt được",
        "mark": "Điểm KTĐK",
        "comment": "Nội dung nhận xét",
        "id": "Mã học sinh",
    }
    return {"Họ và tên": pupil.full_name, "Ngày sinh": pupil.birth_label} | {
        names.get(name, name): value for name, value in values.items()
    }
