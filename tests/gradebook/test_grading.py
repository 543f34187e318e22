"""The rules of assessment, with the numbers of docs/regulation.md."""

import dataclasses
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradebook.grading import (
    AwardProposal,
    ItemKind,
    ValueRefused,
    YearInputs,
    after_reassessment,
    award_for,
    check_attainment,
    check_comment,
    check_mark,
    check_rating,
    completed_class,
    completed_primary,
    failing_items,
    mark_warnings,
    pair_warnings,
    plain_text,
    year_result,
    zero_warning,
)
from gradebook.regulation import (
    GRADES,
    LINES,
    Attainment,
    Award,
    NotCovered,
    Period,
    Rating,
    UnknownCode,
    YearResult,
    has_mark,
    lines_for,
    rules_for,
    traits_for,
)

RULES = rules_for(2024)
FLOOR_1 = dataclasses.replace(RULES, mark_floor=1)


def a_pupil(grade=4, mark=10, attainments=None, marks=None, ratings=None, **settings):
    """A pupil with every line at T, every trait at Tốt and every mark at ``mark``, but for what is given."""
    lines = lines_for(2024, grade, rules=RULES)
    tested = [line.code for line in lines if has_mark(2024, grade, line.code, Period.YEAR_END, rules=RULES)]
    return YearInputs(
        year=2024,
        grade=grade,
        attainments={**{line.code: Attainment.T for line in lines}, **(attainments or {})},
        marks={**dict.fromkeys(tested, mark), **(marks or {})},
        ratings={
            **{trait.code: Rating.T for trait in traits_for(2024, grade, rules=RULES)},
            **(ratings or {}),
        },
        **{"rules": RULES, **settings},
    )


# ── Marks ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("9", 9),
        (" 9 ", 9),
        ("10", 10),
        ("0", 0),
        ("08", 8),
        ("９", 9),
        ("7\u200b", 7),
        ("\u00a07", 7),
        (8, 8),
        (8.0, 8),
    ],
)
def test_a_whole_number_on_the_scale_is_taken(written, mark):
    assert check_mark(written, RULES) == mark


@pytest.mark.parametrize("written", ["8,5", "8.5", "9,0", 8.5])
def test_a_decimal_mark_is_refused_and_the_message_says_whole_numbers_only(written):
    with pytest.raises(ValueRefused, match="không cho điểm thập phân, hãy ghi số nguyên từ 0 đến 10"):
        check_mark(written, RULES)


@pytest.mark.parametrize("written", ["11", "-1", "100", "010", "9" * 5000, 11, -1])
def test_a_mark_off_the_scale_is_refused(written):
    with pytest.raises(ValueRefused, match="nằm ngoài thang điểm"):
        check_mark(written, RULES)


@pytest.mark.parametrize(
    "written", ["A", "T", "8 điểm", "8/10", "²", "٣", "1e1", "+8", float("nan"), float("inf"), True]
)
def test_what_is_not_a_number_is_refused(written):
    with pytest.raises(ValueRefused, match="không phải là số"):
        check_mark(written, RULES)


@pytest.mark.parametrize("written", ["", "   ", "\u200b"])
def test_a_blank_is_not_a_mark(written):
    with pytest.raises(ValueRefused, match="Chưa ghi điểm KTĐK"):
        check_mark(written, RULES)


def test_the_refusal_shows_what_was_written_as_the_school_writes_it():
    with pytest.raises(ValueRefused) as refusal:
        check_mark(8.5, RULES)
    assert refusal.value.message == str(refusal.value)
    assert "“8,5”" in refusal.value.message


def test_zero_is_refused_where_the_school_year_starts_the_scale_at_one():
    with pytest.raises(ValueRefused, match="số nguyên từ 1 đến 10"):
        check_mark("0", FLOOR_1)
    assert check_mark("1", FLOOR_1) == 1


@given(st.text(max_size=12))
def test_any_text_is_either_a_mark_on_the_scale_or_refused(text):
    refusal = ""
    mark = None
    try:
        mark = check_mark(text, RULES)
    except ValueRefused as error:
        refusal = error.message
    assert mark in range(11) or "số nguyên từ 0 đến 10" in refusal


def test_zero_is_questioned_and_no_other_mark_is():
    assert "Điểm KTĐK là 0" in zero_warning(0)
    assert [mark for mark in [None, *range(11)] if zero_warning(mark)] == [0]


