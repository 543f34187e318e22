"""What permissions cost: statements a page with few and with 60 assignments; how fast a long access log answers.

`python -m bench.permissions` runs inside Django over the stack's database and prints one line of JSON.
"""

import json
import os
import time

import django

from bench.measure import median_ms

PAGES = ("/", "/students/classes/", "/approvals/requests/", "/gradebook/orders/", "/accounts/powers/")
MANY = 60
LOG = "/accounts/access-log/"
SEARCHES = {
    "newest": {},
    "person": {"person": "giao vien"},
    "kind": {"kind": "downloaded"},
    "day": {"since": "2026-03-01", "until": "2026-03-02"},
    "words": {"text": "lop 4a"},
    "rare_words": {"text": "hiem co"},
    "rare_address": {"address": "10.9.9.9"},
}
FILL_LOG = """
INSERT INTO accounts_accesslogentry
    (at, kind, user_id, username, post, method, path, address, target, target_path, detail, words)
SELECT now() - n * interval '30 seconds', (ARRAY['signed_in', 'downloaded', 'sensitive_viewed', 'refused'])[1 + n % 4],
    u.id, u.username, 'Giáo viên bộ môn', 'GET', '/students/classes/' || n % 60 || '/',
    ('192.168.1.' || n % 250)::inet, 'Danh sách lớp', '', CASE WHEN n % 100000 = 7 THEN 'Hiếm có' ELSE '' END,
    'danh sach lop ' || n % 5 + 1 || substr('abcdeg', 1 + n % 6, 1)
        || CASE WHEN n % 100000 = 7 THEN ' hiem co' ELSE '' END
FROM generate_series(%(first)s, %(last)s) n
JOIN (SELECT id, username, row_number() OVER () - 1 AS place, count(*) OVER () AS people FROM accounts_user) u
    ON u.place = n %% u.people
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415 - after setup

    from accounts.models import User  # noqa: PLC0415 - after setup

    teacher = User.objects.filter(username__startswith="gvbm").first() or User.objects.get(username="gvcn.4e")
    results: dict[str, object] = {"few": counts(teacher)}
    give_assignments(teacher)
    results["many"] = counts(User.objects.get(pk=teacher.pk))
    last = 0
    for length in (100_000, 1_000_000):
        with connection.cursor() as cursor:
            cursor.execute(FILL_LOG.replace("n % ", "n %% ") % {"first": last + 1, "last": length})
            cursor.execute("ANALYZE accounts_accesslogentry")
        last = length
        results[f"log_{length}"] = searches()
    print(json.dumps(results))


def counts(user: object) -> dict[str, int]:
    """Statements of each page, opened a second time."""
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - after setup

    client = client_of(user)
    found = {}
    for page in PAGES:
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        found[page] = len(captured)
    return found


def client_of(user: object):
    from django.test import Client  # noqa: PLC0415 - after setup

    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def give_assignments(user: object) -> None:
    """Lines in classes where the person teaches nothing yet, MANY of them. Grants are one more line here."""
    from django.utils import timezone  # noqa: PLC0415 - after setup

    from gradebook.models import SubjectLine, TeachingAssignment  # noqa: PLC0415 - after setup
    from students.models import SchoolClass  # noqa: PLC0415 - after setup

    today = timezone.localdate()
    classes = SchoolClass.objects.filter(year__starts_on__lte=today, year__ends_on__gte=today)
    lines = list(SubjectLine.objects.filter(year__in=classes.values("year")))
    free = [
        (each, line)
        for each in classes
        for line in lines
        if line.grade_level == each.grade_level and line.year_id == each.year_id
    ]
    TeachingAssignment.objects.filter(school_class__in=classes).exclude(teacher=user).delete()
    TeachingAssignment.objects.bulk_create(
        [
            TeachingAssignment(school_class=each, line=line, teacher=user, starts_on=today)
            for each, line in free[:MANY]
        ],
        ignore_conflicts=True,
    )


def searches() -> dict[str, float]:
    """Median milliseconds of the log's page for each kind of search, and of a page far back."""
    from accounts.models import AccessLogEntry, User  # noqa: PLC0415 - after setup

    client = client_of(User.objects.get(username="phohieutruong"))
    old = AccessLogEntry.objects.order_by("at").values_list("pk", flat=True)[1000]
    found = {}
    for name, filters in {**SEARCHES, "far_back": {"before": str(old)}}.items():
        samples = []
        for _round in range(5):
            begin = time.perf_counter()
            assert client.get(LOG, filters).status_code == 200
            samples.append(time.perf_counter() - begin)
        found[name] = median_ms(samples)
    return found


if __name__ == "__main__":
    main()
