"""Whatever is uploaded is either read or refused in Vietnamese, quickly and within memory (issue 4 part 3)."""

import datetime
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from students.workbooks import Table, WorkbookRefused, column_letter, open_workbook
from tests.students.workbook_making import CONTENT_TYPES, DATA, ONE_ROW, WORKBOOK, archive, workbook, zipped

WORKBOOKS = DATA / "workbooks"
EVERY_FILE = sorted(path for path in WORKBOOKS.iterdir() if not path.name.startswith("LICENSE"))
BORN = datetime.datetime(2019, 1, 20)  # noqa: DTZ001 - a day in Excel has no time zone
MEGABYTE = 1024 * 1024


def refusal(data: bytes, name: str = "tep.xlsx") -> str:
    with pytest.raises(WorkbookRefused) as caught:
        open_workbook(data, name)
    return str(caught.value)


def first_table(data: bytes) -> Table:
    return open_workbook(data, "tep.xlsx")[0]


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.name[-40:])
def test_every_hostile_file_is_read_or_refused_with_a_remedy(path: Path) -> None:
    try:
        outcome = str(any(table.rows for table in open_workbook(path.read_bytes(), path.name)))
    except WorkbookRefused as refused:
        outcome = refused.message
    assert outcome == "True" or "Hãy" in outcome


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SimpleMacro.xlsm", "macro"),
        ("xlmmacro.xlsm", "macro"),
        ("protected_passtika.xlsx", "mật khẩu"),
        ("pass_protected.xlsx", "mật khẩu"),
        ("password.xls", "Lưu lại dưới dạng .xlsx"),
        ("biff5_write.xls", "Lưu lại dưới dạng .xlsx"),
        ("any_sheets.xlsb", ".xlsb"),
        ("any_sheets.ods", "OpenDocument"),
        ("poc-xmlbomb.xlsx", "DTD"),
        ("poc-xmlbomb-empty.xlsx", "DTD"),
        ("xlsx-corrupted.xlsx", "bị hỏng"),
        ("empty_sheet.xlsx", "không có dữ liệu"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_file(name: str, words: str) -> None:
    assert words in refusal((WORKBOOKS / name).read_bytes(), "danh-sach.xlsx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rỗng"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "ảnh"),
        (b"%PDF-1.7\n", "PDF"),
        ("STT,Họ và tên\n1,Nguyễn Văn A\n".encode("utf-8-sig"), "CSV"),
        ("STT\tHọ và tên\n".encode("utf-16"), "CSV"),
        ("<html><table><tr><td>Họ và tên</td></tr></table></html>".encode(), "HTML"),
        ("<table><tr><td>Họ và tên</td></tr></table>".encode("utf-16"), "HTML"),
        (bytes(range(1, 32)) * 4, "không phải tệp Excel"),
        (zipped([("a.txt", "x")]), "không phải tệp Excel"),
        (
            zipped([("[Content_Types].xml", CONTENT_TYPES), ("word/document.xml", "<a/>")]),
            "không phải bảng tính",
        ),
        (zipped([("[Content_Types].xml", CONTENT_TYPES), ("xl/workbook.xml", WORKBOOK)]), "bị hỏng"),
        (archive()[:900], "bị hỏng"),
    ],
)
def test_other_things_under_the_name_of_a_workbook_are_told_by_their_content(data: bytes, words: str) -> None:
    assert words in refusal(data, "danh-sach.xlsx")


def test_a_workbook_is_read_whatever_its_name() -> None:
    assert open_workbook(archive(), "danh-sach.xls")[0].rows[0].values == ("STT",)


def test_a_macro_is_refused_though_it_has_no_telling_name() -> None:
    macro = CONTENT_TYPES.replace("spreadsheetml.sheet.main", "macroEnabled.main")
    assert "macro" in refusal(archive(**{"[Content_Types].xml": macro}))
    assert "macro" in refusal(archive(xl__vbaProject="", **{"xl/vbaProject.bin": b"x"}))


