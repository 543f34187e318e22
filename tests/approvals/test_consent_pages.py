"""Slips on the pages: those of one day, forms that were opened before another's change, forms sent twice (rule R66)."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import clock
from approvals.data_consents import Giver, Said, last_word_of
from approvals.models import Consent
from tests.approvals.test_personal_data import (
    DAY,
    HOUR,
    PHOTO,
    as_,
    handed_in,
    purpose,
    recorded,
    sent,
    slip_of,
    slips_page,
    text,
    withdrawn,
    word,
    words_of_first,
)
from tests.approvals.test_personal_data import the_school as begun

pytestmark = pytest.mark.django_db
MOTHER, FATHER = "Trần Thị Tư (mẹ)", "Lê Văn Ba (cha)"


def the_school():
    return begun()


def typed(school, said, *, on=None, seen=None, signer=FATHER):
    pupil = school.pupils[0]
    return {
        "purpose": purpose(PHOTO).pk,
        "giver": "representative",
        "said": said,
        "signer": signer,
        "said_on": (on or clock.today()).isoformat(),
        "paper": "Tủ văn phòng, ngăn 2",
        "seen": last_word_of(pupil) if seen is None else seen,
    }


def posted(client, school, data, *, by=None):
    page = reverse("approvals:consent_pupil", args=[school.pupils[0].pk])
    return as_(client, by or school.lan).post(page, data)


# -- Of one day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 2])
def test_a_pupils_slip_as_old_as_a_withdrawal_is_refused_in_the_words_of_the_class(school, client, days):
    withdrawn(school)
    rows = Consent.objects.count()
    answer = posted(client, school, typed(school, "given", on=clock.today() - days * DAY))
    shown = text(answer)
    assert answer.status_code == 422
    assert (
        f"Phiếu ngày {clock.today() - days * DAY:%d/%m/%Y} không thay được điều nói sau đó: «Chụp ảnh"
        in shown
    )
    assert f"(đã rút lại ngày {clock.today():%d/%m/%Y})" in shown
    assert "lấy phiếu mới, kí sau ngày ấy" in shown
    assert FATHER in answer.content.decode()
    assert (Consent.objects.count(), words_of_first(school)[PHOTO]) == (rows, "Đã rút lại")


def test_a_pupils_slip_of_the_day_after_a_withdrawal_agrees_again(school, client):
    withdrawn(school)
    with clock.travelling(clock.now() + DAY):
        assert posted(client, school, typed(school, "given")).status_code == 302
    assert words_of_first(school)[PHOTO] == "Được phép"


def test_the_database_lets_no_consent_of_a_withdrawals_day_follow_it_and_a_refusal_may(school):
    withdrawn(school)
    told = {"student": school.pupils[0], "purpose": purpose(PHOTO), "giver": Giver.REPRESENTATIVE}
    told |= {"signer": "x", "said_on": clock.today(), "paper": "x", "recorded_by": school.lan}
    with pytest.raises(DatabaseError, match="does not undo"), transaction.atomic():
        Consent.objects.create(said=Said.GIVEN, **told)
    Consent.objects.create(said=Said.REFUSED, **told)


# -- Opened before another's change ------------------------------------------------------------------------


def test_a_pupils_form_opened_before_a_withdrawal_is_asked_again_and_what_was_typed_stays(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    page = as_(client, school.tuan).get(reverse("approvals:consent_pupil", args=[school.pupils[0].pk]))
    shown = page.context["form"]["seen"].value()
    assert shown == last_word_of(school.pupils[0])
    recorded(school, word(PHOTO, Said.WITHDRAWN, on=clock.today()))
    stale = typed(school, "refused", seen=shown)
    answer = posted(client, school, stale, by=school.tuan)
    assert answer.status_code == 409
    assert "vừa được ghi thêm sau khi trang này mở. Chưa ghi gì" in text(answer)
    assert FATHER in answer.content.decode()
    assert words_of_first(school)[PHOTO] == "Đã rút lại"
    knowing = stale | {"seen": answer.context["form"]["seen"].value()}
    assert posted(client, school, knowing, by=school.tuan).status_code == 302
    assert words_of_first(school)[PHOTO] == "Không đồng ý"


def test_a_pupils_form_without_what_it_showed_is_asked_again(school, client):
    data = typed(school, "given")
    del data["seen"]
    assert posted(client, school, data).status_code == 409
    assert Consent.objects.count() == 0


def test_a_pupils_form_sent_twice_leads_to_the_same_page(school, client):
    data = typed(school, "given")
    assert [posted(client, school, data).status_code for _ in range(2)] == [302, 302]
    assert Consent.objects.count() == 1


# -- A class's table sent twice ----------------------------------------------------------------------------

FOR_ALL = {
    "all": {f"slip-{{{number}}}": "all" for number in range(5)},
    "missing": {f"slip-{{{number}}}": "missing" for number in range(5)},
    "every": {"every": "missing"},
}


@pytest.mark.parametrize("how", FOR_ALL)
def test_a_classs_table_sent_twice_says_that_the_slips_are_recorded(school, client, how):
    others = {f"signer-{{{number}}}": "Người đại diện khác (tên trên phiếu)" for number in range(1, 5)}
    data = slips_page(school, **FOR_ALL[how], **{"signer-{0}": MOTHER}, **others)
    assert "Đã ghi phiếu của 5 em lớp 4A" in text(sent(client, school, data))
    rows = Consent.objects.count()
    answer = sent(client, school, data)
    assert answer.redirect_chain == [(reverse("approvals:consent_class", args=[school.class_4a.pk]), 302)]
    assert "Phiếu của 5 em đã được ghi ở lần gửi trước: không ghi thêm gì." in text(answer)
    assert "người khác" not in text(answer)
    assert Consent.objects.count() == rows


def test_what_another_wrote_meanwhile_is_told_even_where_it_says_the_same(school, client):
    data = slips_page(school, **{"slip-{0}": "all", "signer-{0}": MOTHER})
    handed_in(school, slip_of(school.pupils[0]), by=school.tuan)
    answer = sent(client, school, data)
    assert (answer.status_code, "Vừa được ghi sau khi trang này mở" in text(answer)) == (422, True)


def test_the_same_table_an_hour_later_or_with_another_paper_is_no_second_sending(school, client):
    data = slips_page(school, **{"slip-{0}": "all", "signer-{0}": MOTHER})
    sent(client, school, data)
    assert sent(client, school, data | {"paper": "Ngăn 7"}).status_code == 422
    with clock.travelling(clock.now() + HOUR):
        assert sent(client, school, data).status_code == 422
