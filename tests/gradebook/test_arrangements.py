"""Pupils with disabilities: normal, adjusted, exempt, not assessed, line by line (issue 5, part 1; R32 to R34)."""

import datetime
import io
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AdminAction, User
from gradebook.arrangements import ArrangementRefused, Wanted, arrange
from gradebook.computed_results import year_inputs
from gradebook.models import Arrangement, SubjectResult
from gradebook.progress import count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.sheets import get_sheet
from gradebook.workbook_reading import read_sheet
from gradebook.workbooks import write_sheet
from students.models import SchoolClass, Student
from tests.gradebook.school import certify, enter, leave_unassessed, make_school, open_window, value_of

pytestmark = pytest.mark.django_db

PLAN = "KHGDCN lập ngày 10/9/2026, mục III.2"
DECISION = {"decision_no": "12/QĐ-THKĐ", "decision_on": datetime.date(2025, 9, 5)}
Kind = Arrangement.Kind


def the_school():
    school = make_school(pupils=3)
    certify(school.pupils[0])
    return school


@pytest.fixture
def child(school):
    return school.pupils[0]


def wanted(*items, kind=Kind.EXEMPT, period=Period.MID_TERM_1, **more):
    decided = DECISION if kind == Kind.EXEMPT else {}
    return Wanted(items, kind, period, **{"plan": PLAN, **decided, **more})


def exempt(school, *items, **more):
    return arrange(school.pupils[0], school.class_4a, wanted(*items, **more), by=school.tuan)


def sheet(school, code="TOAN", period=Period.MID_TERM_1, by="lan"):
    return get_sheet(User.objects.get(pk=school.people[by].pk), school.class_4a.pk, code, period)


def page(user, name, *args, **posted):
    client = Client()
    client.force_login(user)
    address = reverse(f"gradebook:{name}", args=args)
    return client.post(address, posted) if posted else client.get(address)


def text(answer):
    return " ".join(answer.content.decode().split())


# -- The record -------------------------------------------------------------------------------------------


def test_the_clerk_records_what_is_exempt_under_the_decisions_number_and_day(school, child):
    answer = page(
        school.tuan,
        "arrangements",
        child.pk,
        items=["TOAN", "AN"],
        kind="exempt",
        period="CHKI",
        decision_no="12/QĐ-THKĐ",
        decision_on="05/09/2025",
        plan=PLAN,
    )
    assert answer.status_code == 302
    assert set(Arrangement.objects.values_list("item", "period", "kind")) == {
        ("TOAN", "CHKI", "exempt"),
        ("AN", "CHKI", "exempt"),
    }
    seen = text(page(school.lan, "arrangements", child.pk))
    assert "Quyết định số 12/QĐ-THKĐ ngày 05/09/2025" in seen
    assert "từ cuối học kì I" in seen
    assert f"{school.tuan.full_name} · Văn thư" in seen
    assert "Toán, Nghệ thuật (Âm nhạc)" in AdminAction.objects.get().words


@pytest.mark.parametrize("name", ["lan", "hoa", "bich"])
def test_nobody_but_the_clerk_records_it(school, child, name):
    assert page(school.people[name], "arrangements", child.pk, kind="exempt").status_code == 403
    assert not Arrangement.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"decision_no": ""}, "decision_no"),
        ({"decision_on": None}, "decision_on"),
        ({"decision_on": datetime.date(2100, 1, 1)}, "decision_on"),
        ({"plan": ""}, "plan"),
        ({"kind": Kind.ADJUSTED}, "adjusted"),
        ({"adjusted": "Viết đoạn 2 câu"}, "adjusted"),
    ],
)
def test_what_the_record_lacks_is_named_in_its_field(school, change, field):
    with pytest.raises(ArrangementRefused) as refusal:
        exempt(school, "TOAN", **change)
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_a_pupil_without_a_certificate_is_assessed_like_everybody(school):
    with pytest.raises(ArrangementRefused, match="chưa có giấy xác nhận khuyết tật"):
        arrange(school.pupils[1], school.class_4a, wanted("TOAN"), by=school.tuan)


def test_a_line_that_the_class_does_not_have_cannot_be_exempt(school):
    with pytest.raises(ArrangementRefused, match="lớp em đang học"):
        exempt(school, "TNXH")


def test_the_form_keeps_what_was_typed(school, child):
    answer = page(
        school.tuan, "arrangements", child.pk, items=["TOAN"], kind="exempt", period="CHKI", plan=PLAN
    )
    assert answer.status_code == 422
    assert PLAN in text(answer)
    assert "Ghi số quyết định của Hiệu trưởng" in text(answer)


