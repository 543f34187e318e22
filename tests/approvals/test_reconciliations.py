"""Each month the teachers confirm or correct the figures of their data; the clerk resolves and reports (PLAN IV.3)."""

import datetime
import io
import re

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts import clock
from accounts.models import AdminAction, User
from accounts.permissions import may
from accounts.powers import Action
from approvals.models import ReconciliationReply, ReconciliationRound
from approvals.reconciliation_numbers import Numbers, read_numbers
from approvals.reconciliation_report import read_sections, request_numbers
from approvals.reconciliation_workflow import ReplyAct, ReplyState
from approvals.reconciliations import (
    ReconciliationOutdated,
    ReconciliationRefused,
    answer,
    close_round,
    free_months,
    is_own,
    open_round,
    own_replies,
    resolve,
)
from approvals.tasks import read_tasks
from gradebook.models import TeachingAssignment
from gradebook.sheets import Field
from students.attendance_months import month_of, next_month
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from tests.approvals.months import confirm_months, months_before
from tests.approvals.papers import approved, entered_school
from tests.gradebook.school import CONFIRMED, add_pupils, enter, open_window
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WORDS = "Lớp có 6 em, thiếu em chuyển đến hôm qua."


def the_school():
    """Toán GHKI of 4A entered for the first pupil (mark and level) and locked."""
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def opened(school, *, due=3, is_confirmed=True):
    """The clerk's check of this month; three classes, four teachers of lines; the months before are confirmed."""
    month = month_of(clock.today())
    if is_confirmed:
        for school_class in school.year.classes.all():
            confirm_months(school, school_class)
    return open_round(school.year, month, due_on=clock.today() + due * DAY, by=again(school.tuan))


def reply_of(check, *, school_class=None, teacher=None):
    rows = check.replies.select_related("round__year", "school_class__year", "teacher")
    return rows.get(school_class=school_class) if school_class else rows.get(kind="lines", teacher=teacher)


def told(reply, act, by, *, text=""):
    answer(reply, act, seen=read_numbers(reply).digest, text=text, by=again(by))


def answered(school, check):
    """Cô Lan reports a difference of 4A; the others who may answer confirm."""
    for reply in check.replies.select_related("round__year", "school_class__year", "teacher"):
        if reply.school_class_id == school.class_4a.pk:
            told(reply, ReplyAct.REPORT, school.lan, text=WORDS)
        else:
            told(reply, ReplyAct.CONFIRM, reply.teacher)


def closed(school):
    check = opened(school)
    answered(school, check)
    resolve(
        reply_of(check, school_class=school.class_4a), text="Đã ghi em chuyển đến.", by=again(school.tuan)
    )
    return close_round(check, summary="Số liệu khớp.", by=again(school.tuan))


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def as_(client, person):
    client.force_login(person)
    return client


# -- Opening -----------------------------------------------------------------------------------------------


def test_the_clerk_opens_a_month_and_every_class_and_every_teacher_of_lines_is_asked(school, client):
    as_(client, school.tuan)
    page = reverse("approvals:reconciliation_new")
    month = month_of(clock.today())
    shown = client.post(
        page,
        {"month": month.isoformat(), "due_on": (clock.today() + DAY).isoformat(), "note": "Xem kĩ sĩ số."},
        follow=True,
    )
    check = ReconciliationRound.objects.get()
    assert "Chưa trả lời (7)" in text(shown)
    assert {each.school_class.name for each in check.replies.filter(kind="class")} == {"4A", "4B", "1A"}
    lines = check.replies.filter(kind="lines").values_list("teacher__username", flat=True)
    assert set(lines) == {"lan", "minh", "thu", "ngoc"}
    assert month not in free_months(school.year)
    assert AdminAction.objects.filter(words=f"Mở {check.label}").exists()
    start = text(as_(client, school.lan).get("/"))
    # Among what is due first, and in their own list.
    for whose in ("lớp 4A", "các sổ môn học"):
        assert len(re.findall(rf"Đối chiếu số liệu tháng \d\d/\d{{4}}, {whose}", start)) == 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"month": "1999-01-01"}, "chưa tới"),
        ({"due_on": "2001-01-01"}, "Hạn trả lời trong khoảng"),
        ({"due_on": "mai"}, "Hạn trả lời chưa đúng"),
    ],
)
def test_a_bad_form_is_refused_with_a_remedy(school, client, wrong, why):
    values = {"month": month_of(clock.today()).isoformat(), "due_on": clock.today().isoformat()}
    refused = as_(client, school.tuan).post(reverse("approvals:reconciliation_new"), values | wrong)
    assert refused.status_code == 422
    assert why in text(refused)
    assert not ReconciliationRound.objects.exists()


