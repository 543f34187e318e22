"""One part of a merged PDF as a file of its own: the opposite of `reports.pdf_merge`, structure and faces included."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Name, Pdf

from reports import pdf_archive
from reports.pdf_merge import tagged_document
from reports.print_marks import Marks


@dataclass(frozen=True, slots=True)
class Part:
    """`place` among the parts of the file, from 0; `pages` are numbered from 1, without a gap."""

    place: int
    pages: range


def parts_beginning_at(firsts: Sequence[int], pages: int) -> list[Part]:
    """The parts whose first pages these are, in order; the last goes to the end of the file."""
    ends = [*firsts[1:], pages + 1]
    return [Part(place, range(*both)) for place, both in enumerate(zip(firsts, ends, strict=True))]


class Splitter:
    """A merged PDF that is open; each part is copied out of it, the file itself stays as it is."""

    def __init__(self, whole: Pdf) -> None:
        self._whole = whole
        # The place of the whole file's digital signature is none of a part's.
        if Name.AcroForm in whole.Root:
            del whole.Root.AcroForm
            del whole.pages[0].obj[Name.Annots]
        tree = whole.Root.StructTreeRoot
        numbers = list(tree.ParentTree.Nums)
        self._parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        self._elements = list(tree.K[0].K)

    def part(self, part: Part, *, title: str, marks: Marks) -> bytes:
        """The part as a tagged PDF with its own title and marks."""
        element = self._elements[part.place]
        if Name.P in element:
            # Else the whole tree would come along through it.
            del element[Name.P]
        target = BytesIO()
        with pikepdf.new() as own:
            top = tagged_document(own)
            own.pages.extend([self._whole.pages[number - 1] for number in part.pages])
            copied = own.copy_foreign(element)
            copied.P = top
            top.K.append(copied)
            tree = own.Root.StructTreeRoot.ParentTree.Nums
            for page in own.pages:
                if Name.StructParents in page.obj:
                    key = int(page.obj.StructParents)
                    tree.append(key)
                    tree.append(own.copy_foreign(self._whole.make_indirect(self._parents[key])))
            pdf_archive.declare(own, title, marks)
            own.save(target, **pdf_archive.save_options())
        return target.getvalue()


@contextmanager
def splitting(file: Path) -> Iterator[Splitter]:
    """Raises pikepdf.PdfError for a file that is not a PDF."""
    with pikepdf.open(file) as whole:
        yield Splitter(whole)
