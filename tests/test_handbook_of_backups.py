"""What the page «Hướng dẫn sao lưu, khôi phục» tells is what docs/sao-luu.md tells, word by word."""

import re
from html import unescape

from django.conf import settings

PAGE = settings.BASE_DIR / "templates/accounts/backups_help.html"
FILE = settings.BASE_DIR / "docs/sao-luu.md"


def plain(text):
    """Without mark-up, and without names of files and services in brackets, which only an administrator is told."""
    without = re.sub(r"\s*\(`[^)]*`\)|\*\*«?|»?\*\*", "", text)
    return " ".join(unescape(re.sub(r"<[^>]+>|[«»]", "", without)).split())


def told_by_the_page():
    page = PAGE.read_text(encoding="utf-8")
    return [
        plain(part)
        for part in re.findall(r"<(?:h2|li|th scope=\"row\"|td)>(.*?)</(?:h2|li|th|td)>", page, re.DOTALL)
    ]


def told_by_the_file():
    """Headings, steps, cells of the table below its head, points."""
    text = re.sub(r"\n  +", " ", FILE.read_text(encoding="utf-8"))
    told = []
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| Trang ghi"):
            told += [plain(cell) for cell in line.strip("|").split("|")]
        elif found := re.match(r"(?:## |\d\. |- )(.*)", line):
            told.append(plain(found[1]))
    return told


def test_page_and_file_about_backups_say_the_same():
    page = [each for each in told_by_the_page() if "Hướng dẫn" not in each and each != "Sao lưu"]
    assert page == told_by_the_file()
    assert len(page) > 25
