"""A small reading of JSON Schema for tests: the words that `reports/data/du-lieu-gui-csdl-nganh.schema.json` uses.

A word that is not known here is an error, so that no rule of the schema is passed over in silence.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
_NOTES = {"$schema", "$defs", "title", "description"}


def faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Where the value is not as the schema says, and how."""
    for word, told in schema.items():
        if word not in _NOTES:
            yield from _RULES[word](value, told, schema, root, place)


def _ref(value, told, _schema, root, place):
    yield from faults(value, root["$defs"][told.removeprefix("#/$defs/")], root, place)


def _type(value, told, _schema, _root, place):
    wanted = [told] if isinstance(told, str) else told
    if isinstance(value, bool) or not any(isinstance(value, _TYPES[each]) for each in wanted):
        yield f"{place}: {value!r} is no {told}"


def _enum(value, told, _schema, _root, place):
    if value not in told or isinstance(value, bool):
        yield f"{place}: {value!r} is none of {told}"


def _const(value, told, _schema, _root, place):
    if value != told:
        yield f"{place}: {value!r} is not {told!r}"


def _pattern(value, told, _schema, _root, place):
    if isinstance(value, str) and not re.search(told, value):
        yield f"{place}: {value!r} is not like {told}"


def _minimum(value, told, _schema, _root, place):
    if isinstance(value, int | float) and value < told:
        yield f"{place}: {value} < {told}"


def _maximum(value, told, _schema, _root, place):
    if isinstance(value, int | float) and value > told:
        yield f"{place}: {value} > {told}"


def _required(value, told, _schema, _root, place):
    if isinstance(value, dict):
        yield from (f"{place}: no {name}" for name in told if name not in value)


def _properties(value, told, _schema, root, place):
    if isinstance(value, dict):
        for name, each in told.items():
            if name in value:
                yield from faults(value[name], each, root, f"{place}.{name}")


def _additional(value, told, schema, _root, place):
    if isinstance(value, dict) and told is False:
        yield from (f"{place}: {name} is not known" for name in value if name not in schema["properties"])


def _items(value, told, _schema, root, place):
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from faults(each, told, root, f"{place}[{number}]")


def _one_of(value, told, _schema, root, place):
    found = [list(faults(value, each, root, place)) for each in told]
    fitting = sum(not each for each in found)
    if fitting != 1:
        nearest = min(found, key=len) if not fitting else [f"{place}: {fitting} fit"]
        yield from nearest


_RULES = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "oneOf": _one_of,
}