def test_what_the_form_lacks_is_said_all_at_once(school, child):
    answer = page(school.tuan, "arrangements", child.pk, items=["TOAN"], kind="exempt", period="CHKI")
    assert answer.status_code == 422
    assert "Ghi căn cứ: ngày lập và mục của KHGDCN" in text(answer)
    assert "Ghi số quyết định của Hiệu trưởng" in text(answer)
    assert "Ghi ngày quyết định của Hiệu trưởng" in text(answer)


def test_the_database_keeps_no_exemption_without_a_decision(school, child):
    bare = {"student": child, "year": school.year, "item": "TOAN", "period": "GHKI", "plan": PLAN}
    for kind in ({"kind": "exempt"}, {"kind": "adjusted"}, {"kind": "exempt", "decision_no": "1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Arrangement.objects.create(**bare, **kind)


def test_a_line_with_a_value_is_exempt_from_the_next_period_only(school, child):
    open_window(school)
    enter(school.sheet(), child, "mark", "7", by=school.lan)
    with pytest.raises(ArrangementRefused, match="Toán đã có kết quả từ giữa học kì I"):
        exempt(school, "TOAN")
    exempt(school, "TOAN", period=Period.END_TERM_1)
    assert value_of(school.sheet(), child) == "7"


# -- The sheet --------------------------------------------------------------------------------------------


def test_an_exempt_cell_says_so_and_takes_no_value_by_any_route(school, child):
    open_window(school)
    exempt(school, "TOAN")
    seen = text(page(school.lan, "sheet", school.class_4a.pk, "TOAN", "GHKI"))
    assert (
        f'name="c.{child.pk}.TOAN.mark" value="Miễn" readonly title="Em được miễn theo Quyết định số 12/QĐ-THKĐ'
        in seen
    )
    for field, value in (("mark", "7"), ("attainment", "T"), ("comment", "Em làm tốt.")):
        report = enter(school.sheet(), child, field, value, by=school.lan)
        assert [refused.message for refused in report.refused] == [
            "Em được miễn theo Quyết định số 12/QĐ-THKĐ ngày 05/09/2025 của Hiệu trưởng. Không nhập kết quả."
        ]
    assert not SubjectResult.objects.filter(student=child).exists()


def test_a_plain_form_that_sends_the_word_along_writes_nothing(school, child):
    open_window(school)
    exempt(school, "TOAN")
    other = school.pupils[1]
    answer = page(
        school.lan,
        "sheet",
        *(school.class_4a.pk, "TOAN", "GHKI"),
        **{f"c.{child.pk}.TOAN.mark": "Miễn", f"c.{other.pk}.TOAN.mark": "8"},
    )
    assert answer.status_code == 200
    assert value_of(school.sheet(), other) == "8"


def test_exempt_holds_from_its_period_until_the_next_arrangement(school):
    exempt(school, "TOAN", period=Period.END_TERM_1)
    exempt(school, "TOAN", kind=Kind.NORMAL, period=Period.YEAR_END)
    words = [sheet(school, period=period).rows[0].cells[0].word for period in Period]
    assert words == ["", "Miễn", "Miễn", ""]


def test_what_is_adjusted_stands_beside_the_name_for_whoever_teaches_the_line(school):
    exempt(school, "NN1", kind=Kind.ADJUSTED, adjusted="Chỉ nghe và nói")
    assert "Chỉ nghe và nói" in text(page(school.thu, "sheet", school.class_4a.pk, "NN1", "GHKI"))
    assert "Chỉ nghe và nói" not in text(page(school.lan, "sheet", school.class_4a.pk, "TOAN", "GHKI"))


def test_one_quality_is_exempt_and_its_neighbours_are_not(school):
    exempt(school, "the_chat")
    (cells, *_others) = (row.cells for row in sheet(school, "NLPC").rows)
    assert [cell.column.item for cell in cells if cell.word] == ["the_chat"]


def test_a_pupil_who_is_not_assessed_has_no_cell_to_fill(school, child):
    open_window(school)
    leave_unassessed(child)
    assert {cell.word for cell in sheet(school).rows[0].cells} == {"Không đánh giá"}
    report = enter(school.sheet(), child, "mark", "7", by=school.lan)
    assert "không đánh giá" in report.refused[0].message


def test_values_of_before_stay_closed_and_uncounted_where_a_pupil_is_not_assessed_any_more(school, child):
    open_window(school)
    enter(school.sheet(), child, "attainment", "T", by=school.lan)
    enter(school.sheet(), child, "mark", "5", by=school.lan)
    enter(school.sheet(), child, "comment", "Em đọc tốt.", by=school.lan)
    leave_unassessed(child)
    place = (school.class_4a.pk, "TOAN", "GHKI")
    seen = text(page(school.lan, "sheet", *place))
    assert "không đánh giá: giữ, không tính" in seen
    assert re.search(rf'name="c.{child.pk}.TOAN.mark" value="5" readonly title="Em không đánh giá', seen)
    assert re.search(rf'<textarea name="c.{child.pk}.TOAN.comment" readonly [^>]*> ?Em đọc tốt.<', seen)
    assert seen.count(">không tính</span>") == 3
    assert "0/6 ô" in seen
    assert "thường đi với điểm" not in seen
    kept = {
        f"c.{child.pk}.TOAN.{field}": value for field, value in (("mark", "5"), ("comment", "Em đọc tốt."))
    }
    assert page(school.lan, "sheet", *place, **kept).status_code == 200
    assert value_of(school.sheet(), child) == "5"


def test_who_stops_the_assessment_of_a_pupil_with_values_is_told_of_them_and_answers(school, child):
    open_window(school)
    enter(school.sheet(), child, "mark", "7", by=school.lan)
    address = reverse("students:pupil_edit", args=[child.pk, "exemption"])
    said = {"is_exempt_from_assessment": "on", "exemption_decision_no": "12/QĐ-THKĐ"}
    client = Client()
    client.force_login(school.tuan)
    asked = client.post(address, said | {"exemption_decision_on": "05/09/2025"})
    assert asked.status_code == 422
    assert "Giữa học kì I 1 môn học, hoạt động giáo dục, 0 mục phẩm chất" in text(asked)
    assert not Student.objects.get(pk=child.pk).is_exempt_from_assessment
    doubted = re.search(r'name="doubted" value="(\w+)"', text(asked))[1]
    client.post(address, said | {"exemption_decision_on": "05/09/2025", "doubted": doubted})
    assert Student.objects.get(pk=child.pk).is_exempt_from_assessment


def test_a_line_without_a_test_says_why_it_has_no_column_for_marks(school):
    seen = text(page(school.thu, "sheet", school.class_4a.pk, "NN1", "GHKI"))
    assert "không có bài kiểm tra định kì ở thời điểm này" in seen
    assert "không có bài kiểm tra" not in text(page(school.thu, "sheet", school.class_4a.pk, "NN1", "CN"))


def test_arrangements_cost_the_sheet_no_statement(school):
    client = Client()
    client.force_login(school.lan)
    address = reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])
    counts = []
    for _time in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as statements:
            client.get(address)
        counts.append(len(statements))
        exempt(school, "TOAN")
    assert counts[0] == counts[1]


