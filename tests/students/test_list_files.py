"""Whatever file the clerk sends as a list is read, or refused in Vietnamese; old Excel and plain text are read too."""

import csv
import datetime
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from students.cell_values import text_of
from students.imports import carry_out_roster
from students.list_files import open_list
from students.models import Student
from students.names import clean
from students.roster_files import read_roster
from students.roster_planning import plan_roster
from students.roster_plans import Deed
from students.workbooks import WorkbookRefused
from tests.hypothesis_profile import BESIDE_FIXTURES
from tests.students.workbook_making import DATA, archive, workbook

WORKBOOKS = DATA / "workbooks"
OLD = sorted(WORKBOOKS.glob("*.xls"))
HEADINGS = ("STT", "Lớp", "Họ và tên", "Ngày sinh", "Mã định danh Bộ GD&ĐT")
AN = (1, "1A", "Nguyễn Văn An", "05/09/2019", "0100000007")


def refusal(data: bytes, name: str = "tep.csv") -> str:
    with pytest.raises(WorkbookRefused) as caught:
        open_list(data, name)
    return str(caught.value)


def cells(data: bytes) -> list[tuple[str, ...]]:
    """The one table of a text file, as text."""
    (table,) = open_list(data, "tep.csv")
    return [tuple("" if value is None else str(value) for value in row.values) for row in table.rows]


# -- Every sample ------------------------------------------------------------------------------------------


def test_no_sample_and_no_trap_takes_more_than_300_megabytes_and_each_is_answered_with_a_remedy(
    tmp_path: Path,
) -> None:
    """All in one process, one after the other; the peak of all is the peak of the worst."""
    (tmp_path / "bomb.xlsx").write_bytes(
        archive('<row><c t="inlineStr"><is><t>N</t></is></c></row>' * 600_000)
    )
    (tmp_path / "blank.xlsx").write_bytes(archive(" " * 30_000_000))
    (tmp_path / "long.csv").write_bytes(b"Ho ten,Lop\n" + b"An,1A\n" * 19_000)
    (tmp_path / "endless.csv").write_bytes(b"Ho ten,Lop\n" + b'"' + b"x" * 9_000_000)
    (tmp_path / "wide.csv").write_bytes(b"," * 9_000_000)
    code = (
        "import django, pathlib, re, sys; django.setup()\n"
        "from students.roster_files import read_roster\n"
        "from students.workbooks import WorkbookRefused\n"
        "for folder in sys.argv[1:]:\n"
        "    for path in pathlib.Path(folder).iterdir():\n"
        "        try: said = [str(each) for each in read_roster(path.read_bytes(), path.name).problems] or ['Hãy']\n"
        "        except WorkbookRefused as refused: said = [refused.message]\n"
        "        assert re.search('hãy|thêm|ghi|xem', ' '.join(said).lower()), (path, said)\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(WORKBOOKS), str(DATA / "rosters"), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 300 * 1024


# -- Old Excel ---------------------------------------------------------------------------------------------


def as_read_elsewhere(sheet: python_calamine.CalamineSheet) -> dict[tuple[int, int], object]:
    first_row, first_column = sheet.start or (0, 0)
    return {
        (first_row + row + 1, first_column + column): plain(value)
        for row, values in enumerate(sheet.to_python())
        for column, value in enumerate(values)
        if value != ""
    }


def plain(value: object) -> object:
    """A value as both readers can give it: times and errors they tell differently."""
    if isinstance(value, datetime.timedelta):
        return "time"
    if isinstance(value, datetime.datetime):
        return "time" if value.year in (1900, 1904) else value
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    return value.strip() if isinstance(value, str) else value


@pytest.mark.parametrize(
    "name",
    [
        *("OOM_alloc.xls", "gh548_incorrect_sst_unique_count.xls", "merge_cells.xls", "date.xls"),
        *("date_1904.xls", "1904DateWindowing.xls"),
    ],
)
def test_old_excel_is_read_as_another_reader_reads_it(name: str) -> None:
    path = WORKBOOKS / name
    tables = open_list(path.read_bytes(), name)
    other = python_calamine.CalamineWorkbook.from_path(str(path))
    for table in tables:
        mine = {
            (row.number, column): plain(value)
            for row in table.rows
            for column, value in enumerate(row.values)
            if value is not None and not str(value).startswith("#")
        }
        assert mine == as_read_elsewhere(other.get_sheet_by_name(table.sheet_name)), table.sheet_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("password.xls", "mật khẩu"),
        ("xor-encryption-abc.xls", "mật khẩu"),
        ("SimpleMacro.xls", "macro"),
        ("any_sheets.xls", "macro"),
        ("biff5_write.xls", "Excel cũ"),
        ("clusterfuzz-testcase-minimized-POIHSSFFuzzer-4819588401201152.xls", "bị hỏng"),
    ],
)
def test_old_excel_with_password_macro_or_damage_is_refused(name: str, words: str) -> None:
    assert words in refusal((WORKBOOKS / name).read_bytes(), name)


