"""«Đã tập huấn»: recorded for others, cancelled on record, counted against 100 % of the staff (PLAN III.2)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import Team, TrainingRecord
from accounts.training import (
    TrainingRefused,
    cancel_training,
    in_service,
    read_teams,
    record_training,
    whole_school,
)
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def the_school():
    school = make_school()
    for person in (school.lan, school.dung):
        person.team = Team.objects.get(name="Tổ 4")
        person.save()
    return school


def recorded(people, by, **changed):
    values = {"subject": "Nhập sổ", "trained_on": clock.today() - DAY, "trainer": "Cô Hoa"}
    return record_training(people, **{**values, **changed}, by=by)


def form(*people, **changed):
    return {
        "subject": "Nhập sổ",
        "trained_on": clock.today().isoformat(),
        "trainer": "Cô Hoa",
        "people": [person.pk for person in people],
        **changed,
    }


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_clerk_and_vice_principal_record_many_at_once(school, client):
    client.force_login(school.tuan)
    answer = client.post(reverse("accounts:training"), form(school.lan, school.minh), follow=True)
    assert "Đã ghi nhận tập huấn cho 2 người." in text(answer)
    assert recorded([school.thu], school.hoa)[0].recorded_by == school.hoa
    assert TrainingRecord.history.count() == 3
    assert set(TrainingRecord.history.values_list("acting_role", flat=True)) == {"Văn thư", "Phó Hiệu trưởng"}


def test_the_same_record_again_is_told_and_not_doubled(school, client):
    client.force_login(school.tuan)
    client.post(reverse("accounts:training"), form(school.lan))
    answer = client.post(reverse("accounts:training"), form(school.lan, school.minh), follow=True)
    assert "cho 1 người." in text(answer)
    assert "1 người đã có bản ghi này từ trước" in text(answer)
    assert TrainingRecord.objects.count() == 2


@pytest.mark.parametrize("person", ["lan", "dung", "bich", "son"])
def test_nobody_else_records(school, person):
    with pytest.raises(PermissionDenied):
        recorded([school.minh], school.people[person])


def test_nobody_records_or_cancels_their_own(school, client):
    with pytest.raises(TrainingRefused):
        recorded([school.tuan, school.lan], school.tuan)
    client.force_login(school.tuan)
    assert client.post(reverse("accounts:training"), form(school.tuan)).status_code == 422
    own = recorded([school.tuan], school.hoa)[0]
    with pytest.raises(TrainingRefused):
        cancel_training(own, reason="Nhầm.", by=school.tuan)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.update(recorded_by=school.tuan)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"trained_on": "31/02/2026"},
        {"trainer": ""},
        {"people": []},
        {"people": ["0"]},
        {"people": ["x"]},
    ],
)
def test_a_bad_form_is_refused_and_keeps_what_was_typed_and_ticked(school, client, wrong):
    client.force_login(school.tuan)
    answer = client.post(reverse("accounts:training"), form(school.lan) | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    if "people" not in wrong:
        assert re.search(rf'id="person-{school.lan.pk}"\s+checked', page)
    if "trainer" not in wrong:
        assert "Cô Hoa" in page
    assert not TrainingRecord.objects.exists()


def test_a_day_to_come_is_refused(school, client):
    client.force_login(school.tuan)
    later = (clock.today() + DAY).isoformat()
    answer = client.post(reverse("accounts:training"), form(school.lan, trained_on=later))
    assert answer.status_code == 422
    assert "Ngày tập huấn còn ở phía trước" in text(answer)


def test_a_record_is_cancelled_on_record_with_a_reason_and_no_longer_counts(school, client):
    record = recorded([school.lan], school.tuan)[0]
    client.force_login(school.hoa)
    address = reverse("accounts:training_cancel", args=[record.pk])
    assert client.post(address, {"reason": " . "}).status_code == 422
    assert "Bản ghi vẫn lưu" in text(client.post(address, {"reason": "Ghi nhầm người."}, follow=True))
    record.refresh_from_db()
    assert (record.cancelled_by, record.cancel_reason) == (school.hoa, "Ghi nhầm người.")
    assert whole_school(read_teams()).trained == 0
    assert client.post(address, {"reason": "Lần nữa."}).status_code == 422
    assert recorded([school.lan], school.tuan)


def test_the_share_is_of_the_staff_in_service_by_team_and_names_who_is_missing(school, client):
    school.ngoc.is_active = False
    school.ngoc.save()
    assert set(in_service()) == set(school.people.values()) - {school.ngoc, school.son}
    recorded([school.lan], school.tuan)
    teams = {team.name: team for team in read_teams()}
    assert (teams["Tổ 4"].trained, teams["Tổ 4"].total, teams["Tổ 4"].percent) == (1, 2, 50)
    assert [line.person for line in teams["Tổ 4"].missing] == [school.dung]
    client.force_login(school.bich)
    page = text(client.get(reverse("accounts:training")))
    assert "1 / 7 cán bộ, giáo viên, nhân viên đang làm việc, đạt 14%" in page
    assert "Tổ 4 1/2 50% Phạm Quốc Dũng" in page
    assert "Ghi nhận đã tập huấn" not in page


def test_a_hundred_percent_is_said_only_when_nobody_is_missing(school, client):
    everybody = list(in_service())
    recorded([person for person in everybody if person != school.tuan], school.tuan)
    client.force_login(school.bich)
    assert "Chưa đủ 100%" in text(client.get(reverse("accounts:training")))
    recorded([school.tuan], school.hoa)
    assert "Đủ 100%" in text(client.get(reverse("accounts:training")))


def test_everybody_sees_their_own_record_beside_the_guides(school, client):
    client.force_login(school.lan)
    assert "Chưa có bản ghi tập huấn nào của thầy cô" in text(client.get(reverse("accounts:guides")))
    recorded([school.lan], school.tuan)
    page = text(client.get(reverse("accounts:guides")))
    assert "Nhập sổ" in page
    assert "Cô Hoa hướng dẫn · Bùi Anh Tuấn ghi nhận" in page


def test_the_page_takes_the_same_statements_for_a_few_records_and_for_many(
    school, client, django_assert_num_queries
):
    client.force_login(school.tuan)
    for many in (1, 5):
        for number in range(many):
            recorded([school.lan, school.minh, school.thu], school.tuan, subject=f"Đợt {number}")
        with django_assert_num_queries(5):
            client.get(reverse("accounts:training"))


def test_history_cannot_be_rewritten(school):
    recorded([school.lan], school.tuan)
    with pytest.raises(Exception, match="kept for ever"), transaction.atomic():
        TrainingRecord.history.all().delete()
