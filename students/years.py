"""What the clerk does to a school year: prepares it, fixes its days, keeps its calendar (PLAN IV.3; rules R1, R2).

Opening it is in gradebook.opening, for it asks whether lines and assignments are there.
"""

import datetime
from collections.abc import Sequence
from itertools import pairwise

from django.db.models import Case, When
from django.http import Http404

from accounts import permissions
from accounts.clock import today
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from accounts.terms import Problem
from students.calendar import YearCalendar, national_holidays, ordinary_week
from students.models import CalendarEntry, SchoolClass, SchoolYear, WeekPattern, proposed_rule_set

SUNDAY = 7

HEADING_LINES = ("school_name", "parent_body", "ward", "province", "place")
TERM_DAYS = ("lessons_start_on", "first_term_ends_on", "second_term_starts_on", "lessons_end_on")
LONGEST_YEAR = datetime.timedelta(days=366)
FIXED_BY_OPENING = {"starts_on", "ends_on", "mark_floor"}


class YearRefused(Exception):
    """The act cannot be done; `problems` has every reason found, at least one. Nothing is written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def refuse(*problems: Problem | None) -> None:
    """Raises YearRefused if there is a problem."""
    found = [problem for problem in problems if problem]
    if found:
        raise YearRefused(*found)


def hold_year(year: SchoolYear) -> SchoolYear:
    """The guard of every act on a year: the year as stored, held until the transaction ends; YearIsClosed if it is."""
    held = SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)
    held.require_not_closed()
    return held


def hold_class(school_class: SchoolClass) -> None:
    """Acts on one class come one after the other, until the transaction ends."""
    SchoolClass.objects.select_for_update(no_key=True).only("pk").get(pk=school_class.pk)


class NoYearYet(Http404):
    """A page of a year, before the school's first one has begun: answered with what comes first (kimdong.not_found)."""


def name_of_the_school() -> str:
    """As the newest year that was opened has it, else the one that is prepared; "" before any. Named in
    settings.NAME_OF_THE_SCHOOL."""
    is_prepared = Case(When(state=SchoolYear.State.PREPARING, then=1), default=0)
    return (
        SchoolYear.objects.order_by(is_prepared, "-year").values_list("school_name", flat=True).first() or ""
    )


# -- The year ----------------------------------------------------------------------------------------------


def prepare_year(year: SchoolYear, *, by: User, source: Source = Source.PAGE) -> SchoolYear:
    """Stores a year to be opened later, with the rules of its time, its public holidays and last year's week."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=source) as act:
        store_new_year(year)
        act.says(f"Lập năm học {year.label}", thing=f"year:{year.pk}")
    return year


def store_new_year(year: SchoolYear) -> None:
    """The same within an act; a school that begins has no account yet that may (gradebook.first_run)."""
    refuse(*problems_of_days(year), _already_there(year))
    year.state, year.rule_set = SchoolYear.State.PREPARING, proposed_rule_set(year.pk)
    year.save(force_insert=True)
    record_bulk(CalendarEntry.objects.bulk_create(national_holidays(year)), changed=False)
    _week_like_last_year(year).save()


def change_year(year: SchoolYear, *, fields: list[str], reason: str, by: User) -> None:
    """Writes the named days and heading lines. Of an open year only with a reason, and not its first and last day."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        stored = hold_year(year)
        refuse(*problems_of_days(year), _fixed_by_opening(stored, fields), _no_reason(stored, reason))
        for field in fields:
            setattr(stored, field, getattr(year, field))
        stored._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's documented name
        stored.save(update_fields=fields)
        act.says(f"Sửa ngày, tiêu đề năm học {stored.label}. {reason}".strip(), thing=f"year:{stored.pk}")


def problems_of_days(year: SchoolYear) -> list[Problem]:
    """Why the days of the year cannot stand; the terms are asked only when one of their days is known."""
    found = [_overlap(year), _records_due(year)] if year.starts_on and year.ends_on else []
    steps = ["starts_on", *TERM_DAYS, "ends_on"]
    if not any(getattr(year, field) for field in TERM_DAYS if field != "first_term_ends_on"):
        steps = ["starts_on", "first_term_ends_on", "ends_on"]
    for before, after in pairwise(steps):
        found.append(_out_of_order(year, before, after))
    return [problem for problem in found if problem]


