"""A mark sheet as a browser has it open: its cells, what stands in them, and the version each of them is at."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.web import Answer, Session

Cell = tuple[int, str, str]
"""Pupil, content, field."""

# What a decision keeps free of values is read-only, and no cell to fill.
INPUT = re.compile(r'<input name="c\.(\d+)\.(\w+)\.(\w+)" value="([^"]*)"(?! readonly)')
TEXT = re.compile(r'<textarea name="c\.(\d+)\.(\w+)\.(\w+)"[^>]*>([^<]*)<')
VERSIONS = re.compile(r'name="v" value="([^"]*)"')
VERSION = re.compile(r"(\d+)\.(\w+)\.(\d+)")
CHOICES = {"attainment": "TH", "rating": "TĐ", "mark": "98"}
COMMENT = (
    "Em nắm chắc kiến thức, vận dụng tốt vào bài tập và trình bày sạch sẽ. "
    "Em cần đọc kĩ đề bài hơn và kiểm tra lại kết quả trước khi nộp bài nhé."
)


@dataclass(slots=True)
class OpenSheet:
    """`values` of the cells from left to right and down; `versions` by pupil and content, none for an empty row."""

    path: str
    values: dict[Cell, str]
    versions: dict[tuple[int, str], int]

    def changes(self, values: Mapping[Cell, str]) -> list[dict[str, object]]:
        return [
            {
                "student": cell[0],
                "item": cell[1],
                "field": cell[2],
                "value": value,
                "version": self.versions.get(cell[:2], 0),
            }
            for cell, value in values.items()
        ]

    def take(self, saved: Iterable[Mapping[str, object]]) -> None:
        """What a save has answered, as the page's script takes it."""
        for each in saved:
            cell = (each["student"], each["item"], each["field"])
            self.values[cell] = each["value"]  # type: ignore[index, assignment]
            self.versions[cell[:2]] = each["version"]  # type: ignore[index, assignment]

    def others(self, cells: Iterable[Cell], number: int = 0) -> dict[Cell, str]:
        """For each cell a good value that is not the present one."""
        return {cell: self._other(cell, number) for cell in cells}

    def _other(self, cell: Cell, number: int) -> str:
        if cell[2] == "comment":
            return f"{COMMENT} ({number})"
        return next(value for value in CHOICES[cell[2]] if value != self.values[cell])


def read_sheet(path: str, page: str) -> OpenSheet:
    cells = [*INPUT.finditer(page), *TEXT.finditer(page)]
    kept = VERSIONS.search(page)[1]  # type: ignore[index]
    cells.sort(key=lambda found: found.start())
    return OpenSheet(
        path,
        {(int(found[1]), found[2], found[3]): html.unescape(found[4]) for found in cells},
        {(int(pupil), item): int(version) for pupil, item, version in VERSION.findall(kept)},
    )


def open_sheet(session: Session, path: str) -> OpenSheet:
    answer = session.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path}: HTTP {answer.status}")
    return read_sheet(path, answer.body.decode())


def save_whole(session: Session, sheet: OpenSheet, values: Mapping[Cell, str]) -> Answer:
    """One request; raises unless every cell is saved."""
    answer = session.post_json(sheet.path, {"changes": sheet.changes(values)})
    saved = json.loads(answer.body)["saved"] if answer.status == 200 else []
    if len(saved) != len(values):
        raise RuntimeError(f"{sheet.path}: HTTP {answer.status}, {len(saved)} of {len(values)} cells saved")
    sheet.take(saved)
    return answer
