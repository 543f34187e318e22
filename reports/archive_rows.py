"""A table's rows for the archive: as they are stored, for machines; in the school's words, for people."""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import User
from accounts.tables import Heading, Value
from accounts.veiled import SALT
from approvals import audit_words
from approvals.models import ProcessingPurpose
from gradebook.models import SubjectLine
from reports.archive_tables import Model, Sheet, columns_of, is_history, model_of
from reports.archive_words import COLUMNS, OF_HISTORY, VALUES
from students.models import SchoolClass, SchoolYear, Student

CHUNK: Final = 2000
"""Rows that are in memory at once."""
LONGEST_CELL: Final = 32_000
"""Excel takes 32,767 characters; what is longer is whole in the lines of JSON."""
NOT_FOR_READERS: Final = frozenset({"sort_key", "search_key", "token", "veil"})
_IN_WORDS: Final = frozenset({"item", "code", "line_code", "field", "act", "brought"})
Names = Mapping[Any, Mapping[Any, str]]
"""By model: what a key stands for."""


# -- As they are stored ------------------------------------------------------------------------------------


class Encoder(DjangoJSONEncoder):
    """Also bytes, as hex digits."""

    def default(self, o: Any) -> Any:
        if isinstance(o, bytes | memoryview):
            return bytes(o).hex()
        return super().default(o)


def json_lines(model: Model) -> Generator[bytes, None, None]:
    """A line of JSON a row, in the order of the key. One statement; who does not take them all closes them."""
    names = [column.attname for column in columns_of(model)]
    encode = Encoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in _all(model).values_list(*names).iterator(chunk_size=CHUNK):
        yield f"{encode(dict(zip(names, row, strict=True)))}\n".encode()


def stored_rows(model: Model, **where: Any) -> list[dict[str, Any]]:
    """Those of the rows that are so (`where`), as they are stored, by column, but for the salt. One statement."""
    names = [column.attname for column in columns_of(model) if column.attname != SALT]
    return list(_all(model).filter(**where).values(*names))


def _all(model: Model) -> models.QuerySet[Any]:
    manager = model._base_manager  # noqa: SLF001 - Django's documented API: no default filter hides a row
    return manager.order_by("pk")


# -- In words ----------------------------------------------------------------------------------------------


def read_names() -> Names:
    """What the keys of pupils, people, classes, years, lines and purposes stand for. Six statements."""
    years = {year.pk: year.label for year in SchoolYear.objects.all()}
    classes = SchoolClass.objects.values_list("pk", "name", "year")
    return {
        SchoolYear: years,
        SchoolClass: {pk: f"{name} ({years[year]})" for pk, name, year in classes},
        Student: dict(Student.objects.values_list("pk", "full_name")),
        User: dict(User.objects.values_list("pk", "full_name")),
        ProcessingPurpose: dict(ProcessingPurpose.objects.values_list("pk", "title")),
        SubjectLine: {
            pk: audit_words.value_words("", "code", code)
            for pk, code in SubjectLine.objects.values_list("pk", "code")
        },
    }


@dataclass(frozen=True, slots=True)
class Readable:
    """A sheet: its headings, and its rows as they come; who does not take them all closes them."""

    headings: tuple[Heading, ...]
    rows: Generator[Sequence[Value], None, None]


def readable(sheet: Sheet, names: Names, **where: Any) -> Readable:
    """The rows of a sheet, or those of them that are so (`where`). One statement, made when the first row is asked."""
    model = model_of(sheet.model)
    columns = sorted((column for column in columns_of(model) if _is_shown(column, sheet)), key=_place)
    readers = [_reader(column, model, names) for column in columns]
    attributes = [column.attname for column in columns]
    headings = tuple(Heading(_heading(column, model), _width(column)) for column in columns)
    return Readable(headings, _rows(model, attributes, readers, where))


def _rows(
    model: Model,
    attributes: Sequence[str],
    readers: Sequence[Callable[[Any], Value]],
    where: Mapping[str, Any],
) -> Generator[Sequence[Value], None, None]:
    rows = _all(model).filter(**where).values_list(*attributes)
    for row in rows.iterator(chunk_size=CHUNK):
        yield [
            None if value is None or value == "" else read(value)
            for read, value in zip(readers, row, strict=True)
        ]


def _is_shown(column: Any, sheet: Sheet) -> bool:
    if sheet.only:
        return column.name in sheet.only
    return column.name not in sheet.without and column.name not in NOT_FOR_READERS


def _place(column: Any) -> int:
    """What is told of a history row stands first; all else in the model's order."""
    told = list(OF_HISTORY)
    return told.index(column.attname) if _is_told(column) else len(told)


def _is_told(column: Any) -> bool:
    return is_history(column.model) and column.attname in OF_HISTORY


def _heading(column: Any, model: Model) -> str:
    if column.name == "id":
        return "Số"
    if _is_told(column):
        words = OF_HISTORY[column.attname]
    else:
        words = audit_words.column_words(model._meta.db_table, column.column)  # noqa: SLF001 - as above
        words = COLUMNS.get(column.attname, words) if words in (column.column, "object ID") else words
    return words[:1].upper() + words[1:]


def _width(column: Any) -> int:
    if isinstance(column, models.TextField | models.JSONField):
        return 60
    if isinstance(column, models.DateTimeField):
        return 20
    if isinstance(column, models.ForeignKey):
        return 26
    return min(max((column.max_length or 12) // 3, 10), 40)


def _reader(column: Any, model: Model, names: Names) -> Callable[[Any], Value]:
    """What makes a stored value one that a person reads."""
    if isinstance(column, models.ForeignKey):
        known = names.get(column.remote_field.model, {})
        return lambda value: known.get(value, value)
    if column.name in VALUES:
        codes = VALUES[column.name]()
        return lambda value: codes.get(value, value)
    if column.name in _IN_WORDS:
        table = model._meta.db_table  # noqa: SLF001 - as above
        return lambda value: audit_words.value_words(table, column.name, value)
    if isinstance(column, models.BooleanField):
        return lambda value: "Có" if value else "Không"
    choices = dict(getattr(column, "flatchoices", ()))
    if choices:
        return lambda value: str(choices.get(value, value))
    if isinstance(column, models.DateTimeField | models.DateField):
        return lambda value: value
    return _plain


def _plain(value: Any) -> Value:
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    text = value if isinstance(value, str) else _told(value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}… (đủ trong tệp JSON)"


def _told(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        return "; ".join(map(str, value))
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )
