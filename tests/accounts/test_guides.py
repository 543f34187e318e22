"""The guide of each role: its own first, all open to all, short, and with a picture of every step (PLAN III.2)."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from accounts.guides import GUIDES, PICTURE_HEIGHT, PICTURE_WIDTH
from accounts.powers import Role
from tests.gradebook.school import make_school

STATIC = settings.BASE_DIR / "static"
STEPS = [(guide, step) for guide in GUIDES for step in guide.steps]
NAMES = [guide.name_of(step) for guide, step in STEPS]
MOST_BYTES = 1_500_000


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_every_role_of_the_table_has_a_guide():
    assert {guide.role for guide in GUIDES} == set(Role) - {Role.STAFF}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.role.value)
def test_a_guide_is_read_in_three_minutes(guide):
    assert 5 <= len(guide.steps) <= 8
    assert len({step.slug for step in guide.steps}) == len(guide.steps)
    # A slow reader of instructions manages a hundred syllables a minute.
    assert sum(len(f"{step.title} {step.words}".split()) for step in guide.steps) < 3 * 100


@pytest.mark.parametrize(("guide", "step"), STEPS, ids=NAMES)
def test_a_step_names_a_control_and_has_a_picture_of_the_agreed_size(guide, step):
    assert step.names
    with Image.open(STATIC / guide.picture(step)) as picture:
        assert picture.size == (PICTURE_WIDTH, PICTURE_HEIGHT)


def test_pictures_and_fingerprints_are_those_of_the_steps_and_small():
    pictures = sorted((STATIC / "guides").glob("*.webp"))
    assert [picture.stem for picture in pictures] == sorted(NAMES)
    assert sum(picture.stat().st_size for picture in pictures) < MOST_BYTES
    assert sorted(json.loads((STATIC / "guides/fingerprints.json").read_text("utf-8"))) == sorted(NAMES)


def test_fingerprints_hold_nothing_that_moves_with_the_calendar():
    words = (STATIC / "guides/fingerprints.json").read_text("utf-8")
    pages = json.loads(words).values()
    assert not [line for page in pages for line in page if re.search(r"\d|học kì|Cuối năm", line)]


@pytest.mark.django_db
def test_each_role_sees_its_own_guide_first(client):
    school = make_school()
    for person, own in (("lan", ["Giáo viên chủ nhiệm", "Giáo viên bộ môn"]), ("tuan", ["Văn thư"])):
        client.force_login(school.people[person])
        page = text(client.get(reverse("accounts:guides")))
        mine = page.split("Vai trò của thầy cô", 1)[1].split("Các vai trò khác", 1)[0]
        assert [role.label for role in Role if role.label in mine] == own
        assert "Hiệu trưởng" in page


@pytest.mark.django_db
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.role.value)
def test_everybody_reads_every_guide_with_its_pictures(client, guide):
    client.force_login(make_school().lan)
    page = client.get(reverse("accounts:guide", args=[guide.role.value]))
    shown = page.content.decode()
    assert shown.count("<img") == len(guide.steps) == shown.count('loading="lazy"')
    assert all(step.title in text(page) for step in guide.steps)
    assert len(re.findall(r'alt="Ảnh màn hình bước \d: [^"]+"', shown)) == len(guide.steps)


@pytest.mark.django_db
def test_a_role_that_is_none_has_no_guide(client):
    client.force_login(make_school().lan)
    assert client.get(reverse("accounts:guide", args=["staff"])).status_code == 404
