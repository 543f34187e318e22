"""The whole rule set of a school year as tables with their sources, each drawn from the functions that apply it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gradebook import grading
from gradebook.regulation import (
    COMPETENCY_LINES,
    SOURCES,
    Attainment,
    Rating,
    RuleSet,
    TraitGroup,
    YearResult,
    line_by_code,
    trait_by_code,
    traits_for,
)
from gradebook.year_rules import grades_of, rules_of
from students.models import SchoolYear

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its first column heads the rows. `source` is the law, or says that it is none."""

    code: str
    title: str
    source: str
    heads: Cells
    rows: tuple[Cells, ...]
    notes: Cells = ()


def rule_sections(year: SchoolYear) -> list[Section]:
    """No statement."""
    rules = rules_of(year)
    return [
        *(_traits(year, rules, group) for group in TraitGroup),
        *(make(rules) for make in _OF_RULES),
    ]


def _traits(year: SchoolYear, rules: RuleSet, group: TraitGroup) -> Section:
    grades = grades_of(year)
    by_grade = {
        grade: [trait for trait in traits_for(year.year, grade, rules=rules) if trait.group is group]
        for grade in grades
    }
    every = sorted(
        {trait for traits in by_grade.values() for trait in traits}, key=lambda each: each.position
    )
    rows = ((trait.name, *(_yes(trait in by_grade[grade]) for grade in grades)) for trait in every)
    counts = ("Cộng", *(str(len(by_grade[grade])) for grade in grades))
    heads = (group.label, *(f"Khối {grade}" for grade in grades))
    title = f"{group.label} của từng khối"
    return Section(f"traits-{group}", title, SOURCES["traits"], heads, (*rows, counts))


def _levels(_rules: RuleSet) -> Section:
    rows = (
        ("Môn học, hoạt động giáo dục", *(f"{level} – {level.label}" for level in Attainment)),
        ("Phẩm chất, năng lực", *(f"{level} – {level.label}" for level in Rating)),
    )
    return Section(
        "levels", "Các mức đánh giá", SOURCES["levels"], ("Đánh giá", "Mức 1", "Mức 2", "Mức 3"), rows
    )


def _norm(rules: RuleSet) -> Section:
    rows = tuple(
        (f"{level} – {level.label}", f"{lowest} đến {highest}")
        for level, (lowest, highest) in grading.usual_marks(rules).items()
    )
    note = _warned(rules.warns_on_level_and_mark)
    return Section(
        "norm", "Mức và điểm thường đi với nhau", SOURCES["practice"], ("Mức", "Điểm KTĐK"), rows, (note,)
    )


def _pairs(rules: RuleSet) -> Section:
    rows = tuple(
        (trait_by_code(trait).name, ", ".join(line_by_code(code).short_name for code in codes))
        for trait, codes in COMPETENCY_LINES.items()
    )
    notes = (
        "T đi với Tốt, H với Đạt, C với Cần cố gắng; hai môn khác mức thì năng lực theo môn nào cũng được.",
        _warned(rules.warns_on_competency_pairs),
    )
    heads = ("Năng lực", "Môn học, hoạt động")
    return Section("pairs", "Năng lực và môn học nói về nó", SOURCES["practice"], heads, rows, notes)


def _warned(is_on: bool) -> str:
    return "Khác đi thì hệ thống nhắc, không chặn." if is_on else "Năm học này không nhắc."


def _result(rules: RuleSet) -> Section:
    """Asked of the function itself, value by value."""
    rows = (
        *(_asked_for(result, rules) for result in YearResult if result is not YearResult.CHT),
        (YearResult.CHT.label, *_falling(rules)),
    )
    counted = "được tính" if rules.optional_lines_count else "không được tính"
    notes = (
        "Chỉ tính mức và điểm cuối năm; kết quả là mức cao nhất mà nội dung thấp nhất cho phép.",
        "Còn một ô trống thì chưa xếp, không phải Chưa hoàn thành.",
        f"Môn tự chọn {counted}. Nội dung được miễn không tính.",
    )
    heads = ("Kết quả", "Mọi môn học, hoạt động", "Mọi phẩm chất, năng lực", "Mọi điểm KTĐK cuối năm")
    return Section("result", "Kết quả giáo dục cuối năm", SOURCES["result"], heads, rows, notes)


def _asked_for(result: YearResult, rules: RuleSet) -> Cells:
    def is_enough(value: Attainment | Rating | int) -> bool:
        return grading.best_allowed(value, rules).rank >= result.rank

    lowest = min(mark for mark in _scale(rules) if is_enough(mark))
    return (result.label, _any_of(Attainment, is_enough), _any_of(Rating, is_enough), f"từ {lowest}")


