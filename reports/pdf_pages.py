"""Some pages of a finished book as a file of their own: the pages that replace old ones (R55), read by machine too.

What `reports.pdf` draws tells of each page by itself: an element that names its page stands on it with everything under
it, and a table that goes on begins anew, with its heads. So what is left of the structure is whole.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from reports import pdf_archive
from reports.print_marks import Marks

_Page = tuple[int, int]
_HEADING: Final = re.compile("/H([1-6])")
_LEADS_ELSEWHERE: Final = (Name.Outlines, Name.PageMode)
"""To pages that are not here."""


def keep_only(file: Path, pages: Collection[int], *, title: str, marks: Marks) -> None:
    """Leaves only these pages in a file of `pdf_merge.merge_into`, in their order, with its own title and marks."""
    with pikepdf.open(file, allow_overwriting_input=True) as whole:
        kept = [whole.pages[number - 1].obj for number in sorted(pages)]
        _keep_structure(whole.Root.StructTreeRoot, kept)
        for number in range(len(whole.pages), 0, -1):
            if number not in pages:
                del whole.pages[number - 1]
        for name in _LEADS_ELSEWHERE:
            if name in whole.Root:
                del whole.Root[name]
        pdf_archive.declare(whole, title, marks)
        whole.save(file, **pdf_archive.save_options())


def _keep_structure(tree: Object, pages: Collection[Object]) -> None:
    shown = {page.objgen for page in pages}
    tree.K = Array([element for element in tree.K if _stands(element, shown)])
    _close_ranks(tree)
    numbers = list(tree.ParentTree.Nums)
    of_pages = {int(page.StructParents) for page in pages if Name.StructParents in page}
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    tree.ParentTree.Nums = Array([each for pair in pairs if int(pair[0]) in of_pages for each in pair])


def _stands(element: Object, shown: Collection[_Page]) -> bool | None:
    """Whether anything of it is on these pages; what is not goes. None of what is on none, as an empty cell.

    That stays beside what stays: a row has all its cells.
    """
    if Name.Pg in element:
        return element.Pg.objgen in shown
    told = [(kid, _stands(kid, shown)) for kid in element.get(Name.K, ())]
    if any(stands for _kid, stands in told):
        element.K = Array([kid for kid, stands in told if stands is not False])
        return True
    return False if any(stands is False for _kid, stands in told) else None


def _close_ranks(tree: Object) -> None:
    """No level of headings is left out where those above it stood on other pages: the first heading is of the first."""
    open_ranks: list[int] = []
    for heading, rank in _headings(tree):
        while open_ranks and open_ranks[-1] >= rank:
            open_ranks.pop()
        open_ranks.append(rank)
        heading.S = Name(f"/H{len(open_ranks)}")


def _headings(element: Object) -> Iterator[tuple[Object, int]]:
    """In their order, with the level that each has."""
    for kid in element.get(Name.K, ()):
        if isinstance(kid, Dictionary) and Name.S in kid:
            if level := _HEADING.fullmatch(str(kid.S)):
                yield kid, int(level[1])
            yield from _headings(kid)
