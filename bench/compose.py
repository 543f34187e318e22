"""`python -m bench.compose`: docker-compose.yml itself, from nothing to a school brought back on a second machine.

Needs root and a Docker that answers, with compose 2.24 or later and the three base images of the Dockerfiles at hand.
Everything goes on in copies of the committed files below a temporary folder, under project names of its own and on
127.0.0.1:8643 and 8680: a stack of the school's on the same machine is not touched. One after the other:

- build and start; how long until every service says that it is well;
- the school is founded on the first page, through the proxy; the worker makes a backup of it and proves it;
- the main process of each service is killed as by a crash, then the database stands still for a while: how long until
  the school may work again, untouched by any hand;
- on a second machine (empty volumes, the secrets, the repository) the commands of README, «To bring a school back».
"""

import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import latest
from bench.web import TOKEN

ROOT = Path(__file__).resolve().parent.parent
HTTP_PORT, HTTPS_PORT = 8680, 8643
SERVICES = ("database", "web", "worker", "proxy")
PATIENCE = 240.0
STANDSTILL = 30
"""Seconds of a database that answers nobody."""
SCHOOL = {
    "parent_body": "Uỷ ban nhân dân phường Thử Nghiệm",
    "school_name": "Trường Tiểu học Diễn Tập",
    "ward": "phường Thử Nghiệm",
    "province": "thành phố Hải Phòng",
    "place": "Thử Nghiệm",
    "principal_name": "Trần Thị Thử",
    "principal_code": "CB0001",
    "principal_username": "hieutruong",
    "clerk_name": "Vũ Văn Thư",
    "clerk_code": "CB0002",
    "clerk_username": "vanthu",
}
OWN = {
    "rehearsal.yml": f"""services:
  migrate: {{image: kimdong-rehearsal}}
  web: {{image: kimdong-rehearsal}}
  worker: {{image: kimdong-rehearsal}}
  proxy:
    image: kimdong-rehearsal-proxy
    ports: !override ["127.0.0.1:{HTTP_PORT}:80", "127.0.0.1:{HTTPS_PORT}:443"]
""",
    "rehearsal-restore.yml": "services: {restore: {image: kimdong-rehearsal}}",
}
"""Said beside docker-compose.yml: ports and images of its own."""
PROVEN = "SELECT coalesce(max(id) FILTER (WHERE state = 'proven'), 0) FROM accounts_backup"
BACK_UP = """
from accounts import backups
from accounts.models import User
backups.ask_for_backup(by=User.objects.get(username="vanthu"))
"""
"""What the clerk's button does, for a clerk who has not activated an account."""
KNOWN = "SELECT string_agg(username, ',' ORDER BY username) FROM accounts_user"


class NotWell(Exception):
    """Something did not come about in the time given to it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A clone of the repository with its own project of docker compose."""

    folder: Path
    project: str

    def compose(self, *words: str, files: tuple[str, ...] = ()) -> str:
        """What the command printed. Raises CalledProcessError with what it said."""
        told = ("docker-compose.yml", "rehearsal.yml", *files)
        options = [option for name in told for option in ("-f", name)]
        command = ["docker", "compose", "--progress", "quiet", "-p", self.project, *options, *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotWell(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def sql(self, statement: str) -> str:
        ask = ("psql", "-h", "127.0.0.1", "-U", "postgres", "-d", "kimdong", "-Atc", statement)
        password = (self.folder / "deploy/secrets/postgres_password").read_text(encoding="utf-8").strip()
        return self.compose("exec", "-T", "-e", f"PGPASSWORD={password}", "database", *ask).strip()

    def inspect(self, service: str) -> dict[str, Any]:
        name = self.compose("ps", "--all", "--quiet", service).strip()
        told = subprocess.run(["docker", "inspect", name], capture_output=True, text=True, check=True)
        state: dict[str, Any] = json.loads(told.stdout)[0]["State"]
        return state

    def is_well(self, service: str) -> bool:
        state = self.inspect(service)
        return state["Running"] and state["Health"]["Status"] == "healthy"


def _machine(folder: Path, project: str) -> Machine:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    for name, told in OWN.items():
        (folder / name).write_text(told, encoding="utf-8")
    example = (folder / "deploy/kimdong.env.example").read_text(encoding="utf-8")
    told = re.sub("(?m)^KIMDONG_HOSTS=.*", "KIMDONG_HOSTS=localhost", example).replace(
        "#CADDY_TLS", "CADDY_TLS"
    )
    (folder / "deploy/kimdong.env").write_text(told, encoding="utf-8")
    return Machine(folder, project)


def _seconds_until(is_so: Callable[[], bool], what: str) -> float:
    begin = time.monotonic()
    while not is_so():
        if time.monotonic() - begin > PATIENCE:
            raise NotWell(f"After {PATIENCE:.0f} s not yet: {what}.")
        time.sleep(0.5)
    return round(time.monotonic() - begin, 1)


def _ask(method: str, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, str, str]:
    """Status, text and cookies of a page, through the proxy. Its authority was made a minute ago: nobody knows it."""
    strangers = ssl._create_unverified_context()  # noqa: S323, SLF001
    connection = http.client.HTTPSConnection("localhost", HTTPS_PORT, timeout=20, context=strangers)
    try:
        connection.request(method, path, body, {"Host": "localhost", **headers})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        cookies = "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie", []))
        return answer.status, text, cookies
    finally:
        connection.close()


