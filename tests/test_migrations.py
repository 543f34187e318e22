"""A new version comes while the school works: its migrations stop nobody, and the version that runs goes on saving.

How each kind of change is done is shown, and really done here, by the migrations of tests/living.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.apps import AppConfig, apps
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from kimdong.management.commands import migrate
from kimdong.watched import OUR_APPS
from tests.migration_rules import BIG, findings

# The last of the first migrations, with which 1.0.0 begins. What comes after must pass, or name its reason.
BEFORE_THIS = {
    "accounts": "0006_backups_kept",
    "students": "0006_sealed_columns",
    "gradebook": "0011_year_end_kept",
    "approvals": "0009_personal_data_kept",
    "reports": "0004_outbox_and_archives",
}
REASON = "safe_because"
"""An attribute of a Migration: the sentence that says why the school does not feel what the check finds in it."""
ALLOWED = [
    "0002_column_that_may_be_empty",
    "0003_column_filled_by_the_database",
    "0004_index_beside_the_work",
    "0005_rule_for_new_rows",
    "0006_rule_for_all_rows",
    "0007_table_of_its_own",
    "0008_trigger",
]
INDEX_WAITS = (
    "SELECT 1 FROM pg_stat_activity"
    " WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND datname = current_database()"
)
FIRST, DANGEROUS = "0001_first", "0009_another_type"


@pytest.fixture(scope="module")
def _outside_transactions(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        close_old_connections()


@pytest.fixture(scope="module")
def _living(_outside_transactions: None) -> Iterator[None]:
    """The app of worked examples is there; at the end nothing of it is left in the database."""
    living = AppConfig.create("tests.living.apps.LivingConfig")
    living.apps = apps
    living.import_models()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(apps.app_configs, living.label, living)  # none of the others is started a second time
        yield
        call_command("migrate", living.label, "zero", verbosity=0)


def _sql_of(loader: MigrationLoader, migration: migrations.Migration) -> list[str]:
    """As `sqlmigrate` has it."""
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    return editor.collected_sql


def _parts(operations: list[Operation]) -> Iterator[Operation]:
    for each in operations:
        yield each
        yield from _parts(getattr(each, "database_operations", []))


def _found_in(loader: MigrationLoader, migration: migrations.Migration) -> list[str]:
    hidden = [
        f"{each.describe()}: nobody can see what it does to which table"
        for each in _parts(migration.operations)
        if not each.reduces_to_sql
    ]
    return hidden or findings(_sql_of(loader, migration), atomic=migration.atomic)


@pytest.mark.usefixtures("_outside_transactions")
def test_no_migration_stops_a_school_at_work_unless_it_says_why_that_is_safe():
    loader = MigrationLoader(connection)
    assert set(BEFORE_THIS) == set(OUR_APPS)
    missing = set(BEFORE_THIS.items()) - loader.graph.nodes.keys()
    assert not missing, f"BEFORE_THIS names what is not there: {missing}"
    before = {node for last in BEFORE_THIS.items() for node in loader.graph.forwards_plan(last)}
    found = {
        f"{label}.{name}": sentences
        for label, name in sorted(loader.graph.nodes.keys() - before)
        if label in BEFORE_THIS
        and len(getattr(loader.graph.nodes[label, name], REASON, "")) < 20
        and (sentences := _found_in(loader, loader.graph.nodes[label, name]))
    }
    assert found == {}


@pytest.mark.usefixtures("_living")
@pytest.mark.parametrize("name", ALLOWED)
def test_the_worked_examples_pass_the_check(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.migration_rules.BIG", BIG | {"living_note"})
    loader = MigrationLoader(connection)
    assert _found_in(loader, loader.graph.nodes["living", name]) == []


@pytest.mark.usefixtures("_living")
def test_the_example_of_a_dangerous_one_does_not():
    loader = MigrationLoader(connection)
    (found,) = _found_in(loader, loader.graph.nodes["living", DANGEROUS])
    assert "ALTER TABLE living_note ALTER COLUMN pages TYPE bigint" in found


@dataclass
class Saving:
    """Somebody at the version from before a migration: reads and writes all the time, in short transactions."""

    note: Any
    errors: list[Exception] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_over: bool = False

    def goes_on(self) -> bool:
        """Whether twenty more rows are saved from here on; waits for them."""
        enough, deadline = len(self.texts) + 20, time.monotonic() + 30
        while len(self.texts) < enough and not self.errors and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.texts) >= enough

    def work(self) -> None:
        try:
            while not self.is_over:
                self._save(f"page {len(self.texts)}")
        finally:
            connection.close()

    def _save(self, text: str) -> None:
        try:
            self.note.objects.create(text=text)
            assert self.note.objects.filter(text=text).exists()
            self.texts.append(text)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test tells it
            self.errors.append(problem)


@contextmanager
def _saving(at: str) -> Iterator[Saving]:
    """A thread that works with the model as of a migration, until the end of the block, 20 rows at least."""
    old = MigrationLoader(connection).project_state(("living", at)).apps.get_model("living", "Note")
    saving = Saving(old)
    thread = threading.Thread(target=saving.work)
    thread.start()
    try:
        yield saving
        assert saving.goes_on()
    finally:
        saving.is_over = True
        thread.join()


@contextmanager
def _reading() -> Iterator[psycopg.Connection]:
    """A long look at the table that goes on: a backup, or a report."""
    told = connection.get_connection_params()
    with psycopg.connect(
        **{key: told[key] for key in ("dbname", "user", "password", "host", "port") if told.get(key)}
    ) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM living_note")
        yield reader


def _migrate_to(name: str) -> str:
    said = StringIO()
    call_command("migrate", "living", name, stdout=said)
    return said.getvalue()


def _stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM living_note")
        return [row[0] for row in cursor.fetchall()]


def _applied() -> set[str]:
    return {name for label, name in MigrationLoader(connection).applied_migrations if label == "living"}


@pytest.mark.usefixtures("_living")
@pytest.mark.parametrize("name", ALLOWED)
def test_the_version_that_runs_goes_on_saving_while_an_allowed_change_is_made_and_after_it(name: str):
    before = [FIRST, *ALLOWED][[FIRST, *ALLOWED].index(name) - 1]
    _migrate_to(before)
    with _saving(before) as saving:
        _migrate_to(name)
    assert saving.errors == []
    assert sorted(set(saving.texts) - set(_stored())) == []


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.3)
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(migrate, "ATTEMPTS", 3)


@pytest.mark.usefixtures("_living", "_impatient")
def test_a_change_that_finds_the_table_in_use_gives_up_and_says_what_to_do_and_the_school_goes_on():
    _migrate_to(ALLOWED[-1])
    with _reading(), _saving(ALLOWED[-1]) as saving, pytest.raises(CommandError) as given_up:
        _migrate_to(DANGEROUS)
    assert "living.0009_another_type found a table in use 3 times, 0.3 s each, and gave up" in str(
        given_up.value
    )
    assert "Nothing of it is applied" in str(given_up.value)
    assert DANGEROUS not in _applied()
    assert saving.errors == []
    assert set(saving.texts) <= set(_stored())


@pytest.mark.usefixtures("_living", "_impatient")
def test_a_change_that_found_the_table_in_use_is_made_once_it_is_free():
    _migrate_to(FIRST)
    with _reading() as reader:

        class Told(StringIO):
            def write(self, text: str) -> int:
                if "waits: a table is in use" in text:
                    reader.rollback()
                return super().write(text)

        said = Told()
        call_command("migrate", "living", "0002_column_that_may_be_empty", stdout=said)
    assert "waits: a table is in use" in said.getvalue()
    assert "0002_column_that_may_be_empty" in _applied()


@pytest.mark.usefixtures("_living", "_impatient")
def test_an_index_waits_for_a_long_look_and_stops_nobody_meanwhile():
    before, name = ALLOWED[1:3]
    _migrate_to(before)
    went_on = []
    with _reading() as reader, _saving(before) as saving:

        def leave() -> None:
            deadline = time.monotonic() + 30
            while not (waits := reader.execute(INDEX_WAITS).fetchone()) and time.monotonic() < deadline:
                reader.execute("SELECT pg_stat_clear_snapshot()")
                time.sleep(0.01)
            went_on.append(bool(waits) and saving.goes_on())
            reader.rollback()

        leaves = threading.Thread(target=leave)
        leaves.start()
        _migrate_to(name)
        leaves.join()
    assert saving.errors == []
    assert went_on == [True]
    assert name in _applied()
