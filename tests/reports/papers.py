"""A folder of files for a test's prints, their words, and a client who has just given the password for exports."""

import unicodedata

import pypdfium2
from django.test import Client
from django.urls import reverse

from reports.print_jobs import run_job
from tests.gradebook.school import CONFIRMED


def pages_of(content):
    """The words of each page, in one Unicode form and with single spaces."""
    document = pypdfium2.PdfDocument(content)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]


def as_confirmed(user):
    client = Client()
    client.force_login(user)
    client.post(reverse("accounts:confirm"), {"lasting": "exports", "next": "/", **CONFIRMED})
    return client


def printed(job):
    """The job, done."""
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.failure
    return job
