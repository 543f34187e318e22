"""Which SQL of a migration a school at work would feel: pages that wait, or the running version failing on new tables.

Pure: statements in, sentences out. Statements as Django's schema editor collects them; the bodies of functions and
quoted text are not looked at. Libraries that know such rules (django-migration-linter, squawk) are a Django app and a
program more, and neither sees that a table is new, so that all is allowed on it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BIG = frozenset(
    {
        "accounts_accesslogentry",
        "accounts_auditentry",
        "gradebook_historicalsubjectresult",
        "gradebook_historicaltraitresult",
        "gradebook_subjectresult",
        "gradebook_traitresult",
        "students_absence",
        "students_historicalabsence",
        "students_historicalrollcall",
        "students_historicalstudent",
        "students_rollcall",
        "students_student",
    }
)
"""Tables that hold, or will after some years, more than is read in a blink: a line a pupil and item, or a day; and the
pupils themselves, whose veiled columns make wide rows."""

_UNREAD = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|'(?:[^']|'')*'", re.DOTALL
)
_ON = r"(?:IF EXISTS )?(?:ONLY )?(?:public\.)?(?P<table>\w+)"
_ADD_COLUMN = re.compile(
    rf"ALTER TABLE {_ON} ADD COLUMN (?:IF NOT EXISTS )?(?P<column>\w+) (?P<rest>.*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` names a `table` where a table made by the same migration is no matter."""

    pattern: re.Pattern[str]
    why: str
    on_big_alone: bool = False


def _rule(pattern: str, why: str, *, on_big_alone: bool = False) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), why, on_big_alone)


_READ = "the version that runs still reads it: stop reading in one version, take it away in the next"
_LONG = "a big table is changed in one transaction: rows stay locked to its end"
RULES: Sequence[Rule] = (
    _rule(rf"^DROP (?:TABLE|VIEW|MATERIALIZED VIEW|FUNCTION) {_ON}", _READ),
    _rule(rf"^ALTER TABLE {_ON} (?:.*, )?(?:DROP COLUMN|RENAME)\b", _READ),
    _rule(
        rf"^ALTER TABLE {_ON} (?:.*, )?ALTER COLUMN \w+ (?:SET DATA )?TYPE\b",
        "the table may be rewritten while nobody can read it: add a column, fill it, read it, drop the old one",
    ),
    _rule(
        rf"^ALTER TABLE {_ON} (?:.*, )?ALTER COLUMN \w+ SET NOT NULL",
        "the version that runs may leave it empty, and all rows are read while nobody can: db_default first",
    ),
    _rule(
        rf"^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON {_ON}",
        "nobody can write while the index is built: AddIndexConcurrently, in a migration of its own",
        on_big_alone=True,
    ),
    _rule(
        rf"^ALTER TABLE {_ON} (?:.*, )?ADD (?:CONSTRAINT \w+ )?(?:CHECK|FOREIGN KEY)\b(?!.* NOT VALID\b)",
        "all rows are read while nobody can write: AddConstraintNotValid, ValidateConstraint in a migration after it",
        on_big_alone=True,
    ),
    _rule(
        rf"^ALTER TABLE {_ON} (?:.*, )?ADD (?:CONSTRAINT \w+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b(?!.* USING INDEX \w+)",
        "nobody can read while its index is built: build a unique index CONCURRENTLY, then USING INDEX",
        on_big_alone=True,
    ),
    _rule(rf"^(?:UPDATE|DELETE FROM) {_ON}", _LONG, on_big_alone=True),
    _rule(rf"^INSERT INTO {_ON}.*\bSELECT\b", _LONG, on_big_alone=True),
    _rule(
        rf"^(?:TRUNCATE(?: TABLE)?|LOCK(?: TABLE)?|CLUSTER|VACUUM FULL|REINDEX TABLE(?! CONCURRENTLY)) {_ON}",
        "everybody waits until it is done",
    ),
)
_IN_COLUMN: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\b(?:UNIQUE|PRIMARY KEY)\b", re.IGNORECASE), "nobody can read while its index is built"),
    (
        re.compile(r"\bCHECK\b", re.IGNORECASE),
        "all rows are read while nobody can: add the check NOT VALID, after it",
    ),
    (
        re.compile(
            r"\b(?:STORED|IDENTITY|SERIAL|BIGSERIAL)\b|\b(?:clock_timestamp|gen_random_uuid|nextval|random|uuidv7)\(",
            re.IGNORECASE,
        ),
        "each row is given another value, so the table is rewritten while nobody can read it",
    ),
)
_CONCURRENT = re.compile(
    r"^(?:(?:CREATE (?:UNIQUE )?|DROP )INDEX CONCURRENTLY|ALTER TABLE \w+ VALIDATE CONSTRAINT)\b",
    re.IGNORECASE,
)
_VALIDATES = re.compile(r"^ALTER TABLE \w+ VALIDATE CONSTRAINT (?P<name>\w+)", re.IGNORECASE)


def statements_of(collected: Iterable[str]) -> list[str]:
    """One statement each, without comments, quotes and bodies, in single spaces."""
    text = ";".join(_UNREAD.sub(lambda found: " " if found["comment"] else "''", each) for each in collected)
    return [clean for each in text.split(";") if (clean := " ".join(each.replace('"', "").split()))]


def findings(collected: Iterable[str], *, atomic: bool) -> list[str]:
    """A sentence for each thing that a school at work would feel; `atomic` as the migration's."""
    statements = statements_of(collected)
    new = {
        found[1] for each in statements if (found := re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", each))
    }
    judged = [
        *(_by_rules(each, new) for each in statements),
        *(_of_new_column(each, statements, new) for each in statements),
        _of_transaction(statements, atomic=atomic),
    ]
    return [sentence for sentences in judged for sentence in sentences]


def _by_rules(statement: str, new: set[str]) -> Iterator[str]:
    for rule in RULES:
        found = rule.pattern.search(statement)
        if found and found["table"] not in new and (not rule.on_big_alone or found["table"] in BIG):
            yield _told(statement, rule.why)


def _of_new_column(statement: str, statements: Sequence[str], new: set[str]) -> Iterator[str]:
    found = _ADD_COLUMN.search(statement)
    if not found or found["table"] in new:
        return
    # Django gives a default of Python's for the rows that are there, and takes it away again.
    gone = f"ALTER TABLE {found['table']} ALTER COLUMN {found['column']} DROP DEFAULT"
    if re.search(r"\bNOT NULL\b", found["rest"]) and ("DEFAULT " not in found["rest"] or gone in statements):
        yield _told(statement, "the version that runs writes rows without the column: give it a db_default")
    if found["table"] in BIG:
        yield from (_told(statement, why) for pattern, why in _IN_COLUMN if pattern.search(found["rest"]))


def _of_transaction(statements: Sequence[str], *, atomic: bool) -> Iterator[str]:
    """`migrate` sets no limit to the waiting of a migration that is not atomic: what it does must stop nobody."""
    if not atomic:
        for each in statements:
            if not _CONCURRENT.search(each):
                yield _told(
                    each, "not in a transaction, it would wait for its lock without limit, with pages behind"
                )
        return
    for each in statements:
        found = _VALIDATES.search(each)
        if found and any(f"ADD CONSTRAINT {found['name']} " in other for other in statements):
            yield _told(
                each, "in one transaction with the constraint, its strong lock lasts while all rows are read"
            )


def _told(statement: str, why: str) -> str:
    return f"{statement[:120]}: {why}"
