"""Where the tests keep their backups: folders of their own, with the real rule of keeping and the role that proves."""

from pathlib import Path

from kimdong.backup import postgres
from kimdong.embedded_postgres import PROOF_ROLE
from kimdong.environment import KEPT_BACKUPS, Backups

PASSWORD = "một mật khẩu rất dài của kho sao lưu\n"


def rule_below(folder: Path) -> Backups:
    """Two places, neither there yet; the password is written."""
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    server = {**postgres.address_of_the_school(), "user": PROOF_ROLE, "dbname": "postgres"}
    return Backups(
        repository=str(folder / "repository"),
        second=str(folder / "second"),
        password_file=password,
        proof=postgres.url_of(server),
        proof_file=None,
        keep=dict(part.split("=") for part in KEPT_BACKUPS.split()),
        hour=1,
    )
