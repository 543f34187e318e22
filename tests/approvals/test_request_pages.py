"""The pages of correction requests: who sees them, what they show, what they answer to a wrong or late act."""

import re
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AccessLogEntry, Post
from approvals import corrections
from approvals.evidence import clean_evidence
from approvals.models import CorrectionRequest, Evidence
from approvals.request_pages import may_see_request, visible_requests
from approvals.workflow import State
from gradebook.paper_numbers import request_label
from gradebook.sheets import Field
from tests.approvals.papers import (
    REASON,
    applied,
    approved,
    cleaned_picture,
    draft,
    entered_school,
    filed,
    picture,
    scan,
)
from tests.gradebook.school import CONFIRMED, change_of, close_window, enter, open_window, value_of

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


@pytest.fixture
def as_(client):
    """The client, logged in as the person."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def page_of(request):
    return reverse("approvals:request", args=[request.pk])


def act_of(request, act):
    return reverse("approvals:request_act", args=[request.pk, act])


def propose_url(ref):
    return reverse("approvals:propose", args=[ref.school_class.pk, ref.code, ref.period.value])


def text(response):
    """What a reader sees: the page without tags, white space folded."""
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def photo(name="bài.jpg", content=None):
    return SimpleUploadedFile(name, picture() if content is None else content, content_type="image/jpeg")


# -- Who sees a request ------------------------------------------------------------------------------------

SEES = {"lan", "dung", "bich", "hoa", "tuan", "son"}


@pytest.mark.parametrize("person", ["lan", "minh", "thu", "dung", "ngoc", "bich", "hoa", "tuan", "son"])
def test_a_request_opens_for_those_concerned_and_is_refused_to_others(school, as_, person):
    request = filed(school)
    client = as_(school.people[person])
    expected = 200 if person in SEES else 403
    assert client.get(page_of(request)).status_code == expected
    assert client.get(reverse("approvals:evidence", args=[request.evidence.get().pk])).status_code == expected


def test_the_list_shows_each_person_exactly_what_the_rule_lets_them_see(school):
    own = school.sheet("NN1")
    filed(school)
    corrections.propose(own, [change_of(own, school.pupils[0], Field.ATTAINMENT, "T")], by=school.thu)
    in_grade_1 = school.sheet(school_class=school.class_1a)
    pupil = in_grade_1.school_class.enrolments.first().student
    corrections.propose(in_grade_1, [change_of(in_grade_1, pupil, Field.ATTAINMENT, "T")], by=school.ngoc)
    every = list(CorrectionRequest.objects.select_related("school_class"))
    assert len(every) == 3
    for name, person in school.people.items():
        allowed = {each.pk for each in every if may_see_request(person, each)}
        assert set(visible_requests(person).values_list("pk", flat=True)) == allowed, name


def test_a_visitor_is_sent_to_log_in(school, client):
    assert client.get(page_of(filed(school))).status_code == 302


# -- The list ----------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_and_by_whose_it_is(school, as_):
    draft(school, "8")
    filed(school, "9")
    approved(school, "10")
    client = as_(school.hoa)
    url = reverse("approvals:requests")
    everything = text(client.get(url))
    assert all(f"Phiếu {label}" in everything for label in ("01/2026-2027/PĐN", "02/2026-2027/PĐN"))
    assert "Chờ tôi (1)" in everything
    waiting = text(client.get(url, {"who": "waiting"}))
    assert "Phiếu 01/2026-2027/PĐN" in waiting
    assert "Phiếu 02/2026-2027/PĐN" not in waiting
    only_approved = text(client.get(url, {"state": "approved"}))
    assert "Phiếu 02/2026-2027/PĐN" in only_approved
    assert "Phiếu 01/2026-2027/PĐN" not in only_approved


def test_a_draft_is_its_proposers_alone_and_has_no_number_anywhere(school, as_):
    dropped = corrections.cancel(draft(school, "10"), by=school.lan)
    request = draft(school)
    evidence = corrections.attach(request, cleaned_picture(), by=school.lan)
    url = reverse("approvals:requests")
    client = as_(school.lan)
    assert "Phiếu đề nghị sửa (nháp)" in text(client.get(page_of(request)))
    shown = text(client.get(url))
    assert shown.count("Phiếu nháp · Toán · Lớp 4A") == 2
    assert ("Tất cả (2)" in shown, "Nháp (1)" in shown, "Đã huỷ (1)" in shown) == (True, True, True)
    assert "Phiếu nháp · Toán · Lớp 4A" in text(client.get(reverse("approvals:tasks")))
    for name in ("dung", "bich", "hoa", "tuan", "son"):
        client = as_(school.people[name])
        assert client.get(page_of(request)).status_code == 403, name
        assert client.get(page_of(dropped)).status_code == 403, name
        assert client.get(reverse("approvals:evidence", args=[evidence.pk])).status_code == 403, name
        shown = text(client.get(url))
        assert ("Tất cả (0)" in shown, "Nháp (0)" in shown) == (True, True), name
        assert "Phiếu nháp" not in shown, name
        assert "Phiếu nháp" not in text(client.get(reverse("approvals:tasks"))), name
    refused = text(as_(school.hoa).get(page_of(request)))
    assert "Phiếu này còn là nháp, chưa gửi: chỉ mở cho người lập phiếu." in refused
    assert "Ai giúp được Người lập phiếu" in refused


def test_of_another_persons_draft_for_the_same_cell_nobody_is_told_when_it_is_decided(school, as_):
    request, own = filed(school), draft(school, "8")
    assert "phiếu nháp đang chờ («Nháp»)" in text(as_(school.lan).get(page_of(request)))
    assert "phiếu nháp" not in text(as_(school.hoa).get(page_of(request)))
    corrections.decide(request, approve=True, note="", by=school.hoa)
    assert "nháp" not in corrections.carry_out(request, by=school.tuan).effects
    assert "Có ô đã đổi giá trị từ khi lập phiếu" in text(as_(school.lan).get(page_of(own)))


@pytest.mark.parametrize(
    ("number", "year", "label"),
    [(1, 2025, "01/2025-2026/PĐN"), (1, 2026, "01/2026-2027/PĐN"), (120, 2026, "120/2026-2027/PĐN")],
)
def test_a_number_says_of_which_year_it_is_for_each_year_counts_anew(number, year, label):
    assert request_label(number, year) == label


def test_the_newest_request_stands_first(school, as_):
    for value in ("8", "9", "10"):
        filed(school, value)
    shown = text(as_(school.lan).get(reverse("approvals:requests")))
    assert shown.index("03/2026-2027/PĐN") < shown.index("02/2026-2027/PĐN") < shown.index("01/2026-2027/PĐN")


def test_an_odd_filter_shows_everything(school, as_):
    draft(school)
    shown = text(
        as_(school.lan).get(reverse("approvals:requests"), {"state": "x'", "who": "all", "page": "zwölf"})
    )
    assert "Phiếu nháp" in shown


@pytest.mark.parametrize("count", [1, 7])
def test_the_list_takes_the_same_statements_for_one_request_and_for_many(
    school, as_, django_assert_num_queries, count
):
    for index in range(count):
        filed(school, str(index % 3 + 8), pupil=index % 5)
    client = as_(school.hoa)
    with django_assert_num_queries(6):
        client.get(reverse("approvals:requests"))


# -- From the sheet to a draft -----------------------------------------------------------------------------


def test_typed_cells_become_a_draft_of_those_that_differ(school, as_):
    ref = school.sheet()
    first, second = school.pupils[:2]
    answer = as_(school.lan).post(
        propose_url(ref),
        {
            f"c.{first.pk}.TOAN.mark": "9",
            f"c.{first.pk}.TOAN.attainment": "H",
            f"c.{second.pk}.TOAN.comment": "Tiến bộ rõ.",
        },
    )
    request = CorrectionRequest.objects.get()
    assert answer.url == page_of(request)
    assert set(request.items.values_list("student_id", "field", "old_value", "new_value")) == {
        (first.pk, "mark", "7", "9"),
        (second.pk, "comment", "", "Tiến bộ rõ."),
    }


def test_a_bad_value_comes_back_with_its_reason_and_everything_typed(school, as_):
    ref = school.sheet()
    first, second = school.pupils[:2]
    answer = as_(school.lan).post(
        propose_url(ref), {f"c.{first.pk}.TOAN.mark": "9,5", f"c.{second.pk}.TOAN.comment": "Đọc <b>to</b>."}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="9,5"' in html
    assert "Đọc &lt;b&gt;to&lt;/b&gt;." in html
    assert f'id="c.{first.pk}.TOAN.mark-errors"' in html
    assert reverse("gradebook:sheet", args=[ref.school_class.pk, "TOAN", "GHKI"]) in html
    assert not CorrectionRequest.objects.exists()


def test_while_the_sheet_is_open_the_typed_cells_lead_back_to_it(school, as_):
    open_window(school)
    ref = school.sheet()
    client = as_(school.lan)
    answer = client.post(propose_url(ref), {f"c.{school.pupils[0].pk}.TOAN.mark": "9"})
    assert answer.status_code == 409
    assert "sửa thẳng trên sổ" in text(answer)
    form = dict(re.findall(r'name="([cv]\.[^"]+)"\s+value="([^"]*)"', answer.content.decode()))
    form |= dict(re.findall(r'name="([cv]\.[^"]+)"[^>]*?value="([^"]*)"', answer.content.decode()))
    assert (
        client.post(reverse("gradebook:sheet", args=[ref.school_class.pk, "TOAN", "GHKI"]), form).status_code
        < 400
    )
    assert value_of(ref, school.pupils[0]) == "9"


@pytest.mark.parametrize("person", ["minh", "thu", "hoa", "tuan", "bich", "dung"])
def test_nobody_else_proposes_and_the_attempt_is_logged(school, as_, person):
    answer = as_(school.people[person]).post(
        propose_url(school.sheet()), {f"c.{school.pupils[0].pk}.TOAN.mark": "9"}
    )
    assert answer.status_code == 403
    assert not CorrectionRequest.objects.exists()
    assert AccessLogEntry.objects.filter(kind="refused", user=school.people[person]).exists()


@pytest.mark.parametrize("address", ["9999/TOAN/GHKI", "{}/XXXX/GHKI", "{}/TOAN/GHK9"])
def test_a_sheet_that_does_not_exist_is_not_found(school, as_, address):
    url = f"/approvals/propose/{address.format(school.class_4a.pk)}/"
    assert as_(school.lan).post(url).status_code == 404


# -- The draft ---------------------------------------------------------------------------------------------


def test_reason_and_files_are_filed_in_one_click(school, as_):
    request = draft(school)
    answer = as_(school.lan).post(
        act_of(request, "file"),
        {"code": "wrong_figure", "reason": REASON, "files": [photo(), photo("quét.pdf", scan())]},
    )
    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.reason, request.evidence.count()) == (State.FILED, REASON, 2)


def test_a_refused_file_is_named_and_the_others_and_the_reason_are_kept(school, as_):
    request = draft(school)
    answer = as_(school.lan).post(
        act_of(request, "file"), {"reason": REASON, "files": [photo(), photo("tính.jpg", b"MZ" + bytes(99))]}
    )
    assert answer.status_code == 422
    assert "Tệp «tính.jpg» không phải ảnh JPEG, PNG hoặc tệp PDF" in text(answer)
    request.refresh_from_db()
    assert (request.state, request.reason) == (State.DRAFT, REASON)
    assert list(request.evidence.values_list("name", flat=True)) == ["bài.jpg"]


def test_files_are_kept_on_the_draft_without_filing(school, as_):
    request = draft(school)
    url = reverse("approvals:attach", args=[request.pk])
    client = as_(school.lan)
    assert client.post(url, {"reason": "Nháp.", "files": [photo()]}).status_code == 302
    shown = client.get(page_of(request))
    assert "Nháp." in text(shown)
    assert reverse("approvals:evidence", args=[request.evidence.get().pk]) in shown.content.decode()
    request.refresh_from_db()
    assert request.state == State.DRAFT


def test_a_file_over_the_limit_is_refused_by_name(school, as_, settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    request = draft(school)
    big = photo("lớn.jpg", picture() + bytes(1024 * 1024))
    answer = as_(school.lan).post(reverse("approvals:attach", args=[request.pk]), {"files": [big]})
    assert answer.status_code == 422
    assert "Tệp «lớn.jpg» lớn hơn 1 MB" in text(answer)


def test_a_file_can_be_taken_out_of_a_draft_only(school, as_):
    request = draft(school)
    client = as_(school.lan)
    client.post(reverse("approvals:attach", args=[request.pk]), {"files": [photo()]})
    remove = reverse("approvals:detach", args=[request.evidence.get().pk])
    assert client.post(remove, {"reason": "Giữ lại."}).status_code == 302
    assert not request.evidence.exists()
    request.refresh_from_db()
    assert request.reason == "Giữ lại."
    kept = filed(school).evidence.get()
    assert client.post(reverse("approvals:detach", args=[kept.pk])).status_code == 409
    assert Evidence.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"code": "other", "reason": "", "files": True}, "Ghi lí do sửa"),
        ({"code": "other", "reason": REASON}, "minh chứng"),
        ({"code": "", "reason": REASON, "files": True}, "Chọn loại sai sót"),
        ({"code": "because", "reason": REASON, "files": True}, "Chọn loại sai sót"),
    ],
)
def test_filing_says_what_is_missing_beside_its_field(school, as_, typed, says):
    request = draft(school)
    typed = {**typed, "files": [photo()] if "files" in typed else []}
    answer = as_(school.lan).post(act_of(request, "file"), typed)
    assert answer.status_code == 422
    assert says in text(answer)
    assert 'aria-invalid="true"' in answer.content.decode()


def test_all_that_is_missing_is_said_at_once_each_at_its_field(school, as_):
    request = draft(school)
    client = as_(school.lan)
    for typed in ({}, {"files": [photo("tính.jpg", b"MZ" + bytes(99))]}):
        shown = client.post(act_of(request, "file"), typed).content.decode()
        for field in ("code", "reason", "files"):
            assert f'id="{field}-errors"' in shown
        assert shown.count('aria-invalid="true"') == 3


def test_a_picture_that_is_there_already_is_said_and_stops_nothing(school, as_):
    request = draft(school)
    client = as_(school.lan)
    client.post(reverse("approvals:attach", args=[request.pk]), {"files": [photo()]})
    typed = {"code": "other", "reason": REASON, "files": [photo("lại.jpg")]}
    shown = client.post(act_of(request, "file"), typed, follow=True).content.decode()
    assert "Tệp «lại.jpg» đã có trong phiếu với tên «bài.jpg», không thêm lần nữa." in shown
    request.refresh_from_db()
    assert (request.state, request.evidence.count()) == (State.FILED, 1)


# -- Deciding and carrying out -----------------------------------------------------------------------------


def test_enter_in_the_password_field_decides_nothing(school, as_):
    page = as_(school.hoa).get(page_of(filed(school))).content.decode()
    form = page[page.index("Ý kiến Phó Hiệu trưởng") :]
    buttons = re.findall(r"<button[^>]*>", form)
    assert buttons[0] == '<button type="submit" disabled hidden>'
    assert "btn-primary" in buttons[1]


def test_the_vice_principal_sees_everything_on_one_page_and_decides(school, as_):
    request = filed(school)
    client = as_(school.hoa)
    shown = client.get(page_of(request))
    evidence = reverse("approvals:evidence", args=[request.evidence.get().pk])
    assert f'<img src="{evidence}"' in shown.content.decode().replace("\n", " ").replace("  ", "")
    for part in (
        "Nguyễn Thị Lan",
        "GVCN 4A, môn Toán",
        school.pupils[0].full_name,
        "Điểm KTĐK",
        REASON,
        "Giữa học kì I",
    ):
        assert part in text(shown)
    assert client.post(act_of(request, "approve"), {"note": "Đúng bài.", **CONFIRMED}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.decision_note) == (
        State.APPROVED,
        school.hoa,
        "Đúng bài.",
    )


def test_a_refusal_without_a_reason_keeps_the_page_and_with_one_reaches_the_teacher(school, as_):
    request = filed(school)
    client = as_(school.hoa)
    assert client.post(act_of(request, "refuse"), {"note": "", **CONFIRMED}).status_code == 422
    assert client.post(act_of(request, "refuse"), {"note": "Ảnh mờ.", **CONFIRMED}).status_code == 302
    assert "Ảnh mờ." in text(as_(school.lan).get(page_of(request)))


def test_a_request_that_is_sent_tells_its_writers_browser_what_it_holds(school, as_):
    request = filed(school)
    item = request.items.get()
    told = f'data-cell="{item.student_id}.TOAN.mark" data-value="{item.new_value}"'
    own = as_(school.lan).get(page_of(request)).content.decode()
    assert f'data-taken-over="{school.class_4a.pk}.TOAN.GHKI"' in own
    assert told in own
    assert "taken_over.js" in own
    assert told not in as_(school.hoa).get(page_of(request)).content.decode()


def test_the_clerk_sees_exactly_what_will_be_written_and_writes_it(school, as_):
    request = approved(school, "9")
    client = as_(school.tuan)
    shown = text(client.get(page_of(request)))
    assert "Sẽ ghi vào sổ đúng 1 giá trị sau" in shown
    assert client.post(act_of(request, "apply"), CONFIRMED).status_code == 302
    assert value_of(school.sheet(), school.pupils[0]) == "9"
    after = client.get(page_of(request)).content.decode()
    story = reverse(
        "gradebook:cell_history",
        args=[school.class_4a.pk, "TOAN", "GHKI", school.pupils[0].pk, "TOAN", "mark"],
    )
    assert story in after


def test_the_timeline_tells_who_did_what_in_which_order(school, as_):
    shown = text(as_(school.bich).get(page_of(applied(school))))
    story = shown[shown.index("Diễn biến") :]
    order = ["Thực hiện: đã ghi vào sổ", "Phê chuẩn", "Gửi phiếu", "Thêm minh chứng", "Lập phiếu"]
    assert [story.index(step) for step in order] == sorted(story.index(step) for step in order)
    for who in ("Bùi Anh Tuấn, Văn thư", "Võ Thị Hoa, Phó Hiệu trưởng", "Nguyễn Thị Lan, GVCN 4A, môn Toán"):
        assert who in story


def test_the_story_of_a_cell_has_the_acts_of_its_requests_for_whoever_may_see_these(school, as_):
    applied(school, "9")
    refused = corrections.decide(filed(school, "8"), approve=False, note="Thiếu bài.", by=school.hoa)
    filed(school, "8", pupil=1)
    draft(school, "10")
    place = [school.class_4a.pk, "TOAN", "GHKI", school.pupils[0].pk, "TOAN", "mark"]
    address = reverse("gradebook:cell_history", args=place)
    told = text(as_(school.lan).get(address))
    label = refused.label
    newest_first = [
        "Lập phiếu: phiếu nháp",
        f"Từ chối: phiếu {label} {school.hoa.full_name}, Phó Hiệu trưởng",
        "Thiếu bài.",
        f"Gửi phiếu: phiếu {label} {school.lan.full_name}",
        f"Lập phiếu: phiếu {label}",
        "7 → 9",
        "Phê chuẩn: phiếu 01/2026-2027/PĐN",
        "Gửi phiếu: phiếu 01/2026-2027/PĐN",
    ]
    places = [told.index(each) for each in newest_first]
    assert places == sorted(places)
    assert "03/2026-2027/PĐN" not in told
    assert "phiếu nháp" not in text(as_(school.hoa).get(address))


def test_who_reads_a_colleagues_sheet_is_told_nothing_there_of_requests_that_are_not_theirs(school, as_):
    ref = school.sheet("NN1")
    change = change_of(ref, school.pupils[0], Field.ATTAINMENT, "T")
    request = corrections.propose(ref, [change], by=school.thu)
    corrections.attach(request, cleaned_picture(), by=school.thu)
    request = corrections.file_request(request, reason=REASON, by=school.thu)
    place = [school.class_4a.pk, "NN1", "GHKI", school.pupils[0].pk, "NN1", "attainment"]
    address = reverse("gradebook:cell_history", args=place)
    assert f"Gửi phiếu: phiếu {request.label}" in text(as_(school.thu).get(address))
    answer = as_(school.lan).get(address)
    assert answer.status_code == 200
    assert request.label not in text(answer)


@pytest.mark.parametrize(
    ("pupil", "shown"), [(0, '<span class="was">7</span>'), (1, '<span class="muted">(chưa ghi)</span>')]
)
def test_only_a_value_that_stood_there_is_struck_through(school, as_, pupil, shown):
    page = as_(school.hoa).get(page_of(filed(school, "9", pupil=pupil))).content.decode()
    assert re.search(r'data-label="Đã ghi">(.*?)</td>', page, re.DOTALL)[1].strip() == shown


def test_a_value_that_changed_meanwhile_is_said_in_red_with_who_and_stops_the_clerk(school, as_):
    request = approved(school, "9")
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "8", by=school.lan)
    close_window(school)
    client = as_(school.tuan)
    shown = text(client.get(page_of(request)))
    assert "Nay trong sổ là «8», do Nguyễn Thị Lan ghi lúc" in shown
    assert "phiếu này không thực hiện được nữa. Giáo viên cần huỷ phiếu" in shown
    assert "Sẽ ghi vào sổ" not in shown
    assert "Văn thư ghi các giá trị" not in shown
    assert "Thực hiện" not in re.findall(
        r"<button[^>]*>(.*?)</button>", client.get(page_of(request)).content.decode()
    )
    answer = client.post(act_of(request, "apply"), CONFIRMED)
    assert answer.status_code == 409
    assert "không còn như lúc lập phiếu" in text(answer)
    assert value_of(school.sheet(), school.pupils[0]) == "8"


def test_two_open_requests_for_one_cell_name_each_other(school, as_):
    first, second = filed(school, "9"), filed(school, "8")
    alone = draft(school, "8", pupil=1)
    cell = f"{school.pupils[0].full_name} (Điểm KTĐK) còn ở phiếu"
    own = text(as_(school.lan).get(page_of(second)))
    assert f"{cell} {first.label} đang chờ («Đã gửi, chờ phê chuẩn»)" in own
    assert "huỷ phiếu thừa" in own
    client = as_(school.hoa)
    form = client.get(page_of(first)).content.decode().split("Phó Hiệu trưởng</h2>")[1]
    first_button = re.search(r"<button[^>]*>", form)
    assert "disabled" in first_button[0]  # Enter in the password's field answers nothing
    assert f"{cell} {second.label} đang chờ" in text(client.get(page_of(first)))
    assert "còn ở phiếu" not in text(client.get(page_of(alone)))
    corrections.cancel(second, note="Không cần nữa.", by=school.lan)
    assert "còn ở phiếu" not in text(client.get(page_of(first)))


def test_an_act_on_a_state_that_has_passed_says_which_state_it_is_now(school, as_):
    request = filed(school)
    corrections.decide(request, approve=False, note="Ảnh mờ.", by=school.hoa)
    answer = as_(school.hoa).post(act_of(request, "approve"), {"note": "", **CONFIRMED})
    assert answer.status_code == 409
    assert "nay ở trạng thái «Bị từ chối»" in text(answer)


@pytest.mark.parametrize("person", ["dung", "bich", "tuan", "son", "lan"])
def test_the_wrong_person_is_refused_and_logged(school, as_, person):
    request = filed(school)
    answer = as_(school.people[person]).post(act_of(request, "approve"), {"note": "", **CONFIRMED})
    assert answer.status_code == 403
    request.refresh_from_db()
    assert request.state == State.FILED
    entry = AccessLogEntry.objects.get(kind="refused", user=school.people[person])
    assert entry.path == act_of(request, "approve")


@pytest.mark.parametrize("act", ["file", "approve", "refuse", "apply", "cancel"])
def test_an_outsider_is_refused_whatever_the_act(school, as_, act):
    request = filed(school)
    assert as_(school.minh).post(act_of(request, act), {"note": "x"}).status_code == 403


def test_a_teacher_who_is_also_vice_principal_is_not_offered_a_decision_on_the_own_request(school, as_):
    Post.objects.create(holder=school.lan, kind=Post.Kind.VICE_PRINCIPAL, starts_on=school.year.starts_on)
    request = filed(school)
    client = as_(school.lan)
    assert act_of(request, "approve") not in client.get(page_of(request)).content.decode()
    assert client.post(act_of(request, "approve"), {"note": "", **CONFIRMED}).status_code == 403


def test_acts_are_posted_and_known(school, as_):
    request = filed(school)
    client = as_(school.hoa)
    assert client.get(act_of(request, "approve")).status_code == 405
    assert client.post(act_of(request, "open")).status_code == 404


def test_a_teacher_takes_a_request_back(school, as_):
    request = filed(school)
    assert as_(school.lan).post(act_of(request, "cancel"), {"cancel_note": "Không cần."}).status_code == 302
    request.refresh_from_db()
    assert request.state == State.CANCELLED


@pytest.mark.parametrize("cells", [1, 5])
def test_a_request_takes_the_same_statements_for_one_cell_and_for_many(
    school, as_, django_assert_num_queries, cells
):
    ref = school.sheet()
    changes = [change_of(ref, pupil, Field.MARK, "9") for pupil in school.pupils[:cells]]
    request = corrections.propose(ref, changes, by=school.lan)
    client = as_(school.lan)
    with django_assert_num_queries(11):
        client.get(page_of(request))
    corrections.attach(request, cleaned_picture(), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    client = as_(school.hoa)
    with django_assert_num_queries(13):
        client.get(page_of(request))


# -- Evidence goes out -------------------------------------------------------------------------------------


def test_evidence_is_handed_out_harmless_and_the_look_is_logged(school, as_):
    evidence = filed(school).evidence.get()
    answer = as_(school.hoa).get(reverse("approvals:evidence", args=[evidence.pk]))
    assert len(answer.content) == evidence.size
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("inline")
    entry = AccessLogEntry.objects.get(kind="evidence_opened")
    assert (entry.user, entry.target) == (school.hoa, f"Minh chứng {evidence.pk} của phiếu 01/2026-2027/PĐN")


def test_a_pdf_is_saved_for_no_browser_shows_one_in_a_sandbox(school, as_):
    request = draft(school, "10", pupil=1)
    corrections.attach(request, clean_evidence("biên bản.pdf", scan()), by=school.lan)
    answer = as_(school.lan).get(reverse("approvals:evidence", args=[request.evidence.get().pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue().startswith(b"%PDF")


def test_a_look_that_is_not_allowed_says_who_may_and_is_logged_as_a_refusal(school, as_):
    evidence = filed(school).evidence.get()
    addresses = [
        reverse("approvals:evidence", args=[evidence.pk]),
        reverse("approvals:request", args=[evidence.request_id]),
    ]
    for address in addresses:
        refused = as_(school.minh).get(address)
        assert refused.status_code == 403
        assert "Phó Hiệu trưởng" in refused.content.decode()
    entries = AccessLogEntry.objects.order_by("pk").values_list("kind", "user__username", "path")
    assert list(entries) == [("refused", "minh", address) for address in addresses]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bài.pdf.exe", "bài.pdf.png"),
        ("../../etc/passwd", "passwd.png"),
        ('a"; filename="b.html', "a__ filename__b.png"),
        (".png", "png.png"),
        ("x" * 140 + ".png", "x" * 100 + ".png"),
    ],
)
def test_the_name_of_a_download_is_safe_and_ends_as_its_content_is(school, as_, name, shown):
    evidence = filed(school).evidence.get()
    Evidence.objects.filter(pk=evidence.pk).update(name=name, kind="image/png")
    answer = as_(school.hoa).get(reverse("approvals:evidence", args=[evidence.pk]))
    header = unquote(answer["Content-Disposition"]).replace("filename*=utf-8''", "filename=")
    assert header.removeprefix("inline; filename=").strip('"') == shown


def test_a_file_lost_from_the_disk_is_not_found_rather_than_an_error(school, as_):
    evidence = filed(school).evidence.get()
    evidence.file.storage.delete(evidence.file.name)
    assert as_(school.hoa).get(reverse("approvals:evidence", args=[evidence.pk])).status_code == 404


# -- A form that is older than what stands -----------------------------------------------------------------


def shown_versions(client, ref):
    page = client.get(reverse("gradebook:sheet", args=[ref.school_class.pk, "TOAN", "GHKI"]) + "?propose=1")
    return re.search(r'name="v" value="([^"]*)"', page.content.decode())[1]


def test_a_form_opened_before_a_correction_does_not_take_it_back(school, as_):
    ref = school.sheet()
    first, second = school.pupils[:2]
    client = as_(school.lan)
    form = {"v": shown_versions(client, ref), f"c.{first.pk}.TOAN.mark": "7", f"c.{second.pk}.TOAN.mark": "8"}
    applied(school, "9")
    client.post(propose_url(ref), form)
    request = CorrectionRequest.objects.latest("pk")
    assert [(item.student_id, item.new_value) for item in request.items.all()] == [(second.pk, "8")]


def test_a_value_typed_over_one_that_has_moved_on_is_asked_again_with_both_in_view(school, as_):
    ref = school.sheet()
    first, second = school.pupils[:2]
    client = as_(school.lan)
    form = {"v": shown_versions(client, ref), f"c.{first.pk}.TOAN.mark": "6", f"c.{second.pk}.TOAN.mark": "8"}
    applied(school, "9")
    answer = client.post(propose_url(ref), form)
    assert answer.status_code == 409
    assert "đã ghi «9»" in text(answer)
    html = answer.content.decode()
    again = dict(re.findall(r'name="([cv]\.[^"]+)"[^>]*?value="([^"]*)"', html))
    assert (again[f"c.{first.pk}.TOAN.mark"], again[f"c.{second.pk}.TOAN.mark"]) == ("6", "8")
    client.post(propose_url(ref), again)
    request = CorrectionRequest.objects.latest("pk")
    assert set(request.items.values_list("old_value", "new_value")) == {("9", "6"), ("", "8")}
