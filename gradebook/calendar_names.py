"""Which sheets of a cell of the calendar stand otherwise than most: whole classes, lines, or those of one teacher."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradebook.progress_sheets import HeldSheet
from gradebook.regulation import line_by_code
from gradebook.scopes import HOMEROOM


@dataclass(frozen=True, slots=True)
class Standing:
    """How sheets stand: a state in word and colour, and since or until when."""

    word: str
    kind: str
    detail: str = ""


NOT_OPENED = Standing("Chưa mở", "neutral")

# By sheet how it stands, and whether it is so by an order for its teacher alone.
Stands = Mapping[HeldSheet, tuple[Standing, bool]]


def named_sheets(stands: Stands, standing: Standing) -> str:
    """«2D, Giáo dục thể chất lớp 2B, giáo viên Nguyễn Thị Lan lớp 2G»: those of the cell that stand so."""
    personal = [sheet for sheet, found in stands.items() if found == (standing, True)]
    by_class: dict[str, list[HeldSheet]] = defaultdict(list)
    for sheet, found in stands.items():
        if found == (standing, False):
            by_class[sheet.school_class.name].append(sheet)
    sizes = {name: _of_class(stands, name) for name in by_class}
    whole = {name for name, sheets in by_class.items() if len(sheets) * 2 > len(sizes[name])}
    named = [_class_words(name, by_class[name], sizes[name]) for name in by_class if name in whole]
    parts = [sheet for name, sheets in by_class.items() if name not in whole for sheet in sheets]
    return ", ".join([*named, *_line_parts(parts, stands), *_personal_parts(personal)])


def _of_class(stands: Stands, name: str) -> list[HeldSheet]:
    return [sheet for sheet in stands if sheet.school_class.name == name]


def _class_words(name: str, sheets: list[HeldSheet], of_class: list[HeldSheet]) -> str:
    """«2D», «2D (trừ Toán)»: what stands otherwise is said, so that the class is not."""
    rest = [_line_name(sheet.code) for sheet in of_class if sheet not in sheets]
    return f"{name} (trừ {', '.join(rest)})" if rest else name


def _line_parts(sheets: Iterable[HeldSheet], stands: Stands) -> list[str]:
    """«Toán khối 2», «Toán, Tiếng Việt lớp 2B»."""
    classes_of: dict[str, list[str]] = defaultdict(list)
    for sheet in sheets:
        classes_of[sheet.code].append(sheet.school_class.name)
    together: dict[str, list[str]] = defaultdict(list)
    for code, names in classes_of.items():
        taught = [sheet for sheet in stands if sheet.code == code]
        is_all = len(names) == len(taught) > 1
        where = f"khối {taught[0].school_class.grade_level}" if is_all else f"lớp {', '.join(names)}"
        together[where].append(_line_name(code))
    return [f"{', '.join(codes)} {where}" for where, codes in together.items()]


def _personal_parts(sheets: Iterable[HeldSheet]) -> list[str]:
    """«giáo viên Nguyễn Thị Lan lớp 2G»."""
    classes_of: dict[str, dict[str, None]] = defaultdict(dict)
    for sheet in sheets:
        if sheet.holder:
            classes_of[sheet.holder.name][sheet.school_class.name] = None
    return [f"giáo viên {name} lớp {', '.join(classes)}" for name, classes in classes_of.items()]


def _line_name(code: str) -> str:
    return "phẩm chất và năng lực" if code == HOMEROOM else line_by_code(code).name
