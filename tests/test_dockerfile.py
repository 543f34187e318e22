"""The Dockerfiles are linted with everything else, and name no secret; built they are where Docker is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_linting_checks_the_images_too():
    assert "check scripts/check-image\n" in (ROOT / "scripts/lint").read_text(encoding="utf-8")
    assert ".venv/bin/hadolint Dockerfile deploy/proxy.Dockerfile\n" in (
        ROOT / "scripts/check-image"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/proxy.Dockerfile"])
def test_no_secret_is_baked_into_an_image(name):
    baked = re.compile(r"(?im)^\s*(?:ARG|ENV)\b.*(?:password|secret|token)\w*=")
    assert not baked.search((ROOT / name).read_text(encoding="utf-8"))
    assert baked.search("ENV A=b API_TOKEN=abc")
