"""LibreOffice Calc, as a second opinion on our workbooks: what it reads in them, sheet by sheet."""

import datetime
import subprocess
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

from python_calamine import CalamineWorkbook

Sheets = dict[str, list[list[object]]]


def as_libreoffice_reads(workbooks: Mapping[str, bytes], folder: Path) -> dict[str, Sheets]:
    """Each opened by LibreOffice and saved again as .ods, by the given names. One start for all of them."""
    given, saved = folder / "given", folder / "saved"
    given.mkdir()
    for name, content in workbooks.items():
        (given / f"{name}.xlsx").write_bytes(content)
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "ods"]
    done = subprocess.run(
        [*command, "--outdir", str(saved), *map(str, sorted(given.iterdir()))],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert sorted(file.stem for file in saved.iterdir()) == sorted(workbooks), done.stderr
    return {name: sheets_of(saved / f"{name}.ods") for name in workbooks}


def sheets_of(file: Path) -> Sheets:
    """All cells; rows and columns that are empty to the end are left off."""
    workbook = CalamineWorkbook.from_path(file)
    return {name: _trimmed(workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names}


def _trimmed(rows: list[list[object]]) -> list[list[object]]:
    cut = [_without_end(row) for row in rows]
    while cut and not cut[-1]:
        cut.pop()
    return cut


def _without_end(row: list[object]) -> list[object]:
    found = list(row)
    while found and found[-1] == "":
        found.pop()
    return found


def differences(read: Sheets, written: Sheets) -> list[str]:
    """Where the two say something else: «Lớp 4A!C7: 8 for 9»."""
    if read.keys() != written.keys():
        return [f"sheets: {', '.join(read)} for {', '.join(written)}"]
    return [
        f"{name}!{row + 1},{column + 1}: {found!r} for {wanted!r}"
        for name in written
        for row, rows in enumerate(zip_longest(read[name], written[name], fillvalue=[]))
        for column, (found, wanted) in enumerate(zip_longest(*rows))
        if not _are_same(found, wanted)
    ]


def _are_same(found: object, wanted: object) -> bool:
    """Excel and LibreOffice keep a moment as days and their fractions, and round these differently; a formula of the
    ministry's form is written without its result, and LibreOffice adds up nothing."""
    if wanted in {None, ""}:
        return found in {None, "", 0.0}
    if isinstance(found, datetime.datetime) and isinstance(wanted, datetime.datetime):
        return abs(found - wanted) < datetime.timedelta(seconds=1)
    return found == wanted