def test_a_month_is_checked_once(school):
    opened(school)
    with pytest.raises(ReconciliationRefused, match="đã có đợt"):
        opened(school)


# -- Answering ---------------------------------------------------------------------------------------------


def test_the_homeroom_teacher_sees_the_figures_of_the_class_and_what_was_confirmed_is_kept(school, client):
    check = opened(school)
    reply = reply_of(check, school_class=school.class_4a)
    page = reverse("approvals:reconciliation_reply", args=[reply.pk])
    shown = text(as_(client, school.lan).get(page))
    for words in (
        "Sĩ số ngày",
        "5 (nữ",
        "Số em vào lớp trong tháng 0",
        "Số ngày nghỉ có phép 0",
        "chưa xác nhận",
        "5/5",
    ):
        assert words in shown, words
    digest = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
    act = reverse("approvals:reconciliation_reply_act", args=[reply.pk, "confirm"])
    assert "Đã xác nhận." in text(client.post(act, {"seen": digest}, follow=True))
    add_pupils(school.class_4a, 1)
    shown = text(client.get(page))
    assert "Số nay đã khác lúc trả lời" in shown
    assert "5 (nữ" in shown
    assert "6 (nữ" in shown


def test_figures_are_the_same_on_another_day(school):
    numbers = read_numbers(reply_of(opened(school), school_class=school.class_4a))
    day = f"{clock.today():%d/%m/%Y}"
    (label,) = [row[0] for row in numbers.rows if day in row[0] and "đầu ngày" not in row[0]]
    moved = [("Sĩ số ngày 01/01/2026" if row[0] == label else row[0], *row[1:]) for row in numbers.rows]
    assert Numbers(numbers.headings, tuple(moved)).says_as(numbers)
    assert not Numbers(numbers.headings, (*moved[:-1], ("Khác", "0"))).says_as(numbers)


def test_the_teacher_of_lines_sees_the_progress_of_the_own_sheets_alone(school):
    reply = reply_of(opened(school), teacher=school.lan)
    numbers = read_numbers(reply)
    assert numbers.headings == ("Sổ", "Sĩ số", "Giữa học kì I (ô đã nhập/phải nhập)")
    assert [row[0] for row in numbers.rows] == ["Tiếng Việt · Lớp 4A", "Toán · Lớp 4A"]
    assert numbers.rows[1][1:] == ("5", "2/15")


def test_figures_that_have_changed_since_the_page_came_are_not_confirmed(school):
    reply = reply_of(opened(school), teacher=school.lan)
    seen = read_numbers(reply).digest
    open_window(school)
    enter(school.sheet(), school.pupils[1], Field.MARK, "8", by=school.lan)
    with pytest.raises(ReconciliationOutdated, match="vừa thay đổi"):
        answer(reply, ReplyAct.CONFIRM, seen=seen, by=again(school.lan))
    reply.refresh_from_db()
    assert (reply.state, reply.numbers) == (ReplyState.WAITING, None)


def test_a_difference_without_words_is_refused_and_keeps_nothing(school, client):
    reply = reply_of(opened(school), school_class=school.class_4a)
    act = reverse("approvals:reconciliation_reply_act", args=[reply.pk, "report"])
    seen = read_numbers(reply).digest
    refused = as_(client, school.lan).post(act, {"seen": seen, "text": " . "})
    assert refused.status_code == 422
    assert "Chưa ghi điều sai khác" in text(refused)
    stale = client.post(act, {"seen": "cũ", "text": WORDS})
    assert stale.status_code == 409
    assert WORDS in text(stale)


def test_whoever_leads_the_class_on_the_day_answers_for_it(school):
    reply = reply_of(opened(school), school_class=school.class_4a)
    HomeroomAssignment.objects.filter(teacher=school.lan).update(teacher=school.thu)
    with pytest.raises(PermissionDenied):
        told(reply, ReplyAct.CONFIRM, school.lan)
    told(reply, ReplyAct.CONFIRM, school.thu)