def _serves() -> bool:
    try:
        return _ask("GET", "/readyz", {})[0] == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def _found(machine: Machine) -> None:
    """As the person who installs does: the code from the machine, the page, two slips."""
    path = "/gradebook/first-run/"
    printed = machine.compose("exec", "-T", "web", "python", "manage.py", "first_run")
    code = re.search(r"([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})", printed)
    _, page, cookies = _ask("GET", path, {})
    token = TOKEN.search(page)
    if code is None or token is None:
        raise NotWell("The first page or its code is not there.")
    body = urlencode(SCHOOL | {"set_up_code": code[1], "csrfmiddlewaretoken": token[1]})
    kind = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookies,
        "Referer": "https://localhost/",
    }
    status, page, _ = _ask("POST", path, kind, body)
    if status != http.HTTPStatus.OK or "Phiếu kích hoạt" not in page:
        raise NotWell(f"The school was not founded: HTTP {status}.")


def _crash(machine: Machine, service: str) -> float:
    """Its first process gone as if the kernel had ended it. Seconds until service and school are well again."""
    before = machine.inspect(service)
    os.kill(before["Pid"], signal.SIGKILL)
    _seconds_until(lambda: machine.inspect(service)["StartedAt"] != before["StartedAt"], f"another {service}")
    return _seconds_until(lambda: machine.is_well(service) and _serves(), f"{service} is well again")


def _stand_still(machine: Machine) -> float:
    machine.compose("pause", "database")
    try:
        time.sleep(STANDSTILL)
    finally:
        machine.compose("unpause", "database")
    return _seconds_until(_serves, "the school after the database stood still")


def _bring_back(first: Machine, second: Machine) -> dict[str, float]:
    """README's commands, with the repository copied from one volume to the other as from one disk to the other."""
    for name in ("deploy/secrets", "deploy/kimdong.env"):
        source, goal = first.folder / name, second.folder / name
        shutil.copytree(source, goal) if source.is_dir() else shutil.copy(source, goal)
    first.compose("down")
    second.compose("create", "--build", "worker")
    carry = ["docker", "run", "--rm", "--user", "root", "--network", "none"]
    carry += [
        "-v",
        f"{first.project}_backups:/from:ro",
        "-v",
        f"{second.project}_backups:/to",
        "kimdong-rehearsal",
    ]
    subprocess.run([*carry, "cp", "-a", "/from/.", "/to/"], check=True, capture_output=True)
    begin = time.monotonic()
    second.compose("run", "--build", "--rm", "restore", files=("deploy/restore.yml", "rehearsal-restore.yml"))
    restored = round(time.monotonic() - begin, 1)
    begin = time.monotonic()
    second.compose("up", "--detach", "--build", "--wait")
    _seconds_until(_serves, "the school on the second machine")
    return {"restored": restored, "serves_after": round(time.monotonic() - begin, 1)}


@contextmanager
def _machines() -> Iterator[tuple[Machine, Machine]]:
    """Two, gone at the end with all they held. The image that they built goes back to what it was."""
    with tempfile.TemporaryDirectory(prefix="kimdong-compose-") as name:
        machines = [_machine(Path(name) / each, f"kimdong-bench-{each}") for each in ("first", "second")]
        try:
            yield machines[0], machines[1]
        finally:
            for machine in machines:
                (machine.folder / "deploy/secrets").mkdir(exist_ok=True)
                machine.compose("down", "--volumes", "--timeout", "5")


def rehearse() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with _machines() as (first, second):
        subprocess.run([first.folder / "deploy/make-secrets"], check=True, capture_output=True)
        begin = time.monotonic()
        first.compose("build")
        found["built_s"] = round(time.monotonic() - begin, 1)
        begin = time.monotonic()
        first.compose("up", "--detach", "--wait")
        found["all_well_s"] = round(time.monotonic() - begin, 1)
        print(f"· all services are well after {found['all_well_s']} s", flush=True)
        _found(first)
        _seconds_until(lambda: first.sql(PROVEN) != "0", "the backup of an empty system")
        empty = first.sql(PROVEN)
        first.compose("exec", "-T", "web", "python", "manage.py", "shell", "-v0", "-c", BACK_UP)
        found["backup_proven_s"] = _seconds_until(
            lambda: first.sql(PROVEN) != empty, "a backup of the school"
        )
        for service in SERVICES:
            found[f"{service}_killed_s"] = _crash(first, service)
            print(f"· {service} killed: well again after {found[f'{service}_killed_s']} s", flush=True)
        found["database_stood_still_s"] = _stand_still(first)
        people = first.sql(KNOWN)
        found |= {f"second_{what}_s": seconds for what, seconds in _bring_back(first, second).items()}
        if second.sql(KNOWN) != people or not people:
            raise NotWell("The second machine knows other people than the first.")
        second.compose("exec", "-T", "web", "python", "manage.py", "verify_audit")
    return found


def main() -> None:
    found = rehearse()
    latest.keep({"compose": found})
    for what, seconds in found.items():
        print(f"{what.removesuffix('_s').replace('_', ' '):<40}{seconds:>8} s")


if __name__ == "__main__":
    main()
