"""The way without containers: units and page of commands name what is there (docs/cai-dat.md)."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kimdong.environment import Environment, read_environment

ROOT = Path(__file__).resolve().parent.parent
UNITS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy/systemd").glob("*.service")}
PROXY = (ROOT / "deploy/systemd/caddy.service.d/kimdong.conf").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/cai-dat.md").read_text(encoding="utf-8")
OF_THE_OWNER = ["kimdong-migrate.service", "kimdong-restore.service"]
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
    role = "kimdong" if unit in OF_THE_OWNER else "kimdong_app"
    assert (told.mode, told.database["USER"], told.behind_tls) == ("production", role, True)
    assert told.backups is not None  # else what the file may have of a second place stops the start


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


def test_every_unit_stands_in_the_same_box():
    """What `systemd-analyze security` counts, after the folder of the state up to the next section."""
    boxes = {
        text.split("StateDirectoryMode=0750\n")[1].partition("\n\n")[0].strip() for text in UNITS.values()
    }
    assert len(boxes) == 1
    assert {"CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallFilter=@system-service"} <= set(
        boxes.pop().splitlines()
    )


@pytest.mark.parametrize("unit", sorted(set(UNITS) - {"kimdong-web.service"}))
def test_what_a_command_says_is_in_the_journal_when_it_is_said(unit):
    assert "PYTHONUNBUFFERED=1" in of(unit, "Environment")


def test_the_proxy_is_not_told_what_only_the_application_may_know():
    """Debian's unit starts Caddy with --environ: all that it is told stands in the journal."""
    assert "EnvironmentFile=/etc/kimdong/kimdong.env\n" in PROXY
    withheld = {name for line in re.findall(r"(?m)^UnsetEnvironment=(.*)$", PROXY) for name in line.split()}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = set(re.findall(r"(?m)^\| `(\w+)` \|", readme))
    secrets = {name for name in known if re.search(r"KEY$|TOKEN$|PASSWORD$|URL$", name)}
    assert {"DATABASE_URL", "KIMDONG_SMTP_URL", "KIMDONG_METRICS_TOKEN"} <= secrets
    assert withheld == secrets