def _records_due(year: SchoolYear) -> Problem | None:
    due = year.records_due_on
    if due is None or year.starts_on <= due <= year.ends_on:
        return None
    return Problem("records_due_on", f"Hạn nằm ngoài năm học. Ghi ngày trong khoảng {year.days.label}.")


def _out_of_order(year: SchoolYear, before: str, after: str) -> Problem | None:
    first, second = getattr(year, before), getattr(year, after)
    label = SchoolYear.label_of(after)
    if second is None:
        return Problem(after, f"Chưa có {label}. Ghi ngày.")
    touches = "lessons_start_on" if before == "starts_on" else "ends_on"
    if first is None or first < second or (first == second and after == touches):
        return None
    return Problem(
        after, f"{label[0].upper()}{label[1:]} phải sau ngày {first:%d/%m/%Y}. Sửa lại một trong hai ngày."
    )


def _overlap(year: SchoolYear) -> Problem | None:
    if year.starts_on.year != year.year:
        return Problem("starts_on", f"Năm học {year.label} bắt đầu trong năm {year.year}. Sửa lại ngày.")
    if year.ends_on > year.starts_on + LONGEST_YEAR:
        return Problem(
            "ends_on", f"Năm học dài nhất là một năm kể từ {year.starts_on:%d/%m/%Y}. Sửa lại ngày cuối."
        )
    others = SchoolYear.objects.exclude(pk=year.pk)
    other = others.filter(starts_on__lte=year.ends_on, ends_on__gte=year.starts_on).first()
    if other is None:
        return None
    return Problem(
        "starts_on",
        f"Trùng với năm học {other.label} ({other.days.label}). Ghi ngày ngoài khoảng đó.",
    )


def _already_there(year: SchoolYear) -> Problem | None:
    if not SchoolYear.objects.filter(pk=year.pk).exists():
        return None
    return Problem("year", f"Năm học {year.label} đã được lập. Mở năm học đó trong danh sách để làm tiếp.")


def _fixed_by_opening(stored: SchoolYear, fields: list[str]) -> Problem | None:
    fixed = FIXED_BY_OPENING & set(fields)
    if not fixed or stored.state == SchoolYear.State.PREPARING:
        return None
    return Problem(
        min(fixed),
        "Năm học đã mở: ngày đầu, ngày cuối và điểm thấp nhất không đổi được nữa, vì danh sách lớp, sổ điểm theo đó.",
    )


def _no_reason(stored: SchoolYear, reason: str) -> Problem | None:
    if reason or stored.state == SchoolYear.State.PREPARING:
        return None
    return Problem("reason", "Năm học đã mở. Ghi lí do sửa, ví dụ số công văn.")


# -- Its calendar ------------------------------------------------------------------------------------------


def add_entry(entry: CalendarEntry, *, reason: str = "", by: User) -> CalendarEntry:
    """Puts days off or a day made up into the calendar; for a day that is past, with a reason."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = hold_year(entry.year)
        refuse(
            _outside_the_year(entry, year),
            _make_up_in_vain(entry, year),
            _past_without_reason(entry, reason),
            _recorded_already(entry, year),
        )
        entry._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        entry.save(force_insert=True)
        act.says(f"Thêm vào lịch năm học {year.label}: {words_of(entry)}", thing=f"year:{year.pk}")
    return entry


def remove_entry(entry: CalendarEntry, *, reason: str, by: User) -> None:
    """Takes an entry out of the calendar; the history keeps it with the reason."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = hold_year(entry.year)
        refuse(_past_without_reason(entry, reason))
        act.says(f"Bỏ khỏi lịch năm học {year.label}: {words_of(entry)}", thing=f"year:{year.pk}")
        entry._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        entry.delete()


def _recorded_already(entry: CalendarEntry, year: SchoolYear) -> Problem | None:
    same = {
        "kind": entry.kind,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "session": entry.session,
    }
    if not CalendarEntry.objects.filter(year=year, name__iexact=entry.name, **same).exists():
        return None
    return Problem("name", f"«{entry.name}» của những ngày này đã ghi rồi. Xem lại lịch năm học.")


def words_of(entry: CalendarEntry) -> str:
    """ "Nghỉ bão từ 08/09/2026 đến 09/09/2026 (buổi chiều)"."""
    half = f" (buổi {entry.get_session_display()})" if entry.session else ""
    return f"{entry.name} {entry.days.label}{half}"


