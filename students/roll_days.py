"""Rolls that were called on days that, by other days of the terms, are no lesson days."""

from django.db.models import Count, Max, Min, Q

from students.models import RollCall, SchoolYear


def rolls_outside_terms(year: SchoolYear) -> str:
    """In a sentence, what moving the terms to the days that `year` now has means for the rolls; "" for nothing.

    One statement. The year's days have been judged: they are all there, in order.
    """
    if not year.terms or any(days.last is None for days in year.terms):
        return ""
    terms = Q()
    for days in year.terms:
        terms |= Q(day__range=(days.first, days.last))
    outside = RollCall.objects.filter(school_class__year=year.pk).exclude(terms)
    found = outside.aggregate(
        rolls=Count("pk"), classes=Count("school_class", distinct=True), first=Min("day"), last=Max("day")
    )
    if not found["rolls"]:
        return ""
    return (
        f"Đã điểm danh {found['rolls']} buổi của {found['classes']} lớp vào những ngày sẽ không còn thuộc học kì nào "
        f"(từ {found['first']:%d/%m/%Y} đến {found['last']:%d/%m/%Y}). Các buổi ấy vẫn nằm trong sổ điểm danh và trong "
        "số ngày nghỉ; kiểm tra lại ngày trước khi lưu."
    )
