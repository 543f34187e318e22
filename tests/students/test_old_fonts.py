"""Lists typed for old fonts are told from Unicode, without a false alarm (domain 8.1, R93)."""

import json
import unicodedata

import pytest

from students.code_lists import disability_kinds, ethnic_groups, policy_groups, pupil_statuses
from students.old_fonts import (
    DECODERS,
    TCVN3,
    TCVN3_NAME,
    VNI_NAME,
    convert_old_fonts,
    find_old_fonts,
)
from students.roster_files import read_roster
from students.workbooks import open_workbook
from tests.students.workbook_making import DATA, workbook

# Tables and phrases of government documents of 1998–2009, from TrizenX/viparse and duydev/vietnamese-conversion (MIT).
VECTORS = json.loads((DATA / "text" / "tcvn3_vni_vectors.json").read_text(encoding="utf-8"))
OF_PDFS = dict(VECTORS["pdf_substituted"])
TCVN3_PHRASES = (
    dict(VECTORS["tcvn3_phrases"])
    | OF_PDFS
    | {
        "¤ng TrÇn Du": "Ông Trần Du",
        "Hä vµ tªn": "Họ và tên",
        "NguyÔn V¨n Thµnh": "Nguyễn Văn Thành",
    }
)
VNI_PHRASES = dict(VECTORS["vni_phrases"]) | {
    "Ñaø Naüng": "Đà Nẵng",
    "Nguyeãn Vaên Thaønh": "Nguyễn Văn Thành",
}
TRUTH = json.loads((DATA / "demo" / "truth.json").read_text(encoding="utf-8"))["pupils"]
NAMES = [pupil[who] for pupil in TRUTH for who in ("full_name", "father", "mother") if pupil[who]]
IN_TCVN3 = {letter: old for old, letter in TCVN3.items()}
AS_TCVN3 = str.maketrans({letter.upper(): IN_TCVN3[letter] for letter in IN_TCVN3} | IN_TCVN3)


@pytest.mark.parametrize(
    ("encoding", "phrases", "other"),
    [
        (TCVN3_NAME, TCVN3_PHRASES, "NguyÔn V¨n Thµnh"),
        (VNI_NAME, VNI_PHRASES, "Nguyeãn Vaên Thaønh"),
    ],
)
def test_old_text_is_recognised_with_its_encoding_and_its_meaning(encoding, phrases, other):
    for old, meaning in phrases.items():
        converted = convert_old_fonts([other, old], ["A", "A"])
        assert converted.encoding == encoding
        assert converted.meanings[1].lower() == meaning.lower()
        assert find_old_fonts([meaning]) is None


def test_no_name_of_the_demo_and_no_code_list_raises_an_alarm():
    assert len(NAMES) > 2098
    lists = (ethnic_groups(), policy_groups(), disability_kinds(), pupil_statuses())
    entries = [text for each in lists for text in (*each.names.values(), *each.spellings)]
    for text in (*NAMES, *entries):
        assert find_old_fonts([text]) is None, text
    assert find_old_fonts([*NAMES, *entries, *(unicodedata.normalize("NFD", name) for name in NAMES)]) is None


def test_no_cell_of_any_unicode_list_raises_an_alarm():
    for path in (*(DATA / "demo").glob("*.xlsx"), *(DATA / "rosters").glob("*.xlsx")):
        cells = [
            cell
            for table in open_workbook(path.read_bytes(), path.name)
            for row in table.rows
            for cell in row.values
        ]
        assert find_old_fonts(cell for cell in cells if isinstance(cell, str)) is None, path.name


@pytest.mark.parametrize(
    "text",
    [
        *(
            "François",
            "José Müller",
            "Loïc Nguyen",
            "Y Êñuôl Niê",
            "Khmer Krôm",
            "Ðinh Ðô",
            "Thanh Tòan",
            "Hùynh",
        ),
        *("«Hoa Sen»", "25 m²", "5½", "«1A»", "São Paulo", "Nguyễn Thị Chloë", "HĐND"),
    ],
)
def test_what_is_merely_foreign_or_mistyped_is_left_alone(text):
    assert find_old_fonts([text]) is None


