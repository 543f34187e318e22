"""The way without containers: units and page of commands name what is there (docs/cai-dat.md)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kimdong.environment import Environment, read_environment

ROOT = Path(__file__).resolve().parent.parent
UNITS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy/systemd").iterdir()}
PAGE = (ROOT / "docs/cai-dat.md").read_text(encoding="utf-8")
SECRETS = "/etc/kimdong/secrets"


def of(unit: str, key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", UNITS[unit])


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as the page has it made, database on this machine."""
    folder = tmp_path_factory.mktemp("deploy")
    shutil.copy(ROOT / "deploy/make-secrets", folder)
    subprocess.run([folder / "make-secrets"], check=True, capture_output=True)
    return folder / "secrets"


def environment_of(unit: str, secrets: Path) -> Environment:
    """What the process of a unit reads: the file of the page, the unit's own lines, the credentials it loads."""
    written = re.search(r"<<'ENV'\n(.*?)\n *ENV\n", PAGE, re.DOTALL)
    assert written is not None
    example = (ROOT / "deploy/kimdong.env.example").read_text(encoding="utf-8")
    lines = [*example.splitlines(), *written[1].splitlines()]
    lines += [pair for line in of(unit, "Environment") if not line.startswith('"') for pair in line.split()]
    loaded = {name: path for name, _, path in (line.partition(":") for line in of(unit, "LoadCredential"))}
    values = {}
    for line in lines:
        name, _, value = line.strip().partition("=")
        if not name or name.startswith("#"):
            continue
        for credential, path in loaded.items():
            value = value.replace(f"%d/{credential}", path)
        assert "%d" not in value, line
        values[name] = value.replace(SECRETS, str(secrets))
    return read_environment(values)


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_unit_reads_a_whole_environment_with_the_secrets_that_are_made(unit, secrets):
    told = environment_of(unit, secrets)
    role = "kimdong" if unit == "kimdong-migrate.service" else "kimdong_app"
    assert (told.mode, told.database["USER"], told.behind_tls) == ("production", role, True)


@pytest.mark.parametrize("unit", ["kimdong-web.service", "kimdong-worker@.service"])
def test_migrations_that_give_up_leave_the_version_that_runs_running(unit):
    assert (of(unit, "Requires"), of(unit, "BindsTo"), of(unit, "PartOf")) == ([], [], [])
    assert of(unit, "Wants") == of(unit, "After") == ["kimdong-migrate.service"]


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_unit_starts_what_is_there_and_may_write_its_own_folder_alone(unit):
    for command in of(unit, "ExecStart"):
        named = [word for word in command.split() if word.endswith(".py")]
        assert named
        assert all((ROOT / word).exists() for word in named)
    assert of(unit, "User") == ["kimdong"]
    assert of(unit, "ProtectSystem") == ["strict"]
    assert of(unit, "NoNewPrivileges") == ["yes"]
    assert of(unit, "StateDirectory") == ["kimdong"]


def test_the_owner_of_the_tables_is_nobodys_but_the_migrations(secrets):
    owners = [unit for unit in UNITS if any("owner" in line for line in of(unit, "LoadCredential"))]
    assert owners == ["kimdong-migrate.service"]


def test_the_page_names_files_that_are_there():
    named = set(re.findall(r"\bdeploy/[\w./@-]+\w", PAGE)) - {"deploy/secrets", "deploy/kimdong.env"}
    assert {each for each in named if not (ROOT / each).exists()} == set()
    for unit in re.findall(r"kimdong-(?:migrate|web|worker@)", PAGE):
        assert f"{unit}.service" in UNITS


def test_the_page_makes_the_cluster_as_docker_compose_does():
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    options = re.search(r"POSTGRES_INITDB_ARGS: (.*)", compose)
    assert options is not None
    assert options[1] in PAGE
