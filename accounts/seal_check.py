"""Whether the keys at hand open what the database holds sealed: asked after a restore, at a backup's proof, by /readyz.

One statement over all sealed columns, whichever connection brings it: the name of each key that has sealed something,
and one value of each column by it, which is opened.
"""

from collections.abc import Iterable

from django.conf import settings

from accounts.resealing import sealed_columns
from accounts.sealed import SealBroken, name_of, unseal


def statement() -> str:
    """Gives rows of column, name of a key, a value that it sealed, how many there are."""
    return " UNION ALL ".join(
        f"SELECT '{column}', substr({column}, 2, 8), min({column}), count(*) FROM {table}"  # noqa: S608 - our own names
        f" WHERE starts_with({column}, '~') GROUP BY 2"
        for table, (_key, columns) in sealed_columns().items()
        for column in columns
    )


def missing_keys(found: Iterable[tuple[str, str, str, int]]) -> dict[str, int]:
    """By the name of a key that is not in KIMDONG_DATA_KEY how many values only it opens. Raises SealBroken where a
    key is there and does not open its value."""
    at_hand = {name_of(key) for key in settings.DATA_KEYS}
    missing: dict[str, int] = {}
    for column, name, value, count in found:
        if name in at_hand:
            unseal(value, column)
        else:
            missing[name] = missing.get(name, 0) + count
    return missing


def fault(found: Iterable[tuple[str, str, str, int]]) -> str:
    """What is wrong, for an administrator; "" where every key is at hand and opens what it sealed."""
    try:
        missing = missing_keys(found)
    except SealBroken as broken:
        return str(broken)
    if not missing:
        return ""
    names = ", ".join(sorted(missing))
    return f"KIMDONG_DATA_KEY lacks the key {names}, which sealed {sum(missing.values())} values"
