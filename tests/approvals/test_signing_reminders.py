"""Who has not signed: by teacher, narrowed, on paper, reminded once a day; corrections told before a signature."""

import datetime
import re

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AuditEntry, Team, User
from approvals import corrections
from approvals.models import SigningReminder
from approvals.signing_reminders import ReminderRefused, remind
from approvals.tasks import read_tasks
from gradebook.sheets import Field
from tests.approvals.papers import approved, cleaned_picture, filed
from tests.approvals.signed_books import complete_school, sign
from tests.gradebook.school import change_of

pytestmark = pytest.mark.django_db
TOAN, TV, CLASS_BOOK = "Toán lớp 4A", "Tiếng Việt lớp 4A", "Sổ của lớp 4A"
PAGE, REMIND = "approvals:signatures", "approvals:remind_signers"
GHKI = {"period": "GHKI"}
DAY = datetime.timedelta(days=1)


def the_school():
    """4A is complete and locked at GHKI; 4B and 1A lack everything."""
    return complete_school()


def again(person):
    return User.objects.get(pk=person.pk)


def words(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def listed(client, person, **asked):
    """By teacher the titles of the books that the page says are owed."""
    client.force_login(person)
    lines = client.get(reverse(PAGE), {**GHKI, **asked}).context["list"].lines
    return {line.owing.name: [book.title for book in line.owing.books] for line in lines}


def reminders_of(person):
    return [each.words for each in read_tasks(again(person)).signing_reminders]


def test_the_books_without_signature_stand_by_teacher_with_their_number(school, client):
    sign(school.lan, TV)
    owing = listed(client, school.hoa)
    assert sorted(owing["Nguyễn Thị Lan"]) == sorted([TOAN, CLASS_BOOK])
    assert owing["Lê Thị Thu"] == ["Ngoại ngữ 1 lớp 4A", "Ngoại ngữ 1 lớp 4B"]
    assert list(owing)[-1] == "chưa phân công"
    shown = words(client.get(reverse(PAGE), GHKI))
    assert re.search(r"Nguyễn Thị Lan .*? 2 (Toán|Sổ của) ", shown)


def test_the_list_is_narrowed_to_a_teacher_a_class_and_a_team(school, client):
    assert set(listed(client, school.hoa, teacher=school.thu.pk)) == {"Lê Thị Thu"}
    of_class = listed(client, school.hoa, **{"class": school.class_4a.pk})
    assert of_class["Lê Thị Thu"] == ["Ngoại ngữ 1 lớp 4A"]
    team = Team.objects.create(name="Tổ 4 và 5", grade_level=5)
    User.objects.filter(pk__in=[school.lan.pk, school.minh.pk]).update(team=team)
    assert set(listed(client, school.hoa, team=team.pk)) == {"Nguyễn Thị Lan", "Trần Văn Minh"}
    everybody = listed(client, school.hoa)
    assert listed(client, school.hoa, teacher="x", team="0", **{"class": "-1"}) == everybody


def test_the_list_is_printed_with_the_same_narrowing(school, client):
    client.force_login(school.hoa)
    page = client.get(reverse(PAGE), {**GHKI, "teacher": school.thu.pk}).content.decode()
    address = re.search(r'href="([^"]*unsigned/paper[^"]*)"', page)[1].replace("&amp;", "&")
    answer = client.get(address)
    with pypdfium2.PdfDocument(b"".join(answer.streaming_content)) as document:
        text = " ".join(" ".join(each.get_textpage().get_text_range() for each in document).split())
    assert "SỔ THKQGD CHƯA KÍ XÁC NHẬN" in text
    assert "1 giáo viên, 2 sổ chưa kí" in text
    assert "Nguyễn Thị Lan" not in text


def test_a_reminder_stands_at_the_start_page_of_each_who_owes_until_they_have_signed(school, client):
    client.force_login(school.hoa)
    done = client.post(reverse(REMIND), {**GHKI, "teacher": school.lan.pk}, follow=True)
    assert "Đã nhắc 1 giáo viên" in done.content.decode()
    (told,) = reminders_of(school.lan)
    assert re.fullmatch(
        r".+, Phó Hiệu trưởng, nhắc lúc \d\d:\d\d \d\d/\d\d/\d{4}: 3 sổ THKQGD Giữa học kì I của thầy cô chưa có "
        r"chữ kí\.",
        told,
    )
    assert not reminders_of(school.thu)
    client.force_login(school.lan)
    assert told in words(client.get("/"))
    sign(school.lan, TOAN, TV, CLASS_BOOK)
    assert not reminders_of(school.lan)


def test_nobody_is_reminded_twice_a_day_whoever_reminds_and_the_next_day_again(school, client):
    first = remind(GHKI, by=again(school.hoa))
    assert first == SigningReminder.objects.count() > 1
    with pytest.raises(ReminderRefused, match="Không còn ai để nhắc"):
        remind(GHKI, by=again(school.bich))
    client.force_login(school.bich)
    refused = client.post(reverse(REMIND), GHKI)
    assert refused.status_code == 422
    assert "Không còn ai để nhắc" in words(refused)
    with clock.travelling(clock.now() + DAY):
        assert remind(GHKI, by=again(school.bich)) == first


def test_the_register_says_who_was_reminded_when_and_by_whom(school, client):
    remind({**GHKI, "teacher": str(school.lan.pk)}, by=again(school.hoa))
    client.force_login(school.tuan)
    lines = client.get(reverse(PAGE), GHKI).context["list"].lines
    reminded = {line.owing.name: line.reminded.sent_by for line in lines if line.reminded}
    assert reminded == {"Nguyễn Thị Lan": school.hoa}


def test_the_head_of_a_team_reminds_within_the_grade_and_others_nobody(school):
    remind(GHKI, by=again(school.dung))
    told = set(SigningReminder.objects.values_list("person", flat=True))
    assert school.lan.pk in told
    assert school.ngoc.pk not in told
    for person in (school.lan, school.tuan, school.son):
        with pytest.raises(PermissionDenied):
            remind(GHKI, by=again(person))


def test_the_database_keeps_reminders_and_takes_one_a_day(school):
    remind({**GHKI, "teacher": str(school.lan.pk)}, by=again(school.hoa))
    kept = SigningReminder.objects.get()
    assert AuditEntry.objects.filter(table_name="approvals_signingreminder", actor="hoa").exists()
    for forbidden in (lambda: SigningReminder.objects.update(books=1), SigningReminder.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    kept.pk = None
    with pytest.raises(IntegrityError, match="once_a_day"), transaction.atomic():
        kept.save(force_insert=True)


# -- Corrections on their way ------------------------------------------------------------------------------


def page_of(school, code):
    return reverse("approvals:signature", args=[school.class_4a.pk, code, "GHKI"])


def test_a_correction_under_way_is_told_at_the_book_before_it_is_signed_with_a_link(school, client):
    request = filed(school, "1")
    client.force_login(school.lan)
    way = f'href="{reverse("approvals:request", args=[request.pk])}"'
    for code in ("TOAN", "NLPC"):
        shown = client.get(page_of(school, code)).content.decode()
        assert shown.index(way) < shown.index('id="contents"')
    assert "Sổ này còn 1 phiếu đề nghị sửa chưa ghi vào sổ" in words(client.get(page_of(school, "TOAN")))
    assert "phiếu đề nghị sửa chưa ghi" not in words(client.get(page_of(school, "TV")))
    assert client.get(reverse(PAGE), GHKI).content.decode().count(way) == 2  # at Toán and at the class's book


def test_the_class_book_tells_of_a_colleagues_request_without_a_link_that_would_be_refused(school, client):
    ref = school.sheet("NN1", "GHKI")
    change = change_of(ref, school.pupils[0], Field.ATTAINMENT, "C")
    request = corrections.propose(ref, [change], by=again(school.thu))
    corrections.attach(request, cleaned_picture(), by=school.thu)
    request = corrections.file_request(request, reason="Nhầm em.", by=school.thu)
    client.force_login(school.lan)
    shown = client.get(page_of(school, "NLPC"))
    assert f"phiếu {request.label}" in words(shown)
    way = reverse("approvals:request", args=[request.pk])
    assert client.get(way).status_code == 403
    assert way not in shown.content.decode()


def test_a_correction_that_was_carried_out_is_no_longer_told(school, client):
    request = approved(school, "1")
    client.force_login(school.lan)
    assert "chưa ghi vào sổ" in words(client.get(page_of(school, "TOAN")))
    corrections.carry_out(request, by=again(school.tuan))
    assert "chưa ghi vào sổ" not in words(client.get(page_of(school, "TOAN")))


def test_a_dead_request_is_told_nowhere_and_a_signed_book_speaks_of_its_signature(school, client):
    dead, first = filed(school, "1"), filed(school, "2")
    client.force_login(school.lan)
    assert "Sổ này còn 2 phiếu" in words(client.get(page_of(school, "TOAN")))
    sign(school.lan, "Toán lớp 4A")
    signed = words(client.get(page_of(school, "TOAN")))
    assert "Khi phiếu được ghi vào sổ thì chữ kí đã có hết hiệu lực" in signed
    assert "Kí bây giờ là kí" not in signed
    corrections.decide(first, approve=True, note="", by=again(school.hoa))
    corrections.carry_out(first, by=again(school.tuan))
    shown = words(client.get(page_of(school, "TOAN")))
    assert "chưa ghi vào sổ" not in shown
    assert f"phiếu {dead.label} (" not in shown
