"""What the check of migrations refuses, and what it lets pass: by the SQL (tests/migration_rules.py)."""

import pytest

from tests.migration_rules import findings

BIG, SMALL = "gradebook_subjectresult", "students_schoolclass"
FUNCTION = """
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE gradebook_subjectresult SET comment = 'it''s; DROP TABLE x';
        DELETE FROM gradebook_subjectresult;
        RETURN NEW;
    END $$;
    CREATE TRIGGER t BEFORE UPDATE ON gradebook_subjectresult FOR EACH ROW EXECUTE FUNCTION f();
"""


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f'DROP TABLE "{SMALL}" CASCADE;', "still reads it"),
        (f'ALTER TABLE "{SMALL}" DROP COLUMN "name" CASCADE;', "still reads it"),
        (f'ALTER TABLE "{SMALL}" RENAME COLUMN "name" TO "title";', "still reads it"),
        (f'ALTER TABLE "{SMALL}" RENAME TO "students_group";', "still reads it"),
        ("DROP FUNCTION print_has_changed;", "still reads it"),
        (f'ALTER TABLE "{SMALL}" ALTER COLUMN "name" TYPE text;', "may be rewritten"),
        (f'ALTER TABLE "{SMALL}" ALTER COLUMN "a" DROP NOT NULL, ALTER COLUMN "b" TYPE text;', "may be rewritten"),
        (f'ALTER TABLE "{SMALL}" ALTER COLUMN "name" SET NOT NULL;', "may leave it empty"),
        (f'ALTER TABLE "{SMALL}" ADD COLUMN "x" integer NOT NULL;', "give it a db_default"),
        (f'ALTER TABLE "{BIG}" ADD COLUMN "x" uuid DEFAULT gen_random_uuid() NOT NULL;', "rewritten"),
        (f'ALTER TABLE "{BIG}" ADD COLUMN "x" integer NULL CHECK ("x" >= 0);', "all rows are read"),
        (f'ALTER TABLE "{BIG}" ADD COLUMN "x" integer NULL UNIQUE;', "nobody can read"),
        (f'CREATE INDEX "i" ON "{BIG}" ("x");', "AddIndexConcurrently"),
        (f'CREATE UNIQUE INDEX "i" ON "{BIG}" ("x");', "AddIndexConcurrently"),
        (f'ALTER TABLE "{BIG}" ADD CONSTRAINT "c" CHECK ("x" > 0);', "AddConstraintNotValid"),
        (f'ALTER TABLE "{BIG}" ADD CONSTRAINT "c" FOREIGN KEY ("x") REFERENCES "y" ("id");', "AddConstraintNotValid"),
        (f'ALTER TABLE "{BIG}" ADD CONSTRAINT "c" UNIQUE ("x");', "USING INDEX"),
        ("UPDATE gradebook_subjectresult SET comment = '';", "one transaction"),
        ("INSERT INTO gradebook_subjectresult (comment) SELECT name FROM students_schoolclass;", "one transaction"),
        ("-- all of them\nDELETE FROM gradebook_subjectresult WHERE comment = '';", "one transaction"),
        (f"LOCK TABLE {SMALL} IN EXCLUSIVE MODE;", "everybody waits"),
    ],
)  # fmt: skip
def test_what_a_school_at_work_would_feel_is_refused_with_the_way_to_do_it(sql, why):
    (found,) = findings([sql], atomic=True)
    assert why in found


def test_a_default_that_python_alone_knows_is_no_default():
    added = f'ALTER TABLE "{SMALL}" ADD COLUMN "x" integer DEFAULT 1 NOT NULL;'
    assert findings([added], atomic=True) == []
    taken = f'ALTER TABLE "{SMALL}" ALTER COLUMN "x" DROP DEFAULT;'
    assert ["give it a db_default" in each for each in findings([added, taken], atomic=True)] == [True]


def test_a_rule_and_its_validation_are_two_migrations():
    rule = f'ALTER TABLE "{BIG}" ADD CONSTRAINT "c" CHECK ("x" > 0) NOT VALID;'
    validation = f'ALTER TABLE "{BIG}" VALIDATE CONSTRAINT "c";'
    assert findings([rule], atomic=True) == findings([validation], atomic=False) == []
    assert ["in one transaction" in each for each in findings([rule, validation], atomic=True)] == [True]


def test_what_is_not_one_transaction_does_only_what_stops_nobody():
    built = f'CREATE INDEX CONCURRENTLY "i" ON "{BIG}" ("x");'
    assert findings([built, f'DROP INDEX CONCURRENTLY "{BIG}_old";'], atomic=False) == []
    column = f'ALTER TABLE "{BIG}" ADD COLUMN "x" integer NULL;'
    assert ["without limit" in each for each in findings([built, column], atomic=False)] == [True]


def test_upon_a_table_of_the_same_migration_and_inside_of_functions_all_is_allowed():
    made = [
        'CREATE TABLE "students_visit" ("id" bigint NOT NULL PRIMARY KEY, "day" date NOT NULL);',
        'ALTER TABLE "students_visit" ALTER COLUMN "day" SET NOT NULL;',
        FUNCTION,
        f"COMMENT ON TABLE {BIG} IS '; DROP TABLE {BIG};';",
    ]
    assert findings(made, atomic=True) == []


def test_small_tables_may_be_changed_in_a_blink():
    blink = [
        f'CREATE INDEX "i" ON "{SMALL}" ("x");',
        f'ALTER TABLE "{SMALL}" ADD CONSTRAINT "c" CHECK ("x" > 0);',
        "UPDATE students_schoolclass SET name = '';",
    ]
    assert findings(blink, atomic=True) == []