def _falling(rules: RuleSet) -> Cells:
    """The values of which one is enough for Chưa hoàn thành."""

    def falls(value: Attainment | Rating | int) -> bool:
        return grading.best_allowed(value, rules) is YearResult.CHT

    marks = [mark for mark in _scale(rules) if falls(mark)]
    return (
        f"có môn {_any_of(Attainment, falls)}",
        f"có nội dung {_any_of(Rating, falls)}",
        f"có điểm từ {min(marks)} đến {max(marks)}",
    )


def _scale(rules: RuleSet) -> range:
    return range(rules.mark_floor, rules.mark_ceiling + 1)


def _any_of(
    levels: Iterable[Attainment] | Iterable[Rating], holds: Callable[[Attainment | Rating], bool]
) -> str:
    return " hoặc ".join(level.value for level in levels if holds(level))


def _completion(_rules: RuleSet) -> Section:
    rows = tuple(
        (
            result.label,
            _yes(bool(grading.completed_class(result))),
            _yes(bool(grading.completed_primary(5, result))),
        )
        for result in YearResult
    )
    heads = ("Kết quả", "Hoàn thành chương trình lớp học", "Khối 5: hoàn thành chương trình tiểu học")
    return Section("completion", "Hoàn thành chương trình", SOURCES["completion"], heads, rows)


def _reassessment(rules: RuleSet) -> Section:
    lines, traits, marks = _falling(rules)
    rows = (
        ("Mức của môn học, hoạt động", lines),
        ("Phẩm chất, năng lực", traits),
        ("Điểm KTĐK cuối năm", marks),
    )
    notes = (
        "Kết quả bổ sung thay cho đúng nội dung chưa đạt, rồi xếp lại như lần đầu.",
        "Kết quả lần đầu vẫn được giữ.",
        "Không có mức trần cho kết quả xếp lại.",
    )
    heads = ("Nội dung", "Phải đánh giá bổ sung khi")
    return Section("reassessment", "Đánh giá bổ sung", SOURCES["reassessment"], heads, rows, notes)


def _awards(_rules: RuleSet) -> Section:
    rows = tuple(_award(result) for result in YearResult)
    notes = ("Khen đột xuất, thư khen không tuỳ thuộc kết quả năm học.",)
    heads = ("Kết quả", "Danh hiệu", "Điều kiện thêm")
    return Section("awards", "Khen thưởng cuối năm", SOURCES["awards"], heads, rows, notes)


def _award(result: YearResult) -> Cells:
    found = grading.award_for(result)
    if found.candidate is None:
        return result.label, "–", "–"
    return result.label, found.candidate.label, " ".join(found.reasons) or "không"


def _disability(_rules: RuleSet) -> Section:
    rows = tuple((each.how, each.what, each.follows, each.article) for each in grading.OF_DISABLED_PUPILS)
    heads = ("Cách đánh giá", "Đánh giá", "Trong sổ", "Căn cứ")
    notes = ("Học sinh khuyết tật được chọn cách đánh giá cho từng môn, từng phẩm chất, năng lực.",)
    return Section("disability", "Học sinh khuyết tật", SOURCES["disability"], heads, rows, notes)


def _people(_rules: RuleSet) -> Section:
    rows = tuple((each.what, each.who, each.article) for each in grading.DECIDED_BY_PEOPLE)
    heads = ("Việc", "Ai quyết định", "Căn cứ")
    return Section("people", "Việc do người quyết định, hệ thống không tính", SOURCES["people"], heads, rows)


def _school(rules: RuleSet) -> Section:
    """The points on which the circular is silent, as the year has them."""
    rows = (
        ("Điểm KTĐK thấp nhất", str(rules.mark_floor)),
        ("Môn tự chọn tính vào kết quả cuối năm", _yes(rules.optional_lines_count)),
        ("Tiếng dân tộc có điểm KTĐK cuối kì", _yes(rules.ethnic_language_has_mark)),
        ("Xét danh hiệu cuối năm theo kết quả sau đánh giá bổ sung", _yes(rules.reassessed_may_be_honoured)),
        ("Nhận xét dài nhất", f"{rules.comment_limit} kí tự"),
        ("Nhắc khi mức và điểm ít đi với nhau", _yes(rules.warns_on_level_and_mark)),
        ("Nhắc khi môn học và năng lực ít đi với nhau", _yes(rules.warns_on_competency_pairs)),
    )
    return Section("school", "Điểm văn bản để ngỏ", SOURCES["school"], ("Điểm", "Năm học này"), rows)


def _yes(is_so: bool) -> str:
    return "có" if is_so else "không"


_OF_RULES: tuple[Callable[[RuleSet], Section], ...] = (
    *(_levels, _norm, _pairs, _result, _completion, _reassessment),
    *(_awards, _disability, _people, _school),
)
