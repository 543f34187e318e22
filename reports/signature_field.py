"""The place of the digital signature in a tagged PDF, written behind its end: the file is neither read whole nor moved.

A school's book has a hundred thousand objects; to write it anew for one more took 600 MiB.
"""

from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

FIELD: Final = "ChuKiSoNhaTruong"
SPOKEN: Final = "Chữ kí số của nhà trường"
_PRINTED_LOCKED: Final = 4 | 128
_NOWHERE: Final = (0, 0, 0, 0)


def make_room(document: IncrementalPdfFileWriter) -> None:
    """The field on the first page, and in the structure too: a reader of the document must find and name it."""
    structure = document.root["/StructTreeRoot"]
    numbers = structure["/ParentTree"]
    key = _last_key(numbers) + 1
    page_reference, _resources = document.find_page_for_modification(0)
    part_reference = structure["/K"].raw_get(0)
    field = document.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Sig"),
                pdf_name("/T"): pdf_string(FIELD),
                pdf_name("/TU"): pdf_string(SPOKEN),
                pdf_name("/Rect"): _numbers(*_NOWHERE),
                pdf_name("/F"): NumberObject(_PRINTED_LOCKED),
                pdf_name("/P"): page_reference,
                pdf_name("/StructParent"): NumberObject(key),
            }
        )
    )
    told = DictionaryObject(
        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): page_reference}
    )
    element = document.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): part_reference,
                pdf_name("/Alt"): pdf_string(SPOKEN),
                pdf_name("/Lang"): pdf_string("vi"),
                pdf_name("/Pg"): page_reference,
                pdf_name("/K"): told,
            }
        )
    )
    _append(document, part_reference.get_object(), "/K", element)
    _number(document, numbers, key, element)
    page = page_reference.get_object()
    _append(document, page, "/Annots", field)
    page[pdf_name("/Tabs")] = pdf_name("/S")
    form = DictionaryObject(
        {pdf_name("/Fields"): ArrayObject([field]), pdf_name("/SigFlags"): NumberObject(3)}
    )
    document.root[pdf_name("/AcroForm")] = document.add_object(form)
    document.update_root()


def _numbers(*values: int) -> ArrayObject:
    return ArrayObject([NumberObject(value) for value in values])


def _append(document: IncrementalPdfFileWriter, owner: Any, name: str, what: Any) -> None:
    """To the array of that name, which may be an object of its own, or not there yet."""
    if name not in owner:
        owner[pdf_name(name)] = ArrayObject()
    owner[name].append(what)
    document.update_container(owner[name])
    document.update_container(owner)


def _last_key(numbers: Any) -> int:
    """Of a tree as `reports.pdf_merge` and `reports.structure_update` write it: one leaf, or leaves with limits."""
    if "/Kids" in numbers:
        leaves = (leaf.get_object() for leaf in numbers["/Kids"])
        return max(int(leaf["/Limits"][1]) for leaf in leaves)
    return max((int(key) for key in list(numbers["/Nums"])[::2]), default=-1)


def _number(document: IncrementalPdfFileWriter, numbers: Any, key: int, element: Any) -> None:
    if "/Kids" not in numbers:
        numbers["/Nums"].extend([NumberObject(key), element])
        document.update_container(numbers["/Nums"])
        document.update_container(numbers)
        return
    nums = ArrayObject([NumberObject(key), element])
    leaf = DictionaryObject({pdf_name("/Limits"): _numbers(key, key), pdf_name("/Nums"): nums})
    _append(document, numbers, "/Kids", document.add_object(leaf))