def test_merged_areas_of_old_excel_are_known() -> None:
    (table,) = open_list((WORKBOOKS / "merge_cells.xls").read_bytes(), "x.xls")
    assert table.merged


# -- Plain text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b,c\n1,2,3\n", [("a", "b", "c"), ("1", "2", "3")]),
        (b"a,b,c\r\n1,2,3\r\n", [("a", "b", "c"), ("1", "2", "3")]),
        (b'a,b\n1,"ha ""ha"" ha"\n', [("a", "b"), ("1", 'ha "ha" ha')]),
        (b'a,b\n"John, Doe",x\n', [("a", "b"), ("John, Doe", "x")]),
        (b'a,b\n1,"Once\nupon, a"\n', [("a", "b"), ("1", "Once\nupon, a")]),
        (b'a,b,c\n1,"",""\n2,3,4\n', [("a", "b", "c"), ("1",), ("2", "3", "4")]),
        (
            b'key,val\n1,"{""type"": ""Point"", ""x"": [1.0]}"\n',
            [("key", "val"), ("1", '{"type": "Point", "x": [1.0]}')],
        ),
        (b"x,y\n-75.6,00123\n", [("x", "y"), ("-75.6", "00123")]),
        ("a;b\n1;Ý, ơ\n".encode(), [("a", "b"), ("1", "Ý, ơ")]),
        ("a\tb\nĐ\tê; ô, ư\n".encode("utf-16"), [("a", "b"), ("Đ", "ê; ô, ư")]),
        (b"sep=|\na|b,c\n", [("a", "b,c")]),
    ],
)
def test_text_between_delimiters_is_read_in_its_many_forms(data: bytes, rows: list) -> None:
    assert cells(data) == rows


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
    ],
)
def test_a_list_in_text_gives_the_same_pupil_as_a_workbook(encoded) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows([HEADINGS, AN])
    row = read_roster(encoded(lines.getvalue()), "danh-sach.csv").rows[0]
    assert row.full_name == "Nguyễn Văn An"
    (same,) = read_roster(workbook(("Sheet1", [HEADINGS, AN])), "x.xlsx").rows
    assert (row.moet_id, row.birth_day, row.class_name) == (same.moet_id, same.birth_day, same.class_name)


def test_zeros_that_excel_cut_off_in_a_text_file_come_back() -> None:
    data = "Họ tên,Lớp,Mã định danh Bộ GD&ĐT,SĐT liên hệ\nLê Ý,1A,100000007,912345678\n".encode()
    row = read_roster(data, "x.csv").rows[0]
    assert (row.moet_id, row.phone) == ("0100000007", "0912345678")


def test_letters_of_windows_vietnamese_and_of_old_fonts_are_read_others_refused() -> None:
    windows = b"Ho ten;Lop\r\nNguy\xea\xden V\xe3n A;1A\r\n"
    assert read_roster(windows, "x.csv").rows[0].full_name == "Nguyễn Văn A"
    tcvn3 = "Hä vµ tªn,Líp\nNguyÔn V¨n Thµnh,1A\nTrÇn ThÞ Hµ,1A\n".encode("latin-1")
    assert [row.full_name for row in read_roster(tcvn3, "x.csv").rows] == ["Nguyễn Văn Thành", "Trần Thị Hà"]
    assert "bảng mã" in refusal(b"Ho ten,Lop\n\xff\xfd\x81\x8d,1A\n")


def test_a_formula_in_a_text_file_stays_text_and_its_guard_goes() -> None:
    assert cells(b"a,b\n=1+1,'=2+2\n@x,- Em ngoan\n") == [("a", "b"), ("=1+1", "=2+2"), ("@x", "- Em ngoan")]


# -- Generated ---------------------------------------------------------------------------------------------


def damaged(data: bytes, seed: int) -> bytes:
    """The file with some of its bytes changed, cut out, doubled or cut off."""
    chance = random.Random(seed)  # noqa: S311 - damage, not a secret
    bytes_ = bytearray(data)
    for _turn in range(chance.randint(1, 12)):
        place = chance.randrange(len(bytes_))
        act = chance.randrange(4)
        if act == 0:
            bytes_[place] = chance.randrange(256)
        elif act == 1:
            del bytes_[place : place + chance.randint(1, 64)]
        elif act == 2:
            bytes_[place:place] = bytes_[place : place + chance.randint(1, 64)]
        elif chance.random() < 0.2:
            del bytes_[place:]
        if not bytes_:
            break
    return bytes(bytes_)


BASES = [
    workbook(("1A", [HEADINGS, AN]), ("1B", [HEADINGS, AN])),
    (DATA / "rosters" / "lop-tcvn3.xls").read_bytes(),
    (WORKBOOKS / "merge_cells.xls").read_bytes(),
    "\n".join([",".join(HEADINGS), ",".join(map(str, AN))]).encode(),
]


