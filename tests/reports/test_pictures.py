"""Every form that the school prints looks as it did when somebody looked at it and approved (issue 7, part 4).

Each is drawn from the same invented content on the same day. `make pictures` after a form was changed on purpose.
"""

import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.timezone import make_aware

from accounts.models import User
from approvals import inspections
from approvals.correction_register_views import read_asked
from approvals.data_incidents import Found, Told, record_incident
from approvals.data_purposes import begin_register
from approvals.inspection_workflow import InspectionAct
from approvals.models import Inspection
from approvals.reconciliations import month_of
from approvals.signature_register import read_register
from gradebook.handovers import read_record
from gradebook.models import EntryOrder
from gradebook.regulation import Period
from gradebook.year_end import read_rows
from gradebook.year_end_list_views import ShownList
from gradebook.year_end_lists import Kind as YearEndList
from gradebook.year_end_lists import pupil_list
from reports import pdf
from reports.consent_slips import consent_paper, read_consent_slips
from reports.correction_papers import correction_pdf, paper_of_register, read_correction_paper
from reports.data_incident_papers import incident_pdf, read_incident_paper
from reports.decision_binding import PaperManuscript
from reports.decision_papers import read_certificates, read_decision_paper
from reports.handover_records import paper_of, paper_pdf
from reports.inspection_minutes import minutes_pdf, read_minutes
from reports.list_papers import list_paper
from reports.monthly_reports import monthly_pdf, read_monthly_paper
from reports.movement_report import KIND
from reports.official_papers import board_pdf, order_pdf, read_board
from reports.pack_binding import TEMPLATE as PACK
from reports.pack_binding import PackManuscript
from reports.parent_papers import LIST, SLIPS, parent_paper, read_papers
from reports.report_files import report_paper
from reports.report_kind import Moment
from reports.transfer_packs import read_pack
from reports.unsigned_books import read_unsigned_paper, unsigned_pdf
from students.models import Student
from tests import pictures
from tests.approvals import test_inspections, test_reconciliations
from tests.approvals.kept import the_board, the_plan
from tests.approvals.papers import applied, entered_school
from tests.approvals.signed_books import complete_school, sign
from tests.gradebook import test_decisions
from tests.gradebook.next_year import decide, make_ending
from tests.gradebook.school import make_school, open_window
from tests.gradebook.test_handovers import signed
from tests.gradebook.year_end import confirm, ended_school
from tests.pictures import approved_names, assert_as_approved
from tests.reports import sample_books, sample_own_books, sample_slips, test_transfer_packs
from tests.students.test_attendance import at

DAY = datetime.date(2026, 11, 20)

NAMES = {
    "class_table": ("bang-lop-2", "bang-lop-3-giua-ki", "bang-lop-5"),
    "transcript": ("hoc-ba", "hoc-ba-dai-nhat", "hoc-ba-thong-tu-22"),
    "slip": ("phieu-ket-qua",),
    "own_front": ("so-ca-nhan-bia",),
    "own_sheet": ("so-ca-nhan-mon", "so-ca-nhan-pcnl"),
    "order": ("lenh-mo",),
    "board": ("ban-quan-li",),
    "correction_request": ("phieu-sua",),
    "correction_register": ("so-theo-doi-sua",),
    "decision": ("quyet-dinh",),
    "certificates": ("giay-khen",),
    "parent_slips": ("phieu-phu-huynh",),
    "consent_slips": ("phieu-dong-y",),
    "parent_list": ("danh-sach-phu-huynh",),
    "handover": ("ban-giao",),
    "inspection_minutes": ("bien-ban-kiem-tra",),
    "monthly_report": ("bao-cao-thang",),
    "data_incident": ("su-co-du-lieu",),
    "figures": ("bien-dong-si-so",),
    "pupil_list": ("danh-sach-len-lop",),
    "unsigned_books": ("so-chua-ki",),
    "transfer_pack": ("ho-so-chuyen-truong",),
}
"""The pictures of each template."""


@pytest.fixture(autouse=True)
def _codes_of_the_content_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code at the foot is of the form's style sheets too: each change of one would change every picture."""
    monkeypatch.setattr(
        pdf, "content_hash", lambda content: hashlib.sha256(repr(content).encode()).hexdigest()
    )


def again(person: User) -> User:
    """Read anew: powers are remembered on the object."""
    return User.objects.get(pk=person.pk)


def test_every_form_has_an_approved_picture_and_every_picture_a_form() -> None:
    folder = settings.BASE_DIR / "templates" / "reports" / "print"
    assert {file.stem for file in folder.glob("[!_]*.html")} == set(NAMES)
    assert approved_names() == {name for names in NAMES.values() for name in names}


