"""A small school for tests: named people, three classes, lines, assignments; windows on demand.

Its year contains today, so sheets show their pupils and posts hold. Nothing is open until `open_window`.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from accounts import clock
from accounts.dates import Days
from accounts.grants import Grantee, grant
from accounts.history import Source
from accounts.models import Grant, Post, Team, User
from gradebook.arrangements import Wanted, arrange
from gradebook.entry import Change, SaveReport, save_results
from gradebook.models import Arrangement, EntryOrder, EntryWindow, SubjectLine, TeachingAssignment
from gradebook.order_execution import carry_out, waiting_orders
from gradebook.orders import issue_order
from gradebook.regulation import Period, lines_for
from gradebook.sheets import Field, SheetRef, find_sheet, stored_results, value_and_version
from gradebook.year_rules import rules_of
from students.models import (
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    Student,
    proposed_rule_set,
)
from students.names import search_key, sort_key
from tests.students.seats import seat

PASSWORD = "một mật khẩu dài để thử"
# What a form whose act asks for the password sends along.
CONFIRMED = {"confirm_password": PASSWORD}
SINCE = datetime.timedelta(hours=1)

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Võ")
_MIDDLE = ("Minh", "Thị", "Gia", "Ngọc", "Quốc")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Đức", "Hà", "Khôi", "Linh", "Nam", "Trâm")


@dataclass(slots=True)
class School:
    """The people by their given name, the classes by theirs, the pupils of 4A in class order.

    Cô Lan is homeroom teacher of 4A and teaches Toán and Tiếng Việt there; thầy Minh of 4B, and Toán there;
    cô Thu teaches Ngoại ngữ 1 in both; thầy Dũng heads the teachers of grade 4; cô Ngọc is homeroom teacher
    of 1A, and Toán there. Cô Bích is principal, cô Hoa vice-principal, anh Tuấn clerk, ông Sơn inspector.
    """

    year: SchoolYear
    class_4a: SchoolClass
    class_4b: SchoolClass
    class_1a: SchoolClass
    lan: User
    minh: User
    thu: User
    dung: User
    ngoc: User
    bich: User
    hoa: User
    tuan: User
    son: User
    pupils: list[Student]
    lines: Mapping[tuple[int, str], SubjectLine]

    @property
    def people(self) -> dict[str, User]:
        """Everybody with an account, by the name the attribute has."""
        names = ("lan", "minh", "thu", "dung", "ngoc", "bich", "hoa", "tuan", "son")
        return {name: getattr(self, name) for name in names}

    def sheet(
        self, code: str = "TOAN", period: str = Period.MID_TERM_1, school_class: SchoolClass | None = None
    ) -> SheetRef:
        """The sheet of a line (or NLPC) at a period; of 4A unless told otherwise."""
        return find_sheet((school_class or self.class_4a).pk, code, period)


def make_school(*, pupils: int = 5) -> School:
    """Writes the school to the test database, past the acts; 4A has `pupils` pupils, 4B three and 1A two."""
    _number_anew()
    with transaction.atomic():
        year = _make_year()
        lines = _make_lines(year)
        classes = {
            name: SchoolClass.objects.create(year=year, name=name, grade_level=int(name[0]))
            for name in ("4A", "4B", "1A")
        }
        people = _make_people(year)
        _assign(people, classes, lines, year)
        enrolled = {
            name: add_pupils(classes[name], count) for name, count in (("4A", pupils), ("4B", 3), ("1A", 2))
        }
    return School(
        year=year,
        class_4a=classes["4A"],
        class_4b=classes["4B"],
        class_1a=classes["1A"],
        pupils=enrolled["4A"],
        lines=lines,
        **people,
    )


def _number_anew() -> None:
    """Everybody and everything has the same key in every school, and no two tables share one.

    So what the application keeps of a person in memory, such as the statement of the frame, serves the next test too;
    and a test that takes the key of one thing for that of another fails.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(oid::regclass, 100 * row_number() OVER (ORDER BY relname DESC)) FROM pg_class"
            " WHERE relkind = 'S' AND relname ~ '^(accounts|students|gradebook|approvals|reports)_(?!historical)'"
        )


def add_pupils(school_class: SchoolClass, count: int, *, entry_code: str = "4") -> list[Student]:
    """Enrols `count` more pupils for the whole year; Thị and Ngọc are girls, the others boys.

    `entry_code`: how they came, promoted from the grade below unless told otherwise.
    """
    taken = Enrolment.objects.filter(school_class=school_class).count()
    names = [_name(taken + index) for index in range(count)]
    pupils = Student.objects.bulk_create(
        Student(
            full_name=name,
            sort_key=sort_key(name),
            search_key=search_key(name),
            gender=Student.Gender.FEMALE if {"Thị", "Ngọc"} & set(name.split()) else Student.Gender.MALE,
            birth_day=index % 28 + 1,
            birth_month=index % 12 + 1,
            birth_year=school_class.year_id - 5 - school_class.grade_level,
        )
        for index, name in enumerate(names)
    )
    seat(pupils, school_class, position=taken + 1, entry_code=entry_code)
    return pupils