# ── Levels ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("T", Attainment.T),
        ("t", Attainment.T),
        (" h ", Attainment.H),
        ("c", Attainment.C),
        ("Hoàn thành tốt", Attainment.T),
        ("HOÀN  THÀNH", Attainment.H),
        ("chưa hoàn thành", Attainment.C),
        (unicodedata.normalize("NFD", "Hoàn thành tốt"), Attainment.T),
        ("\ufeffT", Attainment.T),
    ],
)
def test_the_level_of_a_subject_is_understood_as_letter_or_words(written, level):
    assert check_attainment(written) is level


@pytest.mark.parametrize("written", ["", " ", "Đ", "D", "Tốt", "A+", "T+", "T.", "TH", "9", "T H", "X"])
def test_anything_else_is_refused_with_the_levels_of_a_subject(written):
    with pytest.raises(ValueRefused) as refusal:
        check_attainment(written)
    assert "hãy ghi T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành)." in refusal.value.message


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("T", Rating.T),
        ("Tốt", Rating.T),
        ("Đ", Rating.D),
        ("đ", Rating.D),
        ("D", Rating.D),
        ("d", Rating.D),
        ("dd", Rating.D),
        ("Ð", Rating.D),
        ("Đạt", Rating.D),
        ("đạt", Rating.D),
        ("C", Rating.C),
        ("Cần cố gắng", Rating.C),
        ("CCG", Rating.C),
    ],
)
def test_the_level_of_a_trait_is_understood_even_typed_without_a_vietnamese_keyboard(written, level):
    assert check_rating(written) is level


@pytest.mark.parametrize("written", ["", "H", "Hoàn thành", "Khá", "B", "0", "T Đ"])
def test_anything_else_is_refused_with_the_levels_of_a_trait(written):
    with pytest.raises(ValueRefused) as refusal:
        check_rating(written)
    assert "hãy ghi T (Tốt), Đ (Đạt), C (Cần cố gắng)." in refusal.value.message


def test_a_level_of_the_other_scale_is_recognised_in_the_refusal():
    with pytest.raises(ValueRefused, match="Đ là mức của phẩm chất, năng lực"):
        check_attainment("Đ")
    with pytest.raises(ValueRefused, match="H là mức của môn học"):
        check_rating("h")


# ── Comments ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_stored_in_one_encoding_without_control_or_invisible_characters():
    pasted = "  Em đọc\x00 to\u200b, rõ.\r\nViết\tđẹp.\u202e \ud800"
    assert check_comment(pasted, RULES) == "Em đọc to, rõ.\nViết đẹp."
    assert check_comment("Chăm chỉ", RULES) == "Chăm chỉ"


def test_a_comment_at_the_limit_passes_and_one_over_is_refused_with_the_number_over():
    assert check_comment("à" * 1000, RULES) == "à" * 1000
    with pytest.raises(ValueRefused) as refusal:
        check_comment("à" * 1012, RULES)
    assert refusal.value.message == "Nhận xét dài 1012 kí tự, quá giới hạn 1000: hãy bớt 12 kí tự."


def test_the_limit_counts_letters_not_the_pieces_they_may_be_encoded_in():
    four_letters = dataclasses.replace(RULES, comment_limit=4)
    assert check_comment("tê\u0301t ", four_letters) == "tết"


@given(st.text())
def test_cleaning_a_comment_twice_changes_nothing_more(text):
    once = plain_text(text)
    assert plain_text(once) == once


@pytest.mark.parametrize("unseen", ["\u200b", "\x00\x07", "\ud800"])
def test_a_comment_of_invisible_characters_is_refused_not_taken_for_an_erased_one(unseen):
    with pytest.raises(ValueRefused, match="không in được"):
        check_comment(unseen, RULES)
    assert check_comment("  ", RULES) == ""


# ── Warnings ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "expected_marks"),
    [(Attainment.T, [7, 8, 9, 10]), (Attainment.H, [5, 6]), (Attainment.C, [0, 1, 2, 3, 4])],
)
def test_a_level_is_questioned_beside_every_mark_but_the_usual_ones(level, expected_marks):
    assert [mark for mark in range(11) if not mark_warnings(level, mark, RULES)] == expected_marks


def test_the_warning_is_a_sentence_with_level_mark_and_what_is_usual():
    assert mark_warnings(Attainment.T, 6, RULES) == ("T mà điểm 6: T thường đi với điểm từ 7 đến 10.",)