@pytest.mark.parametrize(
    ("said", "told", "database"),
    [
        (["verify_audit"], ["verify_audit"], "database_url"),
        (["--as-owner", "reseal"], ["reseal"], "owner_database_url"),
    ],
)
def test_a_command_of_manage_runs_with_the_environment_of_the_units(tmp_path, said, told, database):
    """`manage` itself, with systemd-run replaced by one that writes down what it is asked."""
    (tmp_path / "systemd-run").write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{tmp_path}/asked\n", encoding="utf-8"
    )
    (tmp_path / "systemd-run").chmod(0o755)
    subprocess.run([ROOT / "deploy/manage", *said], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[-len(told) - 1 :] == ["manage", *told]
    loaded = dict(
        line.removeprefix("--property=LoadCredential=").split(":")
        for line in asked
        if line.startswith("--property=LoadCredential=")
    )
    assert loaded["database_url"] == f"{SECRETS}/{database}"
    assert {f"{name}:{path}" for name, path in loaded.items() if name != "database_url"} == {
        line for line in of("kimdong-migrate.service", "LoadCredential") if "database" not in line
    }
    backups = {line.removeprefix("--setenv=") for line in asked if line.startswith("--setenv=")}
    assert backups == {line for line in of("kimdong-web.service", "Environment") if "BACKUP" in line}
    assert "--uid=kimdong" in asked
    assert f"--property=EnvironmentFile={of('kimdong-web.service', 'EnvironmentFile')[0]}" in asked


def test_the_owner_of_the_tables_is_nobodys_but_the_migrations_and_the_restores():
    owners = [unit for unit in sorted(UNITS) if any("owner" in line for line in of(unit, "LoadCredential"))]
    assert owners == OF_THE_OWNER


def test_a_restore_reads_the_backups_that_the_worker_makes_and_opens_the_second_place_as_it_does(secrets):
    restoring, working = (
        environment_of(unit, secrets) for unit in ("kimdong-restore.service", "kimdong-worker@.service")
    )
    assert restoring.backups == working.backups
    assert (restoring.files, restoring.data_keys) == (working.files, working.data_keys)
    assert "-/etc/kimdong/second-place.env" in of("kimdong-restore.service", "EnvironmentFile")
    assert "-/etc/kimdong/second-place.env" in of("kimdong-worker@.service", "EnvironmentFile")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """`restore` itself, with the machine's own programs replaced by ones that write down what they are asked.

    The units that run are the lines of `units`; a start goes on while `slow` is there, until it is told to stop.
    """
    asked, options, units, slow = (tmp_path / name for name in ("asked", "options.env", "units", "slow"))
    script = (ROOT / "deploy/restore").read_text(encoding="utf-8")
    assert "EnvironmentFile=-/run/kimdong-restore.env" in UNITS["kimdong-restore.service"]
    (tmp_path / "restore").write_text(
        script.replace("/run/kimdong-restore.env", str(options)), encoding="utf-8"
    )
    units.touch()
    (tmp_path / "systemctl").write_text(
        f"""#!/bin/sh
echo "$*" >>{asked}
case "$1" in
list-units) cat {units} ;;
start) cat {options} >>{asked}; touch {tmp_path}/begun; while [ -e {slow} ]; do sleep 0.05; done; exit 1 ;;
stop) rm -f {slow} ;;
esac
""",
        encoding="utf-8",
    )
    (tmp_path / "journalctl").write_text("#!/bin/sh\necho what it says\n", encoding="utf-8")
    for name in ("systemctl", "journalctl"):
        (tmp_path / name).chmod(0o755)
    return tmp_path


def restoring(machine: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        # Bash cannot trap what was ignored when it began, as Ctrl-C is in what a script runs in the background.
        ["env", "--default-signal", "bash", machine / "restore", "--from-second", "--snapshot", "ab12"],
        env={"PATH": f"{machine}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asked_of(machine: Path) -> list[str]:
    return (machine / "asked").read_text(encoding="utf-8").splitlines()


def test_the_one_command_of_a_restore_hands_its_options_to_the_unit_and_ends_as_it_ended(machine):
    with restoring(machine) as run:
        said, _errors = run.communicate(timeout=20)
    assert (run.returncode, said) == (1, "what it says\n")
    assert asked_of(machine)[-2:] == [
        "start kimdong-restore",
        "KIMDONG_RESTORE=--from-second --snapshot ab12",
    ]
    assert not (machine / "options.env").exists()


@pytest.mark.parametrize(
    "unit",
    [
        "kimdong-web.service loaded active running",
        "kimdong-worker@2.service loaded active running",
        "kimdong-worker@7.service loaded activating auto-restart",
        "kimdong-migrate.service loaded activating start",
        "kimdong-restore.service loaded activating start",
    ],
)
def test_no_restore_begins_while_any_unit_of_ours_runs(machine, unit):
    done = "kimdong-migrate.service loaded active exited Kim Dong: migrations"
    (machine / "units").write_text(f"{done}\n{unit} Kim Dong\n", encoding="utf-8")
    with restoring(machine) as run:
        _said, errors = run.communicate(timeout=20)
    name = unit.split()[0]
    assert run.returncode == 1
    assert errors == f"At work: {name}. Nothing was restored. First: systemctl stop {name}\n"
    assert len(asked_of(machine)) == 1
    assert asked_of(machine)[0].endswith("kimdong-*.service")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_a_restore_stops_its_unit_and_leaves_no_option_for_the_next(machine, end):
    (machine / "slow").touch()
    with restoring(machine) as run:
        while not (machine / "begun").exists():
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(end)
        try:
            _said, errors = run.communicate(timeout=20)
        finally:
            (machine / "slow").unlink(missing_ok=True)  # whatever became of it, nothing waits for ever
    assert run.returncode == 130
    assert asked_of(machine)[-1] == "stop kimdong-restore"
    assert "Stopped before its end; database and files may be half restored" in errors
    assert not (machine / "options.env").exists()


def test_the_unit_of_a_restore_forgets_its_options_though_nobody_is_left_who_gave_them():
    assert of("kimdong-restore.service", "ExecStopPost") == ["+-/bin/rm -f /run/kimdong-restore.env"]


def test_the_page_names_files_that_are_there():
    named = set(re.findall(r"\bdeploy/[\w./@-]+\w", PAGE)) - {"deploy/kimdong.env"}
    made_there = "deploy/secrets"  # by whoever installs
    assert {each for each in named if not each.startswith(made_there) and not (ROOT / each).exists()} == set()
    for unit in re.findall(r"kimdong-(?:migrate|restore|web|worker@)", PAGE):
        assert f"{unit}.service" in UNITS


def test_no_password_of_a_role_is_an_argument_that_everybody_on_the_machine_can_read(tmp_path, secrets):
    (tmp_path / "psql").write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{tmp_path}/arguments\ncat >{tmp_path}/said\n", encoding="utf-8"
    )
    (tmp_path / "psql").chmod(0o755)
    subprocess.run(
        ["bash", ROOT / "deploy/postgres/create-application-role.sh"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "KIMDONG_SECRETS": str(secrets)},
        check=True,
    )
    arguments, said = ((tmp_path / name).read_text(encoding="utf-8") for name in ("arguments", "said"))
    for name in ("owner_password", "application_password", "proof_password"):
        password = (secrets / name).read_text(encoding="utf-8").strip()
        assert password in said
        assert password not in arguments


def test_no_command_of_the_page_asks_for_an_answer():
    """A question of apt-get would take the next pasted line for its answer; an editor would wait for somebody."""
    commands = re.findall(r"(?m)^    (.*)$", PAGE)
    assert [line for line in commands if "apt-get install" in line and "--yes" not in line] == []
    assert [line for line in commands if re.search(r"systemctl edit|\bnano\b|\bvi\b", line)] == []


def test_the_page_puts_units_and_the_proxys_part_where_systemd_looks():
    assert PAGE.count("cp -r deploy/systemd/. /etc/systemd/system/") == 2
    upgrade = (ROOT / "docs/nang-cap.md").read_text(encoding="utf-8")
    assert "cp -r deploy/systemd/. /etc/systemd/system/ && systemctl daemon-reload" in upgrade


def test_the_page_makes_the_cluster_as_docker_compose_does():
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    options = re.search(r"POSTGRES_INITDB_ARGS: (.*)", compose)
    assert options is not None
    assert options[1] in PAGE
