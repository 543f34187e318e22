"""A list that leaves the system: read again with another library than the one that wrote it (rules R69, R89)."""

import datetime
import io

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from accounts.tables import Heading, sheet_name, write_table
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db
HEADINGS = (Heading("Tên", 20), Heading("Số", 8), Heading("Ngày", 12), Heading("Lúc", 20))


def written(rows, notes=()):
    return write_table(title="Danh sách thử", headings=HEADINGS, rows=rows, by=make_school().hoa, notes=notes)


def test_another_library_reads_title_who_notes_headings_and_rows():
    moment = datetime.datetime(2026, 11, 25, 2, 3, 4, tzinfo=datetime.UTC)
    content = written(
        [("Đặng Ý", 7, datetime.date(2026, 11, 5), moment), ("", None, None, None)], ["Lọc: 4A"]
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Danh sách thử").to_python()
    assert [row[0] for row in rows[:4]] == ["Danh sách thử", rows[1][0], "Lọc: 4A", "Tên"]
    assert rows[1][0].startswith("Người xuất: Võ Thị Hoa (Phó Hiệu trưởng), lúc ")
    assert rows[4] == ["Đặng Ý", 7.0, datetime.date(2026, 11, 5), datetime.datetime(2026, 11, 25, 9, 3, 4)]  # noqa: DTZ001 - Excel knows no zones


@pytest.mark.parametrize("value", ["=1+1", "+84 90", "-5", "@x", "\t=1", "=cmd|' /C calc'!A0"])
def test_nothing_that_looks_like_a_formula_is_one(value):
    cell = openpyxl.load_workbook(io.BytesIO(written([(value, 1, None, None)]))).active.cell(4, 1)
    assert (cell.data_type, cell.quotePrefix, cell.value) == ("s", True, value)


def test_characters_that_xml_has_not_are_left_out():
    cell = openpyxl.load_workbook(io.BytesIO(written([("a\x00\x0bb", 1, None, None)]))).active.cell(4, 1)
    assert cell.value == "ab"


def test_the_name_of_a_sheet_keeps_whole_and_part_apart():
    assert sheet_name("Cả năm học: nữ, dân tộc", set()) == "Cả năm học – nữ, dân tộc"
    assert sheet_name("Lúc 17:00", set()) == "Lúc 17-00"