def test_one_figure_in_small_type_is_found_where_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pictures, "FOUND", tmp_path)
    monkeypatch.delenv("KIMDONG_APPROVE_PICTURES", raising=False)
    slip = sample_slips.slip()
    first, *others = slip.subjects
    (level, mark), *later = first.told
    assert mark != "3"
    changed = replace(slip, subjects=(replace(first, told=((level, "3"), *later)), *others))
    with pytest.raises(AssertionError, match=r"phieu-ket-qua-1\.png: another look") as found:
        assert_as_approved("phieu-ket-qua", pdf.render_slip(changed))
    # The table, far above the foot with the code of the content.
    assert int(re.findall(r"around \d+, (\d+)", str(found.value))[0]) < 300
    assert (tmp_path / "phieu-ket-qua-1-difference.png").exists()


# -- Books: of invented content ------------------------------------------------------------------------------


def test_class_tables_in_their_three_layouts() -> None:
    assert_as_approved("bang-lop-2", pdf.render_class_table(sample_books.class_table(2, pupils=12)))
    assert_as_approved(
        "bang-lop-3-giua-ki", pdf.render_class_table(sample_books.class_table(3, "Giữa học kì I", pupils=12))
    )
    assert_as_approved("bang-lop-5", pdf.render_class_table(sample_books.class_table(5)))


def test_transcripts_the_longest_too() -> None:
    assert_as_approved("hoc-ba", pdf.render_transcript(sample_books.transcript(3, 4)))
    assert_as_approved("hoc-ba-dai-nhat", pdf.render_transcript(sample_books.longest_transcript()))


def test_a_transcript_with_a_year_before_the_circular_of_today() -> None:
    assert_as_approved("hoc-ba-thong-tu-22", pdf.render_transcript(sample_books.transcript_with_old_year()))


def test_a_slip() -> None:
    assert_as_approved("phieu-ket-qua", pdf.render_slip(sample_slips.slip()))


def test_a_teachers_own_book() -> None:
    sheets = (sample_own_books.own_sheet(), sample_own_books.own_sheet(of_traits=True, pupils=12))
    front, *_sheets = sample_own_books.own_book(*sheets).parts
    assert_as_approved("so-ca-nhan-mon", pdf.render_own_sheet(sheets[0]))
    assert_as_approved("so-ca-nhan-pcnl", pdf.render_own_sheet(sheets[1]))
    assert_as_approved("so-ca-nhan-bia", pdf.render_own_front(front))


# -- Documents: of a small school on one day -----------------------------------------------------------------


@pytest.fixture
def on_the_day(db: None) -> Iterator[None]:
    with at(DAY):
        yield


@pytest.mark.usefixtures("on_the_day")
def test_an_order_and_the_decision_on_the_board() -> None:
    school = make_school(pupils=1)
    opens = make_aware(datetime.datetime.combine(DAY, datetime.time(8)))
    order = open_window(school).order
    EntryOrder.objects.filter(pk=order.pk).update(
        opens_at=opens, closes_at=opens + datetime.timedelta(days=5)
    )
    _title, paper = order_pdf(EntryOrder.objects.select_related("year").get(pk=order.pk))
    assert_as_approved("lenh-mo", paper)
    the_plan(school)
    assert_as_approved("ban-quan-li", board_pdf(read_board(the_board(school))))


@pytest.mark.usefixtures("on_the_day")
def test_a_correction_request_and_the_register() -> None:
    school = entered_school()
    request = applied(school)
    clerk = again(school.tuan)
    assert_as_approved("phieu-sua", correction_pdf(read_correction_paper(clerk, request)))
    asked = read_asked(clerk, {"year": str(school.year.pk)})
    assert_as_approved("so-theo-doi-sua", paper_of_register(clerk, asked).drawn())


@pytest.mark.usefixtures("on_the_day")
def test_a_decision_and_its_certificates() -> None:
    school = test_decisions.approved(ended_school())
    decision = test_decisions.issued(school)
    for name, content in (
        ("quyet-dinh", read_decision_paper(decision)),
        ("giay-khen", read_certificates(decision, None)),
    ):
        manuscript = PaperManuscript(content)
        ((template, context, _pupils),) = manuscript.sheets
        assert_as_approved(name, pdf.render(template, context, title=manuscript.title))


