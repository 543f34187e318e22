"""The finished files of many classes as one file for the printer, bound by a process of its own.

`python -m reports.whole_book` reads the order from its standard input and answers with the faults it found. A worker
that has drawn pages holds 200 MiB already; here nothing is loaded but what joins files, about 150 MiB for a school.

Pages are joined without the structure that makes them readable by machine, which is appended afterwards, a class at a
time (`reports.structure_update`): joined with them it would take 885 MiB.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pikepdf
import pypdfium2
from django.conf import settings

from reports import kept_books, pdf_archive
from reports.page_places import SECTION
from reports.read_back import squeezed
from reports.shared_faces import share_faces
from reports.structure_update import append_structures, prepare


@dataclass(frozen=True, slots=True)
class ClassFile:
    """The file of a class: its bookmark, its pages, and on which of them each pupil stands (`PrintJob.places`)."""

    label: str
    file: str
    pages: int
    places: Mapping[str, Mapping[str, Sequence[int]]]


def bind_apart(
    target: Path, files: Sequence[ClassFile], *, title: str, key: str, metadata: bytes
) -> list[str]:
    """Writes the whole to `target` in another process and checks it; returns what is wrong, [] when nothing is.

    What is right is kept under the key (`reports.kept_books`).

    Raises CalledProcessError when the process fails.
    """
    order = {
        "target": str(target),
        "title": title,
        "key": key,
        "metadata": metadata.decode(),
        "files": [asdict(each) for each in files],
    }
    done = subprocess.run(
        [sys.executable, "-m", "reports.whole_book"],
        cwd=settings.BASE_DIR,
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return list(json.loads(done.stdout))


def bind(target: Path, files: Sequence[ClassFile], *, title: str, metadata: bytes) -> None:
    """One file of all pages in their order, a bookmark a class, below it those of the class's file.

    `metadata`: its XMP packet.
    """
    _bind_pages(target, files, title=title, metadata=metadata)
    append_structures(target, [Path(part.file) for part in files])


def _bind_pages(target: Path, files: Sequence[ClassFile], *, title: str, metadata: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, pikepdf.new() as whole:
        bookmarks: list[pikepdf.OutlineItem] = []
        sources = []
        for number, part in enumerate(files):
            own = Path(folder) / f"{number}.pdf"
            bookmarks.append(_pages_alone(part, own, first=len(whole.pages)))
            sources.append(pikepdf.open(own))
            whole.pages.extend(sources[-1].pages)
        with whole.open_outline() as outline:
            outline.root.extend(bookmarks)
        share_faces(whole)
        whole.Root.Lang = pikepdf.String("vi")
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        prepare(whole)
        pdf_archive.complete(whole, title, metadata)
        whole.save(target, **pdf_archive.save_options())
        for source in sources:
            source.close()


def _pages_alone(part: ClassFile, target: Path, *, first: int) -> pikepdf.OutlineItem:
    """The pages of a class without their structure, so that it is in memory for one class at a time; where they stand
    in it is counted on from class to class."""
    with pikepdf.open(part.file) as source, pikepdf.new() as pages:
        numbers = {page.obj.objgen: number for number, page in enumerate(source.pages)}
        with source.open_outline() as outline:
            below = [
                pikepdf.OutlineItem(item.title, first + numbers[item.destination[0].objgen])  # type: ignore[index]
                for item in outline.root
            ]
        pages.pages.extend(source.pages)
        for page in pages.pages:
            if pikepdf.Name.StructParents in page.obj:
                page.obj.StructParents = int(page.obj.StructParents) + first
            # The place of a class's digital signature is none of the whole's.
            if pikepdf.Name.Annots in page.obj:
                del page.obj[pikepdf.Name.Annots]
        pages.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=False)
    bookmark = pikepdf.OutlineItem(part.label, first)
    bookmark.children.extend(below)
    bookmark.is_closed = True
    return bookmark


def faults_of(file: Path, files: Sequence[ClassFile]) -> list[str]:
    """What is wrong with the whole: read by another library, every class and pupil on the pages where they belong."""
    document = pypdfium2.PdfDocument(file)
    try:
        pages = sum(each.pages for each in files)
        if len(document) != pages:
            return [f"tệp ghép có {len(document)} trang, các lớp có {pages}"]
        return list(_misplaced(document, files))
    finally:
        document.close()


def _misplaced(document: pypdfium2.PdfDocument, files: Sequence[ClassFile]) -> Iterator[str]:
    """Of each pupil the first and the last page are read."""
    texts: dict[int, str] = {}
    before = 0
    for part in files:
        texts.clear()
        for code, years in part.places.items():
            own = sorted({page for pages in years.values() for page in pages})
            for page in {own[0], own[-1]} if own else ():
                if page not in texts:
                    texts[page] = _text(document, before + page - 1)
                if not code.startswith(SECTION) and squeezed(code) not in texts[page]:
                    yield f"{part.label}: trang {before + page} không phải của học sinh {code}"
            if not own:
                yield f"{part.label}: không có trang nào của học sinh {code}"
        before += part.pages


def _text(document: pypdfium2.PdfDocument, place: int) -> str:
    page = document[place]
    text_page = page.get_textpage()
    text = squeezed(text_page.get_text_range())
    text_page.close()
    page.close()
    return text


def main() -> None:
    order = json.load(sys.stdin)
    files = [ClassFile(**each) for each in order["files"]]
    target = Path(order["target"])
    bind(target, files, title=order["title"], metadata=order["metadata"].encode())
    faults = faults_of(target, files)
    if not faults:
        kept_books.keep(order["key"], target, {}, [each.pages for each in files])
    json.dump(faults, sys.stdout)


if __name__ == "__main__":
    main()
