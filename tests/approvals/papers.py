"""Evidence files and requests for tests of the correction path: what phones, scanners and attackers make."""

import io
from functools import cache

import pikepdf
from PIL import Image

from approvals import corrections, opinions
from approvals.evidence import CleanFile, clean_evidence
from approvals.models import CorrectionRequest
from gradebook.models import ClassYearEnd
from gradebook.sheets import Field
from gradebook.year_end_rules import State as YearEndState
from tests.gradebook.school import School, change_of, close_window, enter, make_school, open_window

REASON = "Cộng nhầm điểm phần đọc."


def picture(
    kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), colour: str = "white", **saved: object
) -> bytes:
    """A plain picture; `saved` goes to Pillow (exif=…)."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **saved)
    return out.getvalue()


@cache
def cleaned_picture(name: str = "bài.jpg", kind: str = "JPEG") -> CleanFile:
    """A plain picture as it is kept. The process that cleans it (test_evidence) runs once for all tests, not for each
    request that they file."""
    return clean_evidence(name, picture(kind))


def scan(pages: int = 1, **saved: object) -> bytes:
    """A PDF of empty pages; `saved` goes to pikepdf (encryption=…)."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out, **saved)
    return out.getvalue()


def entered_school(**how: int) -> School:
    return with_entries(make_school(**how))


def with_entries(school: School) -> School:
    """7 as the mark and H as the level of 4A's first pupil in Toán GHKI, entered by cô Lan, locked."""
    open_window(school)
    ref = school.sheet()
    enter(ref, school.pupils[0], Field.MARK, "7", by=school.lan)
    enter(ref, school.pupils[0], Field.ATTAINMENT, "H", by=school.lan)
    close_window(school)
    return school


def draft(school: School, value: str = "9", *, pupil: int = 0) -> CorrectionRequest:
    """Cô Lan's draft: the mark of a pupil of 4A in Toán GHKI."""
    ref = school.sheet()
    change = change_of(ref, school.pupils[pupil], Field.MARK, value)
    return corrections.propose(ref, [change], by=school.lan)


def filed(school: School, value: str = "9", *, pupil: int = 0) -> CorrectionRequest:
    """The same, filed with a reason and one picture."""
    request = draft(school, value, pupil=pupil)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    return corrections.file_request(request, reason=REASON, by=school.lan)


def returned(school: School, value: str = "9") -> CorrectionRequest:
    """The same, sent back by cô Hoa for a better picture."""
    return opinions.ask_for_more(filed(school, value), note="Chụp lại trang có điểm.", by=school.hoa)


def approve_class(school: School) -> None:
    """The year's results of 4A count as approved by the principal: her consent is needed from here on."""
    people = {"completed_by": school.lan, "reviewed_by": school.hoa, "approved_by": school.bich}
    ClassYearEnd.objects.create(school_class=school.class_4a, state=YearEndState.APPROVED, **people)


def awaiting(school: School, value: str = "9") -> CorrectionRequest:
    """Approved by cô Hoa after the results of 4A were approved: it waits for cô Bích."""
    approve_class(school)
    return approved(school, value)


def approved(school: School, value: str = "9", *, pupil: int = 0) -> CorrectionRequest:
    """The same, approved by cô Hoa."""
    return corrections.decide(
        filed(school, value, pupil=pupil), approve=True, note="Đúng bài.", by=school.hoa
    )


def applied(school: School, value: str = "9", *, pupil: int = 0) -> CorrectionRequest:
    """The same, carried out by anh Tuấn."""
    return corrections.carry_out(approved(school, value, pupil=pupil), by=school.tuan)
