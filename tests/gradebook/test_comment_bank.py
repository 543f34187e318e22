"""The comment bank is fit to stand in a học bạ as it is (TT 27/2020, Điều 4 and 7)."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from gradebook.comment_bank import shipped
from gradebook.comment_keeping import checked

DATA = Path(__file__).parents[2] / "gradebook" / "data"
BANK = json.loads((DATA / "comments.json").read_text(encoding="utf-8"))
BY_GRADE = json.loads((DATA / "comments_by_grade.json").read_text(encoding="utf-8"))
LINES = ["TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN", "TDT"]
GROUPS = ["quality", "general", "specific"]

COMPARES = (
    r"(nhất|đầu|cuối|bét) (lớp|khối|trường)|(hơn|bằng|như|kém|thua) (các |những )?bạn|"
    r"so với|đứng đầu|xếp (thứ|hạng|loại)|vượt (trội|bạn)|đội sổ|học lực|trung bình"
)
HARSH = r"kém|dốt|lười|ngu|tệ|hư|quá chậm|không chịu|không biết gì|vô lễ|lêu lổng|mất gốc|(?<!chủ )yếu(?! tố)"
TELLS_WHO = (
    r"cậu bé|cô bé|bé|(con|em|bạn|học sinh) (trai|gái|nam|nữ)|cô giáo|thầy giáo|bố(?! cục| trí)|mẹ(?<!cha mẹ)"
)
BOUND_TO_A_TIME = r"(lớp|khối) (\d|một|hai|ba|bốn|năm)|học kì|kì (I|II|1|2)|cuối năm|năm học|dịp hè"
OLD_SPELLING = r"[kmlthsKMLTHS](y|ý|ỳ|ỷ|ỹ|ỵ)|\w*o[àáảãạèéẻẽẹ]|hàng ngày|nề nếp|xử lý|qui|sổ xố"
FORBIDDEN = {
    "compares pupils": COMPARES,
    "is harsh": HARSH,
    "tells who the pupil or the teacher is": TELLS_WHO,
    "is bound to a grade or a term": BOUND_TO_A_TIME,
    "is not in the programme's spelling": OLD_SPELLING,
}


def flatten(part):
    return [
        (name, level, text)
        for name, levels in BANK[part].items()
        for level, texts in levels.items()
        for text in texts
    ]


def flatten_by_grade():
    return [
        (name, level, text)
        for part in BY_GRADE.values()
        for name, bands in part.items()
        for levels in bands.values()
        for level, texts in levels.items()
        for text in texts
    ]


COMMENTS = flatten("lines") + flatten("groups")
ALL = COMMENTS + flatten_by_grade()
TEXTS = [text for _, _, text in ALL]


def breaking(pattern):
    whole_words = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    return [text for text in TEXTS if whole_words.search(text)]


def at_level(*wanted):
    return [text for _, level, text in ALL if level in wanted]


def test_every_reported_line_has_its_three_levels():
    assert {line: list(levels) for line, levels in BANK["lines"].items()} == {
        line: ["T", "H", "C"] for line in LINES
    }


def test_every_group_of_qualities_and_competencies_has_its_three_levels():
    assert {group: list(levels) for group, levels in BANK["groups"].items()} == {
        group: ["T", "Đ", "C"] for group in GROUPS
    }


def test_a_teacher_finds_at_least_ten_comments_everywhere():
    counts = Counter((name, level) for name, level, _ in COMMENTS)
    assert {place: count for place, count in counts.items() if count < 10} == {}
    assert len(counts) == 3 * (len(LINES) + len(GROUPS))


def test_comments_for_some_grades_have_all_levels_of_theirs():
    levels = {
        (part, tuple(levels))
        for part in BY_GRADE
        for bands in BY_GRADE[part].values()
        for levels in bands.values()
    }
    assert levels == {("lines", ("T", "H", "C")), ("groups", ("T", "Đ", "C"))}


def test_no_comment_stands_twice():
    assert [text for text, times in Counter(text.casefold() for text in TEXTS).items() if times > 1] == []


def test_the_text_is_nfc_without_stray_spaces():
    stray = [text for text in TEXTS if text != " ".join(text.split())]
    assert stray == []
    assert [text for text in TEXTS if not unicodedata.is_normalized("NFC", text)] == []
    assert all(unicodedata.is_normalized("NFC", level) for _, level, _ in ALL)


def test_only_vietnamese_letters_and_plain_punctuation_are_used():
    assert [text for text in TEXTS if not re.fullmatch(r"[^\W\d_]+(?:[,;:.]? ?[^\W_]+)*\.", text)] == []


def test_every_comment_is_one_to_three_sentences_that_end_with_a_full_stop():
    sentences = {text: text.removesuffix(".").split(". ") for text in TEXTS}
    assert [text for text in TEXTS if not text.endswith(".")] == []
    assert [text for text, parts in sentences.items() if len(parts) > 3] == []
    assert [part for parts in sentences.values() for part in parts if not part[0].isupper()] == []


def test_lengths_vary_like_those_of_real_comments():
    lengths = [len(text) for text in TEXTS]
    assert min(lengths) >= 30
    assert max(lengths) <= 300
    assert 115 <= median(lengths) <= 165
    assert sum(length < 60 for length in lengths) >= len(GROUPS + LINES)
    assert sum(length >= 240 for length in lengths) >= len(GROUPS + LINES)


def test_every_comment_speaks_of_em():
    assert [text for text in TEXTS if not re.search(r"\bEm\b|\bem\b", text)] == []


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_comment(fault):
    assert breaking(FORBIDDEN[fault]) == []


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("compares pupils", "Em đọc tốt nhất lớp."),
        ("compares pupils", "Em tính nhanh hơn các bạn."),
        ("is harsh", "Em học kém môn Toán."),
        ("is harsh", "Em đọc còn yếu."),
        ("tells who the pupil or the teacher is", "Em là một cậu bé ngoan."),
        ("is bound to a grade or a term", "Em học tốt chương trình lớp 3."),
        ("is not in the programme's spelling", "Em có kỹ năng tốt."),
        ("is not in the programme's spelling", "Em hoà đồng với bạn."),
    ],
)
def test_the_word_lists_catch_a_bad_comment(fault, text):
    assert re.search(rf"\b(?:{FORBIDDEN[fault]})\b", text, re.IGNORECASE)


def test_the_best_level_only_praises():
    assert [
        text for text in at_level("T") if re.search(r"\bchưa\b|\bcòn\b|\bem cần\b", text, re.IGNORECASE)
    ] == []


def test_the_middle_level_says_what_to_practise():
    assert [text for text in at_level("H", "Đ") if not re.search(r"\b(cần|nên)\b", text)] == []


def test_the_lowest_level_says_what_is_needed_and_who_or_what_helps():
    help_named = r"thầy cô|gia đình|người thân|người lớn|nhà trường|\bbạn\b|luyện|tập"
    lacking = [
        text for text in at_level("C") if "cần" not in text or not re.search(help_named, text, re.IGNORECASE)
    ]
    assert lacking == []


def test_specific_competencies_name_nothing_grades_1_and_2_do_not_have():
    texts = [text for name, _, text in flatten("groups") if name == "specific"]
    assert [
        text for text in texts if re.search(r"máy tính|tin học|công nghệ|phần mềm", text, re.IGNORECASE)
    ] == []


def test_no_child_is_named():
    """Within a sentence capitals are those of the country and of a line, and of no name."""
    sentences = [part for text in TEXTS for part in re.split(r"\. |: ", text)]
    capitals = {word.strip(",;:.") for part in sentences for word in part.split()[1:] if word[0].isupper()}
    assert capitals <= {"Việt", "Nam", "Toán"}


def test_the_system_reads_what_the_files_say_and_could_store_every_one():
    entries = shipped()
    assert Counter((entry.subject, entry.level, entry.text) for entry in entries) == Counter(ALL)
    assert [entry for entry in entries if checked(entry) != entry] == []
    assert len({entry.mark for entry in entries}) == len(entries)
    assert {entry.grades for entry in entries} == {"", "1", "2-3", "3-5", "4", "4-5", "5"}
