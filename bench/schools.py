"""The demo school a hundred times over, in one database: bulk SQL that copies each row with shifted keys.

What is measured on one school is measured again here, on the same class with the same people and pupils, so that a
slower answer can only come from what lies around them. Rows are copied past the audit chain and without history:
nobody could have made them. Pupils bear other names in each school, put together of the first one's: nowhere do a
hundred children of one name stand side by side, as copies would.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

SCHOOLS = 100
SHIFT = 1_000_000
"""Between the keys of one school and of the next; more than any table of the demo school holds."""

COPIED: Mapping[str, tuple[str, ...]] = {
    "accounts_user": (),
    "students_schoolclass": (),
    "students_homeroomassignment": ("school_class_id", "teacher_id", "substitutes_for_id"),
    "students_student": (),
    "students_movement": ("student_id", "from_class_id", "to_class_id"),
    "students_enrolment": ("student_id", "school_class_id", "began_by_id", "ended_by_id"),
    "students_yearprofile": ("student_id",),
    "students_rollcall": ("school_class_id",),
    "students_absence": ("roll_call_id", "student_id"),
    "students_attendancemonth": ("school_class_id",),
    "gradebook_teachingassignment": ("school_class_id", "teacher_id", "substitutes_for_id"),
    "gradebook_subjectresult": ("student_id",),
}
"""Each table with the columns that name rows of the other ones here; parents first."""

ONLY: Mapping[str, str] = {
    # All of them would be 5.8 million rows, five minutes. One line's are enough for the measured sheet, whose own
    # line it is, to lie among a hundred schools' results.
    "gradebook_subjectresult": "line_id IN (SELECT id FROM gradebook_subjectline WHERE code = 'TOAN')",
}

OTHER_NAME = "(SELECT {} FROM bench_name n WHERE (n.id, n.school) = (students_student.id, school.school))"
OWN_VALUES: Mapping[str, Mapping[str, str]] = {
    "accounts_user": {
        "username": "username || '.' || school",
        "staff_code": "staff_code || '.' || school",
        "second_username": "NULL",
    },
    # 4A of the second school is 4A2, as if the school had ever more classes.
    "students_schoolclass": {"name": "name || school"},
    "students_student": {
        "full_name": OTHER_NAME.format("full_name"),
        "sort_key": OTHER_NAME.format("sort_key"),
        "search_key": OTHER_NAME.format("search_key"),
        "moet_id": "lpad((5 * 10^9 + id * 1000 + school)::bigint::text, 10, '0')",
        "national_id": "lpad((9 * 10^11 + id + school * 10^6)::bigint::text, 12, '0')",
        "school_code": "school_code || '.' || school",
    },
}
"""What has to differ from the first school's, for the database keeps it unique."""


NAMES = """
CREATE TEMPORARY TABLE bench_name AS
WITH part AS (
    SELECT id, gender, row_number() OVER (PARTITION BY gender ORDER BY id) - 1 AS place,
        regexp_replace(full_name, '\\S+$', '') AS before, substring(full_name FROM '\\S+$') AS given,
        regexp_replace(search_key, '\\S+$', '') AS folded_before, substring(search_key FROM '\\S+$') AS folded_given,
        string_to_array(sort_key, '!') AS keys
    FROM students_student
), cased AS (
    SELECT *, length(keys[1]) AS letters, rpad(keys[5], length(keys[1]) + length(keys[3]), '0') AS cases,
        count(*) OVER (PARTITION BY gender) AS people
    FROM part
)
SELECT own.id, school, own.before || other.given AS full_name, own.folded_before || other.folded_given AS search_key,
    concat_ws('!', other.keys[1], other.keys[2], own.keys[3], own.keys[4],
        rtrim(left(other.cases, other.letters) || substr(own.cases, own.letters + 1), '0')) AS sort_key
FROM generate_series(2, {schools}) school, cased own
JOIN cased other ON other.gender = own.gender
WHERE other.place = (own.place + school * {step}) % own.people;
CREATE INDEX ON bench_name (id, school);
ANALYZE bench_name
"""
"""Family and middle names of one pupil, the given name of another; keys of order as `students.names` makes them."""
STEP = 37
"""How many places further down the given name comes from, times the number of the school."""
WORDS = """
INSERT INTO students_pupilwords (student_id, sort_key, words)
SELECT id, sort_key, students_words(full_name, moet_id, school_code, register_no)
FROM students_student WHERE id > {shift}
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table to copy: all its columns, and those that hold keys of copied rows."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]

    def statement(self) -> sql.Composed:
        """One INSERT … SELECT for all the other schools."""
        own = OWN_VALUES.get(self.name, {})
        values = [self._value(column, own) for column in self.columns]
        return sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(2, {schools}) school"
            " WHERE {only}"
        ).format(
            table=sql.Identifier(self.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            values=sql.SQL(", ").join(values),
            schools=sql.Literal(SCHOOLS),
            only=sql.SQL(ONLY.get(self.name, "true")),  # type: ignore[arg-type]
        )

    def _value(self, column: str, own: Mapping[str, str]) -> sql.Composable:
        if column in own:
            return sql.SQL(own[column])  # type: ignore[arg-type]
        if column == "id" or column in self.keys:
            return sql.SQL("{} + (school - 1) * {}").format(sql.Identifier(column), sql.Literal(SHIFT))
        return sql.Identifier(column)


def multiply(conninfo: str) -> None:
    """Makes the demo school in this database a hundred schools; ends with fresh statistics, as autovacuum would."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(NAMES.format(schools=SCHOOLS, step=STEP))
        for name, keys in COPIED.items():
            table = Table(name, _columns(connection, name), keys)
            identifier = sql.Identifier(name)
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(identifier))
            connection.execute(table.statement())
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(identifier))
            if "id" in table.columns:
                connection.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (name, (SCHOOLS + 1) * SHIFT)
                )
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(identifier))
        connection.execute(WORDS.format(shift=SHIFT))
        connection.execute("VACUUM ANALYZE students_pupilwords")


def _columns(connection: psycopg.Connection, table: str) -> tuple[str, ...]:
    """The table's columns of today, but for those that the database computes."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    )
    return tuple(row[0] for row in rows)
