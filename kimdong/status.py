"""Is the web process alive and does the database answer."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.idle_lock import reachable_when_locked


@login_not_required
@reachable_when_locked
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 "ok" when a statement goes through; a database that does not answer makes it a 500."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
