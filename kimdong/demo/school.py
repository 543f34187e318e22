"""Loads Trường Tiểu học Kim Đồng: last year complete, this year in progress, through the same acts as people use.

Rosters go through the clerk's import, marks through `save_results`, orders and requests through their acts; only
the clock travels (accounts.clock), so that the past lies in the past.
"""

import datetime
import random
from base64 import b32decode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import clock
from accounts.activation import activate, latest_slip
from accounts.admin_account import rotate_password
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.second_factor import NAME
from gradebook.entry import save_results
from gradebook.models import EntryOrder, SubjectLine, TeachingAssignment
from gradebook.order_forms import next_number
from gradebook.orders import issue_order
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from gradebook.staffing import carry_out_staff, prepare_lines
from gradebook.windows import period_in_year
from kimdong.demo import calendar, marks, rosters
from kimdong.demo.accounts import PASSWORD, SECOND_FACTOR_NAMES, SECOND_FACTOR_SECRET
from kimdong.demo.calendar import PlannedWindow
from kimdong.demo.entry_windows import hand_over_to_the_deputy, record_carried_out, tell_the_teachers
from kimdong.demo.people import DemoNames
from kimdong.demo.records import complete_records, fill_profile
from kimdong.demo.summer import assess_again
from kimdong.demo.year_end import approve_year, issue_decisions
from students.calendar import ordinary_week
from students.imports import carry_out_roster
from students.models import (
    CalendarEntry,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    Student,
    YearProfile,
    proposed_rule_set,
)
from students.roster_files import read_roster
from students.staff_files import read_staff
from students.years import set_week

ONE_SESSION_CLASS = "5G"


@dataclass(slots=True)
class DemoSchool:
    """What the loading needs to know while it goes on."""

    seed: int
    now: datetime.datetime
    say: Callable[[str], None]

    @property
    def year(self) -> int:
        return calendar.year_of(self.now.date())


def load(school: DemoSchool) -> None:
    """Writes the whole school into an empty database."""
    previous = make_year(school.year - 1)
    current = make_year(school.year)
    heading, rows = rosters.stored_rows(previous.year)
    repeating = marks.repeating(
        [row[rosters.MOET_ID] for row in rows if row[rosters.CLASS][0] == "1"], school.seed
    )
    following = rosters.following_rows(rows, current.year, repeating=repeating, seed=school.seed)
    _load_office(previous)
    clerk = User.objects.get(username="vanthu")
    for year, lists in ((previous, rows), (current, following)):
        school.say(f"nạp danh sách {len(lists)} học sinh năm học {year.label}")
        with clock.travelling(calendar.at(year.year, 8, 20, 9)):
            file = read_roster(rosters.as_workbook(heading, lists), "danh-sach.xlsx", school_year=year.year)
            carry_out_roster(file, year, by=clerk, source=Source.DEMO)
            _load_staff(year)
            _load_weeks(year, clerk)
    _load_profiles(previous, school)
    _load_profiles(current, school)
    for year in (previous, current):
        with clock.travelling(calendar.at(year.year, 9, 20, 15)):
            complete_records(year, school.seed)
    _give_second_factors()
    fill_previous_year(previous, school, repeating)
    fill_current_year(current, school)
    _rotate(school, clerk)


def _rotate(school: DemoSchool, clerk: User) -> None:
    """After each round the vice-principal has changed the clerk's password, and the clerk has set another; at last,
    just now, the demo's again."""
    vice_principal = User.objects.get(username="phohieutruong")
    windows = [*calendar.past_windows(school.year - 1), *calendar.current_windows(school.year, school.now)]
    after = [window.closes_at + datetime.timedelta(hours=1) for window in windows]
    lately = school.now - datetime.timedelta(minutes=30)
    for moment in [*(each for each in after if each < lately), lately]:
        password = PASSWORD if moment == lately else f"{PASSWORD} {moment:%d/%m/%Y}"
        with clock.travelling(moment):
            clerk = User.objects.get(pk=clerk.pk)
            slip = rotate_password(clerk, seen=latest_slip([clerk]), by=vice_principal)
            activate(username=clerk.username, code=slip.code, password=password)