def _outside_the_year(entry: CalendarEntry, year: SchoolYear) -> Problem | None:
    if year.starts_on <= entry.starts_on and entry.ends_on <= year.ends_on:
        return None
    return Problem("starts_on", f"Ngày nằm ngoài năm học. Ghi ngày trong khoảng {year.days.label}.")


def _make_up_in_vain(entry: CalendarEntry, year: SchoolYear) -> Problem | None:
    """A day is made up on a day without lessons, within the time of the lessons, for a weekday that has some."""
    if entry.kind != CalendarEntry.Kind.MAKE_UP or entry.taught_as is None:
        return None
    day, calendar = entry.starts_on, YearCalendar.of(year)
    if not year.terms or not (year.terms[0].first <= day <= (year.lessons_end_on or day)):
        return Problem(
            "starts_on", "Ngày học bù phải nằm giữa ngày bắt đầu học kì I và ngày kết thúc học kì II."
        )
    if calendar.make_up_on(day):
        return Problem("starts_on", f"Ngày {day:%d/%m/%Y} đã là ngày học bù. Chọn ngày khác.")
    if calendar.is_school_day(day):
        return Problem(
            "starts_on", f"Ngày {day:%d/%m/%Y} vốn có học. Chọn ngày trường đang nghỉ, ví dụ thứ Bảy."
        )
    pattern = calendar.pattern_on(day)
    if entry.taught_as not in {*pattern.mornings, *pattern.afternoons}:
        return Problem("taught_as", "Thứ này không có buổi học nào. Chọn thứ đã nghỉ cần học bù.")
    return None


def _past_without_reason(entry: CalendarEntry, reason: str) -> Problem | None:
    if reason or entry.starts_on > today() or entry.year.state == SchoolYear.State.PREPARING:
        return None
    return Problem("reason", "Ngày này không còn ở phía trước. Ghi lí do, ví dụ số công văn cho nghỉ.")


def set_week(
    pattern: WeekPattern, *, by: User, reason: str = "", source: Source = Source.PAGE
) -> WeekPattern:
    """From `starts_on` on the school, or the class, has lessons in these sessions; earlier days stay as they were.

    From a day that is past, or with lessons on Sunday, with a reason.
    """
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=source) as act:
        year = hold_year(pattern.year)
        refuse(_week_outside(pattern, year), _week_without_reason(pattern, reason))
        same_day = WeekPattern.objects.filter(
            year=year, school_class=pattern.school_class, starts_on=pattern.starts_on
        )
        pattern.pk = same_day.values_list("pk", flat=True).first()
        pattern._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
        pattern.save()
        whose = f"lớp {pattern.school_class.name}" if pattern.school_class else "toàn trường"
        act.says(f"Đặt buổi học {whose} từ {pattern.starts_on:%d/%m/%Y}", thing=f"year:{year.pk}")
    return pattern


def _week_outside(pattern: WeekPattern, year: SchoolYear) -> Problem | None:
    if year.starts_on <= pattern.starts_on <= year.ends_on:
        return None
    return Problem("starts_on", f"Ngày nằm ngoài năm học. Ghi một ngày {year.days.label}.")


def _week_without_reason(pattern: WeekPattern, reason: str) -> Problem | None:
    if reason.strip():
        return None
    if pattern.starts_on < today() and pattern.year.state != SchoolYear.State.PREPARING:
        return Problem(
            "reason",
            "Ngày áp dụng đã qua: buổi đã điểm danh từ ngày đó mà không còn học thì không tính nữa. Ghi lí do, hoặc "
            "chọn ngày từ hôm nay.",
        )
    if SUNDAY in (*pattern.mornings, *pattern.afternoons):
        return Problem("reason", "Có buổi học Chủ nhật. Bỏ chọn Chủ nhật, hoặc ghi lí do.")
    return None


def _week_like_last_year(year: SchoolYear) -> WeekPattern:
    last = WeekPattern.objects.filter(school_class=None, year__lt=year.pk).order_by("-starts_on").first()
    week = ordinary_week(year)
    if last:
        week.mornings, week.afternoons = last.mornings, last.afternoons
    return week


# -- Its classes -------------------------------------------------------------------------------------------


