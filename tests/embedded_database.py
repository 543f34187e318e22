"""pytest plugin: a database and an environment for the tests, before pytest-django reads the settings.

Loaded by `-p tests.embedded_database` (pyproject.toml), so pytest is started from the project's root as
`python -m pytest`. With DATABASE_URL set, that server is used. Without, an embedded one in `.test-pg/`, which
goes on running for the next run until `make clean`; each run that is going on at the same time has a database
of its own there.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from kimdong import embedded_postgres

FOLDER = Path(__file__).resolve().parent.parent / ".test-pg"
RUNS_AT_ONCE = 32

_files = Path(tempfile.mkdtemp(prefix="kimdong-tests-"))
# Nothing is collected for tests; whitenoise warns, and a warning is an error, where the folder is missing.
(_files / "static").mkdir()
_turn: IO[str] | None = None


def _take_turn() -> tuple[IO[str], int]:
    """The lowest number that no other run holds; the lock ends with this process, however it ends."""
    for number in range(1, RUNS_AT_ONCE + 1):
        turn = (FOLDER / f"run-{number}.lock").open("w")
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            turn.close()
        else:
            return turn, number
    raise RuntimeError(f"{RUNS_AT_ONCE} test runs are going on in {FOLDER} already.")


# A worker of pytest-xdist inherits what its controller has set, and takes a database of its own all the same.
if "DATABASE_URL" not in os.environ or "KIMDONG_TESTS_EMBEDDED" in os.environ:
    os.environ["KIMDONG_TESTS_EMBEDDED"] = "1"
    FOLDER.mkdir(exist_ok=True)
    _turn, _number = _take_turn()
    os.environ["DATABASE_URL"] = embedded_postgres.start(FOLDER / "pg", f"kimdong_{_number}", durable=False)

# Set, not defaulted: nothing of the shell's own settings may reach a test.
os.environ.update(
    KIMDONG_MODE="test",
    KIMDONG_SECRET_KEY="tests-only-" + "0123456789" * 5,
    KIMDONG_HOSTS="testserver,localhost,127.0.0.1",
    KIMDONG_FILES=str(_files),
    KIMDONG_BEHIND_TLS="0",
)


def pytest_unconfigure() -> None:
    """Take away the evidence and the books the tests have written."""
    shutil.rmtree(_files, ignore_errors=True)
    if _turn is not None:
        _turn.close()
