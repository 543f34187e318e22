"""Down one table of a mark file: each row goes to the sheet, or the sheets, that it is of (domain 6).

Of which class, line and period a cell is, is said by its column, by the row, by the row's key, by the name of the
page, by a title above the headings, in this order; what nobody says is the desk's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradebook.models import ENTRY_PERIODS
from gradebook.regulation import Period, folded, line_by_code
from gradebook.sheets import HOMEROOM_CODE, Field
from gradebook.workbook_columns import IDS, MADE_UP, WHO, RowKey, file_columns, key_of, made_up_keys
from gradebook.workbook_desk import Desk, SheetKey
from gradebook.workbook_layout import Layout, Slot
from gradebook.workbook_rows import Place, RowReader, cell_in, is_filled
from gradebook.workbook_words import HOMEROOM_TITLE, Half, Said, When, class_key, code_of, when_in
from students.cell_values import Level, Problem, is_number, text_of
from students.header_search import Column as FileColumn
from students.header_search import folded_heading
from students.names import search_key
from students.roster_files import FOOTER
from students.workbooks import Row as FileRow

_SUM = re.compile(r"tong (so|cong)|tong\W*$|cong\b|trung binh|t[iy] le|so luong|thong ke|si so|[thcd] \d")


class Elsewhere(Exception):
    """The row is of no sheet on the desk; `what` says of which, `field` where it says so."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


@dataclass(frozen=True, slots=True)
class Other:
    """What a table holds that is of no sheet on the desk. `has_results`: more than the names of pupils."""

    place: Place
    value: str
    what: str
    has_results: bool

    def problem(self, message: str) -> Problem:
        return self.place.problem(self.value, message)