@settings(max_examples=150)
@given(base=st.sampled_from(BASES), seed=st.integers(0, 10**6))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(base: bytes, seed: int) -> None:
    try:
        read_roster(damaged(base, seed), "danh-sach")
    except WorkbookRefused as refused:
        assert refused.message  # noqa: PT017 - most are refused, each with a word


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=30),
    st.sampled_from([*HEADINGS, "Ngày sinh cha", "Nữ", "x", "Tổng số", "36", "#REF!", "Lớp 1A", "=1+1"]),
)  # fmt: skip


@settings(max_examples=60)
@given(rows=st.lists(st.lists(anything, max_size=6), max_size=12))
def test_a_table_of_anything_is_read(rows: list) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows([HEADINGS, *rows])
    try:
        file = read_roster(lines.getvalue().encode("utf-8", "surrogatepass"), "x.csv", school_year=2026)
    except WorkbookRefused as refused:
        assert "Hãy" in refused.message  # noqa: PT017 - lone surrogates
        return
    assert all(row.full_name == clean(row.full_name) != "" for row in file.rows)


names = st.one_of(
    st.sampled_from(["Nguyễn Văn An", "Lê Thị Ý", "Trần Ánh", "Trần Anh"]), st.text(min_size=1, max_size=60)
)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=BESIDE_FIXTURES)
@given(
    pupils=st.lists(
        st.tuples(
            names, st.dates(datetime.date(2015, 1, 1), datetime.date(2020, 12, 31)), st.text(max_size=40)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_is_stored_as_it_was_read_and_the_same_file_again_changes_nothing(school, pupils) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["Lớp", "Họ và tên", "Ngày sinh", "Nơi sinh"])
    writer.writerows([["1B", name, f"{born:%d/%m/%Y}", place] for name, born, place in pupils])
    try:
        file = read_roster(lines.getvalue().encode(), "x.csv", school_year=school.year.pk)
    except (WorkbookRefused, UnicodeEncodeError):
        return
    if not plan_roster(file, school.year).can_be_carried_out:
        return
    plan = carry_out_roster(file, school.year, by=school.tuan)
    for each in plan.rows:
        assert Student.objects.filter(full_name=each.row.full_name, birth_place=each.row.birth_place).exists()
    again = plan_roster(file, school.year)
    assert {each.deed for each in again.rows} == {Deed.KEEP}


NAUGHTY = json.loads((DATA / "text" / "blns.json").read_text(encoding="utf-8"))
LIKE_FORMULAS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://127.0.0.1","Bấm")'),
    *("'=1+1", "＝1+1", "- Em cần cố gắng hơn.", "+84912345678", "@lop3a", "1E5", "007"),
]


@pytest.mark.django_db
def test_naughty_strings_and_formulas_are_stored_as_text_or_refused_with_their_cell(school) -> None:
    texts = [text for text in [*NAUGHTY, *LIKE_FORMULAS] if clean(text)]
    rows = [
        (f"31{number:08d}", "1B", "Nguyễn Văn An", "05/09/2019", text) for number, text in enumerate(texts)
    ]
    lines = io.StringIO()
    csv.writer(lines).writerows(
        [("Mã định danh Bộ GD&ĐT", "Lớp", "Họ và tên", "Ngày sinh", "Nơi sinh"), *rows]
    )
    file = read_roster(lines.getvalue().encode("utf-8", "replace"), "x.csv", school_year=school.year.pk)
    assert len(file.rows) == len(texts)
    assert {each.column_letter for each in file.errors} <= {"E"}
    broken = {each.row for each in file.errors}
    kept = [row for row in file.rows if row.row not in broken and row.birth_place]
    assert len(kept) > 400
    sound = [row for row in rows if row[0] in {each.moet_id for each in kept}]
    lines = io.StringIO()
    csv.writer(lines).writerows(
        [("Mã định danh Bộ GD&ĐT", "Lớp", "Họ và tên", "Ngày sinh", "Nơi sinh"), *sound]
    )
    carry_out_roster(read_roster(lines.getvalue().encode(), "x.csv"), school.year, by=school.tuan)
    stored = dict(Student.objects.filter(moet_id__startswith="31").values_list("moet_id", "birth_place"))
    wanted = {
        row[0]: text_of(row[4].removeprefix("'") if row[4].startswith("'=") else row[4]) for row in sound
    }
    assert stored == wanted


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=1+1", "Robert'); DROP TABLE", "123", "😀", "___"]
)
def test_what_is_no_name_is_refused_as_one(text: str) -> None:
    file = read_roster(workbook(("1A", [HEADINGS, (1, "1A", text, "05/09/2019", None)])), "x.xlsx")
    assert (2, "C") in {(each.row, each.column_letter) for each in file.errors}
