"""A print that runs short is found, and the message names who and what is missing."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from reports import pdf
from reports.read_back import PrintRunShort, check_class_table, check_transcripts
from tests.reports import sample_books as sample

MAI = sample.transcript(3, 4, code="3100000417", name="Nguyễn Phương Mai")
Y = sample.transcript(1, code="3100000410", name="Trần Ý")
AN = sample.transcript(1, code="3100000401", name=sample.LONG_NAME)


@pytest.fixture(scope="module")
def parts():
    return [pdf.render_transcript(book) for book in (MAI, Y, AN)]


@pytest.fixture(scope="module")
def whole(parts):
    return pdf.merge(parts, title="Học bạ")


def fault_of(content, expected, **more):
    with pytest.raises(PrintRunShort) as caught:
        check_transcripts(content, expected, **more)
    return caught.value.message_vi


def with_year(book, **changes):
    return replace(book, years=(*book.years[:-1], replace(book.years[-1], **changes)))


def test_a_complete_book_passes_alone_merged_and_from_a_file(tmp_path, parts, whole):
    (tmp_path / "lop.pdf").write_bytes(whole)
    check_transcripts(parts[0], [MAI])
    check_transcripts(whole, [MAI, Y, AN], pages=[8, 6, 6])
    check_transcripts(tmp_path / "lop.pdf", [MAI, Y, AN])


def test_the_book_with_the_longest_comments_passes():
    book = sample.longest_transcript()
    check_transcripts(pdf.render_transcript(book), [book])


def test_a_pupil_left_out_is_named(parts):
    short = pdf.merge(parts[:2], title="Học bạ")
    assert f"thiếu học bạ của {sample.LONG_NAME} (3100000401)" in fault_of(short, [MAI, Y, AN])


def test_a_pupil_printed_twice_is_named(parts):
    double = pdf.merge([parts[0], parts[1], parts[1]], title="Học bạ")
    assert "học bạ của Trần Ý (3100000410) có 2 lần" in fault_of(double, [MAI, Y])


def test_a_pupil_nobody_asked_for_and_a_wrong_order_are_found(whole):
    assert "thừa học bạ không được yêu cầu, mã học sinh 3100000401" in fault_of(whole, [MAI, Y])
    assert "thứ tự học sinh không đúng" in fault_of(whole, [Y, MAI, AN])


def test_a_missing_page_is_found(parts):
    with pikepdf.open(BytesIO(parts[0])) as book:
        del book.pages[4]
        torn = BytesIO()
        book.save(torn)
    message = fault_of(torn.getvalue(), [MAI])
    assert "Nguyễn Phương Mai (3100000417): có trang 1, 2, 3, 4, 6, 7, phải có đủ từ 1 đến 7" in message


def test_a_page_count_other_than_the_pupils_own_pdf_had_is_found(whole):
    assert "có 6 trang, bản in riêng của em có 8" in fault_of(whole, [MAI, Y, AN], pages=[8, 8, 6])


@pytest.mark.parametrize("place", range(14))
def test_every_subject_line_is_looked_for(parts, place):
    rows = list(MAI.years[-1].subjects)
    rows[place] = replace(rows[place], level="C", comment="Không có trong bản in.")
    message = fault_of(parts[0], [with_year(MAI, subjects=tuple(rows))])
    assert f"năm học 2025 - 2026: thiếu hoặc sai dòng “{rows[place].label}”" in message


def test_a_mark_corrected_after_the_print_is_found(parts):
    rows = list(MAI.years[-1].subjects)
    rows[1] = replace(rows[1], mark=4)
    assert "thiếu hoặc sai dòng “Toán”" in fault_of(parts[0], [with_year(MAI, subjects=tuple(rows))])


@pytest.mark.parametrize("group", ["qualities", "general_competencies", "specific_competencies"])
def test_every_trait_is_looked_for(parts, group):
    wanted = getattr(Y.years[-1], group)
    for place, row in enumerate(wanted.rows):
        rows = (*wanted.rows[:place], replace(row, level="C"), *wanted.rows[place + 1 :])
        changed = with_year(Y, **{group: replace(wanted, rows=rows)})
        assert f"thiếu hoặc sai dòng “{row.label}”" in fault_of(parts[1], [changed])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"result": "Hoàn thành xuất sắc"}, "4. Đánh giá kết quả giáo dục"),
        ({"award": "Học sinh Xuất sắc"}, "5. Khen thưởng"),
        ({"completion": "Được lên lớp 3."}, "6. Hoàn thành chương trình"),
        ({"absent_without_permission": "7"}, "Số ngày nghỉ không phép"),
        ({"homeroom_teacher": "Đỗ Văn Minh"}, "thiếu “Đỗ Văn Minh” ở phần kí"),
        ({"is_preview": True}, "dấu “BẢN XEM TRƯỚC” không đúng"),
    ],
)
def test_every_part_of_the_result_page_is_looked_for(parts, changes, fault):
    assert fault in fault_of(parts[1], [with_year(Y, **changes)])


def test_a_wrong_personal_page_is_found(parts):
    wrong = replace(Y, personal=replace(Y.personal, mother="Lê Thị Hoa"))
    assert "thiếu dòng “Họ và tên mẹ: Lê Thị Hoa”" in fault_of(parts[1], [wrong])


def test_a_long_list_of_faults_is_summed_up(parts):
    others = [sample.transcript(1, code=f"99{n}", name=f"Em {n}") for n in range(20)]
    message = fault_of(parts[1], [Y, *others])
    assert "thiếu học bạ của Em 0 (990)" in message
    assert "và 10 lỗi khác" in message
    assert "hãy in lại" in message


@pytest.mark.parametrize(
    ("grade", "period", "locked"),
    [
        (1, "Giữa học kì I", False),
        (3, "Cuối học kì I", True),
        (4, "Giữa học kì II", True),
        (5, "Cuối năm học", True),
    ],
)
def test_a_complete_class_table_passes(grade, period, locked):
    table = sample.class_table(grade, period, locked=locked)
    check_class_table(pdf.render_class_table(table), table)


@pytest.fixture(scope="module")
def table():
    return sample.class_table(3, pupils=12)


@pytest.fixture(scope="module")
def printed_table(table):
    return pdf.render_class_table(table)


def table_fault(printed, table):
    with pytest.raises(PrintRunShort) as caught:
        check_class_table(printed, table)
    return caught.value.message_vi


def test_a_pupil_missing_from_the_table_is_named(printed_table, table):
    new = replace(table.rows[-1], number=13, pupil_code="3100000999", full_name="Đinh Văn Ổn")
    message = table_fault(printed_table, replace(table, rows=(*table.rows, new)))
    assert "STT 13 Đinh Văn Ổn (3100000999)" in message
    assert "thiếu dòng “Sĩ số: 13 học sinh”" in message


def test_one_other_value_in_the_table_is_found(printed_table, table):
    row = table.rows[2]
    changed = replace(row, cells=("C", *row.cells[1:]))
    rows = (*table.rows[:2], changed, *table.rows[3:])
    assert f"STT 3 {row.full_name}" in table_fault(printed_table, replace(table, rows=rows))


def test_pupils_in_another_order_are_found(printed_table, table):
    rows = (table.rows[1], table.rows[0], *table.rows[2:])
    assert "sai thứ tự" in table_fault(printed_table, replace(table, rows=rows))


def test_a_missing_column_heading_is_named(printed_table, table):
    last = table.blocks[-2]
    group = last.groups[0]
    columns = (*group.columns[:-1], replace(group.columns[-1], heading="Kỉ luật"))
    blocks = (*table.blocks[:-2], replace(last, groups=(replace(group, columns=columns),)), table.blocks[-1])
    assert "trang 2 thiếu tiêu đề cột “Kỉ luật”" in table_fault(printed_table, replace(table, blocks=blocks))


def test_a_cover_of_another_class_is_found(printed_table, table):
    assert "thiếu “LỚP 9Z” ở trang bìa" in table_fault(printed_table, replace(table, class_name="9Z"))


def test_statistics_that_count_one_girl_more_are_found(printed_table, table):
    rows = (replace(table.rows[0], is_girl=True), *table.rows[1:])
    assert "thiếu hoặc sai dòng “thống kê Toán”" in table_fault(printed_table, replace(table, rows=rows))


def test_a_table_printed_before_the_lock_is_found(printed_table, table):
    message = table_fault(printed_table, replace(table, locked_at=None))
    assert "không đúng với trạng thái khoá" in message
    assert "thiếu dòng “Chưa khoá: bản xem trước”" in message