def test_nothing_is_questioned_while_level_or_mark_is_blank_or_the_check_is_off():
    off = dataclasses.replace(RULES, warns_on_level_and_mark=False)
    assert mark_warnings(None, 3, RULES) == ()
    assert mark_warnings(Attainment.T, None, RULES) == ()
    assert mark_warnings(Attainment.T, 3, off) == ()


def test_a_subject_and_its_competency_that_disagree_are_questioned():
    assert pair_warnings({"TOAN": Attainment.T}, {"tinh_toan": Rating.D}, RULES) == (
        "Năng lực Tính toán Đ nhưng Toán T.",
    )
    assert pair_warnings({"TOAN": Attainment.H}, {"tinh_toan": Rating.D}, RULES) == ()


@pytest.mark.parametrize(
    ("rating", "is_questioned"), [(Rating.T, False), (Rating.D, False), (Rating.C, True)]
)
def test_where_two_lines_differ_the_competency_may_follow_either(rating, is_questioned):
    arts = {"AN": Attainment.T, "MT": Attainment.H}
    assert bool(pair_warnings(arts, {"tham_mi": rating}, RULES)) is is_questioned


def test_a_pair_with_a_blank_or_switched_off_is_not_questioned():
    off = dataclasses.replace(RULES, warns_on_competency_pairs=False)
    assert pair_warnings({"TOAN": None}, {"tinh_toan": Rating.C}, RULES) == ()
    assert pair_warnings({"TOAN": Attainment.T}, {"tinh_toan": None}, RULES) == ()
    assert pair_warnings({"TOAN": Attainment.T}, {"tinh_toan": Rating.C}, off) == ()


# ── The year-end result (R35) ─────────────────────────────────────────────────────────────────────────

H, C, DAT, CCG = Attainment.H, Attainment.C, Rating.D, Rating.C
TRUTH_TABLE = [
    ("all T, all Tốt, all 10", a_pupil(), "HTXS"),
    ("lowest mark 9", a_pupil(marks={"KH": 9}), "HTXS"),
    ("all marks 9", a_pupil(mark=9), "HTXS"),
    ("one 8 among 10s", a_pupil(marks={"KH": 8}), "HTT"),
    ("lowest mark 7", a_pupil(marks={"TOAN": 7}), "HTT"),
    ("all marks 7", a_pupil(mark=7), "HTT"),
    ("lowest mark 6, all T and Tốt", a_pupil(marks={"TOAN": 6}), "HT"),
    ("lowest mark 5", a_pupil(marks={"TOAN": 5}), "HT"),
    ("one H, all 10", a_pupil(attainments={"DD": H}), "HT"),
    ("one quality Đ, all 10", a_pupil(ratings={"trung_thuc": DAT}), "HT"),
    ("one competency Đ, all 10", a_pupil(ratings={"the_chat": DAT}), "HT"),
    ("one mark 4, all T", a_pupil(marks={"TOAN": 4}), "CHT"),
    ("one mark 0", a_pupil(marks={"TV": 0}), "CHT"),
    ("one line C, all 10", a_pupil(attainments={"AN": C}), "CHT"),
    ("one quality C, all 10", a_pupil(ratings={"yeu_nuoc": CCG}), "CHT"),
    ("one competency C, all 10", a_pupil(ratings={"ngon_ngu": CCG}), "CHT"),
    ("Tin học 10, Công nghệ 4", a_pupil(marks={"CN": 4}), "CHT"),
    ("Âm nhạc T, Mĩ thuật H", a_pupil(attainments={"MT": H}), "HT"),
    ("grade 1, all T, all 10", a_pupil(grade=1), "HTXS"),
    ("grade 3, Ngoại ngữ 1 at 8", a_pupil(grade=3, marks={"NN1": 8}), "HTT"),
    ("grade 5, Lịch sử và Địa lí at 6", a_pupil(grade=5, marks={"LSDL": 6}), "HT"),
]


@pytest.mark.parametrize(
    ("inputs", "result"), [row[1:] for row in TRUTH_TABLE], ids=[row[0] for row in TRUTH_TABLE]
)
def test_the_year_result_follows_article_9(inputs, result):
    assert year_result(inputs).result == result