# -- What is required, and the year's result ----------------------------------------------------------------


def test_what_is_exempt_is_required_nowhere(school):
    exempt(school, "TOAN")
    exempt(school, "the_chat")
    leave_unassessed(school.pupils[2])
    (school_class,) = with_pupil_counts(SchoolClass.objects.filter(pk=school.class_4a.pk))
    counts = count_entered(school.year, [school_class.pk])
    for code, of_all in (("TOAN", 3 * 3), ("NLPC", 3 * 18)):
        ref = school.sheet(code)
        ref = type(ref)(school_class, ref.line, ref.period)
        own = {"TOAN": 3, "NLPC": 1}[code]
        required = of_all - of_all // 3 - own
        assert tally_of(ref, counts).required == required
        assert sheet(school, code).required == required


def test_a_save_counts_what_is_exempt_as_neither_entered_nor_required(school):
    open_window(school)
    exempt(school, "TOAN")
    report = enter(school.sheet(), school.pupils[1], "mark", "8", by=school.lan)
    assert (report.entered, report.required) == (1, 6)


def test_the_years_result_leaves_out_what_is_exempt_at_its_end(school, child):
    exempt(school, "TOAN")
    exempt(school, "AN", kind=Kind.ADJUSTED, adjusted="Chỉ nghe")
    exempt(school, "TV", kind=Kind.EXEMPT)
    exempt(school, "TV", kind=Kind.NORMAL, period=Period.YEAR_END)
    inputs = year_inputs(school.class_4a)
    assert inputs[child.pk].exempt == {"TOAN"}
    assert inputs[school.pupils[1].pk].exempt == frozenset()


# -- Excel ------------------------------------------------------------------------------------------------


def test_the_workbook_says_exempt_and_reads_its_own_word_as_nothing(school):
    exempt(school, "TOAN")
    found = sheet(school)
    data = write_sheet(found)
    page = load_workbook(io.BytesIO(data)).active
    assert page["F2"].value == "Miễn"
    assert "12/QĐ-THKĐ" in page["F2"].comment.text
    assert page["F3"].value is None
    read = read_sheet(data, "toan.xlsx", found.ref, found.rows, by=school.lan)
    assert not read.changes
    assert not read.problems