@pytest.mark.usefixtures("on_the_day")
def test_papers_for_parents() -> None:
    school = make_school(pupils=2)
    papers = read_papers(school.class_4a, printed_by=school.lan.full_name)
    assert_as_approved("phieu-phu-huynh", parent_paper(papers, SLIPS).drawn())
    assert_as_approved("danh-sach-phu-huynh", parent_paper(papers, LIST).drawn())


@pytest.mark.usefixtures("on_the_day")
def test_slips_of_consent_for_a_child_of_seven_and_for_one_who_is_younger() -> None:
    school = make_school(pupils=2)
    begin_register(by=again(school.tuan))
    Student.objects.filter(pk=school.pupils[1].pk).update(birth_year=DAY.year - 6)
    slips = read_consent_slips(school.class_4a, printed_by=school.lan.full_name)
    assert [each.asks_child for each in slips.slips] == [True, False]
    assert_as_approved("phieu-dong-y", consent_paper(slips).drawn())


@pytest.mark.usefixtures("on_the_day")
def test_a_record_of_handover() -> None:
    ending = make_ending()
    with at(datetime.date(ending.school.year.year + 1, 5, 28)):
        decide(ending)
        signed(ending)
        assert_as_approved("ban-giao", paper_pdf(paper_of(read_record(ending.school.class_4a))))


@pytest.mark.usefixtures("on_the_day")
def test_minutes_of_an_inspection_with_its_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections.secrets, "token_hex", lambda size: "5eed" * (size // 2))
    school = entered_school()
    inspection = test_inspections.check(school, classes=[school.class_4a, school.class_4b], drawn_per_class=2)
    inspections.end_inspection(inspection, InspectionAct.CLOSE, text="Không sai sót.", by=again(school.hoa))
    found = Inspection.objects.select_related("year", "opened_by", "closed_by").get(pk=inspection.pk)
    assert_as_approved("bien-ban-kiem-tra", minutes_pdf(read_minutes(found)))


@pytest.mark.usefixtures("on_the_day")
def test_the_notice_of_a_breach_of_personal_data() -> None:
    at = make_aware(datetime.datetime.combine(DAY - datetime.timedelta(days=1), datetime.time(15)))
    found = Found("Chiều 19/11/2026, thư điện tử của trường", at, "Phụ huynh báo")
    told = Told(
        "Gửi nhầm danh sách lớp.", "Họ tên, số điện thoại.", 34, "Chưa thấy.", "Đã thu hồi.", "Văn thư"
    )
    incident = record_incident(found, told, by=again(make_school(pupils=1).tuan))
    assert_as_approved("su-co-du-lieu", incident_pdf(read_incident_paper(incident)))


@pytest.mark.usefixtures("on_the_day")
def test_a_monthly_report() -> None:
    check = test_reconciliations.closed(entered_school())
    assert check.month == month_of(DAY)
    assert_as_approved("bao-cao-thang", monthly_pdf(read_monthly_paper(check, by=check.closed_by)))


@pytest.mark.usefixtures("on_the_day")
def test_a_report_of_figures() -> None:
    school = make_school()
    moment = Moment(school.year, Period.END_TERM_1)
    paper = report_paper(moment, KIND.read(moment), lock_state="Sổ chưa khoá.")
    assert_as_approved("bien-dong-si-so", paper.drawn())


@pytest.mark.usefixtures("on_the_day")
def test_a_list_of_the_years_end() -> None:
    school = ended_school()
    confirm(school)
    rows = read_rows([school.class_1a])
    shown = ShownList(
        pupil_list(YearEndList.PROMOTED, rows),
        school.year,
        [school.year],
        [school.class_1a],
        school.class_1a,
    )
    assert_as_approved("danh-sach-len-lop", list_paper(shown).drawn())


@pytest.mark.usefixtures("on_the_day")
def test_what_a_pupil_who_leaves_takes_along() -> None:
    school = make_school(pupils=2)
    movement = test_transfer_packs.transfer(school)
    assert movement.student == Student.objects.get(pk=school.pupils[0].pk)
    manuscript = PackManuscript(read_pack(movement))
    assert_as_approved("ho-so-chuyen-truong", pdf.render(PACK, manuscript.context, title=manuscript.title))


@pytest.mark.usefixtures("on_the_day")
def test_a_list_of_books_without_signature() -> None:
    school = complete_school()
    sign(school.lan, "Toán lớp 4A")
    principal = again(school.bich)
    paper = read_unsigned_paper(read_register(principal, {"period": "GHKI"}), school.year, of=principal)
    assert_as_approved("so-chua-ki", unsigned_pdf(paper))
