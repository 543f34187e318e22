"""The pages of the register of processing purposes, from an empty one on (rule R66)."""

import re

import pytest
from django.urls import reverse

from approvals.models import ProcessingPurpose

pytestmark = pytest.mark.django_db
PHOTO = "anh-hoat-dong"


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def purpose(code):
    return ProcessingPurpose.objects.in_force().get(code=code)


def test_the_register_is_begun_and_reworded_on_its_pages(school, client):
    client.force_login(school.tuan)
    assert "8 mục đích thường có" in text(client.get(reverse("approvals:purposes")))
    shown = client.post(reverse("approvals:purposes_begin"), follow=True)
    assert "Đã ghi 8 mục đích theo mẫu" in text(shown)
    page = reverse("approvals:purpose_edit", args=[purpose(PHOTO).pk])
    values = {
        "title": "Chụp ảnh thẻ",
        "categories": "Ảnh thẻ",
        "basis": "Đồng ý",
        "recipients": "Văn thư",
        "kept_for": "Hết năm học",
        "needs_consent": "on",
        "why": "",
        "seen": re.search(r'name="seen" value="([^"]+)"', client.get(page).content.decode())[1],
    }
    refused = client.post(page, values)
    assert (refused.status_code, "Chụp ảnh thẻ" in refused.content.decode()) == (422, True)
    client.post(page, {**values, "why": "Chỉ còn ảnh thẻ"})
    assert purpose(PHOTO).title == "Chụp ảnh thẻ"