def test_a_class_is_not_confirmed_while_a_month_of_its_attendance_is_not(school, client):
    check = opened(school, is_confirmed=False)
    first, *_others = months_before(school)
    reply = reply_of(check, school_class=school.class_4a)
    page = reverse("approvals:reconciliation_reply", args=[reply.pk])
    shown = as_(client, school.lan).get(page)
    why = f"Điểm danh tháng {first:%m/%Y}"
    assert f"{why}" in text(shown)
    assert "của lớp chưa xác nhận nên số ngày nghỉ chưa chốt" in text(shown)
    way = reverse("students:attendance_confirm", args=[school.class_4a.pk, first])
    assert f'href="{way}"' in shown.content.decode()
    assert client.get(way).status_code == 200
    assert "Xác nhận số liệu trên là đúng" not in text(shown)
    act = reverse("approvals:reconciliation_reply_act", args=[reply.pk, "confirm"])
    refused = client.post(act, {"seen": read_numbers(reply).digest})
    assert refused.status_code == 422
    assert why in text(refused)
    told(reply_of(check, teacher=school.lan), ReplyAct.CONFIRM, school.lan)
    confirm_months(school, school.class_4a)
    assert "Xác nhận số liệu trên là đúng" in text(client.get(page))
    told(reply, ReplyAct.CONFIRM, school.lan)


def test_a_difference_is_reported_though_a_month_is_not_confirmed(school):
    reply = reply_of(opened(school, is_confirmed=False), school_class=school.class_4a)
    told(reply, ReplyAct.REPORT, school.lan, text=WORDS)
    reply.refresh_from_db()
    assert reply.state == ReplyState.DIFFERS


# -- Resolving and closing ---------------------------------------------------------------------------------


def test_the_whole_story_to_the_report_that_the_principal_opens(school, client):
    check = opened(school)
    answered(school, check)
    reply = reply_of(check, school_class=school.class_4a)
    as_(client, school.tuan)
    assert "Giải quyết sai khác số liệu tháng" in text(client.get("/"))
    page = reverse("approvals:reconciliation", args=[check.pk])
    assert "Còn 1 sai khác chưa giải quyết" in text(client.get(page))
    act = reverse("approvals:reconciliation_reply_act", args=[reply.pk, "resolve"])
    client.post(act, {"text": "Đã ghi em chuyển đến."})
    close = reverse("approvals:reconciliation_close", args=[check.pk])
    assert client.post(close, {"summary": "."}).status_code == 422
    report = text(client.post(close, {"summary": "Số liệu khớp."}, follow=True))
    for words in (
        WORDS,
        "Đã ghi em chuyển đến.",
        "Số liệu khớp.",
        "Toàn trường",
        "Phiếu đề nghị sửa đã gửi 0",
    ):
        assert words in report, words
    before = report[report.index("Cập nhật thông tin học sinh") :]

    add_pupils(school.class_4a, 3)
    as_(client, school.bich)
    assert "của văn thư" in text(client.get("/"))
    after = text(client.get(reverse("approvals:reconciliation_report", args=[check.pk])))
    assert after[after.index("Cập nhật thông tin học sinh") :] == before
    assert "của văn thư" not in text(client.get("/"))

    file = reverse("reports:monthly_report", args=[check.pk])
    client.post(reverse("accounts:confirm"), {"next": file, "lasting": "exports", **CONFIRMED})
    with pypdfium2.PdfDocument(b"".join(client.get(file))) as document:
        paper = " ".join(" ".join(each.get_textpage().get_text_range() for each in document).split())
    for words in ("BÁO CÁO", "Kính gửi: Hiệu trưởng", WORDS, "Bùi Anh Tuấn", "Nơi nhận:"):
        assert words in paper, words


def test_the_report_is_a_workbook_and_a_paper_before_it_is_sent_too_and_says_that_it_is_not(school, client):
    check = opened(school)
    as_(client, school.tuan)
    page = text(client.get(reverse("approvals:reconciliation_report", args=[check.pk])))
    assert "Tải Excel" in page
    assert "Tải PDF" in page
    file = reverse("reports:monthly_report_excel", args=[check.pk])
    client.post(reverse("accounts:confirm"), {"next": file, "lasting": "exports", **CONFIRMED})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(client.get(file))))
    assert "Giáo viên, phân công" in book.sheet_names
    rows = book.get_sheet_by_name("Cập nhật thông tin học sinh").to_python()
    assert any("đợt đối chiếu chưa kết thúc" in str(row[0]) for row in rows)
    updated = next(row for row in rows if row[0] == "Số em có hồ sơ được cập nhật trong tháng")
    assert isinstance(updated[1], float | int)
    paper = client.get(reverse("reports:monthly_report", args=[check.pk]))
    with pypdfium2.PdfDocument(b"".join(paper)) as document:
        words = " ".join(" ".join(each.get_textpage().get_text_range() for each in document).split())
    assert "báo cáo chưa gửi Hiệu trưởng" in words
    assert "……/BC-VT" in words