@pytest.mark.parametrize(
    "rows",
    [
        " " * (30 * MEGABYTE),
        '<row r="1"><c t="inlineStr"><is><t>' + "A" * (30 * MEGABYTE) + "</t></is></c></row>",
        ('<row><c t="inlineStr"><is><t>Nguyễn</t></is></c></row>') * 600_000,
    ],
    ids=["whitespace", "one cell", "rows"],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(rows: str) -> None:
    data = archive(rows)
    assert len(data) < MEGABYTE
    assert "nén quá nhiều" in refusal(data)


def test_a_file_over_ten_megabytes_is_refused() -> None:
    assert "quá lớn" in refusal(archive() + b"\0" * (10 * MEGABYTE))


def test_thousands_of_parts_are_refused() -> None:
    parts = [(f"xl/media/{n}", "") for n in range(3_000)]
    assert "quá nhiều phần" in refusal(zipped(parts))


def test_deep_xml_is_refused() -> None:
    deep = '<row r="1"><c t="inlineStr"><is>' + "<r>" * 20_000 + "</r>" * 20_000 + "</is></c></row>"
    assert "quá nhiều dữ liệu" in refusal(archive(deep))


def test_one_giant_tag_or_text_is_refused_before_it_is_built() -> None:
    noise = "".join(map(chr, range(97, 123))) * 60_000
    assert "quá nhiều dữ liệu" in refusal(archive(f'<row r="1"><c r="A1" s="{noise}"/></row>'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_dtd_is_refused_in_any_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [<!ENTITY a "b">]><w/>'
    assert "DTD" in refusal(archive(docProps__app="", **{"docProps/app.xml": text.encode(encoding)}))


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "xl/../../evil"])
def test_a_part_that_points_outside_is_refused(name: str) -> None:
    assert "bị hỏng" in refusal(archive(**{name: "x"}))


def test_two_parts_of_one_name_are_refused() -> None:
    with zipfile.ZipFile(Path(DATA / "workbooks" / "date.xlsx")) as source:
        parts = [(name, source.read(name)) for name in source.namelist()]
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*parts, parts[-1]])
    assert "bị hỏng" in refusal(data)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('<row r="99999999999"><c><v>1</v></c></row>', "bị hỏng"),
        ('<row r="5"><c r="A5"><v>1</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>', "bị hỏng"),
        ('<row r="30000"><c r="A30000"><v>1</v></c></row>', "20000 hàng"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "cột thứ 300"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "bị hỏng"),
    ],
)
def test_cells_where_no_list_has_them_are_refused(rows: str, words: str) -> None:
    assert words in refusal(archive(rows))


def test_formatting_far_below_the_list_does_no_harm() -> None:
    table = first_table(archive(ONE_ROW + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'))
    assert [(row.number, row.values) for row in table.rows] == [(1, ("STT",))]


def test_strict_ooxml_is_read() -> None:
    tables = open_workbook((WORKBOOKS / "SampleSS.strict.xlsx").read_bytes(), "x.xlsx")
    assert [table.sheet_name for table in tables] == ["First Sheet", "Sheet Number 2", "Sheet3"]
    assert tables[0].rows


def test_rows_keep_the_numbers_that_excel_shows_and_blank_rows_are_left_out() -> None:
    table = first_table(workbook(("1A", [["a", None, 5], [], [None, BORN, True]])))
    assert [(row.number, row.values) for row in table.rows] == [
        (1, ("a", None, 5)),
        (3, (None, BORN, True)),
    ]


def test_merged_areas_and_hidden_sheets_are_reported() -> None:
    table = first_table(workbook(("1A", [["Họ và tên", None], ["Họ", "Tên"]]), merged=["A1:B1"]))
    area = table.merged[0]
    assert (area.first_row, area.first_column, area.last_row, area.last_column) == (1, 1, 1, 2)
    hidden = open_workbook((WORKBOOKS / "any_sheets.xlsx").read_bytes(), "x.xlsx")
    assert [table.hidden for table in hidden] == [False, True, True]


def test_a_formula_that_excel_has_not_calculated_is_reported_and_not_taken_for_empty() -> None:
    table = first_table(workbook(("1A", [["STT", "=1+1"]])))
    assert table.uncalculated == ((1, 2),)


def test_a_wrong_dimension_cuts_nothing_off() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/>'
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row></sheetData></worksheet>'
    )
    assert first_table(archive(**{"xl/worksheets/sheet1.xml": sheet})).rows[0].values == (1, None, 3)


@pytest.mark.parametrize(("column", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (300, "KN")])
def test_columns_have_the_names_that_excel_shows(column: int, letter: str) -> None:
    assert column_letter(column) == letter


def test_a_dense_sheet_at_the_limit_of_the_archive_stays_under_300_megabytes(tmp_path: Path) -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>Nguyễn Văn {n}</t></is></c>' for n in range(25))
    file = tmp_path / "lon.xlsx"
    file.write_bytes(archive("".join(f'<row r="{n}">{cells}</row>' for n in range(1, 4_000))))
    code = (
        "import pathlib, re, sys; from students.workbooks import open_workbook\n"
        "assert open_workbook(pathlib.Path(sys.argv[1]).read_bytes(), 'lon.xlsx')[0].rows\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 300 * 1024
