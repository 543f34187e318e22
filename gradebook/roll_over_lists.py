"""Class lists that come back: lines pasted from Excel for one class, or a grade's file with a column «Lớp mới».

Each line is matched with a pupil of last year, by an id or by name (with birth date or old class where two share it);
what is unclear or against the regulation is said line by line, and then nothing is offered to be written (R85).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.tables import Heading, write_table
from gradebook.roll_over import Move, objections
from gradebook.roll_over_pupils import Pupil, Standing
from students.cell_values import text_of
from students.header_search import find_header
from students.matching import spelt
from students.models import SchoolClass
from students.names import clean
from students.workbooks import WorkbookRefused, open_workbook

HEADINGS = (
    Heading("STT", 6),
    Heading("Mã định danh Bộ GD&ĐT", 16),
    Heading("Mã học sinh", 16),
    Heading("Họ và tên", 28),
    Heading("Ngày sinh", 12),
    Heading("Giới tính", 10),
    Heading("Lớp cũ", 10),
    Heading("Kết quả", 14),
    Heading("Lớp mới", 10),
)
NOTES = (
    "Chỉ sửa cột «Lớp mới», rồi tải tệp lên lại ở trang xếp lớp của khối.",
    "Ô «Lớp mới» để trống, hoặc bỏ cả hàng: em đó giữ nguyên như đang xếp.",
)
SYNONYMS = {
    "moet_id": ("ma dinh danh bo gd dt", "ma dinh danh bo gddt", "ma dinh danh"),
    "school_code": ("ma hoc sinh", "ma hs"),
    "full_name": ("ho va ten", "ho ten", "ho ten hoc sinh", "ho va ten hoc sinh"),
    "birth": ("ngay sinh", "ngay thang nam sinh"),
    "old_class": ("lop cu", "lop nam truoc", "lop dang hoc", "lop"),
    "new_class": ("lop moi", "lop nam hoc moi", "xep lop"),
}
REQUIRED = (frozenset({"full_name", "new_class"}), frozenset({"moet_id", "new_class"}))
MOST_LINES = 500
DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
NUMBERED = re.compile(r"^\d{1,3}(\s*[.)]\s*|\s+)(?=\D)")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line says: words that should tell who, and the class by its name."""

    place: str
    words: tuple[str, ...]
    class_name: str

    @property
    def text(self) -> str:
        return " · ".join(self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what comes of it: a move, nothing new, or the reason why not."""

    wish: Wish
    pupil: Pupil | None = None
    was: str = ""
    now: str = ""
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return not self.problem and self.was != self.now

    @property
    def looks(self) -> tuple[str, str]:
        if self.problem:
            return "Bị từ chối", "refused"
        return ("Xếp vào lớp", "waiting") if self.is_new else ("Giữ nguyên", "ok")


@dataclass(frozen=True, slots=True)
class ListPlan:
    lines: tuple[Line, ...]
    moves: tuple[Move, ...]

    @property
    def problems(self) -> int:
        return sum(bool(line.problem) for line in self.lines)

    @property
    def in_order(self) -> list[Line]:
        """What has to be mended first."""
        return sorted(self.lines, key=lambda line: (not line.problem, not line.is_new))


# -- Out -----------------------------------------------------------------------------------------------------


def write_grade(standing: Standing, grade: int, *, by: User) -> bytes:
    """The pupils who are to come into the grade, with the class of the draft; uploads back unchanged."""
    names = {each.pk: each.name for each in standing.classes}
    rows = (
        [
            number,
            pupil.student.moet_id,
            pupil.student.school_code,
            pupil.name,
            pupil.student.birth_label,
            pupil.student.get_gender_display(),
            pupil.old_class.name,
            pupil.way.label,
            names.get(pupil.place or 0, ""),
        ]
        for number, pupil in enumerate(pupils_to_place(standing, grade), start=1)
    )
    title = f"Xếp lớp khối {grade} năm học {standing.year.label}"
    return write_table(title=title, headings=HEADINGS, rows=rows, by=by, notes=NOTES)


def pupils_to_place(standing: Standing, grade: int) -> list[Pupil]:
    return [pupil for pupil in standing.of_grade(grade) if pupil.is_to_be_placed]


# -- In ------------------------------------------------------------------------------------------------------


def pasted(text: str, school_class: SchoolClass) -> list[Wish]:
    """A wish a line; columns of Excel come with tabs between them."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if clean(line)]
    if len(lines) > MOST_LINES:
        raise WorkbookRefused(f"Danh sách có {len(lines)} dòng, nhiều nhất {MOST_LINES}. Dán từng lớp một.")
    return [
        Wish(f"Dòng {number}", _words(re.split(r"[\t;,]", line)), school_class.name) for number, line in lines
    ]


def read_file(content: bytes, name: str) -> list[Wish]:
    """A wish a row that names a class. Raises WorkbookRefused."""
    for table in open_workbook(content, name):
        header = find_header(table, SYNONYMS, REQUIRED)
        if header is not None:
            break
    else:
        raise WorkbookRefused(
            "Không tìm thấy cột «Họ và tên» và cột «Lớp mới». Chọn tệp tải về từ nút «Tải danh sách khối», sửa cột "
            "«Lớp mới»."
        )
    columns = {field: found[0].index for field, found in header.columns.items()}
    wishes = []
    for row in table.rows[header.end :]:
        told = {
            field: clean(text_of(row.values[index])) if index < len(row.values) else ""
            for field, index in columns.items()
        }
        new_class = told.pop("new_class")
        words = _words(told.values())
        if new_class and words:
            wishes.append(Wish(f"Hàng {row.number}", words, new_class))
    if not wishes:
        raise WorkbookRefused("Cột «Lớp mới» không có lớp nào. Ghi lớp vào cột đó rồi tải tệp lên lại.")
    return wishes


def _words(parts: Iterable[str]) -> tuple[str, ...]:
    """A running number alone, and before a name, says nothing of who."""
    cleaned = (NUMBERED.sub("", clean(part)) for part in parts)
    return tuple(part for part in cleaned if part and not (part.isdigit() and len(part) <= 3))


def plan_list(wishes: Sequence[Wish], standing: Standing, grade: int) -> ListPlan:
    """What the lines come to, judged by the rules of every move."""
    known, classes = _Known(standing, grade), {each.name.casefold(): each for each in standing.classes}
    seen: dict[int, Wish] = {}
    lines, moves = [], []
    for wish in wishes:
        line, move = _judged(wish, known, classes.get(wish.class_name.casefold()), standing, seen)
        lines.append(line)
        if move and line.is_new:
            moves.append(move)
    return ListPlan(tuple(lines), tuple(moves))


def _judged(
    wish: Wish, known: "_Known", to: SchoolClass | None, standing: Standing, seen: dict[int, Wish]
) -> tuple[Line, Move | None]:
    pupil, problem = known.find(wish.words)
    if pupil is None:
        return Line(wish, problem=problem), None
    earlier = seen.setdefault(pupil.pk, wish)
    if to is None:
        names = ", ".join(each.name for each in standing.classes_of(known.grade))
        return Line(
            wish, pupil, problem=f"Không có lớp «{wish.class_name}». Khối {known.grade} có: {names}."
        ), None
    if earlier is not wish:
        return Line(wish, pupil, problem=f"Cùng một em với {earlier.place.lower()}. Bỏ một trong hai."), None
    move = Move(pupil.pk, to.pk, pupil.version)
    was = standing.class_by_id[pupil.class_id].name if pupil.class_id else ""
    if was == to.name:
        return Line(wish, pupil, was, to.name), None
    problem = next(objections(move, standing), "")
    return Line(wish, pupil, was, to.name, problem), move


class _Known:
    """Last year's pupils by id and by name; those of the grade come before others of the same name."""

    def __init__(self, standing: Standing, grade: int) -> None:
        self.grade = grade
        self.by_id: dict[str, Pupil] = {}
        self.by_name: dict[tuple[str, ...], list[Pupil]] = defaultdict(list)
        for pupil in standing.pupils:
            self.by_name[spelt(pupil.name)].append(pupil)
            for number in (pupil.student.moet_id, pupil.student.school_code, pupil.student.national_id):
                if number:
                    self.by_id[number.casefold()] = pupil

    def find(self, words: Sequence[str]) -> tuple[Pupil | None, str]:
        """The pupil whom the words mean, or why none for certain."""
        by_id = {pupil.pk: pupil for word in words for pupil in self._of_id(word)}
        if len(by_id) > 1:
            names = ", ".join(sorted(pupil.name for pupil in by_id.values()))
            return None, f"Các mã trên dòng này là của nhiều em: {names}. Kiểm tra lại mã."
        if by_id:
            return next(iter(by_id.values())), ""
        named = [pupil for word in words for pupil in self.by_name.get(spelt(word), ())]
        if not named:
            return None, (
                "Không có em nào của năm học trước có tên hoặc mã này. Kiểm tra dấu trong họ tên, hoặc ghi mã định "
                "danh."
            )
        return self._one_of(named, words)

    def _of_id(self, word: str) -> Iterator[Pupil]:
        """An id that lost its leading zeros in Excel is found too."""
        for number in (word, word.zfill(10), word.zfill(12)) if word.isdigit() else (word,):
            if number.casefold() in self.by_id:
                yield self.by_id[number.casefold()]
                return

    def _one_of(self, named: list[Pupil], words: Sequence[str]) -> tuple[Pupil | None, str]:
        """Of those of one name the one in the grade, with the birth date, from the old class that the words give."""
        rules: tuple[Callable[[Pupil], bool], ...] = (
            lambda pupil: pupil.grade == self.grade,
            lambda pupil: _birth(pupil) in _dates(words),
            lambda pupil: pupil.old_class.name.casefold() in {word.casefold() for word in words},
        )
        left = named
        for rule in rules:
            left = [pupil for pupil in left if rule(pupil)] or left
        if len(left) == 1:
            return left[0], ""
        people = "; ".join(f"lớp {each.old_class.name}, sinh {each.student.birth_label}" for each in left)
        return None, f"Có {len(left)} em tên {left[0].name} ({people}). Ghi thêm ngày sinh hoặc mã định danh."


def _dates(words: Iterable[str]) -> set[tuple[int | None, ...]]:
    """(year, month, day) of the words that are dates."""
    found = (DATE.fullmatch(word) for word in words)
    return {(int(match[3]), int(match[2]), int(match[1])) for match in found if match}


def _birth(pupil: Pupil) -> tuple[int | None, ...]:
    return pupil.student.birth_year, pupil.student.birth_month, pupil.student.birth_day