@pytest.mark.parametrize("headings", [("Hä vµ tªn", "Ngµy sinh", "Líp"), ("Họ và tên", "Ngày sinh", "Lớp")])
def test_a_list_in_an_old_font_is_read_in_unicode_and_the_clerk_is_told(headings):
    names = [pupil["full_name"] for pupil in TRUTH[:20]]
    typed = [name.translate(AS_TCVN3) for name in names]
    file = read_roster(workbook(("Sheet1", [headings, *((name, 2019, "1A") for name in typed)])), "x.xlsx")
    assert [row.full_name for row in file.rows] == names
    warning = file.problems[0]
    assert (warning.row, warning.level) == (0, "warning")
    assert warning.message.startswith("Tệp dùng phông chữ cũ (TCVN3/.VnTime); ")
    assert "đọc là «" in warning.message
    assert file.errors == ()


def test_the_class_list_of_an_old_excel_in_an_old_font_gives_its_names():
    name = "lop-tcvn3.xls"
    expected = json.loads((DATA / "rosters" / "lop-tcvn3.expected.json").read_text(encoding="utf-8"))["names"]
    file = read_roster((DATA / "rosters" / name).read_bytes(), name)
    assert [row.full_name for row in file.rows] == expected
    assert {row.class_name for row in file.rows} == {"4A"}
    assert file.errors == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NGUYÔN V¡N THµNH", "NGUYỄN VĂN THÀNH"),
        ("NguyÔn ThÞ ý", "Nguyễn Thị Ý"),
        ("sè 5 ph\u00adêng Hßa B×nh", "số 5 phường Hòa Bình"),
        ("Nguyeãn Thò AÙnh", "Nguyễn Thị Ánh"),
        ("NGUYEÃN THÒ AÙNH", "NGUYỄN THỊ ÁNH"),
    ],
)
def test_capitals_that_an_old_font_had_no_letters_for_come_back(typed, meant):
    other = "NguyÔn V¨n Thµnh" if "Ô" in typed or "ß" in typed else "Nguyeãn Vaên Thaønh"
    assert convert_old_fonts([typed, other], ["A", "A"]).meanings[0] == meant


def test_what_reads_both_ways_goes_with_its_column_and_is_told():
    texts = ["NguyÔn V¨n", "TrÇn ThÞ", "Thó", "Họ và tên", "Lê Thị Hà", "Trần Ngọc Bảo"]
    converted = convert_old_fonts(texts, ["A", "A", "A", "B", "B", "B"])
    assert converted.meanings == {0: "Nguyễn Văn", 1: "Trần Thị", 2: "Thú"}
    assert converted.guessed == {2}
    unicode_column = convert_old_fonts([*texts, "Thó"], ["A", "A", "A", "B", "B", "B", "B"])
    assert 6 not in unicode_column.meanings
    file = read_roster(
        workbook(
            (
                "Lop 1A",
                [["Hä ®Öm", "Tªn", "Ngµy sinh"], ["NguyÔn V¨n", "Thó", 2019], ["TrÇn ThÞ", "Hµ", 2019]],
            )
        ),
        "x.xlsx",
    )
    assert [row.full_name for row in file.rows] == ["Nguyễn Văn Thú", "Trần Thị Hà"]
    assert [(each.row, each.column_letter) for each in file.problems] == [(0, ""), (2, "B")]
    assert "ghi «Thó», đọc là «Thú»" in file.problems[1].message


@pytest.mark.parametrize(("name", "table"), [(TCVN3_NAME, "tcvn3_table"), (VNI_NAME, "vni_table")])
def test_the_published_tables_are_followed_letter_by_letter(name, table):
    wrong = {old: meant for old, meant in VECTORS[table] if DECODERS[name](old).lower() != meant.lower()}
    assert wrong == {}