def resize(school: School, pupils: int) -> School:
    """So many pupils in 4A instead, past the acts: whoever is too many has no seat."""
    Enrolment.objects.filter(student__in=school.pupils[pupils:])._raw_delete(DEFAULT_DB_ALIAS)
    school.pupils[pupils:] = add_pupils(school.class_4a, max(0, pupils - len(school.pupils)))
    return school


def open_school() -> School:
    """The school with GHKI open for all."""
    school = make_school()
    open_window(school)
    return school


def open_window(
    school: School,
    period: str = Period.MID_TERM_1,
    *,
    hours: float = 24,
    school_class: SchoolClass | None = None,
    line_code: str = "",
    teacher: User | None = None,
) -> EntryWindow:
    """The principal opens a period, from an hour ago, for the next `hours`: to all, or a class, a line, a teacher."""
    now = clock.now()
    order = EntryOrder(
        number=_next_number(school),
        dated=clock.today(),
        kind=EntryOrder.Kind.OPEN,
        year=school.year,
        period=period,
        school_class=school_class,
        line_code=line_code,
        teacher=teacher,
        text=f"Mở nhập {Period(period).label}.",
        opens_at=now - SINCE,
        closes_at=now + datetime.timedelta(hours=hours),
    )
    return issue_order(order=order, by=school.bich).window


def close_window(
    school: School, period: str = Period.MID_TERM_1, *, school_class: SchoolClass | None = None
) -> EntryOrder:
    """The principal locks a period now by a further order; every open window in its scope ends."""
    order = EntryOrder(
        number=_next_number(school),
        dated=clock.today(),
        kind=EntryOrder.Kind.LOCK,
        year=school.year,
        period=period,
        school_class=school_class,
        text=f"Khoá sổ {Period(period).label}.",
        opens_at=clock.now(),
    )
    return issue_order(order=order, by=school.bich)


def carry_out_all(school: School) -> None:
    """The vice-principal records every order that has taken effect."""
    for order in waiting_orders(school.hoa):
        carry_out(order, found="Theo lệnh", by=school.hoa)


def grant_to(school: School, to: Grantee, target: object, *, days: int = 30) -> Grant:
    """The vice-principal opens something from today on, for so many days."""
    today = clock.today()
    return grant(
        to=to,
        target=target,
        days=Days(today, min(today + datetime.timedelta(days=days), school.year.ends_on)),
        reason="Dự giờ",
        within=school.year.days,
        by=User.objects.get(pk=school.hoa.pk),
    )


def enter(ref: SheetRef, student: Student, field: str, value: str, *, by: User, item: str = "") -> SaveReport:
    """One cell, written as from a page that is up to date; `item` is the line's code if empty."""
    return save_results(ref, [change_of(ref, student, field, value, item=item)], by=by, source=Source.PAGE)


def change_of(ref: SheetRef, student: Student, field: str, value: str, *, item: str = "") -> Change:
    """The change of one cell with the version that stands in the database now."""
    item = item or ref.code
    stored = stored_results(ref, [student.pk])
    _value, version = value_and_version(stored.get((student.pk, item)), field)
    return Change(student.pk, item, field, value, version)


def value_of(ref: SheetRef, student: Student, field: str = Field.MARK, *, item: str = "") -> str:
    """What the database holds in a cell, as text; "" for not entered."""
    stored = stored_results(ref, [student.pk])
    return value_and_version(stored.get((student.pk, item or ref.code)), field)[0]


CERTIFIED = {
    "disability_code": "05",
    "disability_level": "severe",
    "disability_certificate_no": "12/GXN",
    "disability_certificate_on": datetime.date(2022, 3, 4),
}


def certify(pupil: Student) -> Student:
    """The pupil has a disability, and the certificate of it."""
    for name, value in CERTIFIED.items():
        setattr(pupil, name, value)
    pupil.save()
    return pupil


def exempt(
    school: School,
    pupil: Student,
    *items: str,
    period: Period = Period.MID_TERM_1,
    school_class: SchoolClass | None = None,
) -> None:
    """The clerk records that a pupil with a certificate, of 4A or another class, is exempt from lines or traits."""
    wanted = Wanted(
        items=items,
        kind=Arrangement.Kind.EXEMPT,
        period=period,
        plan="KHGDCN lập ngày 10/9/2026",
        decision_no="12/QĐ-THKĐ",
        decision_on=datetime.date(2025, 9, 5),
    )
    arrange(pupil, school_class or school.class_4a, wanted, by=school.tuan)