@pytest.mark.parametrize(
    "inputs",
    [
        a_pupil(attainments={"HDTN": None}),
        a_pupil(marks={"TV": None}),
        a_pupil(ratings={"nhan_ai": None}),
        a_pupil(marks={"TV": None, "TOAN": 2}, attainments={"TOAN": C}),
    ],
    ids=["a level", "a mark", "a rating", "a mark, beside a failing line"],
)
def test_one_blank_leaves_the_result_open_and_is_named(inputs):
    outcome = year_result(inputs)
    assert outcome.result is None
    assert len(outcome.missing) == 1
    assert outcome.reasons == (outcome.missing[0].sentence,)


def test_a_key_left_out_by_the_caller_is_a_blank_not_a_pass():
    complete = a_pupil()
    forgotten = {code: level for code, level in complete.attainments.items() if code != "GDTC"}
    outcome = year_result(dataclasses.replace(complete, attainments=forgotten))
    assert outcome.result is None
    assert [item.sentence for item in outcome.missing] == ["Giáo dục thể chất: mức cuối năm chưa có"]


def test_a_pupil_without_any_value_lacks_every_required_cell():
    """Grade 4: 12 levels, 7 marks, 15 ratings. Grade 1: 8, 2 and 13."""
    for grade, count in ((4, 34), (1, 23)):
        nothing = YearInputs(2024, grade, attainments={}, marks={}, ratings={}, rules=RULES)
        assert len(year_result(nothing).missing) == count


def test_the_reasons_say_what_kept_the_result_from_the_next_better_one():
    assert year_result(a_pupil()).reasons == ()
    assert year_result(a_pupil(marks={"KH": 8})).reasons == (
        "Khoa học: điểm KTĐK cuối năm 8; để xếp Hoàn thành xuất sắc cần từ 9.",
    )
    held_at_ht = a_pupil(marks={"TOAN": 6, "KH": 8}, attainments={"DD": H}, ratings={"nhan_ai": DAT})
    assert year_result(held_at_ht).reasons == (
        "Toán: điểm KTĐK cuối năm 6; để xếp Hoàn thành tốt cần từ 7.",
        "Đạo đức: Hoàn thành; để xếp Hoàn thành tốt cần Hoàn thành tốt.",
        "Phẩm chất Nhân ái: Đạt; để xếp Hoàn thành tốt cần Tốt.",
    )
    held_at_cht = a_pupil(marks={"TOAN": 4}, attainments={"TOAN": C, "DD": H}, ratings={"tin_hoc": CCG})
    assert year_result(held_at_cht).reasons == (
        "Toán: Chưa hoàn thành; để xếp Hoàn thành cần Hoàn thành trở lên.",
        "Toán: điểm KTĐK cuối năm 4; để xếp Hoàn thành cần từ 5.",
        "Năng lực Tin học: Cần cố gắng; để xếp Hoàn thành cần Đạt trở lên.",
    )


def test_an_exempt_line_and_trait_are_left_out_with_level_and_mark():
    exempt = frozenset({"NN1", "GDTC", "the_chat"})
    blanks = {"attainments": {"NN1": None, "GDTC": C}, "marks": {"NN1": None}, "ratings": {"the_chat": None}}
    assert year_result(a_pupil(**blanks)).result is None
    assert year_result(a_pupil(**blanks, exempt=exempt)).result is YearResult.HTXS


def test_a_pupil_who_is_not_assessed_has_no_result_and_lacks_nothing():
    outcome = year_result(a_pupil(marks={"TOAN": None}, is_not_assessed=True))
    assert (outcome.result, outcome.missing, outcome.failing) == (None, (), ())
    assert outcome.reasons == ("Học sinh khuyết tật không đánh giá: không xếp kết quả.",)


def test_a_pupil_exempt_from_everything_has_no_result_rather_than_the_best():
    everything = frozenset(line.code for line in LINES) | {
        trait.code for trait in traits_for(2024, 4, rules=RULES)
    }
    assert year_result(a_pupil(exempt=everything)).result is None


def test_an_optional_line_counts_only_where_the_year_says_so_and_the_pupil_takes_it():
    counting = dataclasses.replace(RULES, optional_lines_count=True)
    weak = {"attainments": {"NN1": C}, "grade": 2}
    taking = frozenset({"NN1"})
    assert year_result(a_pupil(**weak, optional_lines=taking)).result is YearResult.HTXS
    assert year_result(a_pupil(**weak, rules=counting)).result is YearResult.HTXS
    assert year_result(a_pupil(**weak, optional_lines=taking, rules=counting)).result is YearResult.CHT


def test_a_mark_where_the_regulation_has_no_test_changes_nothing():
    assert year_result(a_pupil(grade=1, marks={"DD": 2, "NN1": 1})).result is YearResult.HTXS


