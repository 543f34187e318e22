"""Lên lớp, thi lại, lưu ban of the year by grade: how many, and what share of them (domain 2.7 B)."""

from collections.abc import Iterator

from gradebook.regulation import Period
from gradebook.year_end import Row as Outcome
from gradebook.year_end_lists import LISTS
from gradebook.year_end_lists import Kind as ListKind
from reports.figures import Column, Figure, Report, Row, Table, share, uneven_columns
from reports.pupils_counted import Seated, pupil_lines
from reports.quality_results import (
    PROMOTED,
    PUPILS,
    STAYING,
    WAITING,
    Results,
    contradicted_sentence,
    contradicted_words,
    earlier_words,
    promotion_of,
    read_results_of,
    undecided,
)
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from reports.tallies import SHARE, Fact, Tally

FAILED, AGAIN = "failed", "again"
UNDECIDED = undecided(PROMOTED)
_KINDS = (
    (PROMOTED, "Lên lớp"),
    (WAITING, "Còn chờ thi lại, rèn luyện hè"),
    (STAYING, "Lưu ban"),
    (UNDECIDED, "Chưa có kết quả"),
)
COLUMNS = (
    Column(PUPILS, ("Tổng số",)),
    Column(FAILED, ("Cuối năm phải thi lại, rèn luyện hè", "SL")),
    Column(f"{FAILED}{SHARE}", ("Cuối năm phải thi lại, rèn luyện hè", "%"), is_share=True),
    Column(PROMOTED, ("Lên lớp", "SL")),
    Column(f"{PROMOTED}{SHARE}", ("Lên lớp", "%"), is_share=True),
    Column(AGAIN, ("Lên lớp", "Trong đó sau đánh giá bổ sung")),
    *(
        column
        for key, head in _KINDS[1:]
        for column in (Column(key, (head, "SL")), Column(f"{key}{SHARE}", (head, "%"), is_share=True))
    ),
)
TABLE = "promotion"


def read(moment: Moment) -> Report:
    """Statements as `read_results_of`."""
    results = read_results_of(moment)
    table = table_of(results)
    return Report(
        kind=KIND.slug,
        title="Báo cáo lên lớp, thi lại, lưu ban",
        moment=moment.words,
        tables=(table,),
        notes=tuple(_notes(results)),
        faults=(
            *uneven_columns(table, PUPILS, [key for key, _head in _KINDS]),
            *contradicted_sentence(table.title, results),
        ),
    )


def behind(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    return pupil_lines(tally_of(read_results_of(moment)).behind(cell.row, cell.column))


def table_of(results: Results) -> Table:
    tally = tally_of(results)
    rows = [_row(f"grade {grade}", f"Khối {grade}", tally) for grade in results.grades]
    rows.append(_row("school", "Toàn trường", tally, is_total=True))
    return Table(TABLE, "Lên lớp, thi lại, lưu ban theo khối", COLUMNS, tuple(rows), row_head="Khối")


def tally_of(results: Results) -> Tally[Seated]:
    """Here rows are grades and columns what becomes of the pupil."""
    return Tally(
        tuple(
            Fact(
                each.seated,
                frozenset({f"grade {each.seated.grade}", "school"}),
                frozenset({PUPILS, *(_columns_of(each.row) if each.row is not None else ())}),
            )
            for each in results.pupils
        )
    )


def _columns_of(row: Outcome) -> Iterator[str]:
    if LISTS[ListKind.RETEST].has(row) or LISTS[ListKind.TRAINING].has(row):
        yield FAILED
    became = promotion_of(row)
    yield became
    if became == PROMOTED and row.original_result:
        yield AGAIN


def _row(key: str, label: str, tally: Tally[Seated], *, is_total: bool = False) -> Row:
    figures: list[Figure] = []
    total = tally.figure(key, PUPILS)
    for column in COLUMNS:
        own = tally.figure(key, column.key.removesuffix(SHARE))
        figures.append(share(own, total) if column.is_share else own)
    return Row(key, label, tuple(figures), is_heading=is_total)


def _notes(results: Results) -> Iterator[str]:
    yield from earlier_words(results)
    own = [each.row for each in results.pupils if each.row is not None]
    left = sum(1 for row in own if row.decided is None)
    if left:
        yield (
            f"Chưa phê duyệt {left}/{len(own)} em: của các em ấy là kết quả hệ thống tính, giáo viên chủ nhiệm đề nghị."
        )
    elif not contradicted_words(results):
        yield "Đã được Hiệu trưởng phê duyệt."
    yield results.moment.early or f"Học sinh tính đến ngày {results.moment.last_day:%d/%m/%Y}."
    yield (
        "«Cuối năm phải thi lại, rèn luyện hè»: các em trong danh sách kiểm tra lại hoặc rèn luyện trong hè, kể cả em "
        "đã được đánh giá bổ sung. Tổng số = lên lớp + còn chờ + lưu ban + chưa có kết quả."
    )
    yield "Lớp 5: lên lớp là hoàn thành chương trình tiểu học, hết cấp."


KIND = ReportKind(
    slug="len-lop",
    title="Lên lớp, thi lại, lưu ban",
    about="Mỗi khối bao nhiêu em lên lớp, thi lại, lưu ban, số lượng và tỉ lệ.",
    group=Group.REQUIRED,
    read=read,
    periods=(Period.YEAR_END,),
    behind=behind,
    has_list=lambda cell: not cell.column.endswith(SHARE),
)
