"""The files that bring the system up keep the promises of issue 1: production, demo and the five commands."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from kimdong.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
APPLICATION = ["migrate", "web", "worker"]
SERVICES = ["database", *APPLICATION, "proxy"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Instruction and argument, continuation lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(instruction.upper(), argument) for instruction, argument in lines]


def _recipe(target: str) -> list[str]:
    """The command lines of a target, or none when the Makefile lacks it."""
    found = re.search(
        rf"^{target}:.*\n((?:\t.*\n)*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return [line.strip().lstrip("@") for line in found[1].splitlines()] if found else []


def test_production_has_database_web_worker_migrations_and_a_proxy(compose):
    assert sorted(compose["services"]) == sorted(SERVICES)


def test_only_the_proxy_is_reachable_from_outside(compose):
    published = [name for name, service in compose["services"].items() if "ports" in service]
    host_network = [name for name, service in compose["services"].items() if "network_mode" in service]
    assert published == ["proxy"]
    assert host_network == []


def test_the_proxy_cannot_reach_the_database(compose):
    services = compose["services"]
    assert set(services["proxy"]["networks"]).isdisjoint(services["database"]["networks"])
    assert set(services["proxy"]["networks"]) & set(services["web"]["networks"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"proxy"}))
def test_nothing_but_the_proxy_has_a_way_out_unless_the_school_names_a_place(compose, name):
    networks = compose["services"][name]["networks"]
    assert networks
    assert all((compose["networks"][network] or {}).get("internal") for network in networks)


def test_one_service_builds_the_image_of_all_and_no_other_fetches_one_of_that_name(compose):
    """Built by each, it is made three times, and whoever runs a command is given a newer one and new migrations."""
    built = [name for name in APPLICATION if "build" in compose["services"][name]]
    assert built == ["migrate"]
    assert {compose["services"][name]["pull_policy"] for name in APPLICATION} == {"never"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_starts_again_after_a_failure(compose, name):
    policy = compose["services"][name]["restart"]
    assert policy == ("on-failure:3" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check(compose, name):
    assert compose["services"][name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_read_only_system_and_gains_no_privileges(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_wait_for_the_database_and_the_migrations(compose, name):
    waits = {other: how["condition"] for other, how in compose["services"][name]["depends_on"].items()}
    assert waits == {"database": "service_healthy", "migrate": "service_completed_successfully"}


def test_the_proxy_has_pages_to_show_before_the_web_server_is_well(compose):
    """With a wrong data key it never is, and the page that says what to do would not be reached."""
    assert compose["services"]["proxy"]["depends_on"] == {"web": {"condition": "service_started"}}


@pytest.mark.parametrize("name", APPLICATION)
def test_what_the_environments_file_may_say_of_backups_has_a_place_in_every_service(compose, name):
    told = compose["services"][name]["environment"]
    assert told["KIMDONG_BACKUP_REPOSITORY"] == "/var/lib/kimdong/backups/repository"
    assert told["KIMDONG_BACKUP_PASSWORD_FILE"] == "/run/secrets/backup_password"
    assert told["KIMDONG_BACKUP_PROOF_URL_FILE"] == "/run/secrets/proof_database_url"


def test_no_secret_stands_in_the_compose_file(compose):
    for name, service in compose["services"].items():
        for variable in service.get("environment", {}):
            if re.search("PASSWORD|SECRET|DATABASE_URL", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_secrets_volumes_and_networks_that_services_use_are_declared(compose):
    for service in compose["services"].values():
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert named <= set(compose["volumes"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert set(service["networks"]) <= set(compose["networks"])


def test_files_mounted_from_the_project_are_there(compose):
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service["volumes"]
        if volume.startswith(".")
    ]
    assert mounted
    assert [path for path in mounted if not (ROOT / path).exists()] == []


def test_every_secret_of_the_compose_file_is_made_by_make_secrets(compose):
    script = (ROOT / "deploy/make-secrets").read_text(encoding="utf-8")
    made = set(re.findall(r">(secrets/\w+)$", script, re.MULTILINE))
    assert {f"deploy/{path}" for path in made} == {secret["file"] for secret in compose["secrets"].values()}


def caddyfile():
    return re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8"))


def without_options(text):
    """The sites: the options for all of them stand first, in a block without a name."""
    assert text.startswith("{\n")
    return text.partition("\n}\n")[2]


def test_a_telephone_on_a_bad_line_has_time_for_its_files_and_nobody_has_time_without_end():
    options = caddyfile().partition("\n}\n")[0]
    told = dict(re.findall(r"(?m)^\t\t\t(read_header|read_body|write|idle) (\w+)$", options))
    seconds = {
        name: int(value[:-1]) * {"s": 1, "m": 60, "h": 3600}[value[-1]] for name, value in told.items()
    }
    assert seconds.keys() == {"read_header", "read_body", "write", "idle"}
    bad_line = 15_000  # bytes a second
    assert seconds["write"] - seconds["read_body"] >= 20_000_000 / bad_line
    assert seconds["read_body"] >= 25_000_000 / bad_line
    assert max(seconds.values()) <= 3600


def test_the_proxy_serves_the_hosts_with_tls_and_hands_them_to_the_web_server():
    site, _, rest = without_options(caddyfile()).partition(" {")
    assert site.strip() == "{$KIMDONG_HOSTS}"  # a name without http:// gets a certificate and a redirect
    assert "reverse_proxy {$KIMDONG_UPSTREAM:web:8000}" in rest


def test_the_log_of_the_proxy_names_nobody():
    told = caddyfile()
    assert {'request>uri regexp \\?.* ""', "request>headers delete"} <= {
        line.strip() for line in told.splitlines()
    }


def test_a_new_version_of_the_proxys_settings_is_served_after_a_build(compose):
    """A file that is mounted alone stays the one that the container began with, whatever git laid in its place."""
    assert "COPY deploy/Caddyfile /etc/caddy/Caddyfile" in (ROOT / "deploy/proxy.Dockerfile").read_text(
        "utf-8"
    )
    assert not [volume for volume in compose["services"]["proxy"]["volumes"] if volume.startswith(".")]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_writes_to_its_log_never_fills_the_disk(compose, name):
    assert {"max-size", "max-file"} == set(compose["services"][name]["logging"]["options"])


def test_who_asks_while_web_starts_again_waits_in_the_proxy_and_then_reads_a_page():
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    assert "lb_try_duration 20s" in text
    page = text.partition("handle_errors {")[2]
    assert 'header Content-Type "text/html; charset=utf-8"' in page
    assert '<html lang="vi">' in page
    assert "hoặc được ghi trọn, hoặc không ghi gì" in page
    most, most_of_one = (each // 2**20 for each in (settings.UPLOAD_MAX_BYTES, settings.EVIDENCE_MAX_BYTES))
    assert f"nhiều nhất {most} MB một lần gửi, mỗi tệp {most_of_one} MB" in page
    assert not re.search(r"(src|href)=\"(?!/\")", page)  # it needs nothing of what is down


def test_the_rules_for_prometheus_ask_for_what_is_measured():
    groups = yaml.safe_load((ROOT / "deploy/prometheus-rules.yml").read_text(encoding="utf-8"))["groups"]
    asked = {
        name
        for group in groups
        for rule in group["rules"]
        for name in re.findall(r"kimdong_\w+", rule["expr"])
    }
    measured = (ROOT / "kimdong/metrics.py").read_text(encoding="utf-8")
    measured += (ROOT / "kimdong/request_counts.py").read_text(encoding="utf-8")
    assert asked
    assert {name for name in asked if f'"{name}"' not in measured} == set()


def test_the_image_runs_as_a_user_without_rights(dockerfile):
    users = [argument for instruction, argument in dockerfile if instruction == "USER"]
    assert users == ["10001"]
    assert any("--uid 10001" in argument for _instruction, argument in dockerfile)
    assert dockerfile[-2:] == [
        ("USER", "10001"),
        ("CMD", '["gunicorn", "--config", "kimdong/gunicorn.py", "kimdong.wsgi"]'),
    ]


def test_the_databases_own_log_quotes_no_row_and_no_statement(compose):
    wanted = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
    told = compose["services"]["database"]["command"]
    assert dict(word.split("=") for word in told if "=" in word) == wanted
    page = (ROOT / "docs/cai-dat.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"pg_conftool 18 main set (\w+) (\w+)", page)) == wanted


def test_the_version_that_the_software_tells_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_image_and_bootstrap_install_the_same_system_packages(dockerfile):
    installs = [argument for instruction, argument in dockerfile if "apt-get install" in argument]
    assert len(installs) == 1
    assert "xargs -a /tmp/system-packages.txt apt-get install" in installs[0]
    assert ("COPY", "deploy/system-packages.txt /tmp/") in dockerfile
    assert "<deploy/system-packages.txt" in (ROOT / "scripts/bootstrap").read_text(encoding="utf-8")


def test_the_image_holds_every_app_and_no_secret():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert ignored[1] == "*"  # nothing but what is named
    assert apps | {"templates", "static", "manage.py"} <= {
        line[1:] for line in ignored if line.startswith("!")
    }
    assert not [line for line in ignored if line.startswith("!") and "secret" in line]


@pytest.mark.parametrize(
    ("file", "more"),
    [("requirements.txt", []), ("requirements-signing.txt", ["--extra", "signing"])],
)
def test_the_requirements_for_pip_are_those_of_the_lock_file(file, more):
    uv = ROOT / ".uv/bin/uv"
    assert uv.exists(), "run scripts/bootstrap"
    command = [uv, "export", "--quiet", "--frozen", "--offline", "--no-default-groups", "--no-header", *more]
    exported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kept = (ROOT / file).read_text(encoding="utf-8")
    assert re.sub(r"\A(#.*\n)+", "", kept) == exported


def test_every_locked_package_comes_from_pypi_with_a_hash():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = [package for package in lock["package"] if package["name"] != "kimdong"]
    assert {package["source"].get("registry") for package in packages} == {"https://pypi.org/simple"}
    files = [
        file for package in packages for file in [*package.get("wheels", []), package.get("sdist")] if file
    ]
    assert all(file["hash"].startswith("sha256:") for file in files)
    assert all(file["url"].startswith("https://files.pythonhosted.org/") for file in files)


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench", "clean"])
def test_the_five_commands_of_the_makefile_are_there(target):
    assert _recipe(target)


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench"])
def test_each_command_brings_along_what_it_needs(target):
    assert _recipe(target)[0].startswith("scripts/bootstrap ")


def test_make_test_runs_the_linters_and_all_tests():
    assert _recipe("test")[1:] == ["scripts/test"]
    script = (ROOT / "scripts/test").read_text(encoding="utf-8")
    assert "nice scripts/lint " in script
    assert '.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"\n' in script


@pytest.mark.parametrize(
    ("linters", "migrations", "tests", "status"),
    [(0, 0, 0, 0), (1, 0, 0, 1), (0, 0, 2, 2), (1, 0, 2, 2), (0, 3, 0, 3)],
)
def test_make_test_fails_when_linters_or_tests_do_and_says_last_what_the_linters_found(
    tmp_path, linters, migrations, tests, status
):
    stubs = {
        "scripts/lint": f"sleep 0.2; echo found; exit {linters}",
        ".venv/bin/python": f"[[ $2 == pytest ]] || exit {migrations}; echo tested; exit {tests}",
    }
    for path, commands in stubs.items():
        stub = tmp_path / path
        stub.parent.mkdir(parents=True)
        stub.write_text(f"#!/usr/bin/env bash\n{commands}\n", encoding="utf-8")
        stub.chmod(0o755)
    script = shutil.copy(ROOT / "scripts/test", tmp_path / "scripts")
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert done.stdout.split() == (["found"] if migrations else ["tested", "found"])


def test_ci_runs_make_test_and_nothing_else():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert script == ["#!/usr/bin/env bash", "set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


@pytest.mark.parametrize(
    "path",
    [
        ".ci/run",
        *("scripts/bootstrap", "scripts/demo", "scripts/lint", "scripts/test"),
        *("scripts/rehearse-systemd", "scripts/stand-in-archive"),
        *("deploy/make-secrets", "deploy/manage", "deploy/restore"),
    ],
)
def test_scripts_are_executable_and_well_formed(path):
    assert (ROOT / path).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", ROOT / path], check=True)


def test_no_service_runs_as_root(compose, dockerfile):
    """Web, worker and migrations by the image's last USER, the proxy by its own, which owns what it writes."""
    assert compose["services"]["database"]["user"] == "postgres"
    assert ("USER", "10001") in dockerfile
    proxy = compose["services"]["proxy"]
    image = (ROOT / proxy["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert f"USER {proxy['user']}\n" in image
    assert f"chown -R {proxy['user']} /data /config" in image
    assert {volume.split(":")[1] for volume in proxy["volumes"] if not volume.startswith(".")} == {
        "/data",
        "/config",
    }
    # It listens at 80 and 443 without a capability.
    assert "setcap -r /usr/bin/caddy" in image
    assert proxy["sysctls"] == {"net.ipv4.ip_unprivileged_port_start": 0}
    assert not [name for name, service in compose["services"].items() if service.get("cap_add")]


def test_a_school_that_signs_has_its_certificate_in_web_and_worker_and_what_signs_in_the_image(dockerfile):
    more = yaml.safe_load((ROOT / "deploy/signing.yml").read_text(encoding="utf-8"))
    services = more["services"]
    assert set(services) == set(APPLICATION)  # one image: whoever builds it, builds the same
    built = {name: each["build"] for name, each in services.items() if "build" in each}
    assert built == {"migrate": {"args": {"REQUIREMENTS": "requirements-signing.txt"}}}
    assert ("ARG", "REQUIREMENTS=requirements.txt") in dockerfile
    assert "!requirements-signing.txt" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {name for name, each in services.items() if "secrets" in each} == {"web", "worker"}
    for service in (services["web"], services["worker"]):
        named = [path.removeprefix("/run/secrets/") for path in service["environment"].values()]
        assert named == service["secrets"] == [*more["secrets"]]


@pytest.mark.parametrize(
    ("file", "services"), [("second-place.yml", {"worker"}), ("restore.yml", {"restore"})]
)
def test_what_stands_beside_the_compose_file_uses_what_is_declared_there(compose, file, services):
    more = yaml.safe_load((ROOT / "deploy" / file).read_text(encoding="utf-8"))["services"]
    assert set(more) == services
    for service in more.values():
        assert set(service["networks"]) == {"inside", "outside"}
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert named <= set(compose["volumes"])


def test_only_the_worker_can_read_the_backups_password_and_the_owner_alone_restores(compose):
    secret = "backup_password"
    readers = {name for name, service in compose["services"].items() if secret in service.get("secrets", [])}
    assert readers == {"worker"}
    restore = yaml.safe_load((ROOT / "deploy/restore.yml").read_text(encoding="utf-8"))["services"]["restore"]
    assert restore["environment"]["DATABASE_URL_FILE"] == "/run/secrets/owner_database_url"
    assert restore["read_only"] is True
    assert restore["cap_drop"] == ["ALL"]


def test_a_backup_in_the_image_is_made_by_programs_of_the_databases_version(compose, dockerfile):
    image = compose["services"]["database"]["image"]
    copied = [
        argument
        for instruction, argument in dockerfile
        if instruction == "COPY" and "--from=postgres" in argument
    ]
    assert copied
    assert all(argument.startswith(f"--from={image} ") for argument in copied)
