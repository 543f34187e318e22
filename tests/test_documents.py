"""Documents that name files, decisions and versions stay true to what is there."""

import re
from pathlib import Path

import pytest

from kimdong.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
FOR_ENGINEERS = (
    "docs/architecture.md",
    "docs/adding-a-report.md",
    "docs/adding-a-rule-set.md",
    "docs/adding-a-role.md",
    "docs/releasing.md",
    "docs/many-schools.md",
    "docs/rehearsal.md",
)
DECISIONS = ROOT / "docs/decisions"
# A path with a folder of the project, in a text, a table or a diagram: of a file whole, of a folder with its slash.
NAMED = re.compile(
    r"(?<![\w/.…-])((?:accounts|students|gradebook|approvals|reports|kimdong|bench|tests|docs|deploy|scripts|static"
    r"|templates)/(?:[\w.-]+/)*(?:[\w-]+\.(?:py|md|js|json|html|yml|service)|(?=[\s`,;)])))"
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FOR_ENGINEERS)
def test_every_path_that_a_page_for_engineers_names_is_there(name):
    named = set(NAMED.findall(text_of(name)))
    assert len(named) > 2
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("name", FOR_ENGINEERS)
def test_every_function_named_behind_a_path_is_in_that_file(name):
    named = re.findall(r"([\w/]+\.py): (\w+)\b", text_of(name))
    missing = [f"{path}: {what}" for path, what in named if not re.search(rf"\b{what}\b", text_of(path))]
    assert missing == []


def decisions() -> dict[str, str]:
    """By file its title, without a number."""
    titles = {}
    for path in sorted(DECISIONS.glob("0*.md")):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        titles[path.name] = re.sub(r"^# (?:\d+\. )?", "", first)
    return titles


def test_the_index_of_decisions_has_each_with_its_title():
    wanted = [f"- {name[:4]} [{title}]({name})" for name, title in decisions().items()]
    told = [line for line in text_of("docs/decisions/README.md").splitlines() if line.startswith("- 0")]
    assert told == wanted


def test_readers_find_the_documents_from_the_first_page():
    front = text_of("README.md")
    for name in (*FOR_ENGINEERS, "docs/decisions/README.md", "docs/nang-cap.md", "docs/so-tay-quan-tri.md"):
        assert f"({name})" in front, name


def test_the_present_version_has_its_place_in_the_log_and_in_the_upgrade_notes():
    headings = re.findall(r"^## (.+)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[0].startswith("Chưa phát hành")
    of_it = [
        each
        for each in headings
        if re.fullmatch(
            rf"Chưa phát hành \({re.escape(VERSION)} đang chuẩn bị\)|{re.escape(VERSION)} \(ngày \d\d/\d\d/\d{{4}}\)",
            each,
        )
    ]
    assert len(of_it) == 1
    assert f"\n## Lên {VERSION}\n" in text_of("docs/nang-cap.md")
