"""Fixtures of the gradebook's tests."""

import pytest
from django.test import Client

from tests.gradebook.school import School


@pytest.fixture
def lan(client: Client, school: School) -> Client:
    """The browser of cô Lan, who leads 4A and teaches Toán and Tiếng Việt there."""
    client.force_login(school.lan)
    return client
