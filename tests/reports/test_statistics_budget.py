"""What a page of statistics asks the database, whatever the number of pupils.

One statement of each page that counts opens who is of which veiled group (docs/decisions/0201).
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.gradebook.school import add_pupils, make_school, open_window

pytestmark = pytest.mark.django_db
START = "/reports/statistics/"

STATEMENTS = [
    ("muc-dat-duoc/?period=GHKI", 9),
    ("muc-dat-duoc/?period=GHKI&by=lop&item=TOAN", 9),
    ("diem-ktdk/?period=GHKI", 9),
    ("pham-chat-nang-luc/?period=GHKI", 9),
    ("ket-qua-nam/", 9),
    ("chuyen-can/?by=lop", 10),
    ("muc-dat-duoc/compare/?period=CHKI", 9),
    ("muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=tat-ca&group=tat-ca", 8),
    ("muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=tat-ca&group=khuyet-tat", 10),
    ("chuyen-can/pupils/?span=nam&column=co-phep&group=tat-ca", 8),
]


@pytest.mark.parametrize(("address", "statements"), STATEMENTS)
def test_a_page_takes_as_many_statements_for_five_pupils_as_for_fifty(client, address, statements):
    school = make_school(pupils=5)
    open_window(school)
    client.force_login(school.bich)
    client.get(START + address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(START + address).status_code == 200
    add_pupils(school.class_4a, 45)
    with CaptureQueriesContext(connection) as many:
        client.get(START + address)
    assert (len(few), len(many)) == (statements, statements)
