"""Nơi thường trú as lists write it, in one cell or a cell a unit, against the lists of units before and since 1/7/2025.

A unit counts only when it can be one only. What was written in three levels stays so until somebody says which of the
wards that have taken its place it is; an address once recorded in two levels never goes back.
"""

import re
from collections.abc import Mapping
from typing import Any

from students.administrative_units import AddressForm, Unit, is_divided, recognise, successors, unit
from students.models import Student

UNIT_FIELDS = (
    *("permanent_form", "permanent_ward_code", "permanent_ward", "permanent_district"),
    *("permanent_province_code", "permanent_province"),
)
_LEVELS = {AddressForm.TWO_LEVEL: 2, AddressForm.THREE_LEVEL: 3}


class UnitUnknown(ValueError):
    """The text names no unit, or may name several; str() says so."""


def read_whole(text: str) -> dict[str, str]:
    """The fields of an address in one cell, "Số 5, Tổ 3, Phường Lê Chân, Thành phố Hải Phòng". Raises UnitUnknown."""
    found = _recognised(text)
    parts = [part.strip() for part in re.split("[,;]", text) if part.strip()]
    before = parts[: -_LEVELS[found.form]] if len(parts) > _LEVELS[found.form] else []
    hamlet = before.pop() if before and _is_hamlet(before[-1]) else ""
    given = {"permanent_detail": ", ".join(before)[:200], "permanent_hamlet": hamlet[:100]}
    return fields_of(found) | {name: value for name, value in given.items() if value}


def read_parts(ward: str, district: str, province: str) -> dict[str, str]:
    """The fields of an address whose units stand in cells of their own. Raises UnitUnknown."""
    return fields_of(_recognised(", ".join(part for part in (ward, district, province) if part)))


def _recognised(text: str) -> Unit:
    # The longer form first: of «Phường An Biên, Quận Lê Chân, …» the shorter would take Lê Chân for a ward of today.
    found = recognise(text, AddressForm.THREE_LEVEL) or recognise(text, AddressForm.TWO_LEVEL)
    if found is None:
        raise UnitUnknown(
            f"«{text}»: không nhận ra xã (phường) và tỉnh (thành phố) nên không ghi nơi thường trú. Ghi đủ, ví dụ "
            "«Phường Lê Chân, Thành phố Hải Phòng»."
        )
    return found


def _is_hamlet(text: str) -> bool:
    return re.match(r"(tổ|thôn|xóm|ấp|bản|khu|tdp|buôn|làng|khóm)\b", text.lower()) is not None


def fields_of(found: Unit) -> dict[str, str]:
    """A unit as the record keeps it."""
    return {
        "permanent_form": found.form.value,
        "permanent_ward_code": found.code,
        "permanent_ward": found.ward,
        "permanent_district": found.district,
        "permanent_province_code": found.province_code,
        "permanent_province": found.province,
    }


def unit_to_write(given: Mapping[str, Any], student: Student) -> dict[str, Any]:
    """The unit that a row's address puts into a pupil's record, in today's form; {} for nothing new.

    An old ward that has been divided is put in as it is: the row alone does not say where the pupil lives now.
    """
    stored = {name: getattr(student, name) for name in UNIT_FIELDS}
    if given == stored or given["permanent_form"] == AddressForm.TWO_LEVEL:
        return dict(given)
    if stored["permanent_form"] == AddressForm.TWO_LEVEL:
        return {}
    old = unit(AddressForm.THREE_LEVEL, given["permanent_ward_code"])
    return dict(given) if old is None or is_divided(old) else fields_of(successors(old)[0])
