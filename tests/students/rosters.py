"""Pupil lists for tests: rows as dictionaries of heading → value, as bytes of a workbook, read as the import reads."""

from students.roster_files import RosterFile, read_roster
from tests.students.workbook_making import workbook


def pupil(number: int, **other: object) -> dict[str, object]:
    """A new pupil of 1B with an id; `other` replaces by short names or adds by heading."""
    row: dict[str, object] = {
        "STT": number,
        "Họ và tên": f"Nguyễn Văn {_word(number)}",
        "Ngày sinh": f"{number % 28 + 1:02d}/09/2020",
        "Giới tính": "Nam",
        "Lớp": "1B",
        "Mã định danh Bộ GD&ĐT": f"31{number:08d}",
    }
    short = {
        "name": "Họ và tên",
        "birth": "Ngày sinh",
        "cls": "Lớp",
        "id": "Mã định danh Bộ GD&ĐT",
        "job": "Nghề nghiệp cha",
    }
    return row | {short.get(key, key): value for key, value in other.items()}


def as_bytes(*rows: dict[str, object], title: str = "Sheet1", above: str = "") -> bytes:
    """The workbook; its columns are the headings that any row has. `above` is a title over the headings."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    lines = [headings, *([row.get(heading) for heading in headings] for row in rows)]
    return workbook((title, [[above], *lines] if above else lines))


def listed(*rows: dict[str, object], **options: str) -> RosterFile:
    return read_roster(as_bytes(*rows, **options), "danh-sach.xlsx")


def _word(number: int) -> str:
    """A different Vietnamese-looking given name for each number, without digits (names have none)."""
    letters = ""
    while True:
        number, rest = divmod(number, 10)
        letters += "aăâeêioôơu"[rest]
        if not number:
            return f"T{letters}"
