"""What a page answers when its act meets a closed year, whichever act it was."""

from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from students.models import YearIsClosed

BY_THE_DATABASE = "is closed: no"  # of the trigger closed_year_refuse


class ClosedYearMiddleware:
    """Acts that can say it beside a field do; for all others, and for the database's own refusal, this page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, YearIsClosed):
            return render(request, "closed_year.html", {"why": str(exception)}, status=409)
        if isinstance(exception, IntegrityError) and BY_THE_DATABASE in str(exception):
            why = "Số liệu này thuộc năm học đã đóng: chỉ còn để xem và in."
            return render(request, "closed_year.html", {"why": why}, status=409)
        return None
