"""The demo's pupil lists as the clerk would receive them: xlsx files in the sector database's export shape.

The stored file is that of 2025 - 2026. Other years move every date by whole years; the list of the following year
promotes everybody and adds a new grade 1 of invented children, so that the school keeps its size.
"""

import datetime
import io
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from students.names import clean

DATA = Path(__file__).parent / "data"
STORED_YEAR = 2025
STAFF_FILE = "can-bo-giao-vien.xlsx"
PUPIL_FILE = "danh-sach-hoc-sinh-csdl.xlsx"

# Columns of the stored file.
MOET_ID, NAME, BIRTH, GENDER, NATIONAL_ID = 1, 2, 3, 4, 11
FATHER, FATHER_BORN, MOTHER, MOTHER_BORN, DISABILITY, CLASS, GRADE, REGISTER = 12, 14, 15, 17, 19, 20, 21, 22

Row = list[Any]


def stored_rows(year: int) -> tuple[Row, list[Row]]:
    """Heading and rows of the stored list, with every date moved so that the list is that of `year`."""
    book = load_workbook(DATA / PUPIL_FILE, read_only=True)
    heading, *rows = (list(row) for row in book.active.iter_rows(values_only=True))
    book.close()
    for row in rows:
        _move(row, year - STORED_YEAR)
    return heading, rows


def _move(row: Row, years: int) -> None:
    if not years:
        return
    born = datetime.datetime.strptime(row[BIRTH], "%d/%m/%Y").replace(tzinfo=datetime.UTC).date()
    day = min(born.day, 28) if born.month == 2 else born.day
    row[BIRTH] = f"{day:02d}/{born.month:02d}/{born.year + years}"
    number = row[NATIONAL_ID]
    row[NATIONAL_ID] = f"{number[:4]}{(born.year + years) % 100:02d}{number[6:]}"
    entered, serial = row[REGISTER].split("/")
    row[REGISTER] = f"{int(entered) + years}/{serial}"
    for column in (FATHER_BORN, MOTHER_BORN):
        row[column] = int(row[column]) + years


def following_rows(rows: list[Row], year: int, *, repeating: set[str], seed: int) -> list[Row]:
    """Next year's list: everybody a grade higher, grade 5 gone, `repeating` (ids) kept, a new grade 1 added."""
    kept = [list(row) for row in rows if row[CLASS][0] != "5"]
    for row in kept:
        if row[MOET_ID] not in repeating:
            grade = int(row[CLASS][0]) + 1
            row[CLASS], row[GRADE] = f"{grade}{row[CLASS][1:]}", f"Khối {grade}"
    leavers = [row for row in rows if row[CLASS][0] == "5"]
    return kept + _newcomers(leavers, len(rows), year, seed)


def _newcomers(leavers: list[Row], last_serial: int, year: int, seed: int) -> list[Row]:
    """As many children as leave, with addresses and parents' jobs of the leavers' rows but names of their own."""
    chance = random.Random(f"{seed}-{year}")  # noqa: S311 - invented children, no secret
    letters = sorted({row[CLASS][1:] for row in leavers})
    return [
        _newcomer(row, last_serial + index, year, letters[index % len(letters)], chance)
        for index, row in enumerate(leavers, start=1)
    ]


def _newcomer(template: Row, serial: int, year: int, letter: str, chance: random.Random) -> Row:
    row = list(template)
    is_girl = chance.random() < 0.48
    surname = _surname(chance)
    born = year - 6
    row[0] = serial
    row[MOET_ID] = f"31000{serial:05d}"
    row[NAME] = f"{surname} {chance.choice(_given('girls.txt' if is_girl else 'boys.txt'))}"
    row[BIRTH] = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{born}"
    row[GENDER] = "Nữ" if is_girl else "Nam"
    row[NATIONAL_ID] = f"031{3 if is_girl else 2}{born % 100:02d}{serial:06d}"
    row[FATHER] = f"{surname} {chance.choice(_given('boys.txt'))}"
    row[MOTHER] = f"{_surname(chance)} {chance.choice(_given('girls.txt'))}"
    row[DISABILITY] = None
    row[CLASS], row[GRADE] = f"1{letter}", "Khối 1"
    row[REGISTER] = f"{year}/{serial:04d}"
    return row


def _surname(chance: random.Random) -> str:
    names, weights = _surnames()
    return chance.choices(names, weights)[0]


@cache
def _surnames() -> tuple[list[str], list[float]]:
    pairs = json.loads((DATA / "surnames.json").read_text(encoding="utf-8"))["surnames_weight_percent_north"]
    return [name for name, _weight in pairs], [weight for _name, weight in pairs]


@cache
def _given(file: str) -> list[str]:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return [clean(line) for line in lines if line.strip()]


def as_workbook(heading: Row, rows: list[Row]) -> bytes:
    """The rows as the bytes of an xlsx file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(heading)
    for row in rows:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
