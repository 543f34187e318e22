"""The structure of many files laid under a whole that was bound of their pages alone: read by machine, as they are.

Joined with pikepdf, the structure of a school takes 885 MiB: qpdf holds every object of a file until it is written.
Here it is appended to the finished file, as an update in the words of ISO 32000: that of one class is read, its objects
numbered anew, packed, written, forgotten. They stand apart from those of the pages, so whoever opens the file for a
page loads none of them.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from reports.pdf_append import Table, last_table

_TOGETHER: Final = 200
"""Objects in a pack; a place among them is told in one byte."""
_REFERENCE: Final = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|\b(\d+) 0 R\b", re.DOTALL)
"""A reference, or a text, in which what looks like one is none."""


def prepare(whole: Pdf) -> None:
    """Leaves the place of the structure in a file that `append_structures` will fill once it is saved."""
    whole.Root.StructTreeRoot = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole.Root.MarkInfo = Dictionary(Marked=True)


def append_structures(target: Path, files: Sequence[Path]) -> None:
    """`target` has the pages of all files in their order, their `StructParents` counted on from file to file."""
    with pikepdf.open(target) as whole:
        pages = [page.obj.objgen[0] for page in whole.pages]
        tree = whole.Root.StructTreeRoot.objgen[0]
    with target.open("r+b") as out:
        last = last_table(out)
        out.seek(last.end)
        update = _Update(out, first=last.size)
        parts, nodes, before = [], [], 0
        for file in files:
            with pikepdf.open(file) as part:
                numbers = {page.obj.objgen[0]: pages[before + at] for at, page in enumerate(part.pages)}
                top, node = _append(update, part, numbers, before)
                before += len(part.pages)
            parts.append(top)
            nodes.append(node)
        update.close(tree, parts, nodes, last)


def _append(update: "_Update", part: Pdf, numbers: dict[int, int], before: int) -> tuple[int, int]:
    """The numbers of its element and of its node in the tree of parents; `numbers`: of its pages, in the whole."""
    tree = part.Root.StructTreeRoot
    top = tree.K[0]
    top.S = Name.Part
    # The place of a class's digital signature is none of the whole's.
    top.K = Array([kid for kid in top.K if Name.Form != kid.S])
    parents = _parents(part)
    told = _reachable(part, [top.objgen[0], *_named(*parents.values())], {*numbers, tree.objgen[0]})
    first = update.next_number
    numbers |= {number: first + place for place, number in enumerate(told)}
    numbers[tree.objgen[0]] = update.document
    node = first + len(told)
    update.pack([*(_renumbered(each, numbers) for each in told.values()), _node(parents, numbers, before)])
    return first, node


def _parents(part: Pdf) -> dict[int, bytes]:
    """The elements of each page, as they are written, by the number under which the page names them."""
    own = list(part.Root.StructTreeRoot.ParentTree.Nums)
    of_pages = {int(page.obj.StructParents) for page in part.pages if Name.StructParents in page.obj}
    pairs = ((int(key), value) for key, value in zip(own[::2], own[1::2], strict=True))
    return {key: value.unparse(resolved=True) for key, value in pairs if key in of_pages}


def _named(*told: bytes) -> list[int]:
    """The numbers of the objects that are referred to."""
    return [int(found[1]) for each in told for found in _REFERENCE.finditer(each) if found[1]]


def _reachable(part: Pdf, begin: Sequence[int], known: set[int]) -> dict[int, bytes]:
    """These objects and every one that they lead to, by number, as it is written; the first is the first.

    What stands on a page need not hang under the top: the head of a table is drawn on each page, and named once.
    """
    found: dict[int, bytes] = {}
    waiting = [*reversed(begin)]
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found[number] = told = part.get_object(number, 0).unparse(resolved=True)
        waiting += [each for each in _named(told) if each not in known and each not in found]
    return found


def _node(parents: Mapping[int, bytes], numbers: Mapping[int, int], before: int) -> bytes:
    """Which elements stand on which page, counted on from the file before."""
    told = b" ".join(b"%d %b" % (key + before, _renumbered(each, numbers)) for key, each in parents.items())
    return b"<</Limits[%d %d]/Nums[%b]>>" % (min(parents) + before, max(parents) + before, told)


def _renumbered(told: bytes, numbers: Mapping[int, int]) -> bytes:
    def other(found: re.Match[bytes]) -> bytes:
        return b"%d 0 R" % numbers[int(found[1])] if found[1] else found[0]

    return _REFERENCE.sub(other, told)


class _Update:
    """What is appended to a file: packs of objects, then the table of where they are."""

    def __init__(self, out: BinaryIO, *, first: int) -> None:
        """`first`: the first number that is free; it becomes that of the document's element."""
        self._out = out
        self._digest = hashlib.sha256()
        self._first = self.document = first
        # Of the element, whose place is known at the end alone.
        self._rows = bytearray(_ROW)

    @property
    def next_number(self) -> int:
        return self._first + len(self._rows) // _ROW

    def pack(self, objects: Sequence[bytes]) -> None:
        """Under the next numbers, one after the other; the packs have the numbers behind them."""
        first = self.next_number
        packs = first + len(objects)
        for place in range(len(objects)):
            self._rows += _row(2, packs + place // _TOGETHER, place % _TOGETHER)
        for number, at in enumerate(range(0, len(objects), _TOGETHER), start=packs):
            self._rows += _row(1, self._write_pack(number, first + at, objects[at : at + _TOGETHER]))

    def _write_pack(self, number: int, first: int, objects: Sequence[bytes]) -> int:
        places, at = [], 0
        for place, told in enumerate(objects):
            places.append(b"%d %d" % (first + place, at))
            at += len(told) + 1
        head = b" ".join(places) + b"\n"
        body = zlib.compress(head + b"\n".join(objects))
        about = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d" % (
            len(objects),
            len(head),
            len(body),
        )
        return self._write(b"%d 0 obj\n<<%b>>\nstream\n%b\nendstream\nendobj\n" % (number, about, body))

    def _write(self, told: bytes) -> int:
        """Returns where it begins."""
        at = self._out.tell()
        self._out.write(told)
        self._digest.update(told)
        return at

    def close(self, tree: int, parts: Sequence[int], nodes: Sequence[int], last: Table) -> None:
        """Writes the document's element, the root of the structure (its number is in the file already), the table."""
        element = b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (tree, _references(parts))
        self._rows[:_ROW] = _row(1, self._write(b"%d 0 obj\n%b\nendobj\n" % (self.document, element)))
        root = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree<</Kids[%b]>>>>" % (
            self.document,
            _references(nodes),
        )
        of_tree = _row(1, self._write(b"%d 0 obj\n%b\nendobj\n" % (tree, root)))
        at = self._out.tell()
        index = b"%d 1 %d %d" % (tree, self._first, self.next_number + 1 - self._first)
        rows = of_tree + bytes(self._rows) + _row(1, at)
        digest = self._digest.hexdigest()[:32].encode()
        self._out.write(last.followed(index=index, rows=rows, digest=digest, at=at))


_ROW: Final = 7


def _row(kind: int, place: int, within: int = 0) -> bytes:
    return b"%c%b%c" % (kind, place.to_bytes(5, "big"), within)


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
