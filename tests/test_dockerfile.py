"""The Dockerfile by the rules of hadolint that apply to it; hadolint itself is a program that not every machine has
(scripts/check-image runs it where it is, and builds the image where Docker is)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """Instruction and argument, continuation lines joined, comments left out."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    return [
        (word.upper(), rest.strip())
        for word, _, rest in (line.partition(" ") for line in joined.splitlines())
        if word
    ]


def _commands(argument: str) -> list[str]:
    return [each.strip() for each in re.split(r"&&|\|\||;|\|", argument)]


def _run(rule: Callable[[str], bool]) -> Callable[[Instruction], bool]:
    return lambda each: each[0] == "RUN" and any(rule(command) for command in _commands(each[1]))


def _installs(command: str) -> bool:
    return "apt-get" in command and " install" in command


RULES: dict[str, Callable[[Instruction], bool]] = {
    "DL3000 an absolute WORKDIR": lambda each: each[0] == "WORKDIR" and not each[1].startswith("/"),
    "DL3002 not root": lambda each: each == ("USER", "root"),
    "DL3003 WORKDIR instead of cd": _run(lambda command: command.startswith("cd ")),
    "DL3004 no sudo": _run(lambda command: command.startswith("sudo ")),
    "DL3006 a tag": lambda each: each[0] == "FROM" and ":" not in each[1].split()[0],
    "DL3007 not latest": lambda each: each[0] == "FROM" and ":latest" in each[1],
    "DL3009 no lists of apt left": (
        lambda each: "apt-get update" in each[1] and "rm -rf /var/lib/apt/lists" not in each[1]
    ),
    "DL3014 apt-get --yes": _run(lambda command: _installs(command) and "--yes" not in command),
    "DL3015 no recommended packages": _run(
        lambda command: _installs(command) and "--no-install-recommends" not in command
    ),
    "DL3020 COPY instead of ADD": lambda each: each[0] == "ADD",
    "DL3025 CMD as a list": lambda each: each[0] in ("CMD", "ENTRYPOINT") and not each[1].startswith("["),
    "DL3027 apt-get instead of apt": _run(lambda command: command.startswith("apt ")),
    "DL3042 no cache of pip": _run(
        lambda command: "pip install" in command and "--no-cache-dir" not in command
    ),
    "DL3046 no sparse log of a high uid": _run(
        lambda command: "useradd" in command and not re.search(r"--no-log-init|--system", command)
    ),
    "DL4000 no MAINTAINER": lambda each: each[0] == "MAINTAINER",
    "no secret": (
        lambda each: (
            each[0] in ("ARG", "ENV") and bool(re.search(r"(?i)(password|secret|token)\w*=", each[1]))
        )
    ),
}
BAD = """FROM debian
FROM debian:latest
WORKDIR srv
RUN cd /srv && sudo make
RUN apt-get update
RUN apt-get install curl
RUN apt install curl
RUN pip install django
RUN useradd --uid 100000 somebody
ADD . /srv
ENV API_TOKEN=abc
MAINTAINER somebody
USER root
CMD gunicorn
"""


@pytest.mark.parametrize("rule", RULES)
def test_the_dockerfile_keeps_a_rule_that_another_breaks(rule):
    for name in ("Dockerfile", "deploy/proxy.Dockerfile"):
        ours = instructions((ROOT / name).read_text(encoding="utf-8"))
        assert [each for each in ours if RULES[rule](each)] == []
    assert [each for each in instructions(BAD) if RULES[rule](each)]


def test_linting_checks_the_image_too():
    assert "check scripts/check-image\n" in (ROOT / "scripts/lint").read_text(encoding="utf-8")
