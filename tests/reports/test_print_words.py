"""The papers write one way: the house's «kí», but on học bạ, which has the words of the circular's form."""

from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates" / "reports" / "print"
OF_THE_FORM = {"_transcript_person.html", "_transcript_signatures.html"}


def test_only_the_form_of_the_ministry_writes_ky():
    writing = {each.name for each in TEMPLATES.glob("*.html") if "(Ký" in each.read_text(encoding="utf-8")}
    assert writing == OF_THE_FORM
    for name in OF_THE_FORM:
        assert "(Kí" not in (TEMPLATES / name).read_text(encoding="utf-8")
