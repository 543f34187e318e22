"""`make lint` asks the package index for known weaknesses; here the index is our own."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading

import pytest

from tests.stack import ROOT

ANSWERS = {
    "/pypi/good/1.0/json": [],
    "/pypi/weak/1.0/json": [{"id": "PYSEC-1", "fixed_in": ["1.1"], "withdrawn": None}],
    "/pypi/hopeless/1.0/json": [{"id": "PYSEC-2", "fixed_in": [], "withdrawn": None}],
    "/pypi/cleared/1.0/json": [{"id": "PYSEC-3", "fixed_in": ["2.0"], "withdrawn": "2026-01-01"}],
}


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"vulnerabilities": ANSWERS[self.path]}).encode())

    def log_message(self, *_arguments):
        """Silent."""


@pytest.fixture
def index():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def audit(tmp_path, index, *lines):
    (tmp_path / "scripts").mkdir(exist_ok=True)
    script = shutil.copy(ROOT / "scripts/audit-dependencies", tmp_path / "scripts")
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {**os.environ, "AUDIT_INDEX": index}
    return subprocess.run(
        [sys.executable, script, pinned], env=environment, capture_output=True, text=True, check=False
    )


HASH = "\\\n    --hash=sha256:00"


def test_a_weakness_that_a_newer_version_mends_fails_with_that_version(tmp_path, index):
    done = audit(tmp_path, index, f"good==1.0 {HASH}", f"weak==1.0 {HASH}")
    assert done.returncode == 1
    assert done.stderr == "✗ weak 1.0: PYSEC-1, mended in 1.1\n"


def test_what_nobody_has_mended_or_was_taken_back_does_not_fail(tmp_path, index):
    done = audit(tmp_path, index, f"hopeless==1.0 {HASH}", f"cleared==1.0 {HASH}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_pin_without_hash_fails(tmp_path, index):
    assert audit(tmp_path, index, "good==1.0").stderr == "✗ good: no hash\n"


def test_offline_it_says_so_and_does_not_fail(tmp_path):
    done = audit(tmp_path, "http://127.0.0.1:9", f"weak==1.0 {HASH}")
    assert done.returncode == 0
    assert "not checked" in done.stderr


def test_what_we_ship_is_pinned_with_hashes(tmp_path):
    shipped = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert audit(tmp_path, "http://127.0.0.1:9", *shipped).returncode == 0
