"""Lists typed for old fonts are told from Unicode, without a false alarm (domain 8.1, R93)."""

import json
import unicodedata

import pytest

from students.code_lists import disability_kinds, ethnic_groups, policy_groups, pupil_statuses
from students.old_fonts import TCVN3, find_old_fonts
from students.roster_files import read_roster
from students.workbooks import open_workbook
from tests.students.workbook_making import DATA, workbook

# Phrases of government documents of 1998–2009, from TrizenX/viparse and duydev/vietnamese-conversion (both MIT).
TCVN3_PHRASES = {
    "Céng hoµ x· héi chñ nghÜa ViÖt Nam": "Cộng hoà xã hội chủ nghĩa Việt Nam",
    "§éc lËp - Tù do - H¹nh phóc": "Độc lập - Tự do - Hạnh phúc",
    "C¨n cø NghÞ ®Þnh sè 15/CP": "Căn cứ Nghị định số 15/CP",
    "quyÕt ®Þnh cña Bé tr\u00adëng Bé Tµi chÝnh": "quyết định của Bộ trưởng Bộ Tài chính",
    "ng\u00adêi cã c«ng víi c¸ch m¹ng": "người có công với cách mạng",
    "¤ng TrÇn Du": "Ông Trần Du",
    "Hä vµ tªn": "Họ và tên",
    "NguyÔn V¨n Thµnh": "Nguyễn Văn Thành",
}
VNI_PHRASES = {
    "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Ñoäc laäp - Töï do - Haïnh phuùc": "Độc lập - Tự do - Hạnh phúc",
    "Caên cöù Luaät Toå chöùc HÑND vaø UBND": "Căn cứ Luật Tổ chức HĐND và UBND",
    "nghæ maát söùc": "nghỉ mất sức",
    "Ñaø Naüng": "Đà Nẵng",
    "Nguyeãn Vaên Thaønh": "Nguyễn Văn Thành",
}
TRUTH = json.loads((DATA / "demo" / "truth.json").read_text(encoding="utf-8"))["pupils"]
NAMES = [pupil[who] for pupil in TRUTH for who in ("full_name", "father", "mother") if pupil[who]]
AS_TCVN3 = str.maketrans({letter: old for old, letter in TCVN3.items() if letter.islower()})


@pytest.mark.parametrize(("encoding", "phrases"), [("TCVN3", TCVN3_PHRASES), ("VNI", VNI_PHRASES)])
def test_old_text_is_recognised_with_its_encoding_and_its_meaning(encoding, phrases):
    for old, meaning in phrases.items():
        found = find_old_fonts([old])
        assert found is not None, old
        assert found.first.encoding.startswith(encoding)
        assert found.first.meaning == meaning
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
def test_a_list_in_an_old_font_gives_one_error_with_cause_and_remedy(headings):
    names = [pupil["full_name"].lower().translate(AS_TCVN3) for pupil in TRUTH[:20]]
    file = read_roster(workbook(("Sheet1", [headings, *((name, 2019, "1A") for name in names)])), "x.xlsx")
    (problem,) = file.problems
    assert file.rows == ()
    assert problem.row == 0
    assert problem.message.startswith("Tệp dùng phông chữ cũ (TCVN3/.VnTime): ô A")
    assert "Chuyển sang Unicode, ví dụ bằng Unikey Toolkit, rồi nạp lại." in problem.message