def _give_second_factors() -> None:
    """To the office, which does not log in without; and everybody's password is as old as the demo."""
    key = b32decode(SECOND_FACTOR_SECRET).hex()
    with acting(None, role="Quản trị", source=Source.DEMO):
        people = list(User.objects.all())
        office = [user for user in people if user.username in SECOND_FACTOR_NAMES]
        for user in people:
            user.password_changed_at = clock.stamp()
        for user in office:
            user.second_factor_since = clock.stamp()
        User.objects.bulk_update(people, ["password_changed_at", "second_factor_since"])
        TOTPDevice.objects.bulk_create(TOTPDevice(user=user, name=NAME, key=key) for user in office)
        record_bulk(people, changed=True, why="Đặt mật khẩu và xác thực hai lớp của trường trình diễn")


def make_year(year: int) -> SchoolYear:
    """A school year of the demo with its heading lines, its calendar and the lines of every grade."""
    lessons = calendar.lessons_of(year)
    with acting(None, role="Quản trị", source=Source.DEMO):
        made = SchoolYear.objects.create(
            year=year,
            rule_set=proposed_rule_set(year),
            state=SchoolYear.State.OPEN,
            starts_on=datetime.date(year, 8, 1),
            lessons_start_on=lessons.starts_on,
            first_term_ends_on=lessons.first_term_ends_on,
            second_term_starts_on=lessons.second_term_starts_on,
            lessons_end_on=lessons.ends_on,
            ends_on=datetime.date(year + 1, 7, 31),
            records_due_on=lessons.starts_on + datetime.timedelta(weeks=12),
            school_name="Trường Tiểu học Kim Đồng",
            parent_body="UBND phường Kiến An",
            ward="Phường Kiến An",
            province="Thành phố Hải Phòng",
            place="Hải Phòng",
        )
        record_bulk(CalendarEntry.objects.bulk_create(calendar.entries_of(made)), changed=False)
        ordinary_week(made).save()
        prepare_lines(made)
    return made


def _staff_rows() -> list:
    return list(read_staff((rosters.DATA / rosters.STAFF_FILE).read_bytes(), rosters.STAFF_FILE).rows)


def _load_office(year: SchoolYear) -> None:
    """The office first: the clerk must hold the post to import the pupils."""
    office = [row for row in _staff_rows() if not row.classes and not row.homeroom_class]
    with clock.travelling(calendar.at(year.year, 8, 15, 8)):
        carry_out_staff(
            office, year, names=DemoNames(), password_hash=make_password(PASSWORD), source=Source.DEMO
        )


def _load_staff(year: SchoolYear) -> None:
    carry_out_staff(
        _staff_rows(), year, names=DemoNames(), password_hash=make_password(PASSWORD), source=Source.DEMO
    )


def _load_weeks(year: SchoolYear, clerk: User) -> None:
    """One class learns in one session: there is no room for its afternoons."""
    school_class = SchoolClass.objects.get(year=year, name=ONE_SESSION_CLASS)
    week = ordinary_week(year, school_class)
    week.afternoons = []
    set_week(week, by=clerk, reason="Thời khoá biểu của trường", source=Source.DEMO)


def _load_profiles(year: SchoolYear, school: DemoSchool) -> None:
    """Height, weight and days absent, as far as the year has gone."""
    rows = []
    is_past = year.year < school.year
    for enrolment in Enrolment.objects.filter(school_class__year=year).select_related(
        "student", "school_class"
    ):
        child = random.Random(f"{school.seed}-{enrolment.student.moet_id}")  # noqa: S311 - invented
        chance = random.Random(f"{school.seed}-{enrolment.student.moet_id}-{year.year}")  # noqa: S311 - invented
        # A child keeps its build and grows by the year.
        height = 108 + 6 * enrolment.school_class.grade_level + child.randint(-6, 7)
        profile = YearProfile(
            student=enrolment.student,
            year=year,
            height_cm=height,
            weight_kg=round((height - 100) * 0.62 + 8 + child.randint(-3, 6)),
            # Last year's came from paper; this year's rolls are called here.
            absent_with_leave=chance.choice((0, 0, 0, 1, 1, 2, 3, 4)) if is_past else None,
            absent_without_leave=chance.choice((0,) * 9 + (1,)) if is_past else None,
        )
        fill_profile(profile, enrolment.student, chance, leaves_gaps=year.year == school.year)
        rows.append(profile)
    with acting(None, role="Quản trị", source=Source.DEMO):
        record_bulk(YearProfile.objects.bulk_create(rows), changed=False)


