"""Put a pupil's name together from the columns of a list: one for the whole of it, or one for each part (R87).

A name is never shortened in silence: what stands in a column that may hold a part of it is read or spoken of.
"""

import re
from collections.abc import Callable, Iterable

from students.header_search import PERSON, Column, Header, folded_heading
from students.names import search_key

PARTS = ("family_name", "family_and_middle", "middle_name", "given_name")
NAME_FIELDS = ("full_name", *PARTS)
NAME_LENGTH = 150
_STRANGE = re.compile(r"[^\w\s'’.,()–-]|_")
_PART_WORDS = frozenset({"ho", "ten", "dem", "lot"})
_MARK = "x"

TextAt = Callable[[Column], str]


def columns_of_name(header: Header, text_at: TextAt) -> tuple[Column, ...]:
    """The columns from which the row's name is read: those of the whole where it stands, else those of the parts."""
    whole = _same_heading(header, "full_name")
    if whole and text_at(whole[0]):
        return whole
    return tuple(column for part in PARTS for column in _same_heading(header, part)) or whole


def name_in(header: Header, text_at: TextAt) -> str:
    """The name of a row, "" where there is none."""
    whole = _same_heading(header, "full_name")
    if whole and text_at(whole[0]):
        return _joined(text_at(column) for column in whole)
    texts = (_joined(map(text_at, _same_heading(header, part))) for part in PARTS)
    return _of_parts(*texts) or _joined(map(text_at, whole))


def _of_parts(family: str, family_and_middle: str, middle: str, given: str) -> str:
    """A part that stands in the one beside it already is not written twice: "Lý" and "Lý Văn" are "Lý Văn"."""
    if family_and_middle and not f"{family_and_middle} ".startswith(f"{family} "):
        family_and_middle = _joined((family, family_and_middle))
    before = family_and_middle or family
    if not (family_and_middle and f" {before}".endswith(f" {middle}")):
        before = _joined((before, middle))
    return _joined((before, given))


def fault_of(name: str) -> str:
    """What keeps a text from being a name, with the remedy; "" when nothing does."""
    if not name:
        return "thiếu họ và tên. Ghi họ và tên học sinh, hoặc xoá cả hàng."
    if len(name) > NAME_LENGTH:
        return f"họ và tên dài quá {NAME_LENGTH} kí tự. Hãy ghi lại cho đúng."
    if _STRANGE.search(name) or not any(map(str.isalpha, name)):
        return f"«{name}» có kí tự không có trong họ tên. Ghi họ và tên bằng chữ cái."
    if re.search(r"\d", name):
        return f"«{name}» có chữ số. Họ và tên không có chữ số; hãy sửa lại."
    return ""


def lacks_given_name(header: Header, text_at: TextAt) -> Column | None:
    """The column of given names, when the name is read from parts and this one is empty."""
    of_parts = [column for part in PARTS for column in _same_heading(header, part)]
    given = _same_heading(header, "given_name")
    if list(columns_of_name(header, text_at)) != of_parts or not given or any(map(text_at, given)):
        return None
    return given[0]


def left_out_of(name: str, header: Header, text_at: TextAt) -> Column | None:
    """A column of the name that was not read and says what the name does not: "Lý Văn" beside "Tách"."""
    words = set(name.lower().split())
    columns = (column for field in NAME_FIELDS for column in header.columns.get(field, ()))
    return next((column for column in columns if set(text_at(column).lower().split()) - words), None)


def unread_beside_name(header: Header) -> tuple[Column, ...]:
    """Columns among those of the name, or right behind a whole name and without a heading, that mean nothing to us."""
    of_name = {column.index for field in NAME_FIELDS for column in header.columns.get(field, ())}
    known = {column.index for columns in header.columns.values() for column in columns}
    unknown = {column.index: column for column in header.unknown}
    beside = [index for index in range(min(of_name), max(of_name)) if index not in known]
    behind = max(of_name) + 1
    if "given_name" not in header.columns and behind not in known | unknown.keys():
        beside.append(behind)
    return tuple(unknown.get(index) or Column(index, "") for index in beside)


def may_be_of_a_name(text: str) -> bool:
    """Whether a cell may hold a part of a name: letters, and no mere mark."""
    return any(map(str.isalpha, text)) and text.lower() != _MARK


def is_like_a_part(heading: str) -> bool:
    """Whether a heading that we do not know may be that of a part of the pupil's name: "Tên thánh"."""
    folded = folded_heading(heading)
    return not PERSON.search(folded) and bool(_PART_WORDS & set(folded.split()))


def words_lost(name: str, stored: str) -> str:
    """What a name lacks of the stored one, when it is that name with words left out; else ""."""
    kept = iter(search_key(stored).split())
    words = search_key(name).split()
    if len(words) >= len(stored.split()) or not all(word in kept for word in words):
        return ""
    lost = list(stored.split())
    for word in words:
        del lost[[search_key(each) for each in lost].index(word)]
    return " ".join(lost)


def _same_heading(header: Header, field: str) -> tuple[Column, ...]:
    """The field's best column, with those that a merged heading or a repeated one spreads over."""
    columns = header.columns.get(field, ())
    return tuple(column for column in columns if column.heading == columns[0].heading)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(filter(None, texts))