def test_who_confirms_before_the_month_is_over_is_told_so_and_asked_again_when_it_is(school, client):
    check = opened(school, due=20)
    reply = reply_of(check, teacher=school.thu)
    page = reverse("approvals:reconciliation_reply", args=[reply.pk])
    assert "Tháng chưa hết" in text(as_(client, school.thu).get(page))
    told(reply, ReplyAct.CONFIRM, school.thu)
    assert "Xác nhận số liệu" not in text(client.get(page))
    assert not read_tasks(again(school.thu)).figures
    with at(next_month(check.month)):
        of_all = text(as_(client, school.tuan).get(reverse("approvals:reconciliation", args=[check.pk])))
        assert "Đã xác nhận đúng khi tháng chưa hết" in of_all
        (task,) = read_tasks(again(school.thu)).figures
        assert (task.word, task.url) == ("Xác nhận lại", page)
        assert "Nay tháng đã hết" in text(as_(client, school.thu).get(page))
        told(ReconciliationReply.objects.get(pk=reply.pk), ReplyAct.CONFIRM, school.thu)
        assert not read_tasks(again(school.thu)).figures
    assert ReconciliationReply.objects.get(pk=reply.pk).state == ReplyState.CONFIRMED


def test_figures_that_change_after_they_were_confirmed_are_said_to_both_and_confirmed_anew(school, client):
    check = opened(school)
    reply = reply_of(check, teacher=school.lan)
    told(reply, ReplyAct.CONFIRM, school.lan)
    ask = reverse("approvals:reconciliation_reply_act", args=[reply.pk, "ask_again"])
    assert as_(client, school.tuan).post(ask).status_code == 422
    open_window(school)
    enter(school.sheet(), school.pupils[1], Field.MARK, "8", by=school.lan)
    page = reverse("approvals:reconciliation_reply", args=[reply.pk])
    for person, offered in (
        (school.tuan, "Hỏi lại theo số liệu hiện nay"),
        (school.lan, "Xác nhận số liệu hiện nay"),
    ):
        shown = text(as_(client, person).get(page))
        assert "Số nay đã khác lúc trả lời" in shown
        assert offered in shown
    as_(client, school.tuan).post(ask)
    assert page in {each.url for each in read_tasks(again(school.lan)).figures}
    told(ReconciliationReply.objects.get(pk=reply.pk), ReplyAct.CONFIRM, school.lan)
    as_(client, school.lan)
    assert "Số nay đã khác" not in text(client.get(page))


def test_what_was_corrected_in_books_of_earlier_years_is_in_the_report_apart(school):
    approved(school, "9")
    month = month_of(clock.today())
    following = SchoolYear(pk=school.year.pk + 1)
    told = {
        year: {row[0]: row[1:] for row in request_numbers(ReconciliationRound(year=year, month=month)).rows}
        for year in (school.year, following)
    }
    assert told[school.year]["Phiếu đề nghị sửa đã gửi"] == ("1", "0")
    assert told[following]["Phiếu đề nghị sửa đã gửi"] == ("0", "1")
    assert told[following]["Phiếu được phê chuẩn"] == ("0", "1")
    assert told[following]["Phiếu đã thực hiện"] == ("0", "0")


def test_the_clerk_is_told_when_the_round_can_be_closed(school):
    check = opened(school)
    answered(school, check)
    (difference,) = read_tasks(again(school.tuan)).figures
    assert difference.word == "Báo sai khác"
    resolve(reply_of(check, school_class=school.class_4a), text="Đã ghi.", by=again(school.tuan))
    (task,) = read_tasks(again(school.tuan)).figures
    assert (task.title[:19], task.word) == ("Kết thúc đối chiếu ", "Chờ kết thúc")
    assert not read_tasks(again(school.hoa)).figures
    close_round(check, summary="Số liệu khớp.", by=again(school.tuan))
    assert not read_tasks(again(school.tuan)).figures


