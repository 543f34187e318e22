"""Personal data: the register of purposes, consents, requests, incidents, what is past its time (domain.md 7.1)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import clock
from accounts.models import AccessLogEntry, AuditEntry, User
from approvals.data_consents import (
    ConsentClash,
    Giver,
    Said,
    Slip,
    Word,
    last_word_of,
    read_classes,
    record_slips,
    record_word,
)
from approvals.data_incidents import (
    Found,
    Notice,
    Told,
    close_incident,
    notify,
    record_incident,
    tell_more,
)
from approvals.data_incidents import seen_of as incident_seen
from approvals.data_purposes import (
    begin_for_new_school,
    begin_register,
    end_purpose,
    in_force_on,
    missing_standards,
    purposes_to_agree_to,
    reword_purpose,
    seen_of,
)
from approvals.data_refusals import DataOutdated, DataRefused
from approvals.data_requests import Asked, move_request, record_request
from approvals.data_rules import NOTIFIED, STANDARD_PURPOSES, PurposeText, RequestKind
from approvals.data_workflow import RequestAct
from approvals.expired import count_expired, remove_expired
from approvals.models import Consent, DataIncident, DataRequest, ProcessingPurpose
from approvals.retention import ACCESS_LOG, ROSTER_FILES, access_log_kept_from
from approvals.tasks import read_tasks
from students.models import RosterUpload, SchoolYear, Student
from tests.gradebook.school import CONFIRMED, make_school

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
PHOTO, PUBLIC = "anh-hoat-dong", "cong-khai"


def the_school():
    """The register is begun. The pupils of 4A are nine and older; the first has a mother on record."""
    school = make_school()
    begin_register(by=school.tuan)
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_name="Trần Thị Tư")
    return school


def again(person):
    return User.objects.get(pk=person.pk)


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def as_(client, person):
    client.force_login(person)
    return client


def purpose(code):
    return ProcessingPurpose.objects.in_force().get(code=code)


def slip_of(pupil, *, said=True, child=None, seen=0, signer="Trần Thị Tư (mẹ)"):
    told = {each.pk: said for each in purposes_to_agree_to()}
    by_child = told if child is None else dict.fromkeys(told, child)
    return Slip(pupil.pk, signer, seen, told, by_child)


def handed_in(school, *slips, by=None):
    return record_slips(
        school.class_4a, slips, said_on=clock.today(), paper="Hồ sơ lớp 4A", by=again(by or school.lan)
    )


def recorded(school, said, *, by=None):
    """A word of the first pupil of 4A from a page opened just now."""
    pupil = school.pupils[0]
    return record_word(
        pupil, said, seen=last_word_of(pupil), school_class=school.class_4a, by=again(by or school.lan)
    )


def word(code, said, *, giver=Giver.REPRESENTATIVE, on=None):
    return Word(purpose(code), giver, said, "Trần Thị Tư (mẹ)", on or clock.today(), "Đơn ở văn phòng")


def of_4a(school):
    return read_classes([school.class_4a])[0]


def words_of_first(school):
    return {cell.purpose.code: cell.word for cell in of_4a(school).pupils[0].cells}


# -- The register ------------------------------------------------------------------------------------------


def test_a_new_school_begins_with_the_purposes_of_a_primary_school_and_none_twice(school):
    assert {each.code for each in in_force_on(clock.today())} == {each.code for each in STANDARD_PURPOSES}
    assert missing_standards() == []
    assert begin_for_new_school() == []


def test_what_the_law_asks_of_a_school_needs_no_consent_and_photos_do(school):
    assert not purpose("ho-so-hoc-ba").needs_consent
    assert {each.code for each in purposes_to_agree_to()} == {PHOTO, PUBLIC, "kenh-nhan-tin", "suc-khoe"}


def told(title="Chụp ảnh thẻ"):
    return PurposeText(PHOTO, title, "Ảnh thẻ", "Đồng ý", "Văn thư", "Hết năm học", needs_consent=True)


def test_a_purpose_that_is_reworded_keeps_its_old_line_and_asks_for_consents_anew(school):
    handed_in(school, slip_of(school.pupils[0]))
    old = purpose(PHOTO)
    with clock.travelling(clock.now() + 2 * DAY):
        reword_purpose(old, told(), seen=seen_of(old), why="Chỉ còn ảnh thẻ", by=school.bich)
        assert words_of_first(school)[PHOTO] == "Chưa có phiếu"
        register = {each.code: each.title for each in in_force_on(clock.today())}
        assert register[PHOTO] == "Chụp ảnh thẻ"
    assert {each.code: each.title for each in in_force_on(clock.today())}[PHOTO] == old.title
    assert Consent.objects.filter(purpose=old).count() == 2


def test_the_second_of_two_who_reword_at_once_is_told(school):
    old = purpose(PHOTO)
    reword_purpose(old, told(), seen=seen_of(old), why="Chỉ còn ảnh thẻ", by=school.bich)
    with pytest.raises(DataOutdated):
        reword_purpose(old, told("Ảnh khác"), seen=seen_of(old), why="Sửa lời", by=school.tuan)
    assert purpose(PHOTO).title == "Chụp ảnh thẻ"


def purpose_typed(found, **other):
    """The form of a line, as the page shows it."""
    names = ("title", "categories", "basis", "recipients", "kept_for")
    typed = {name: getattr(found, name) for name in names}
    return {**typed, "needs_consent": "on", "seen": seen_of(found), "why": "Cho rõ hơn", **other}


def edit_of(found):
    return reverse("approvals:purpose_edit", args=[found.pk])


def test_a_stale_edit_of_a_purpose_says_that_it_was_reworded_and_keeps_what_was_typed(school, client):
    old = purpose(PHOTO)
    reword_purpose(old, told(), seen=seen_of(old), why="Chỉ còn ảnh thẻ", by=school.bich)
    as_(client, school.tuan)
    stale = client.post(edit_of(old), purpose_typed(old, title="Ảnh hội khoẻ"))
    assert stale.status_code == 409
    assert "vừa được người khác sửa lời" in text(stale)
    assert "Chụp ảnh thẻ" in text(stale)
    assert 'value="Ảnh hội khoẻ"' in stale.content.decode()
    assert purpose(PHOTO).title == "Chụp ảnh thẻ"
    now = purpose(PHOTO)
    assert f'action="{edit_of(now)}"' in stale.content.decode()
    client.post(edit_of(now), purpose_typed(now, title="Ảnh hội khoẻ"))
    assert purpose(PHOTO).title == "Ảnh hội khoẻ"


def test_an_edit_of_a_purpose_that_has_ended_says_so_and_keeps_what_was_typed(school, client):
    old = purpose(PHOTO)
    end_purpose(old, why="Không chụp nữa", by=school.bich)
    stale = as_(client, school.tuan).post(edit_of(old), purpose_typed(old, title="Ảnh hội khoẻ"))
    assert stale.status_code == 409
    assert "đã thôi áp dụng từ" in text(stale)
    assert 'value="Ảnh hội khoẻ"' in stale.content.decode()


def test_a_purpose_whose_form_is_sent_twice_is_reworded_once(school, client):
    old, lines = purpose(PHOTO), ProcessingPurpose.objects.count()
    as_(client, school.tuan)
    for _ in range(2):
        answer = client.post(edit_of(old), purpose_typed(old, title="Ảnh hội khoẻ"))
        assert answer.status_code == 302
    assert ProcessingPurpose.objects.count() == lines + 1


def test_who_rewords_a_purpose_is_told_how_many_slips_that_voids_and_chooses(school, client):
    handed_in(school, *(slip_of(pupil) for pupil in school.pupils[:3]))
    old = purpose(PHOTO)
    as_(client, school.tuan)
    assert "phiếu của 3 em hết hiệu lực, phải lấy phiếu lại" in text(client.get(edit_of(old)))
    answer = client.post(edit_of(old), purpose_typed(old, title="Ảnh hội khoẻ"))
    assert (answer.status_code, "Chọn một: chỉ chữa lỗi chính tả" in text(answer)) == (422, True)
    assert words_of_first(school)[PHOTO] == "Được phép"
    client.post(edit_of(old), purpose_typed(old, title="Ảnh hội khoẻ", meaning="other"))
    assert words_of_first(school)[PHOTO] == "Chưa có phiếu"


def test_mended_spelling_keeps_the_slips_and_the_history_who_and_why(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    old = purpose(PHOTO)
    as_(client, school.tuan)
    client.post(edit_of(old), purpose_typed(old, title="Chụp ảnh học sinh", meaning="same"))
    assert (purpose(PHOTO).pk, purpose(PHOTO).title) == (old.pk, "Chụp ảnh học sinh")
    assert words_of_first(school)[PHOTO] == "Được phép"
    last = old.history.order_by("-history_id").first()
    assert (last.history_user, last.history_change_reason) == (school.tuan, "Chữa chính tả: Cho rõ hơn")
    assert client.post(edit_of(old), purpose_typed(old, title="Ảnh", meaning="same")).status_code == 409
    changed = purpose_typed(purpose(PHOTO), meaning="same")
    del changed["needs_consent"]
    answer = client.post(edit_of(old), changed)
    assert (answer.status_code, "là đổi nghĩa" in text(answer)) == (422, True)


# -- Consents ----------------------------------------------------------------------------------------------


def test_a_class_hands_in_its_slips_at_once_and_the_page_names_who_is_missing(school, client):
    as_(client, school.lan)
    page = reverse("approvals:consent_class", args=[school.class_4a.pk])
    first, second = school.pupils[:2]
    data = {"said_on": clock.today().isoformat(), "paper": "Hồ sơ lớp 4A"}
    for pupil, choice, signer in ((first, "all", "Trần Thị Tư (mẹ)"), (second, "each", None)):
        data[f"slip-{pupil.pk}"] = choice
        data[f"signer-{pupil.pk}"] = signer or "Người đại diện khác (tên trên phiếu)"
        data[f"seen-{pupil.pk}"] = "0"
    data[f"by-{second.pk}-{purpose(PHOTO).pk}"] = "on"
    data[f"child-{second.pk}-{purpose(PHOTO).pk}"] = "on"
    shown = text(client.post(page, data, follow=True))
    assert "Đã ghi phiếu của 2 em lớp 4A" in shown
    assert "3 em còn thiếu phiếu" in shown
    assert school.pupils[2].full_name in shown.split("Còn thiếu của ai")[1].split("Có phiếu trong tay")[0]
    rows = {
        pupil.student.pk: {cell.purpose.code: cell.word for cell in pupil.cells}
        for pupil in of_4a(school).pupils
    }
    assert set(rows[first.pk].values()) == {"Được phép"}
    assert rows[second.pk] == {**dict.fromkeys(rows[second.pk], "Không đồng ý"), PHOTO: "Được phép"}


def test_a_row_without_a_signer_is_named_nothing_is_written_and_what_was_chosen_stays(school, client):
    as_(client, school.lan)
    first, second = school.pupils[:2]
    data = {"said_on": clock.today().isoformat(), "paper": "Hồ sơ lớp 4A"}
    for pupil in (first, second):
        data |= {f"slip-{pupil.pk}": "all", f"seen-{pupil.pk}": "0"}
    data[f"signer-{second.pk}"] = "Người đại diện khác (tên trên phiếu)"
    answer = client.post(reverse("approvals:consent_class", args=[school.class_4a.pk]), data)
    assert answer.status_code == 422
    assert f"Dòng chưa đúng: {first.full_name}. Chưa ghi phiếu nào." in text(answer)
    assert answer.content.decode().count('<option value="all" selected>') == 2
    assert Consent.objects.count() == 0


def test_from_seven_on_the_childs_no_weighs_as_much_as_the_representatives(school):
    handed_in(school, slip_of(school.pupils[0], said=True, child=False))
    assert set(words_of_first(school).values()) == {"Không đồng ý"}


def test_a_younger_child_is_not_asked_until_the_birthday(school):
    pupil = school.pupils[0]
    born = clock.today() - 7 * 365 * DAY + 30 * DAY
    Student.objects.filter(pk=pupil.pk).update(
        birth_year=born.year, birth_month=born.month, birth_day=born.day
    )
    handed_in(school, slip_of(pupil))
    assert set(words_of_first(school).values()) == {"Được phép"}
    assert set(Consent.objects.values_list("giver", flat=True)) == {Giver.REPRESENTATIVE}
    with pytest.raises(DataRefused, match="chưa đủ 7 tuổi"):
        recorded(school, word(PHOTO, Said.GIVEN, giver=Giver.CHILD))
    with clock.travelling(clock.now() + 60 * DAY):
        assert set(words_of_first(school).values()) == {"Thiếu ý kiến học sinh"}


def test_a_withdrawal_is_a_new_row_and_the_consent_stays_on_record(school, client):
    pupil = school.pupils[0]
    handed_in(school, slip_of(pupil))
    as_(client, school.lan)
    page = reverse("approvals:consent_pupil", args=[pupil.pk])
    data = {
        "purpose": purpose(PHOTO).pk,
        "giver": "representative",
        "said": "withdrawn",
        "signer": "Trần Thị Tư (mẹ)",
        "said_on": clock.today().isoformat(),
        "paper": "Đơn ở văn phòng",
        "seen": last_word_of(pupil),
    }
    shown = text(client.post(page, data, follow=True))
    assert "Đã rút lại" in shown
    said = Consent.objects.filter(purpose=purpose(PHOTO), giver=Giver.REPRESENTATIVE).order_by("id")
    assert list(said.values_list("said", flat=True)) == ["given", "withdrawn"]
    assert words_of_first(school)[PHOTO] == "Đã rút lại"
    assert words_of_first(school)[PUBLIC] == "Được phép"


def test_what_was_never_given_cannot_be_withdrawn_on_the_page_nor_in_the_database(school):
    pupil = school.pupils[0]
    withdrawal = word(PHOTO, Said.WITHDRAWN)
    with pytest.raises(DataRefused, match="Chưa có đồng ý nào"):
        recorded(school, withdrawal)
    row = Consent(
        student=pupil,
        purpose=purpose(PHOTO),
        giver="child",
        said="withdrawn",
        signer="x",
        said_on=clock.today(),
        paper="x",
        recorded_by=school.lan,
    )
    with pytest.raises(DatabaseError, match="nothing was given"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "statement", ["UPDATE approvals_consent SET said = 'refused'", "DELETE FROM approvals_consent"]
)
def test_the_database_keeps_every_consent_as_it_was(school, statement):
    handed_in(school, slip_of(school.pupils[0]))
    with (
        pytest.raises(DatabaseError, match="kept for ever"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_who_saves_slips_that_somebody_else_has_written_meanwhile_is_told_and_nothing_is_written(school):
    handed_in(school, slip_of(school.pupils[0]), by=school.tuan)
    with pytest.raises(ConsentClash):
        handed_in(school, slip_of(school.pupils[0], said=False), slip_of(school.pupils[1]))
    assert set(words_of_first(school).values()) == {"Được phép"}
    assert not Consent.objects.filter(student=school.pupils[1]).exists()


def test_another_class_is_closed_to_a_homeroom_teacher_and_marks_no_slip(school, client):
    with pytest.raises(PermissionDenied):
        handed_in(school, slip_of(school.pupils[0]), by=school.minh)
    assert (
        as_(client, school.minh)
        .get(reverse("approvals:consent_class", args=[school.class_4a.pk]))
        .status_code
        == 403
    )
    assert client.get(reverse("approvals:consent_pupil", args=[school.pupils[0].pk])).status_code == 403


def test_the_clerk_sees_every_class_and_a_homeroom_teacher_the_own(school, client):
    page = reverse("approvals:consents")
    assert [line.school_class.name for line in as_(client, school.tuan).get(page).context["lines"]] == [
        "1A",
        "4A",
        "4B",
    ]
    assert [line.school_class.name for line in as_(client, school.lan).get(page).context["lines"]] == ["4A"]


def slips_page(school, **chosen):
    """The class page's form; `chosen` by field, a pupil's number in it as `{0}`, `{1}`."""
    data = {"said_on": clock.today().isoformat(), "paper": "Hồ sơ lớp 4A"}
    data |= {f"seen-{pupil.student.pk}": pupil.last for pupil in of_4a(school).pupils}
    keys = [pupil.pk for pupil in school.pupils]
    return data | {name.format(*keys): value for name, value in chosen.items()}


def sent(client, school, data):
    return as_(client, school.lan).post(
        reverse("approvals:consent_class", args=[school.class_4a.pk]), data, follow=True
    )


def withdrawn(school, code=PHOTO):
    pupil = school.pupils[0]
    handed_in(school, slip_of(pupil))
    recorded(school, word(code, Said.WITHDRAWN))


@pytest.mark.parametrize("days", [0, 3])
def test_a_slip_as_old_as_a_withdrawal_or_older_does_not_undo_it(school, client, days):
    withdrawn(school)
    data = slips_page(
        school,
        **{"slip-{0}": "all", "signer-{0}": "Trần Thị Tư (mẹ)", "slip-{1}": "all"},
        **{"signer-{1}": "Người đại diện khác (tên trên phiếu)"},
    )
    data["said_on"] = (clock.today() - days * DAY).isoformat()
    before = Consent.objects.count()
    answer = sent(client, school, data)
    shown = text(answer)
    assert answer.status_code == 422
    assert f"Dòng chưa ghi được: {school.pupils[0].full_name}." in shown
    assert "«Chụp ảnh, quay phim học sinh trong hoạt động của trường» (đã rút lại ngày" in shown
    assert "ghi phiếu mới ở trang của em" in shown
    assert answer.content.decode().count('<option value="all" selected>') == 2
    assert Consent.objects.count() == before
    assert words_of_first(school)[PHOTO] == "Đã rút lại"


def test_the_database_lets_no_older_slip_follow_a_newer_word(school):
    withdrawn(school)
    old = Consent(
        student=school.pupils[0],
        purpose=purpose(PHOTO),
        giver="representative",
        said="given",
        signer="x",
        said_on=clock.today() - DAY,
        paper="x",
        recorded_by=school.lan,
    )
    with pytest.raises(DatabaseError, match="does not undo"), transaction.atomic():
        old.save()


def test_a_slip_after_a_withdrawal_may_agree_again(school, client):
    pupil, day = school.pupils[0], clock.today()
    record_slips(school.class_4a, [slip_of(pupil)], said_on=day - 3 * DAY, paper="Hồ sơ", by=school.lan)
    withdrawal = word(PHOTO, Said.WITHDRAWN, on=day - DAY)
    recorded(school, withdrawal)
    sent(client, school, slips_page(school, **{"slip-{0}": "all", "signer-{0}": "Trần Thị Tư (mẹ)"}))
    assert words_of_first(school)[PHOTO] == "Được phép"


def test_the_boxes_of_a_pupil_begin_as_it_stands_and_only_what_differs_is_written(school, client):
    withdrawn(school)
    page = as_(client, school.lan).get(reverse("approvals:consent_class", args=[school.class_4a.pk]))
    choices = page.context["form"].rows[0].choices
    assert {each.purpose.code: (each.representative, each.child) for each in choices} == {
        PHOTO: (False, True),
        **dict.fromkeys((PUBLIC, "kenh-nhan-tin", "suc-khoe"), (True, True)),
    }
    before = Consent.objects.count()
    ticked = {
        f"{giver}-{{0}}-{each.purpose.pk}": "on"
        for each in choices
        for giver, is_ticked in (("by", each.representative), ("child", each.child))
        if is_ticked and not (giver == "by" and each.purpose.code == PUBLIC)
    }
    chosen = {"slip-{0}": "each", "signer-{0}": "Trần Thị Tư (mẹ)", **ticked}
    assert "Đã ghi phiếu của 1 em" in text(sent(client, school, slips_page(school, **chosen)))
    assert Consent.objects.count() == before + 1
    assert words_of_first(school)[PUBLIC] == "Không đồng ý"
    assert words_of_first(school)[PHOTO] == "Đã rút lại"
    assert "nói đúng điều đang ghi: không ghi thêm gì" in text(
        sent(client, school, slips_page(school, **chosen))
    )


def test_after_rewording_a_purpose_a_class_is_done_with_one_choice_and_other_words_stay(school, client):
    handed_in(school, *(slip_of(pupil) for pupil in school.pupils[:4]))
    recorded(school, word(PUBLIC, Said.WITHDRAWN))
    reword_purpose(
        purpose(PHOTO), told(), seen=seen_of(purpose(PHOTO)), why="Chỉ còn ảnh thẻ", by=school.bich
    )
    mother = {f"signer-{{{number}}}": "Trần Thị Tư (mẹ)" for number in range(1)}
    others = {f"signer-{{{number}}}": "Người đại diện khác (tên trên phiếu)" for number in range(1, 5)}
    chosen = {"every": "missing", "slip-{4}": "skip", "slip-{3}": "skip", **mother, **others}
    shown = text(sent(client, school, slips_page(school, **chosen)))
    assert "Đã ghi phiếu của 3 em lớp 4A" in shown
    rows = [{cell.purpose.code: cell.word for cell in pupil.cells} for pupil in of_4a(school).pupils]
    assert rows[0] == {**dict.fromkeys(rows[0], "Được phép"), PUBLIC: "Đã rút lại"}
    assert set(rows[1].values()) == {"Được phép"}
    assert rows[3][PHOTO] == "Chưa có phiếu"
    assert set(rows[4].values()) == {"Chưa có phiếu"}


def test_one_signer_may_be_chosen_for_the_class_and_who_has_none_such_on_record_is_named(school, client):
    Student.objects.filter(pk=school.pupils[1].pk).update(mother_name="", father_name="Lê Văn Ba")
    chosen = {"every": "missing", "every_signer": "mẹ"}
    chosen |= {f"slip-{{{number}}}": "skip" for number in (2, 3, 4)}
    answer = sent(client, school, slips_page(school, **chosen))
    assert (answer.status_code, Consent.objects.count()) == (422, 0)
    assert f"Dòng chưa đúng: {school.pupils[1].full_name}. Chưa ghi phiếu nào." in text(answer)
    chosen["signer-{1}"] = "Lê Văn Ba (cha)"
    sent(client, school, slips_page(school, **chosen))
    signers = Consent.objects.filter(giver=Giver.REPRESENTATIVE).values_list("signer", flat=True)
    assert set(signers) == {"Trần Thị Tư (mẹ)", "Lê Văn Ba (cha)"}


def test_the_word_of_a_child_who_was_under_seven_on_the_slip_and_is_seven_now_is_asked_for_by_name(
    school, client
):
    pupil = school.pupils[0]
    seventh = clock.today() - 10 * DAY
    Student.objects.filter(pk=pupil.pk).update(
        birth_year=seventh.year - 7, birth_month=seventh.month, birth_day=seventh.day
    )
    data = slips_page(school, **{"slip-{0}": "all", "signer-{0}": "Trần Thị Tư (mẹ)"})
    data["said_on"] = (clock.today() - 20 * DAY).isoformat()
    shown = text(sent(client, school, data))
    assert f"nay đã đủ nên còn thiếu ý kiến của chính em: {pupil.full_name}." in shown
    assert set(words_of_first(school).values()) == {"Thiếu ý kiến học sinh"}


def test_a_slip_from_before_the_primary_years_or_the_birth_is_refused_and_what_was_chosen_stays(
    school, client
):
    data = slips_page(school, **{"slip-{0}": "all", "signer-{0}": "Trần Thị Tư (mẹ)"})
    answer = sent(client, school, {**data, "said_on": "1950-01-01"})
    assert (answer.status_code, "quá 5 năm. Xem lại năm trên phiếu" in text(answer)) == (422, True)
    assert '<option value="all" selected>' in answer.content.decode()
    born = clock.today() - 30 * DAY
    Student.objects.filter(pk=school.pupils[0].pk).update(
        birth_year=born.year, birth_month=born.month, birth_day=born.day
    )
    answer = sent(client, school, {**data, "said_on": (born - DAY).isoformat()})
    assert (answer.status_code, "trước ngày sinh của" in text(answer)) == (422, True)
    assert Consent.objects.count() == 0


def test_a_word_of_a_pupil_that_is_sent_twice_is_written_once(school):
    agreed = word(PHOTO, Said.GIVEN)
    made = [
        record_word(school.pupils[0], agreed, seen=0, school_class=school.class_4a, by=school.lan)
        for _ in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert Consent.objects.count() == 1


def test_missing_slips_are_a_task_of_who_leads_the_class_once_some_of_it_are_in(school):
    assert tasks_of(school.lan) == []
    handed_in(school, *(slip_of(pupil) for pupil in school.pupils[:3]))
    assert tasks_of(school.lan) == [("Phiếu đồng ý lớp 4A", "2 em còn thiếu")]
    assert tasks_of(school.thu) == tasks_of(school.minh) == tasks_of(school.tuan) == []
    handed_in(school, *(slip_of(pupil) for pupil in school.pupils[3:]))
    assert tasks_of(school.lan) == []


@pytest.mark.parametrize("pupils", [1, 5])
def test_a_class_of_slips_takes_the_same_statements_for_one_pupil_and_for_five(
    school, django_assert_num_queries, pupils
):
    slips = [slip_of(pupil) for pupil in school.pupils[:pupils]]
    by = again(school.lan)
    with django_assert_num_queries(8):
        record_slips(school.class_4a, slips, said_on=clock.today(), paper="Hồ sơ lớp 4A", by=by)


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_of_a_class_takes_the_same_statements_with_slips_and_without(
    school, client, django_assert_num_queries, more
):
    for pupil in school.pupils[:more]:
        handed_in(school, slip_of(pupil))
    as_(client, school.lan)
    client.get(reverse("approvals:consent_class", args=[school.class_4a.pk]))
    with django_assert_num_queries(9):
        client.get(reverse("approvals:consent_class", args=[school.class_4a.pk]))


# -- Requests ----------------------------------------------------------------------------------------------


def asked(school, kind=RequestKind.PROVIDE, *, subject=None, received=None, by=None):
    about = Asked(
        kind,
        subject or school.pupils[0],
        "Trần Thị Tư",
        "mẹ",
        "Căn cước, xem trực tiếp",
        "Xin bản sao dữ liệu của con.",
        received or clock.today(),
    )
    return record_request(about, by=again(by or school.tuan))


TWO_MORE = (RequestKind.CORRECT, RequestKind.DELETE)


def tasks_of(person):
    return [(task.title.split(":")[0], task.word) for task in read_tasks(again(person)).personal_data]


def test_a_request_goes_from_the_register_to_the_answer_and_says_who_did_what(school, client):
    found = asked(school)
    as_(client, school.tuan)
    act = lambda name: reverse("approvals:data_request_act", args=[found.pk, name])  # noqa: E731
    client.post(act("answer"), {"text": "Đã gọi điện báo."})
    assert client.post(act("grant"), {"text": "Đồng ý"}).status_code == 403
    as_(client, school.bich).post(act("grant"), {"text": "Đồng ý, giao tận tay."})
    shown = text(as_(client, school.tuan).post(act("carry_out"), {"text": "Đã giao bản sao."}, follow=True))
    assert "Đã thực hiện, đã trả lời" in shown
    for words in ("Đã gọi điện báo.", "Đồng ý, giao tận tay.", "Đã giao bản sao.", school.bich.full_name):
        assert words in shown


def test_a_move_without_words_is_refused_in_place_and_a_stale_one_is_told(school, client):
    found = asked(school)
    as_(client, school.tuan)
    answer = client.post(reverse("approvals:data_request_act", args=[found.pk, "answer"]), {"text": " . "})
    assert (answer.status_code, "Chưa ghi phản hồi cho người yêu cầu" in text(answer)) == (422, True)
    move_request(found, RequestAct.ANSWER, text="Đã báo.", by=school.tuan)
    stale = client.post(
        reverse("approvals:data_request_act", args=[found.pk, "answer"]), {"text": "Báo lần nữa"}
    )
    assert (stale.status_code, "vừa có người làm trước" in text(stale)) == (409, True)
    assert "Báo lần nữa" not in DataRequest.objects.get().answer


def test_a_request_is_found_by_name_and_written_down_for_a_pupil_and_for_staff(school, client):
    as_(client, school.tuan)
    page = reverse("approvals:data_request_new")
    found = client.get(page, {"q": school.pupils[0].full_name}).content.decode()
    assert f"?pupil={school.pupils[0].pk}" in found
    assert f"?person={school.lan.pk}" in client.get(page, {"q": school.lan.full_name}).content.decode()
    told = {
        "kind": "access",
        "requester": "Cô Lan",
        "relation": "chính mình",
        "identity": "Quen biết, trực tiếp",
        "text": "Xem hồ sơ của tôi.",
        "received_on": clock.today().isoformat(),
    }
    client.post(f"{page}?person={school.lan.pk}", told)
    assert DataRequest.objects.get().subject == school.lan.full_name
    assert client.post(f"{page}?person={school.lan.pk}", {**told, "text": ""}).status_code == 422


def test_numbers_of_a_year_have_no_gap_and_no_double(school):
    assert [asked(school, kind).number for kind in (RequestKind.PROVIDE, *TWO_MORE)] == [1, 2, 3]


def test_the_next_step_is_a_task_of_whoever_takes_it_and_overdue_ones_of_both(school):
    found = asked(school)
    label = f"{found.label} (cung cấp bản sao dữ liệu)"
    assert [title for title, _ in tasks_of(school.tuan)] == [label]
    move_request(found, RequestAct.ANSWER, text="Đã báo.", by=school.tuan)
    assert tasks_of(school.tuan) == []
    assert tasks_of(school.bich) == [(label, "Còn 10 ngày")]
    with clock.travelling(clock.now() + 12 * DAY):
        assert tasks_of(school.tuan) == tasks_of(school.bich) == [(label, "Quá hạn 2 ngày")]
    assert tasks_of(school.hoa) == []


def test_a_request_cannot_be_received_tomorrow(school):
    with pytest.raises(DataRefused, match="chưa tới"):
        asked(school, received=clock.today() + DAY)


def test_a_request_that_is_sent_twice_is_written_once_and_another_of_the_same_day_is_another(school):
    assert asked(school).pk == asked(school).pk
    assert DataRequest.objects.count() == 1
    assert asked(school, by=school.bich).number == 2
    with clock.travelling(clock.now() + HOUR):
        assert asked(school).number == 3


def test_a_request_cannot_be_received_more_than_a_year_ago(school):
    with pytest.raises(DataRefused, match="quá một năm"):
        asked(school, received=datetime.date(1950, 1, 1))


# -- Incidents ---------------------------------------------------------------------------------------------

KNOWN = Told(
    "Gửi nhầm danh sách lớp.", "Họ tên, số điện thoại.", 34, "Chưa thấy.", "Đã yêu cầu xoá.", "Văn thư"
)


def incident(school, *, hours=1):
    found = Found("Sáng nay, thư điện tử", clock.now() - hours * HOUR, "Phụ huynh báo")
    return record_incident(found, KNOWN, by=again(school.tuan))


def test_the_clock_of_72_hours_runs_from_the_discovery_on_the_start_page(school):
    incident(school, hours=40)
    assert [word for _title, word in tasks_of(school.bich)] == ["Còn 31 giờ"]
    with clock.travelling(clock.now() + 33 * HOUR):
        assert [word for _title, word in tasks_of(school.tuan)] == ["Quá hạn 2 giờ"]


def test_a_notice_after_72_hours_wants_a_reason_on_the_page_and_in_the_database(school, client):
    found = incident(school, hours=80)
    as_(client, school.tuan)
    page = reverse("approvals:data_incident_notify", args=[found.pk])
    now = f"{localtime(clock.stamp()):%Y-%m-%dT%H:%M}"
    data = {"to": NOTIFIED, "at": now, "how": "12/CV-THKĐ", "late_reason": ""}
    refused = client.post(page, data)
    assert (refused.status_code, "Chưa ghi lí do thông báo muộn" in text(refused)) == (422, True)
    with pytest.raises(DatabaseError, match="late_has_a_reason"), transaction.atomic():
        DataIncident.objects.filter(pk=found.pk).update(
            state="notified", notified_at=clock.now(), notified_by=school.tuan, notified_to="A05"
        )
    shown = text(client.post(page, {**data, "late_reason": "Chờ xác minh số người."}, follow=True))
    assert "Thông báo muộn" in shown
    assert tasks_of(school.tuan) == []


def test_what_becomes_known_is_added_until_the_end_and_the_history_keeps_what_was_said(school):
    found = incident(school)
    tell_more(found, Told(**_grown()), seen=incident_seen(found), by=again(school.tuan))
    assert [row.people for row in found.history.order_by("history_id")] == [34, 40]
    notify(found, Notice(NOTIFIED, clock.now(), "12/CV-THKĐ"), by=again(school.tuan))
    with pytest.raises(PermissionDenied):
        close_incident(found, conclusion="Xong.", by=again(school.tuan))
    close_incident(found, conclusion="Đã xoá, không phát tán.", by=again(school.bich))
    with pytest.raises(DataOutdated):
        tell_more(found, Told(**_grown()), seen=incident_seen(found), by=again(school.tuan))
    with pytest.raises(DatabaseError, match="is closed"), transaction.atomic():
        DataIncident.objects.filter(pk=found.pk).update(people=1)


def test_an_incident_that_is_sent_twice_is_written_once(school):
    found = Found("Sáng nay, thư điện tử", clock.now() - HOUR, "Phụ huynh báo")
    first, second = (record_incident(found, KNOWN, by=again(school.tuan)) for _ in range(2))
    assert first.pk == second.pk
    assert DataIncident.objects.count() == 1


def test_an_incident_cannot_be_discovered_more_than_a_year_ago(school):
    with pytest.raises(DataRefused, match="quá một năm"):
        incident(school, hours=24 * 400)


def incident_typed(found, **other):
    return {**_grown(), "seen": incident_seen(found), "discovered_at": local(found.discovered_at), **other}


def local(moment):
    return f"{localtime(moment):%Y-%m-%dT%H:%M}"


def test_who_adds_to_an_incident_from_an_old_page_is_shown_both_texts_and_nothing_is_lost(school, client):
    found = incident(school)
    page = reverse("approvals:data_incident_edit", args=[found.pk])
    stale = incident_typed(found, measures="Gọi từng phụ huynh.")
    as_(client, school.tuan)
    client.post(page, incident_typed(found, measures="Báo công an xã."))
    answer = client.post(page, stale)
    assert answer.status_code == 409
    shown = text(answer)
    assert "vừa được người khác bổ sung" in shown
    assert "Báo công an xã." in shown
    assert "Gọi từng phụ huynh." in shown
    assert DataIncident.objects.get().measures == "Báo công an xã."
    both = "Báo công an xã. Gọi từng phụ huynh."
    client.post(page, {**stale, "measures": both, "seen": incident_seen(DataIncident.objects.get())})
    assert DataIncident.objects.get().measures == both


def test_the_moment_of_discovery_is_corrected_for_a_reason_until_the_authority_is_told(school, client):
    found = incident(school, hours=5)
    was = clock.moment_label(found.discovered_at)
    page = reverse("approvals:data_incident_edit", args=[found.pk])
    typed = incident_typed(found, discovered_at=local(found.discovered_at - 3 * HOUR))
    as_(client, school.tuan)
    answer = client.post(page, typed)
    assert (answer.status_code, "Chưa ghi vì sao sửa thời điểm phát hiện" in text(answer)) == (422, True)
    shown = text(client.post(page, {**typed, "discovery_why": "Ghi nhầm giờ"}, follow=True))
    assert f"trước đó ghi {was}: Ghi nhầm giờ" in shown
    assert local(DataIncident.objects.get().discovered_at) == typed["discovered_at"]
    notify(found, Notice(NOTIFIED, clock.now(), "12/CV-THKĐ"), by=again(school.tuan))
    assert "Phát hiện lúc" not in text(client.get(page))
    with pytest.raises(DatabaseError, match="its discovery stands"), transaction.atomic():
        DataIncident.objects.filter(pk=found.pk).update(discovered_at=clock.now() - 9 * HOUR)


def _grown():
    return {
        "what": KNOWN.what,
        "categories": KNOWN.categories,
        "people": 40,
        "consequences": KNOWN.consequences,
        "measures": KNOWN.measures,
        "contact": KNOWN.contact,
    }


# -- What is past its time ---------------------------------------------------------------------------------


def old_line(school, *, days):
    at = clock.now() - days * DAY
    return AccessLogEntry.objects.create(kind="signed_in", user=school.lan, username="lan", at=at)


def test_the_principal_removes_lines_of_the_access_log_older_than_a_year_and_no_others(school, client):
    old, young = old_line(school, days=370), old_line(school, days=300)
    page = reverse("approvals:retention")
    assert "Xoá phần quá hạn" not in text(as_(client, school.tuan).get(page))
    as_(client, school.bich)
    assert "Xoá phần quá hạn" in text(client.get(page))
    client.post(reverse("approvals:retention_remove", args=[ACCESS_LOG]), CONFIRMED)
    assert not AccessLogEntry.objects.filter(pk=old.pk).exists()
    assert AccessLogEntry.objects.filter(pk=young.pk).exists()
    assert AccessLogEntry.objects.filter(
        kind="password_confirmed", detail__contains="quá thời hạn lưu"
    ).exists()


def test_a_loaded_list_goes_when_its_year_is_closed_and_its_row_stays(school):
    name = default_storage.save("uploads/old.xlsx", ContentFile(b"PK"))
    row = RosterUpload.objects.create(
        year=school.year, name="ds.xlsx", file=name, size=2, sha256="0" * 64, uploaded_by=school.tuan
    )
    assert count_expired()[ROSTER_FILES] == 0
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.CLOSED)
    assert count_expired()[ROSTER_FILES] == 1
    removal = remove_expired(ROSTER_FILES, by=school.bich)
    assert (removal.count, removal.unit, removal.kept_from) == (1, "tệp", None)
    assert not default_storage.exists(name)
    assert RosterUpload.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("reader", ["bich", "tuan"])
def test_what_was_removed_is_told_for_ever_to_principal_and_clerk(school, client, reader):
    old_line(school, days=370), old_line(school, days=380)
    as_(client, school.bich).post(reverse("approvals:retention_remove", args=[ACCESS_LOG]), CONFIRMED)
    as_(client, getattr(school, reader))
    first_kept = f"{access_log_kept_from(clock.today()):%d/%m/%Y}"
    shown = text(client.get(reverse("approvals:retention")))
    assert f"2 dòng, của những ngày trước {first_kept} {clock.today():%d/%m/%Y}" in shown
    assert f"{school.bich.full_name}, " in shown.split("Đã xoá khi quá hạn")[1]
    trail = text(client.get(reverse("approvals:audit"), {"part": "personal_data"}))
    told = ("Xoá phần quá thời hạn lưu", school.bich.full_name, "Hiệu trưởng", "Nhật kí truy cập: đăng nhập")
    for words in (*told, "số đã xoá", "giữ lại từ ngày", first_kept):
        assert words in trail


@pytest.mark.parametrize(
    "change", ["UPDATE approvals_expiredremoval SET count = 1", "DELETE FROM approvals_expiredremoval"]
)
def test_the_database_keeps_what_was_said_of_a_removal(school, change):
    old_line(school, days=370)
    remove_expired(ACCESS_LOG, by=school.bich)
    with pytest.raises(DatabaseError, match="approvals_expiredremoval"), transaction.atomic():
        connection.cursor().execute(change)


@pytest.mark.parametrize("code", ["hoc-ba", "nhat-ki-thay-doi", "so-dang-bo"])
def test_what_is_kept_for_ever_cannot_be_removed(school, code):
    with pytest.raises(DataRefused, match="phải giữ"):
        remove_expired(code, by=school.bich)


def test_what_is_kept_for_ever_is_refused_before_the_password_is_asked(school, client):
    answer = as_(client, school.bich).post(
        reverse("approvals:retention_remove", args=["hoc-ba"]), follow=True
    )
    assert answer.redirect_chain == [(reverse("approvals:retention"), 302)]
    assert "Phần này phải giữ, không xoá được." in answer.content.decode()
    assert not AccessLogEntry.objects.filter(kind__in=["password_confirmed", "password_wrong"]).exists()


def test_the_chain_tells_of_every_row_about_personal_data(school):
    handed_in(school, slip_of(school.pupils[0]))
    asked(school)
    incident(school)
    told = set(AuditEntry.objects.values_list("table_name", flat=True))
    assert {
        "approvals_processingpurpose",
        "approvals_consent",
        "approvals_datarequest",
        "approvals_dataincident",
    } <= told