def fill_previous_year(year: SchoolYear, school: DemoSchool, repeating: set[str]) -> None:
    """Four periods opened, filled and locked by their end, one under an order that the deputy signed for the principal;
    then results approved class by class."""
    for window in calendar.past_windows(year.year):
        school.say(f"nhập {window.period.label} năm học {year.label}")
        signer = "hieutruong"
        if window.period is Period.MID_TERM_2:
            hand_over_to_the_deputy(window, year)
            signer = "phohieutruong"
        record_carried_out(_order(year, window, signer), window)
        _fill(year, window, school, share=lambda _ref: 1.0)
    school.say(f"phê duyệt kết quả năm học {year.label}")
    approve_year(year, seed=school.seed)
    issue_decisions(year)
    summer = calendar.summer_window(year.year)
    record_carried_out(_order(year, summer), summer)
    assess_again(year, summer, seed=school.seed, repeating=repeating)


def fill_current_year(year: SchoolYear, school: DemoSchool) -> None:
    """Earlier periods complete and locked, the one that contains now open and about half filled."""
    for window in calendar.current_windows(year.year, school.now):
        if window.opens_at > school.now:
            return
        is_open = window.closes_at > school.now
        school.say(f"nhập {window.period.label} năm học {year.label}" + (" (đang mở)" if is_open else ""))
        order = _order(year, window)
        _fill(year, window, school, share=_half_filled if is_open else lambda _ref: 1.0)
        if is_open:
            tell_the_teachers(order, window, school.now)
        else:
            record_carried_out(order, window)


def _half_filled(ref: SheetRef) -> float:
    """Some teachers are done, some have begun, some have not."""
    return (0.0, 1.0, 0.6, 0.0, 1.0, 0.3, 0.0)[(ref.school_class.pk * 3 + sum(map(ord, ref.code))) % 7]


def _order(year: SchoolYear, window: PlannedWindow, signer: str = "hieutruong") -> EntryOrder:
    with clock.travelling(window.signed_at):
        leader = User.objects.get(username=signer)
        order = EntryOrder(
            number=next_number(window.signed_at.date()),
            dated=window.signed_at.date(),
            kind=EntryOrder.Kind.OPEN,
            year=year,
            period=window.period,
            text=(
                f"Mở hệ thống để giáo viên nhập kết quả {_assessment_words(window.period, year)}. "
                "Hết thời gian trên, hệ thống tự khoá; "
                "việc sửa chữa chỉ thực hiện theo phiếu đề nghị đã được phê chuẩn."
            ),
            opens_at=window.opens_at,
            closes_at=window.closes_at,
        )
        return issue_order(order=order, by=leader)


def _assessment_words(period: Period, year: SchoolYear) -> str:
    words = period_in_year(period, year)
    return words if period is Period.SUPPLEMENTARY else f"đánh giá {words}"


def _fill(
    year: SchoolYear, window: PlannedWindow, school: DemoSchool, share: Callable[[SheetRef], float]
) -> None:
    """Each responsible teacher types their sheets, spread over the period."""
    sheets = list(_sheets(year, window.period))
    for index, (ref, teacher, students) in enumerate(sheets):
        changes = marks.wanted_changes(ref, students, seed=school.seed, share=share(ref))
        if not changes:
            continue
        with clock.travelling(window.moment((index + 1) / (len(sheets) + 1), school.now)):
            save_results(ref, changes, by=teacher, source=Source.DEMO, whole=True)


def _sheets(year: SchoolYear, period: Period):
    """Every sheet of a period with its teacher and pupils, class by class."""
    students: dict[int, list[Student]] = defaultdict(list)
    enrolments = Enrolment.objects.filter(school_class__year=year).select_related("student").in_class_order()
    for enrolment in enrolments:
        students[enrolment.school_class_id].append(enrolment.student)
    people = {user.pk: user for user in User.objects.all()}
    lines = {line.pk: line for line in SubjectLine.objects.filter(year=year)}
    taught: dict[int, list[TeachingAssignment]] = defaultdict(list)
    for assignment in TeachingAssignment.objects.filter(line__year=year).order_by("line__code"):
        taught[assignment.school_class_id].append(assignment)
    homerooms = dict(
        HomeroomAssignment.objects.filter(school_class__year=year).values_list(
            "school_class_id", "teacher_id"
        )
    )
    for school_class in SchoolClass.objects.filter(year=year).select_related("year"):
        pupils = students[school_class.pk]
        for each in taught[school_class.pk]:
            yield SheetRef(school_class, lines[each.line_id], period), people[each.teacher_id], pupils
        yield SheetRef(school_class, None, period), people[homerooms[school_class.pk]], pupils