@pytest.mark.parametrize("is_over", [False, True])
def test_how_a_difference_was_resolved_waits_for_its_teacher_until_it_is_read(school, client, is_over):
    """After the round has ended too."""
    check = opened(school)
    answered(school, check)
    reply = reply_of(check, school_class=school.class_4a)
    assert not read_tasks(again(school.lan)).figures
    resolve(reply, text="Đã ghi em chuyển đến.", by=again(school.tuan))
    if is_over:
        close_round(check, summary="Số liệu khớp.", by=again(school.tuan))
    (task,) = read_tasks(again(school.lan)).figures
    assert task.title == f"Văn thư đã giải quyết sai khác số liệu tháng {check.month:%m/%Y}, lớp 4A"
    for other in (school.thu, school.minh):
        assert not read_tasks(again(other)).figures
    as_(client, school.tuan).get(task.url)
    assert read_tasks(again(school.lan)).figures
    shown = text(as_(client, school.lan).get(task.url))
    assert "Đã ghi em chuyển đến." in shown
    assert "Giáo viên đã xem cách giải quyết" in shown
    assert not read_tasks(again(school.lan)).figures
    client.get(task.url)
    assert text(client.get(task.url)).count("Giáo viên đã xem") == 1


def test_a_resolution_of_what_was_reported_again_is_told_again(school, client):
    check = opened(school)
    answered(school, check)
    reply = reply_of(check, school_class=school.class_4a)
    for words in ("Đã ghi.", "Đã ghi thêm một em."):
        resolve(reply, text=words, by=again(school.tuan))
        (task,) = read_tasks(again(school.lan)).figures
        assert words in text(as_(client, school.lan).get(task.url))
        told(reply, ReplyAct.REPORT, school.lan, text="Vẫn còn thiếu một em.")
    assert not read_tasks(again(school.lan)).figures


def test_who_has_not_answered_by_the_day_is_on_record_and_the_round_can_be_closed(school):
    check = opened(school)
    with pytest.raises(ReconciliationRefused, match="7 người chưa trả lời"):
        close_round(check, summary="Xong rồi.", by=again(school.tuan))
    with clock.travelling(clock.now() + 5 * DAY):
        close_round(check, summary="Chưa ai trả lời.", by=again(school.tuan))
    assert set(check.replies.values_list("state", flat=True)) == {"lapsed"}
    with pytest.raises(ReconciliationOutdated, match="đã kết thúc"):
        told(reply_of(check, school_class=school.class_4a), ReplyAct.CONFIRM, school.lan)


def test_a_difference_that_is_not_put_right_is_reported_again(school):
    check = opened(school)
    answered(school, check)
    reply = reply_of(check, school_class=school.class_4a)
    resolve(reply, text="Đã ghi.", by=again(school.tuan))
    told(reply, ReplyAct.REPORT, school.lan, text="Vẫn còn thiếu một em.")
    reply.refresh_from_db()
    assert (reply.state, reply.words, reply.resolution) == ("differs", "Vẫn còn thiếu một em.", "")
    assert [each.resolution for each in reply.history.order_by("history_id")][2] == "Đã ghi."


# -- Who may -----------------------------------------------------------------------------------------------


def test_only_the_clerk_keeps_a_round_and_only_the_teacher_answers(school):
    check = opened(school)
    reply = reply_of(check, school_class=school.class_4a)
    month = month_of(clock.today())
    for name, person in school.people.items():
        by = again(person)
        if name != "tuan":
            with pytest.raises(PermissionDenied), transaction.atomic():
                open_round(school.year, month, due_on=clock.today(), by=by)
            with pytest.raises(PermissionDenied), transaction.atomic():
                close_round(check, summary="Xong rồi.", by=by)
            with pytest.raises(PermissionDenied), transaction.atomic():
                resolve(reply, text="Xong rồi.", by=by)
        if name != "lan":
            with pytest.raises(PermissionDenied), transaction.atomic():
                told(reply, ReplyAct.CONFIRM, person)
    with pytest.raises(ReconciliationOutdated):
        resolve(reply, text="Chưa có gì.", by=again(school.tuan))


def test_each_person_sees_the_own_answers_alone_the_office_all(school, client):
    check = opened(school)
    for name, person in school.people.items():
        user = again(person)
        own = {each for each in check.replies.all() if is_own(user, each)}
        assert set(own_replies(user)) == own
        sees_all = name in {"bich", "hoa", "tuan"}
        assert may(user, Action.SEE_RECONCILIATION) == sees_all
        as_(client, person)
        reply = reply_of(check, school_class=school.class_4a)
        got = client.get(reverse("approvals:reconciliation_reply", args=[reply.pk])).status_code
        assert (got == 200) == (sees_all or name == "lan"), name
        got = client.get(reverse("approvals:reconciliation", args=[check.pk])).status_code
        assert (got == 200) == sees_all, name