def leave_unassessed(pupil: Student) -> Student:
    """By a decision of the principal the pupil is not assessed."""
    pupil.is_exempt_from_assessment = True
    pupil.exemption_decision_no, pupil.exemption_decision_on = "12/QĐ-THKĐ", clock.today()
    return certify(pupil)


def _make_year() -> SchoolYear:
    today = clock.today()
    start = today.year if today.month >= 8 else today.year - 1
    return SchoolYear.objects.create(
        year=start,
        rule_set=proposed_rule_set(start),
        state=SchoolYear.State.OPEN,
        starts_on=datetime.date(start, 8, 1),
        lessons_start_on=datetime.date(start, 9, 1),
        first_term_ends_on=datetime.date(start + 1, 1, 15),
        second_term_starts_on=datetime.date(start + 1, 1, 16),
        lessons_end_on=datetime.date(start + 1, 5, 31),
        ends_on=datetime.date(start + 1, 7, 31),
        school_name="Trường Tiểu học Kim Đồng",
        parent_body="UBND phường Kim Đồng",
        ward="Phường Kim Đồng",
        province="Tỉnh Thử Nghiệm",
        place="Kim Đồng",
    )


def _make_lines(year: SchoolYear) -> dict[tuple[int, str], SubjectLine]:
    lines = SubjectLine.objects.bulk_create(
        SubjectLine(year=year, grade_level=grade, code=line.code)
        for grade in (1, 4)
        for line in lines_for(year.year, grade, rules=rules_of(year))
    )
    return {(line.grade_level, line.code): line for line in lines}


def _make_people(year: SchoolYear) -> dict[str, User]:
    grade_4 = Team.objects.create(name="Tổ 4", grade_level=4)
    names = {
        "lan": "Nguyễn Thị Lan",
        "minh": "Trần Văn Minh",
        "thu": "Lê Thị Thu",
        "dung": "Phạm Quốc Dũng",
        "ngoc": "Đặng Bảo Ngọc",
        "bich": "Hoàng Ngọc Bích",
        "hoa": "Võ Thị Hoa",
        "tuan": "Bùi Anh Tuấn",
        "son": "Đỗ Hồng Sơn",
    }
    people = {
        username: User.objects.create_user(
            username, PASSWORD, staff_code=f"CB{number:02d}", full_name=name, sort_key=sort_key(name)
        )
        for number, (username, name) in enumerate(names.items(), start=1)
    }
    for username, kind, team in (
        ("bich", Post.Kind.PRINCIPAL, None),
        ("hoa", Post.Kind.VICE_PRINCIPAL, None),
        ("tuan", Post.Kind.CLERK, None),
        ("son", Post.Kind.INSPECTOR, None),
        ("dung", Post.Kind.GRADE_HEAD, grade_4),
    ):
        Post.objects.create(holder=people[username], kind=kind, team=team, starts_on=year.starts_on)
    return people


def _assign(
    people: Mapping[str, User],
    classes: Mapping[str, SchoolClass],
    lines: Mapping[tuple[int, str], SubjectLine],
    year: SchoolYear,
) -> None:
    HomeroomAssignment.objects.bulk_create(
        HomeroomAssignment(school_class=classes[name], teacher=people[username], starts_on=year.starts_on)
        for name, username in (("4A", "lan"), ("4B", "minh"), ("1A", "ngoc"))
    )
    TeachingAssignment.objects.bulk_create(
        TeachingAssignment(
            school_class=classes[name],
            line=lines[classes[name].grade_level, code],
            teacher=people[username],
            starts_on=year.starts_on,
        )
        for name, code, username in (
            ("4A", "TOAN", "lan"),
            ("4A", "TV", "lan"),
            ("4A", "NN1", "thu"),
            ("4B", "TOAN", "minh"),
            ("4B", "NN1", "thu"),
            ("1A", "TOAN", "ngoc"),
        )
    )


def _name(index: int) -> str:
    """A different name for each of the first pupils, with letters that a Vietnamese page must get right."""
    return " ".join(
        (
            _FAMILY[index % len(_FAMILY)],
            _MIDDLE[index % len(_MIDDLE)],
            _GIVEN[(index + index // 70) % len(_GIVEN)],
        )
    )


def _next_number(school: School) -> str:
    return f"{EntryOrder.objects.filter(year=school.year).count() + 1:02d}/QĐ-THKĐ"
