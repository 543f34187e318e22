"""Columns of few possible values that the database holds veiled: nothing in them tells who has the same, who has none.

Each row has a salt, a column `veil`, and its veiled columns are sealed with it (`accounts.sealed.veil`): what is saved
again unchanged, or copied into the row's history, stays the same text, while of two rows nothing is alike. All values
of a column are of one length, and what is empty is veiled too. So nothing can be asked of them in SQL: a lookup is a
FieldError, so is a GROUP BY or a DISTINCT of such columns, and what else than a SELECT names one (ORDER BY, a function)
gives a statement that the database refuses. They are read, and counted in Python; whether a row's value has changed can
be asked `AsStored`.
"""

import datetime
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Col
from django.utils.functional import cached_property

from accounts.sealed import unseal, veil, veil_anew

SALT: Final = "veil"
"""The attribute that each model with veiled columns has: a UUID, the row's own, as its history has it."""
_NOTHING_TO_ASK: Final = "a_veiled_column_is_only_read"
_LONGEST_LETTER: Final = 4
"""Bytes, in UTF-8."""


class _Stored(str):
    """A value as the database takes it."""

    __slots__ = ()


class _ReadAlone(Col):
    """The column inside a function that no database has; as part of a SELECT the field takes it out again."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        return f"{_NOTHING_TO_ASK}({sql})", params

    def get_group_by_cols(self) -> list[Any]:
        return [_Grouped(self.alias, self.target, self.output_field)]


class _Grouped(Col):
    """What a GROUP BY has of the column: left out by Django itself where the key of its row stands there too."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        raise FieldError(f"{self.target.name} is veiled: no rows are alike in it. Count in Python.")


def _bare(sql: str) -> str:
    return sql.removeprefix(f"{_NOTHING_TO_ASK}(").removesuffix(")") if _is_column(sql) else sql


def _is_column(sql: str) -> bool:
    return sql.startswith(f"{_NOTHING_TO_ASK}(") and sql.count(")") == 1


class AsStored(models.Func):
    """A veiled column as it stands: of use to see whether two versions of one row have the same value."""

    arity = 1

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:  # type: ignore[override]
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return _bare(sql), params


def as_stored(model: type[models.Model], name: str) -> models.F | AsStored:
    """A column for a comparison of two versions of one row, whether it is veiled or not."""
    is_veiled = isinstance(model._meta.get_field(name), Veiled)  # noqa: SLF001 - Django's documented API
    return AsStored(name) if is_veiled else models.F(name)


if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class Veiled(_Field):
    """What the fields of a veiled column have in common; `room` is how many bytes every value of it takes."""

    room: int

    def text_of(self, value: Any) -> str:
        """A value of the model as text. Raises TypeError for what is none, ValueError for one that is too long."""
        raise NotImplementedError

    def value_of(self, text: str) -> Any:
        """What `text_of` was given."""
        raise NotImplementedError

    def db_type(self, connection: Any) -> str:
        return "text"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = self.text_of(getattr(model_instance, self.attname))
        salt = getattr(model_instance, SALT).bytes
        return _Stored(veil(text, self.name, salt=salt, room=self.room))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Of a row that is saved. Raises FieldError in an `update`, which would give many rows one text."""
        if not isinstance(value, _Stored):
            raise FieldError(f"{self.name} is veiled: it is written by save() and bulk_create() alone.")
        return str(value)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self.value_of(unseal(value, self.name))

    def sealed_anew(self, stored: str | None) -> str | None:
        """What the column holds, by the current key. Raises SealBroken."""
        return None if stored is None else veil_anew(stored, self.name, room=self.room)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is veiled: no row is found by it. Read it, and choose in Python.")

    def get_transform(self, lookup_name: str) -> Any:
        return self.get_lookup(lookup_name)

    @cached_property
    def cached_col(self) -> Col:
        return _ReadAlone(self.model._meta.db_table, self)  # noqa: SLF001 - Django's documented API

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        if alias == self.model._meta.db_table and output_field in (None, self):  # noqa: SLF001 - as above
            return self.cached_col
        return _ReadAlone(alias, self, output_field)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        if compiler.query.distinct and not compiler.query.default_cols:
            raise FieldError(
                f"{self.name} is veiled: no rows are alike in it. Read it, and choose in Python."
            )
        return _bare(sql), params


class VeiledField(Veiled, models.CharField):
    """A text of at most `max_length` letters, "" for none."""

    @property
    def room(self) -> int:  # type: ignore[override]
        return _LONGEST_LETTER * (self.max_length or 0)

    def text_of(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} is a text, not {type(value).__name__}.")
        if len(value) > (self.max_length or 0):
            raise ValueError(f"{self.name} has at most {self.max_length} letters.")
        return value

    def value_of(self, text: str) -> str:
        return text


class VeiledDateField(Veiled, models.DateField):
    """A day, or None, which is veiled too: the column itself is never NULL."""

    room = 12

    def text_of(self, value: Any) -> str:
        day = self.to_python(value)
        return day.isoformat() if day else ""

    def value_of(self, text: str) -> datetime.date | None:
        return datetime.date.fromisoformat(text) if text else None