def test_a_year_under_the_older_circular_is_not_computed():
    with pytest.raises(NotCovered):
        year_result(dataclasses.replace(a_pupil(grade=5), year=2023))


# Properties, over pupils of any grade with any values.


@st.composite
def pupils(draw, may_be_blank=False):
    grade = draw(st.sampled_from(GRADES))
    blank = st.none() if may_be_blank else st.nothing()

    def values(codes, strategy):
        return {code: draw(strategy | blank) for code in codes}

    lines = [line.code for line in lines_for(2024, grade, rules=RULES)]
    tested = [code for code in lines if has_mark(2024, grade, code, Period.YEAR_END, rules=RULES)]
    traits = [trait.code for trait in traits_for(2024, grade, rules=RULES)]
    floor = draw(st.integers(0, 10))
    worst = draw(st.integers(1, 3))
    return YearInputs(
        year=2024,
        grade=grade,
        attainments=values(lines, st.sampled_from(list(Attainment)[:worst])),
        marks=values(tested, st.integers(floor, 10)),
        ratings=values(traits, st.sampled_from(list(Rating)[:worst])),
        rules=RULES,
    )


def written_out(inputs):
    """The four formulas of Điều 9 as the circular puts them, for comparison with the code."""
    levels = {*inputs.attainments.values()}
    ratings = {*inputs.ratings.values()}
    lowest = min(inputs.marks.values())
    if levels == {Attainment.T} and ratings == {Rating.T} and lowest >= 9:
        return YearResult.HTXS
    if levels == {Attainment.T} and ratings == {Rating.T} and lowest >= 7:
        return YearResult.HTT
    if levels <= {Attainment.T, Attainment.H} and ratings <= {Rating.T, Rating.D} and lowest >= 5:
        return YearResult.HT
    return YearResult.CHT


@given(pupils())
def test_the_result_is_that_of_the_circular_formulas_for_any_pupil(inputs):
    assert year_result(inputs).result is written_out(inputs)


@given(pupils(), st.data())
def test_raising_one_value_never_lowers_the_result(inputs, data):
    field, better = data.draw(
        st.sampled_from([("attainments", Attainment.T), ("ratings", Rating.T), ("marks", 10)])
    )
    values = getattr(inputs, field)
    code = data.draw(st.sampled_from(sorted(values)))
    raised = dataclasses.replace(inputs, **{field: {**values, code: better}})
    assert year_result(raised).result.rank >= year_result(inputs).result.rank


@given(pupils(may_be_blank=True))
def test_a_result_exists_exactly_when_nothing_is_missing(inputs):
    outcome = year_result(inputs)
    blanks = [*inputs.attainments.values(), *inputs.marks.values(), *inputs.ratings.values()].count(None)
    assert len(outcome.missing) == blanks
    assert (outcome.result is None) is (blanks > 0)


@given(pupils(may_be_blank=True), st.randoms(use_true_random=False))
def test_the_order_in_which_values_arrive_does_not_matter(inputs, chance: random.Random):
    def shuffled(values):
        pairs = list(values.items())
        chance.shuffle(pairs)
        return dict(pairs)

    same = dataclasses.replace(
        inputs,
        attainments=shuffled(inputs.attainments),
        marks=shuffled(inputs.marks),
        ratings=shuffled(inputs.ratings),
    )
    assert year_result(same) == year_result(inputs)


@given(pupils())
def test_a_pupil_has_failing_items_exactly_when_the_class_is_not_completed(inputs):
    result = year_result(inputs).result
    assert bool(failing_items(inputs)) is (result is YearResult.CHT)
    assert completed_class(result) is not bool(failing_items(inputs))


# ── After the result ──────────────────────────────────────────────────────────────────────────────────


def test_the_list_for_reassessment_names_each_failing_level_mark_and_trait():
    inputs = a_pupil(
        attainments={"TOAN": C, "DD": H},
        marks={"TOAN": 4, "KH": 5},
        ratings={"cham_chi": CCG, "nhan_ai": DAT},
    )
    assert [(item.kind, item.code, item.value) for item in failing_items(inputs)] == [
        (ItemKind.ATTAINMENT, "TOAN", Attainment.C),
        (ItemKind.MARK, "TOAN", 4),
        (ItemKind.RATING, "cham_chi", Rating.C),
    ]


def test_the_list_for_reassessment_is_known_before_everything_is_entered():
    inputs = a_pupil(marks={"TOAN": 4, "TV": None})
    assert year_result(inputs).result is None
    assert [item.sentence for item in failing_items(inputs)] == ["Toán: điểm KTĐK cuối năm 4"]


def test_reassessment_replaces_the_failing_items_and_leaves_the_original_as_it_was():
    inputs = a_pupil(attainments={"TOAN": C}, marks={"TOAN": 4})
    after = after_reassessment(inputs, attainments={"TOAN": H}, marks={"TOAN": 6})
    assert year_result(after).result is YearResult.HT
    assert year_result(inputs).result is YearResult.CHT
    assert (inputs.attainments["TOAN"], inputs.marks["TOAN"]) == (C, 4)


def test_reassessment_that_clears_only_one_of_two_failing_items_is_not_enough():
    inputs = a_pupil(marks={"TOAN": 4}, ratings={"cham_chi": CCG})
    assert year_result(after_reassessment(inputs, marks={"TOAN": 5})).result is YearResult.CHT
    both = after_reassessment(inputs, marks={"TOAN": 5}, ratings={"cham_chi": DAT})
    assert year_result(both).result is YearResult.HT


def test_what_did_not_fail_cannot_be_assessed_again():
    inputs = a_pupil(marks={"TOAN": 4, "TV": 8})
    with pytest.raises(ValueRefused, match="Tiếng Việt không thuộc nội dung phải đánh giá bổ sung"):
        after_reassessment(inputs, marks={"TV": 10})
    with pytest.raises(ValueRefused, match="Nhân ái không thuộc nội dung phải đánh giá bổ sung"):
        after_reassessment(inputs, ratings={"nhan_ai": Rating.T})


@pytest.mark.parametrize(
    ("result", "completed"), [("HTXS", True), ("HTT", True), ("HT", True), ("CHT", False)]
)
def test_the_class_is_completed_with_any_result_but_cht(result, completed):
    assert completed_class(YearResult(result)) is completed
    assert completed_primary(5, YearResult(result)) is completed


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_primary_school_is_completed_in_grade_5_only(grade):
    assert [completed_primary(grade, result) for result in YearResult] == [False] * 4


def test_without_a_result_completion_is_open():
    assert completed_class(None) is None
    assert completed_primary(5, None) is None
    assert completed_primary(4, None) is False


# ── Awards (R45) ──────────────────────────────────────────────────────────────────────────────────────

NOMINATED = {"outstanding_lines": ["TOAN"], "recognised_by_class": True}


def test_an_excellent_result_alone_makes_an_excellent_pupil():
    assert award_for(YearResult.HTXS) == AwardProposal(Award.HSXS, Award.HSXS)
    assert award_for(YearResult.HTXS, **NOMINATED).award is Award.HSXS


@pytest.mark.parametrize("named", [{"outstanding_lines": ["TOAN"]}, {"progress_traits": ["cham_chi"]}])
def test_a_good_result_with_a_named_strength_and_the_class_makes_an_exemplary_pupil(named):
    assert award_for(YearResult.HTT, **named, recognised_by_class=True).award is Award.HSTB


@pytest.mark.parametrize(
    ("given_so_far", "lacking"),
    [
        ({}, 2),
        ({"recognised_by_class": True}, 1),
        ({"outstanding_lines": ["TOAN"]}, 1),
        ({"progress_traits": ["cham_chi"]}, 1),
    ],
)
def test_a_good_result_without_strength_or_class_is_a_candidate_and_told_what_is_lacking(
    given_so_far, lacking
):
    proposal = award_for(YearResult.HTT, **given_so_far)
    assert (proposal.candidate, proposal.award) == (Award.HSTB, None)
    assert len(proposal.reasons) == lacking


@pytest.mark.parametrize("result", [YearResult.HT, YearResult.CHT, None])
def test_no_nomination_can_give_a_title_to_a_lower_or_an_open_result(result):
    proposal = award_for(result, **NOMINATED, progress_traits=["cham_chi"])
    assert (proposal.candidate, proposal.award) == (None, None)
    assert proposal.reasons


def test_a_strength_that_is_no_subject_or_trait_is_refused():
    with pytest.raises(UnknownCode):
        award_for(YearResult.HTT, outstanding_lines=["cham_chi"], recognised_by_class=True)
    with pytest.raises(UnknownCode):
        award_for(YearResult.HTT, progress_traits=["TOAN"], recognised_by_class=True)
