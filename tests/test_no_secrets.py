"""No secret is in the repository: the tracked files, searched for what keys and passwords look like."""

import re
import subprocess

import pytest

from tests.stack import ROOT

LOOKS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "database password": r"postgres(?:ql)?://[^\s:/@\"'{}]+:(?![%{$])[^\s@\"'{}]+@",
    "assigned secret": r"(?im)^[^#\n]*\b(?:SECRET_KEY|PASSWORD|TOKEN|API_KEY)\b\s*=\s*"
    r"[\"'](?!password[\"'])[^\"'\s{}$]{8,}[\"']",
}
# Places that hold invented ones: the password that the log-in page of the demo prints, and what tests log in with.
INVENTED = ("tests/", "bench/", "kimdong/demo/accounts.py")
# User and password of an example in a message: nothing opens by them.
EXAMPLES = ("postgresql://user:password@",)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [
        name
        for name in listed.stdout.split("\0")
        if name and not name.startswith(("static/vendor/", "tests/vendor/"))
    ]


@pytest.mark.parametrize(("what", "look"), LOOKS.items())
def test_no_tracked_file_holds_a(what, look):
    invented = INVENTED if what in ("assigned secret", "database password") else ()
    found = {}
    for name in tracked():
        path = ROOT / name
        if name.startswith(invented) or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        hits = [hit[0] for hit in re.finditer(look, text) if not hit[0].startswith(EXAMPLES)]
        if hits:
            found[name] = hits
    assert found == {}


def test_the_search_would_find_one():
    key = "-----BEGIN RSA " + "PRIVATE KEY-----"
    assert re.search(LOOKS["private key"], key)
    assert re.search(LOOKS["assigned secret"], 'SECRET_KEY = "' + "abcdefghij" + '"')
    assert re.search(LOOKS["database password"], "postgresql://school:" + "hunter22@db/school")


@pytest.mark.parametrize("path", ["deploy/secrets/secret_key", "deploy/kimdong.env", ".demo/secret"])
def test_files_with_secrets_are_ignored_by_git(path):
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0