# -- The database refuses too, and the budgets -------------------------------------------------------------


def test_what_was_answered_and_reported_stays_in_the_database_too(school):
    check = closed(school)
    attacks = [
        lambda: ReconciliationRound.objects.update(report=[]),
        lambda: ReconciliationRound.objects.update(summary="Khác"),
        lambda: ReconciliationRound.objects.filter(pk=check.pk).update(
            state="open", report=None, closed_by=None, closed_at=None
        ),
        lambda: ReconciliationReply.objects.filter(state="confirmed").update(numbers=[1]),
        lambda: ReconciliationReply.objects.filter(state="resolved").update(resolution="Khác"),
        lambda: ReconciliationReply.objects.filter(state="confirmed").update(state="lapsed"),
        lambda: ReconciliationReply.objects.all().delete(),
        lambda: ReconciliationReply.history.all().delete(),
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()


def test_a_round_with_open_answers_is_not_closed_by_sql_and_an_illegal_move_is_refused(school):
    check = opened(school)
    ended = {
        "state": "closed",
        "report": [],
        "summary": "x",
        "closed_by": school.tuan,
        "closed_at": clock.now(),
    }
    with pytest.raises(IntegrityError, match="open answers"), transaction.atomic():
        ReconciliationRound.objects.filter(pk=check.pk).update(**ended)
    kept = {"numbers": [], "answered_by": school.lan, "answered_at": clock.now(), "words": "x"}
    resolved = {"resolution": "x", "resolved_by": school.tuan, "resolved_at": clock.now()}
    with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
        check.replies.update(state="resolved", **kept, **resolved)


@pytest.mark.parametrize("many", [0, 6])
def test_opening_and_pages_take_the_same_statements_for_few_and_for_many(
    school, client, django_assert_num_queries, many
):
    for number in range(many):
        made = SchoolClass.objects.create(year=school.year, name=f"4X{number}", grade_level=4)
        add_pupils(made, 3)
        for code in ("TOAN", "TV"):
            TeachingAssignment.objects.create(
                school_class=made,
                line=school.lines[4, code],
                teacher=school.lan,
                starts_on=school.year.starts_on,
            )
    clerk = again(school.tuan)
    with django_assert_num_queries(15):
        check = open_round(school.year, month_of(clock.today()), due_on=clock.today(), by=clerk)
    assert months_before(school)
    as_(client, school.tuan)
    with django_assert_num_queries(5):
        client.get(reverse("approvals:reconciliations"))
    with django_assert_num_queries(5):
        client.get(reverse("approvals:reconciliation", args=[check.pk]))
    with django_assert_num_queries(21):
        read_sections(clerk, check)
    as_(client, school.lan)
    reply = reply_of(check, teacher=school.lan)
    with django_assert_num_queries(10):
        client.get(reverse("approvals:reconciliation_reply", args=[reply.pk]))
    reply = reply_of(check, school_class=school.class_4a)
    with django_assert_num_queries(21):
        client.get(reverse("approvals:reconciliation_reply", args=[reply.pk]))
    assert len(read_tasks(again(school.lan)).figures) == 2


def test_a_period_opened_for_another_class_is_not_asked_of_this_one(school):
    other = SchoolClass.objects.exclude(pk=school.class_4a.pk).first()
    open_window(school, "CN", school_class=other)
    check = opened(school)
    own = read_numbers(reply_of(check, school_class=school.class_4a))
    assert not [label for label, *_told in own.rows if "Cuối năm" in label]
    theirs = read_numbers(reply_of(check, school_class=other))
    assert [label for label, *_told in theirs.rows if "Cuối năm" in label]


def test_a_line_of_a_class_for_which_the_period_is_not_open_says_so(school):
    open_window(school, "CHKI", school_class=school.class_4a)
    made = SchoolClass.objects.create(year=school.year, name="4X", grade_level=4)
    add_pupils(made, 3)
    TeachingAssignment.objects.create(
        school_class=made, line=school.lines[4, "TOAN"], teacher=school.lan, starts_on=school.year.starts_on
    )
    numbers = read_numbers(reply_of(opened(school), teacher=school.lan))
    column = next(number for number, label in enumerate(numbers.headings) if "Cuối học kì I" in label)
    told = {row[0]: row[column] for row in numbers.rows}
    assert told["Toán · Lớp 4X"] == "chưa mở"
    assert told["Toán · Lớp 4A"].startswith("0/")
