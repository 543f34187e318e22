"""Whether a form looks as it did when somebody looked at it and approved: page by page, as grey pictures.

The approved pictures lie in tests/reports/approved/. `make pictures` draws them anew after a form was changed: look at
what git says has changed before you commit it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageStat

APPROVED = Path(__file__).parent / "reports" / "approved"
FOUND = Path(__file__).parent.parent / ".test-pictures"
"""Where a test that fails leaves what it has drawn, and what is different in it."""
SCALE = 60 / 72
"""60 dots an inch: an A4 page is 496 × 702 and some 20 kB, and a line of 9 pt is seven dots high."""
TILE = 8
MOST = 10
"""Shades of 255 by which a tile may differ in the mean; a letter changed in a word differs by more."""


def assert_as_approved(name: str, pdf: bytes) -> None:
    """Compares every page of the PDF with `name`-1.png, `name`-2.png…; or writes these, if that was asked for."""
    pages = list(_pages(pdf))
    if os.environ.get("KIMDONG_APPROVE_PICTURES"):
        _approve(name, pages)
    wanted = _files(name)
    assert len(wanted) == len(pages), f"{name}: {len(pages)} pages, {len(wanted)} approved"
    faults = [
        f"{file.name}: {words}"
        for file, page in zip(wanted, pages, strict=True)
        if (words := _difference(file, page))
    ]
    assert not faults, f"{'; '.join(faults)}; what was drawn is in {FOUND}"


def approved_names() -> set[str]:
    return {file.stem.rpartition("-")[0] for file in APPROVED.glob("*.png")}


def _files(name: str) -> list[Path]:
    files = [file for file in APPROVED.glob(f"{name}-*.png") if file.stem.rpartition("-")[0] == name]
    return sorted(files, key=lambda file: int(file.stem.rpartition("-")[2]))


def _pages(pdf: bytes) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=SCALE, grayscale=True).to_pil().convert("L").point(_in_sixteen_shades)
    finally:
        document.close()


def _in_sixteen_shades(shade: int) -> int:
    """A third of the bytes, and nothing that an eye would see."""
    return shade // 17 * 17


def _approve(name: str, pages: list[Image.Image]) -> None:
    """What is as it was is not written again: another version of the packer would change each file."""
    files = [APPROVED / f"{name}-{number}.png" for number in range(1, len(pages) + 1)]
    for file, page in zip(files, pages, strict=True):
        if not file.exists() or _difference(file, page):
            page.save(file, optimize=True)
    for file in set(_files(name)) - set(files):
        file.unlink()


def _difference(file: Path, page: Image.Image) -> str:
    """ "" or where the page is not as approved: the first tile, counted in dots from the upper left."""
    with Image.open(file) as approved:
        wanted = approved.convert("L")
    if wanted.size != page.size:
        return f"{page.size} instead of {wanted.size}"
    apart = ImageChops.difference(wanted, page)
    # The mean of each tile, as a picture a dot a tile.
    tiles = apart.reduce(TILE)
    if ImageStat.Stat(tiles).extrema[0][1] <= MOST:
        return ""
    FOUND.mkdir(exist_ok=True)
    page.save(FOUND / file.name)
    ImageChops.invert(apart).save(FOUND / f"{file.stem}-difference.png")
    left, upper, *_rest = tiles.point(lambda shade: 255 * (shade > MOST)).getbbox() or (0, 0)
    return f"another look around {left * TILE}, {upper * TILE}"
