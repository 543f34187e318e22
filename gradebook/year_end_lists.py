"""The lists that follow from a year (PLAN IV.1, IV.2, IV.5; rule R48): read, and as rows for Excel.

What the system computes until the homeroom teacher has confirmed it, then proposals, until the principal has approved
the class; his decisions from then on. Each line says which.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from accounts.tables import Heading, Value
from gradebook.grading import Item, completed_class, completed_primary
from gradebook.regulation import YearResult
from gradebook.year_end import Row, retest_words, training_words
from gradebook.year_end_rules import Exceptional, Promotion, to_retest, to_train

CONTRADICTED = "Kết quả tính lại khác kết quả đã phê duyệt."
NOT_YET = "Chưa xét"
DECISION = "Quyết định"


class Kind(StrEnum):
    """The lists, by the word in their address."""

    PROMOTED = "len-lop"
    COMPLETED = "hoan-thanh-tieu-hoc"
    STAYING = "khong-len-lop"
    NOT_COMPLETED = "chua-hoan-thanh"
    RETEST = "kiem-tra-lai"
    TRAINING = "ren-luyen-he"
    AWARDS = "khen-thuong"
    PRAISED = "khen-dot-xuat"


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list: its name, who is on it, and the columns beside class, name and birth date."""

    title: str
    about: str
    has: Callable[[Row], bool]
    columns: tuple[tuple[str, int, Callable[[Row], str]], ...]


def result_words(row: Row) -> str:
    """As approved or proposed; marked where it is an exception (R39), with the first where assessed again (R41)."""
    if row.result is None:
        return "Không đánh giá" if not row.is_assessed else "Chưa có kết quả"
    words = row.result.label
    if row.is_exception:
        words += " (ngoại lệ)"
    elif row.said.exception == Exceptional.ASKED:
        words += " (đang đề nghị ngoại lệ)"
    if not row.original_result:
        return words
    original = YearResult(row.original_result)
    if original is row.result:
        return f"{words} (đã đánh giá bổ sung)"
    return f"{words} (trước khi đánh giá bổ sung: {original.label})"


def standing_words(row: Row) -> str:
    if row.is_contradicted:
        return f"Đã phê duyệt. {CONTRADICTED}"
    if row.decided is not None:
        return "Đã phê duyệt"
    return "Đề nghị" if row.is_confirmed else NOT_YET


def is_promoted(row: Row) -> bool:
    if row.decided is not None:
        return row.decided.is_promoted
    if row.proposed is YearResult.CHT:
        return row.said.promotion == Promotion.PROMOTED
    return row.is_assessed and row.proposed is not None


def _goes_up(row: Row) -> bool:
    return is_promoted(row) and not _completes_primary(row)


def _completes_primary(row: Row) -> bool:
    """Of grade 5: there is no class to go up to (R44)."""
    return is_promoted(row) and bool(completed_primary(row.school_class.grade_level, row.result))


def is_staying(row: Row) -> bool:
    if row.decided is not None:
        return not row.decided.is_promoted
    return row.proposed is YearResult.CHT and row.said.promotion == Promotion.STAYS


def _programme(row: Row) -> str:
    """Completion is one thing, promotion another (R40, R42); only grade 5 completes primary school (R44)."""
    if row.result is None:
        return ""
    grade = row.school_class.grade_level
    if completed_primary(grade, row.result):
        return "Hoàn thành chương trình tiểu học"
    return f"{'Hoàn thành' if completed_class(row.result) else 'Chưa hoàn thành'} chương trình lớp {grade}"


def _note(row: Row) -> str:
    return row.decided.promotion_note if row.decided is not None else row.said.promotion_note


def _proposal(row: Row) -> str:
    if row.decided is not None:
        return "Được lên lớp" if row.decided.is_promoted else "Ở lại lớp"
    return Promotion(row.said.promotion).label if row.said.promotion else "Chưa đề nghị"


def _sentences(items: Iterable[Item]) -> str:
    return "; ".join(item.sentence for item in items)


def _failed(row: Row) -> tuple[Item, ...]:
    """What failed at the year's end, whatever came of it since: the list of those to be assessed again keeps it."""
    return row.computed.original.failing


def _award_standing(row: Row) -> str:
    if row.decided is not None or not row.is_confirmed:
        return standing_words(row)
    return " ".join(row.award.reasons) or "Đủ điều kiện"


_RESULT = ("Kết quả", 26, result_words)
_STANDING = ("Trạng thái", 14, standing_words)

