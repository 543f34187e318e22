"""What is pointed out about a whole sheet: one value for everybody, what is empty shortly before the lock."""

import datetime

from gradebook.sheet_checks import Pupil, remarks_on
from gradebook.sheets import Column, Field

COLUMNS = (
    Column("TOAN", Field.ATTAINMENT, "Mức đạt được"),
    Column("TOAN", Field.MARK, "Điểm KTĐK"),
    Column("TOAN", Field.COMMENT, "Nhận xét"),
)
A_WEEK, TWO_DAYS = datetime.timedelta(days=7), datetime.timedelta(days=2)


def class_of(*rows):
    return [Pupil(f"Em {number}", row) for number, row in enumerate(rows, start=1)]


def test_one_level_and_one_mark_for_the_whole_class_are_pointed_out_and_one_comment_is_not():
    pupils = class_of(*[("T", "9", "Em ngoan.")] * 5)
    assert remarks_on(COLUMNS, pupils, A_WEEK) == (
        "Cả lớp cùng một giá trị: Mức đạt được T, Điểm KTĐK 9. Hãy xem lại.",
    )


def test_a_blank_another_value_or_a_handful_of_pupils_keeps_quiet():
    assert remarks_on(COLUMNS, class_of(*[("T", "", "")] * 4, ("", "", "")), None) == ()
    assert remarks_on(COLUMNS, class_of(*[("T", "", "")] * 4, ("H", "", "")), None) == ()
    assert remarks_on(COLUMNS, class_of(*[("T", "9", "")] * 4), None) == ()


def test_what_is_wholly_empty_is_named_in_the_last_three_days_alone():
    pupils = class_of(("T", "9", ""), *[("", "", "")] * 7)
    assert remarks_on(COLUMNS, pupils, A_WEEK) == ()
    assert remarks_on(COLUMNS, pupils, TWO_DAYS) == (
        "Sắp khoá sổ mà cả cột còn trống: Nhận xét.",
        "Sắp khoá sổ mà cả hàng còn trống: Em 2, Em 3, Em 4, Em 5, Em 6 và 2 em nữa.",
    )


def test_a_sheet_without_a_single_cell_is_one_sentence_and_a_class_without_pupils_none():
    assert remarks_on(COLUMNS, class_of(("", "", "")), TWO_DAYS) == ("Sắp khoá sổ mà sổ chưa nhập ô nào.",)
    assert remarks_on(COLUMNS, [], TWO_DAYS) == ()


def test_what_is_exempt_is_neither_empty_nor_another_value():
    pupils = class_of(*[("T", None, None)] * 5, (None, None, None))
    assert remarks_on(COLUMNS, pupils, TWO_DAYS) == ("Cả lớp cùng một giá trị: Mức đạt được T. Hãy xem lại.",)