def make_class(school_class: SchoolClass, *, by: User) -> SchoolClass:
    permissions.require(by, Action.KEEP_CLASSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = hold_year(school_class.year)
        refuse(_name_taken(school_class))
        school_class.save(force_insert=True)
        act.says(f"Lập lớp {school_class.name} năm học {year.label}", thing=f"class:{school_class.pk}")
    return school_class


def make_classes(classes: Sequence[SchoolClass], *, year: SchoolYear, by: User) -> list[SchoolClass]:
    """Several classes of one year at once; refused whole when a name is taken or comes twice."""
    permissions.require(by, Action.KEEP_CLASSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = hold_year(year)
        taken = {name.casefold() for name in held.classes.values_list("name", flat=True)}
        for school_class in classes:
            if school_class.name.casefold() in taken:
                refuse(Problem("name", f"Năm học này đã có lớp {school_class.name}. Đặt tên khác."))
            taken.add(school_class.name.casefold())
        made = SchoolClass.objects.bulk_create(classes)
        record_bulk(made, changed=False)
        names = ", ".join(each.name for each in made)
        act.says(f"Lập {len(made)} lớp năm học {held.label}: {names}", thing=f"year:{held.pk}")
    return made


def change_class(school_class: SchoolClass, *, fields: list[str], reason: str, by: User) -> None:
    """Writes the named fields. The grade stays once somebody sits or teaches in the class: its lines hang on it."""
    permissions.require(by, Action.KEEP_CLASSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        hold_year(school_class.year)
        was = SchoolClass.objects.get(pk=school_class.pk)
        in_use = what_uses(was) if "grade_level" in fields else ""
        refuse(
            _name_taken(school_class),
            Problem("grade_level", f"Không đổi khối được: lớp đã có {in_use}.") if in_use else None,
        )
        if "grade_level" in fields:
            _forget_line_choices(school_class)
        school_class._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        school_class.save(update_fields=fields)
        renamed = f" thành {school_class.name}" if was.name != school_class.name else ""
        act.says(f"Sửa lớp {was.name}{renamed}. {reason}".strip(), thing=f"class:{school_class.pk}")


def delete_class(school_class: SchoolClass, *, by: User) -> None:
    """Removes a class made by mistake: one in which nobody ever sat and nobody was given anything to teach."""
    permissions.require(by, Action.KEEP_CLASSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        hold_year(school_class.year)
        in_use = what_uses(school_class)
        refuse(
            Problem("", f"Không xoá lớp {school_class.name} được: lớp đã có {in_use}.") if in_use else None
        )
        act.says(f"Xoá lớp {school_class.name} lập nhầm", thing=f"year:{school_class.year_id}")
        _forget_line_choices(school_class)
        for pattern in school_class.week_patterns.all():
            pattern.delete()
        school_class.delete()


def _forget_line_choices(school_class: SchoolClass) -> None:
    """They are of the grade that the class had; of the app above, without an import. The history keeps them."""
    for choice in school_class.line_choices.all():
        choice.delete()


def what_uses(school_class: SchoolClass) -> str:
    """Which rows hang on the class, in words: "35 học sinh, phân công chủ nhiệm"; empty if none ever did."""
    pupils = school_class.enrolments.count()
    lessons = school_class.teaching_assignments  # of the app above, without an import, as the places
    places = school_class.roll_over_places.count()
    words = (
        (pupils, f"{pupils} học sinh"),
        (places, f"{places} học sinh trong bản xếp lớp (chuyển các em sang lớp khác trước)"),
        (not pupils and school_class.arrivals.exists(), "biến động đã huỷ còn trong sổ biến động"),
        (school_class.homeroom_assignments.exists(), "phân công chủ nhiệm"),
        (lessons.exists(), "phân công giảng dạy"),
    )
    return ", ".join(text for is_there, text in words if is_there)


def _name_taken(school_class: SchoolClass) -> Problem | None:
    others = SchoolClass.objects.filter(year=school_class.year).exclude(pk=school_class.pk)
    taken = next((each.name for each in others if each.name.casefold() == school_class.name.casefold()), None)
    if taken is None:
        return None
    return Problem("name", f"Năm học này đã có lớp {taken}. Đặt tên khác.")


def earliest_change(year: SchoolYear) -> datetime.date:
    """The day proposed for a new week: the first of a year still to come, else today."""
    return max(year.starts_on, min(today(), year.ends_on))