LISTS: dict[Kind, ListKind] = {
    Kind.PROMOTED: ListKind(
        "Học sinh được lên lớp",
        "Em hoàn thành chương trình lớp học, và em chưa hoàn thành mà Hiệu trưởng cho lên lớp có kế hoạch giúp đỡ.",
        _goes_up,
        (_RESULT, ("Chương trình", 30, _programme), ("Kế hoạch giúp đỡ", 36, _note), _STANDING),
    ),
    Kind.COMPLETED: ListKind(
        "Học sinh hoàn thành chương trình tiểu học",
        "Em lớp 5 hoàn thành chương trình lớp học; Hiệu trưởng xác nhận trong học bạ.",
        _completes_primary,
        (_RESULT, ("Chương trình", 30, _programme), _STANDING),
    ),
    Kind.STAYING: ListKind(
        "Học sinh không được lên lớp",
        "Em chưa hoàn thành chương trình lớp học và ở lại lớp, mỗi em một lí do.",
        is_staying,
        (_RESULT, ("Lí do", 50, _note), _STANDING),
    ),
    Kind.NOT_COMPLETED: ListKind(
        "Học sinh chưa hoàn thành chương trình lớp học",
        "Em xếp Chưa hoàn thành, với từng nội dung chưa đạt và hướng giải quyết.",
        lambda row: row.result is YearResult.CHT,
        (
            ("Nội dung chưa đạt", 50, lambda row: _sentences(row.failing)),
            ("Hướng giải quyết", 34, _proposal),
            ("Ghi chú", 34, _note),
            _STANDING,
        ),
    ),
    Kind.RETEST: ListKind(
        "Học sinh kiểm tra lại (đánh giá bổ sung)",
        "Em có môn học, hoạt động giáo dục Chưa hoàn thành, hoặc điểm KTĐK cuối năm dưới 5.",
        lambda row: bool(to_retest(_failed(row))),
        (
            ("Kiểm tra lại", 50, lambda row: _sentences(to_retest(_failed(row)))),
            ("Còn chưa đạt sau đánh giá bổ sung", 40, retest_words),
            _RESULT,
        ),
    ),
    Kind.TRAINING: ListKind(
        "Học sinh rèn luyện trong hè",
        "Em có phẩm chất, năng lực ở mức Cần cố gắng.",
        lambda row: bool(to_train(_failed(row))),
        (
            ("Rèn luyện", 50, lambda row: _sentences(to_train(_failed(row)))),
            ("Còn chưa đạt sau rèn luyện", 40, training_words),
            _RESULT,
        ),
    ),
    Kind.AWARDS: ListKind(
        "Học sinh được khen thưởng",
        "Hoàn thành xuất sắc: Học sinh Xuất sắc. Hoàn thành tốt: Học sinh Tiêu biểu khi nêu rõ môn nổi trội hoặc phẩm "
        "chất, năng lực tiến bộ, và được tập thể lớp công nhận.",
        lambda row: bool(row.award_label if row.decided is not None else row.award.candidate),
        (
            _RESULT,
            ("Danh hiệu", 40, lambda row: row.award_label),
            ("Nội dung", 34, lambda row: row.award_reason),
            ("Xét", 34, _award_standing),
        ),
    ),
    Kind.PRAISED: ListKind(
        "Khen thưởng đột xuất, thư khen, khen của cấp trên",
        "Ghi vào lúc nào trong năm cũng được, không phụ thuộc kết quả năm học.",
        lambda row: bool(row.praised),
        (("Khen thưởng", 70, lambda row: "; ".join(each.words for each in row.praised)),),
    ),
}


@dataclass(frozen=True, slots=True)
class PupilList:
    """A list of some classes, as its page and its workbook have it.

    `decisions`: the number and day of the decision in force, by pupil and class, and whether it has to be amended.
    """

    kind: Kind
    rows: tuple[Row, ...]
    decisions: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return LISTS[self.kind].title

    @property
    def about(self) -> str:
        return LISTS[self.kind].about

    @property
    def headings(self) -> tuple[str, ...]:
        own = tuple(name for name, _width, _read in LISTS[self.kind].columns)
        return (*own, DECISION) if self.decisions else own

    def told(self, row: Row) -> list[tuple[str, str]]:
        """Of one pupil (heading, words), so that a phone can show them one below the other."""
        told = [(name, read(row)) for name, _width, read in LISTS[self.kind].columns]
        if self.decisions:
            told.append((DECISION, self.decisions.get((row.student.pk, row.school_class.pk), "")))
        return told

    @property
    def sheet_headings(self) -> tuple[Heading, ...]:
        own = (Heading(name, width) for name, width, _read in LISTS[self.kind].columns)
        return (
            *(Heading("STT", 6), Heading("Lớp", 8), Heading("Mã định danh Bộ GD&ĐT", 16)),
            *(Heading("Họ và tên", 28), Heading("Ngày sinh", 12), *own),
            *((Heading(DECISION, 30),) if self.decisions else ()),
        )

    @property
    def sheet_rows(self) -> list[Sequence[Value]]:
        rows: list[Sequence[Value]] = []
        for number, row in enumerate(self.rows, start=1):
            who = (row.school_class.name, row.student.moet_id or "", row.student.full_name)
            rows.append((number, *who, row.student.birth_label, *(words for _name, words in self.told(row))))
        return rows


def pupil_list(kind: Kind, rows: Iterable[Row]) -> PupilList:
    return PupilList(kind, tuple(row for row in rows if LISTS[kind].has(row)))