class TableReader:
    """Sorts the rows of a table to the readers of their sheets, which it makes as it meets them."""

    def __init__(self, desk: Desk, layout: Layout, said: Said) -> None:
        self.desk = desk
        self.layout = layout
        self.table = layout.table
        self.fields = layout.header.columns
        self.said = said.or_else(layout.titles)
        self.uncalculated = set(self.table.uncalculated)
        self.readers: dict[SheetKey, RowReader] = {}
        self.others: dict[str, Other] = {}
        self.unused: dict[str, None] = dict.fromkeys(layout.unused)
        self.problems: list[Problem] = []
        self._last: RowReader | None = None

    def read(self) -> None:
        """Everything the table wants; raises WorkbookRefused when it holds more pupils than a class has."""
        for row in self.table.rows[self.layout.header.end :]:
            if self._is_heading(row) or self._is_footer(row):
                continue
            if self._is_somebody(row):
                self._read_somebody(row)
            else:
                self._read_nobody(row)

    def _is_heading(self, row: FileRow) -> bool:
        """A heading repeated further down, or the row 1, 2, 3… that forms put under it."""
        again = [
            name
            for name in self.fields
            if (text := self._text(row, name)) and folded_heading(text) in self.layout.synonyms[name]
        ]
        texts = [text.strip("()") for cell in row.values if (text := text_of(cell))]
        is_count = len(texts) > 2 and texts == [str(n) for n in range(1, len(texts) + 1)]
        return len(again) > 1 or is_count

    def _is_somebody(self, row: FileRow) -> bool:
        return any(self._text(row, name) for name in WHO)

    def _is_footer(self, row: FileRow) -> bool:
        """Sums and signatures: no number, id or birth date, and the first words are such a row's."""
        if is_number(cell_in(row, self.fields.get("ordinal", ()))) or any(
            self._text(row, name) for name in (*IDS, "key", "birth_date")
        ):
            return False
        name = self._text(row, "full_name")
        first = name or next((text for cell in row.values if (text := text_of(cell))), "")
        return bool(FOOTER.match(search_key(first)) or (not name and _SUM.match(folded(first))))

    def _read_somebody(self, row: FileRow) -> None:
        key = key_of(self._text(row, "key"))
        done = set()
        for slot in self.layout.slots:
            if slot.place in done:
                continue
            done.add(slot.place)
            try:
                target = self._target(row, key, slot)
            except Elsewhere as elsewhere:
                self._remember(row, slot, elsewhere)
                continue
            if target is None:
                continue
            self._last = self._reader(target, slot)
            is_of_key = key is not None and (key.code, key.period) == (target[1], target[2])
            self._last.read_row(row, key if is_of_key else None)

    def _target(self, row: FileRow, key: RowKey | None, slot: Slot) -> SheetKey | None:
        """The sheet that the cells of the slot's place are of, None where they are of none; raises Elsewhere."""
        name = self._class_of(row, key)
        code = self._code_of(row, key, slot, name)
        if slot.is_trait != (code == HOMEROOM_CODE):
            self._leave(slot)
            return None
        period = self._period_of(row, key, slot)
        self._check_key(key, slot, (name, code, period))
        target = (name, code, period)
        if target not in self.desk.refs:
            raise Elsewhere(
                "class_name", f"{_sheet_label(code)} lớp {self.desk.classes[name]}, {period.label}"
            )
        return target

    def _class_of(self, row: FileRow, key: RowKey | None) -> str:
        text = self._text(row, "class_name")
        name = class_key(text) or (self.desk.class_keys.get(key.class_id, "") if key else "")
        if key and not name:
            raise Elsewhere("key", "lớp khác hoặc năm học khác")
        name = name or self.said.class_key or self.desk.only_class
        if not name:
            raise Elsewhere("full_name", "lớp chưa rõ (thêm cột «Lớp», hoặc đặt tên trang theo lớp)")
        if name not in self.desk.classes:
            raise Elsewhere("class_name", f"lớp {text or name.upper()}")
        return name

    def _code_of(self, row: FileRow, key: RowKey | None, slot: Slot, name: str) -> str:
        text = self._text(row, "subject")
        code = slot.code or (code_of(text) if text else "") or (key.code if key else "") or self.said.code
        if text and not slot.code and not code_of(text):
            raise Elsewhere("subject", f"môn «{text}»")
        code = code or (HOMEROOM_CODE if slot.is_trait else self.desk.only_code(name))
        if not code:
            raise Elsewhere("full_name", "môn học chưa rõ (thêm cột «Môn học», hoặc đặt tên trang theo môn)")
        if code not in self.desk.codes:
            is_of_key = key is not None and code == key.code and not text
            raise Elsewhere(
                "key" if is_of_key else "subject",
                "môn học, hoạt động giáo dục khác" if is_of_key else _sheet_label(code),
            )
        return code

    def _period_of(self, row: FileRow, key: RowKey | None, slot: Slot) -> Period:
        text = self._text(row, "period")
        of_row = when_in(text) if text else None
        if text and of_row is None and slot.when is None:
            raise Elsewhere("period", f"thời điểm đánh giá «{text}»")
        of_key = Period(key.period) if key and key.period in ENTRY_PERIODS else None
        period = self._within(slot.when or of_row or of_key or self.said.when or self.desk.period, of_key)
        if period not in self.desk.periods:
            raise Elsewhere("period", f"thời điểm đánh giá «{text or period.label}»")
        return period

    def _within(self, when: When, of_key: Period | None) -> Period:
        """A half is of the term that something else speaks of."""
        if isinstance(when, Period):
            return when
        said = self.said.when if isinstance(self.said.when, Period) else None
        return Half(when).within(of_key or said or self.said.term or self.desk.period)

    def _check_key(self, key: RowKey | None, slot: Slot, target: SheetKey) -> None:
        """A key that contradicts the row is not believed, nor is the row."""
        if key is None:
            return
        if key.code != target[1] and not slot.code:
            raise Elsewhere("key", "môn học, hoạt động giáo dục khác")
        if key.period != target[2] and not slot.when:
            label = Period(key.period).label if key.period in ENTRY_PERIODS else key.period
            raise Elsewhere("key", f"thời điểm đánh giá «{label}»")
        if self.desk.class_keys.get(key.class_id) != target[0]:
            raise Elsewhere("key", "lớp khác hoặc năm học khác")

    def _reader(self, target: SheetKey, slot: Slot) -> RowReader:
        if target not in self.readers:
            ref = self.desk.refs[target]
            own = {each: column for each, column in self.layout.slots.items() if each.place == slot.place}
            known = {*(column.key for column in file_columns(ref)), *made_up_keys(ref)}
            cells = {
                each.key if each.is_trait else f"{ref.code}-{each.key}": column
                for each, column in own.items()
            }
            self.unused |= dict.fromkeys(
                column.heading for name, column in cells.items() if name not in known
            )
            columns = {**self.fields, **{name: (column,) for name, column in cells.items()}}
            self.readers[target] = RowReader(
                ref, self.desk.rows[target], self.table, columns, self.desk.codes_of_comments
            )
            self.readers[target].roster.trusts_names = self.desk.trusts_names
        return self.readers[target]

    def _leave(self, slot: Slot) -> None:
        for each, column in self.layout.slots.items():
            if each.place == slot.place:
                self.unused[column.heading] = None

    def _remember(self, row: FileRow, slot: Slot, elsewhere: Elsewhere) -> None:
        """Said once for the whole table, by the first row that has a result there."""
        has_results = any(
            is_filled(row, column, self.uncalculated)
            for each, column in self.layout.slots.items()
            if each.place == slot.place
        )
        known = self.others.get(elsewhere.what)
        if known is None or (has_results and not known.has_results):
            self.others[elsewhere.what] = Other(
                self._place(row, self.fields.get(elsewhere.field, ())),
                self._text(row, elsewhere.field),
                elsewhere.what,
                has_results,
            )

    def _read_nobody(self, row: FileRow) -> None:
        """A result without a pupil is an error; a lone sentence, or a count under the column, worth a word."""
        filled = [
            (slot, column)
            for slot, column in self.layout.slots.items()
            if is_filled(row, column, self.uncalculated)
        ]
        if not filled:
            return
        is_numbered = is_number(cell_in(row, self.fields.get("ordinal", ())))
        if is_numbered or any(self._is_result(row, slot, column) for slot, column in filled):
            message = "hàng này có kết quả nhưng không ghi là của em nào. Ghi mã học sinh hoặc họ tên."
            self._report(row, filled[0][1], message, "error")
        else:
            self._report(row, filled[0][1], "không ghi học sinh nào nên hàng này được bỏ qua.", "warning")

    def _is_result(self, row: FileRow, slot: Slot, column: FileColumn) -> bool:
        """A level or mark; a number under the levels is a count."""
        text = text_of(cell_in(row, (column,)))
        if slot.key in (Field.MARK, *MADE_UP):
            return True
        return (
            not slot.key.endswith(Field.COMMENT)
            and not text.replace(",", ".").rstrip("%").replace(".", "", 1).isdigit()
        )

    def _report(self, row: FileRow, column: FileColumn, message: str, level: Level) -> None:
        place = self._place(row, (column,))
        value = text_of(cell_in(row, (column,)))
        problem = Problem(place.sheet, place.row, place.letter, place.header, value, message, level)
        (self._last.problems if self._last else self.problems).append(problem)

    def _text(self, row: FileRow, name: str) -> str:
        return text_of(cell_in(row, self.fields.get(name, ())))

    def _place(self, row: FileRow, columns: Sequence[FileColumn]) -> Place:
        letter, heading = (columns[0].letter, columns[0].heading) if columns else ("", "")
        return Place(self.table.sheet_name, row.number, letter, heading)


def _sheet_label(code: str) -> str:
    return HOMEROOM_TITLE if code == HOMEROOM_CODE else line_by_code(code).short_name
