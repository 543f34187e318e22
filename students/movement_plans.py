"""What a movement would do, what speaks against it and what to look at again (rules R7, R10–R14).

`plan_movement` and `plan_cancellation` write nothing; the acts in `students.movements` plan anew under the year's lock.
A new movement is always the pupil's last: one that would contradict a later one is refused with the remedy.
"""

import datetime
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.clock import today
from students.entered_since import against_stranding, entered_since
from students.models import AttendanceMonth, Enrolment, Movement, SchoolClass, SchoolYear, Student
from students.movement_doubts import (
    about_a_day_to_come,
    about_a_former_school,
    about_an_old_paper,
    about_skipping_again,
    about_the_age,
    about_the_grade,
)
from students.movement_rules import (
    ABROAD,
    ARRIVALS,
    DEPARTURES,
    FROM_ANOTHER_SCHOOL,
    GONE_REASON,
    RETURN_FROM,
    RULES,
    Kind,
)
from students.other_schools import about_the_province, against_the_destination, against_the_school

CLASS_SIZE = 35
DISABLED_IN_CLASS = 2
DECISION_NUMBER = re.compile(r"[\w][\w /.\-–]*")
MISSING = {
    "to_class": "Chọn lớp học sinh vào học.",
    "entry_code": "Chọn hình thức nhập học.",
    "leave_reason": "Chọn lí do thôi học.",
    "destination_code": "Chọn nơi chuyển đi.",
    "other_school": "Ghi tên trường.",
    "other_province": "Ghi tỉnh (thành phố); nếu ở nước ngoài thì ghi tên nước.",
    "decision_number": "Ghi số quyết định (giấy tờ).",
    "decision_date": "Ghi ngày kí quyết định (giấy tờ).",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A movement as the clerk means it; `day` is the first day of the new state."""

    kind: Kind
    student: Student
    day: datetime.date
    to_class: SchoolClass | None = None
    entry_code: str = ""
    leave_reason: str = ""
    destination_code: str = ""
    other_school: str = ""
    other_province: str = ""
    decision_number: str = ""
    decision_date: datetime.date | None = None
    note: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """What is written as it stands."""
        names = ("entry_code", "leave_reason", "destination_code", "other_school", "other_province")
        facts = {name: getattr(self, name) for name in (*names, "decision_number", "decision_date", "note")}
        return facts | ({"leave_reason": rule.reason} if (rule := RULES[self.kind]).reason else {})


@dataclass(frozen=True, slots=True)
class Objection:
    """Why not, at which field, with the remedy."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class MovementPlan:
    """What would happen. `seat` is the one that ends; `effects` and `warnings` are sentences for the clerk."""

    draft: Draft
    year: SchoolYear | None
    seat: Enrolment | None
    objections: tuple[Objection, ...]
    warnings: tuple[str, ...]
    effects: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Tells whether what would be done now is what was shown."""
        told = (
            sorted(asdict(self.draft).items(), key=lambda item: item[0]),
            self.seat and self.seat.pk,
            self.warnings,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A pupil's seats and movements in force, oldest first; of one not stored yet none. Two statements."""

    seats: Sequence[Enrolment]
    movements: Sequence[Movement]

    @classmethod
    def of(cls, student: Student) -> "Timeline":
        if student.pk is None:
            return cls((), ())
        seats = Enrolment.objects.filter(student=student).select_related("school_class__year")
        movements = (
            Movement.objects.in_force()
            .filter(student=student)
            .select_related("year", "from_class", "to_class")
        )
        return cls(list(seats.order_by("starts_on")), list(movements.order_by("day")))

    def seat_on(self, day: datetime.date) -> Enrolment | None:
        return next(
            (each for each in self.seats if each.starts_on <= day and (each.ends_on or day) >= day), None
        )

    @property
    def last(self) -> Movement | None:
        return self.movements[-1] if self.movements else None

    @property
    def has_died(self) -> bool:
        return any(each.kind == Kind.DIED for each in self.movements)


def plan_movement(draft: Draft) -> MovementPlan:
    """Constant statements: the pupil's seats and movements, the year, the class that would grow."""
    timeline = Timeline.of(draft.student)
    year = SchoolYear.objects.filter(starts_on__lte=draft.day, ends_on__gte=draft.day).first()
    # On the day itself a leaver no longer sits: the seat that ends is that of the day before.
    seat = timeline.seat_on(draft.day - datetime.timedelta(days=1)) if draft.kind.ends and year else None
    objections = (
        *_missing(draft),
        *_against_the_other_school(draft, year),
        *_against_the_time(draft, timeline, seat, year),
    )
    if objections:
        return MovementPlan(draft, year, seat, objections, (), ())
    return MovementPlan(
        draft, year, seat, (), tuple(_warnings(draft, timeline, seat, year)), tuple(_effects(draft, seat))
    )


def _missing(draft: Draft) -> Iterator[Objection]:
    rule = RULES[draft.kind]
    for field in rule.needs:
        if not getattr(draft, field):
            yield Objection(field, MISSING[field])
    if draft.kind.begins and draft.to_class is None:
        yield Objection("to_class", MISSING["to_class"])
    if draft.kind == Kind.TRANSFERRED_OUT and draft.destination_code != ABROAD and not draft.other_school:
        yield Objection("other_school", MISSING["other_school"])
    yield from _missing_former_school(draft)
    if "decision_number" not in rule.needs and bool(draft.decision_number) != bool(draft.decision_date):
        field = "decision_date" if draft.decision_number else "decision_number"
        yield Objection(field, MISSING[field])
    yield from _about_the_decision(draft)


def _missing_former_school(draft: Draft) -> Iterator[Objection]:
    """Who is admitted from another school comes from one (R10)."""
    if draft.kind != Kind.ADMITTED:
        return
    is_asked = draft.entry_code == FROM_ANOTHER_SCHOOL or draft.other_school or draft.other_province
    for field in ("other_school", "other_province"):
        if is_asked and not getattr(draft, field):
            yield Objection(field, MISSING[field])


def _against_the_other_school(draft: Draft, year: SchoolYear | None) -> Iterator[Objection]:
    if year is None:
        return
    own = {"own_name": year.school_name, "own_province": year.province}
    if reason := against_the_school(draft.other_school, draft.other_province, **own):
        yield Objection("other_school", reason)
    contradiction = against_the_destination(
        draft.destination_code, draft.other_province, own_province=year.province
    )
    if contradiction:
        yield Objection(*contradiction)


def _about_the_decision(draft: Draft) -> Iterator[Objection]:
    if draft.decision_number and not DECISION_NUMBER.fullmatch(draft.decision_number):
        yield Objection("decision_number", "Ghi số quyết định như trên giấy, ví dụ 12/QĐ-TH.")
    if RULES[draft.kind].reason and draft.day > today():
        what = draft.kind.label.lower()
        yield Objection("day", f"Ngày này còn ở phía trước. Ghi ngày em {what}.")
    if draft.decision_date and draft.decision_date > today():
        yield Objection("decision_date", "Ngày kí còn ở phía trước. Ghi ngày trên giấy đã kí.")
    if draft.kind == Kind.LEFT and draft.leave_reason == GONE_REASON:
        yield Objection(
            "leave_reason",
            "Không ghi «Thôi học»: học sinh mất tích thì ghi biến động «Mất tích», qua đời thì ghi «Qua đời».",
        )


def _against_the_time(
    draft: Draft, timeline: Timeline, seat: Enrolment | None, year: SchoolYear | None
) -> Iterator[Objection]:
    """A day that cannot be is told once: what else it contradicts follows from it."""
    of_the_year = tuple(_against_the_year(draft, year))
    yield from of_the_year
    if not any(each.field == "day" for each in of_the_year):
        yield from _against(draft, timeline, seat, year)


def _against_the_year(draft: Draft, year: SchoolYear | None) -> Iterator[Objection]:
    if year is None:
        yield Objection("day", f"Ngày {draft.day:%d/%m/%Y} không thuộc năm học nào. Kiểm tra lại ngày.")
    elif (reason := closed(year)) is not None:
        yield Objection("day", reason)
    if draft.to_class and year and draft.to_class.year_id != year.pk:
        yield Objection(
            "to_class",
            f"Lớp {draft.to_class.name} thuộc năm học {draft.to_class.year.label}, còn ngày thuộc năm học "
            f"{year.label}. Chọn lớp của cùng năm học.",
        )


def closed(year: SchoolYear) -> str | None:
    """Why nothing of the year may change any more; None while it may."""
    if year.is_closed:
        return (
            f"Năm học {year.label} đã đóng, sĩ số không thay đổi được nữa. Kiểm tra lại ngày; nếu thật cần sửa thì "
            "Hiệu trưởng mở lại năm học."
        )
    if year.ends_on >= today():
        return None
    return (
        f"Năm học {year.label} đã kết thúc ngày {year.ends_on:%d/%m/%Y}, sĩ số không thay đổi được nữa. "
        "Kiểm tra lại ngày."
    )


def _against(
    draft: Draft, timeline: Timeline, seat: Enrolment | None, year: SchoolYear | None
) -> Iterator[Objection]:
    """The first thing in the pupil's time that contradicts the movement."""
    name, last = draft.student.full_name, timeline.last
    if timeline.has_died:
        yield Objection(
            "kind", f"Em {name} đã được ghi nhận qua đời. Nếu ghi nhầm thì huỷ biến động đó trước."
        )
    elif last and last.to_class and year and last.year_id > year.pk:
        yield Objection(
            "day",
            f"Em {name} đã được xếp vào lớp {last.to_class.name} năm học {last.year.label} từ ngày "
            f"{last.day:%d/%m/%Y}, nên chưa ghi được biến động của năm học {year.label}. Mở «Biến động» của em, huỷ "
            "việc xếp lớp ấy rồi ghi lại ở đây.",
        )
    elif last and last.day >= draft.day:
        yield Objection(
            "day",
            f"Em {name} đã có biến động «{last.get_kind_display()}» từ ngày {last.day:%d/%m/%Y}. Ghi ngày sau ngày đó; "
            "nếu biến động đó sai thì huỷ trước rồi ghi lại theo đúng thứ tự thời gian.",
        )
    elif draft.kind.ends and seat is None:
        yield Objection(
            "student",
            f"Em {name} không học ở lớp nào ngay trước ngày {draft.day:%d/%m/%Y}. Kiểm tra lại ngày hoặc học sinh.",
        )
    elif draft.kind.ends and seat and year and seat.school_class.year_id != year.pk:
        yield Objection(
            "day",
            f"Em {name} học lớp {seat.school_class.name} của năm học {seat.school_class.year.label}, "
            f"không phải năm học {year.label}. Kiểm tra lại ngày.",
        )
    elif draft.kind in ARRIVALS:
        yield from _against_an_arrival(draft, timeline, year)
    elif draft.to_class and seat:
        yield from _against_the_class(draft, seat.school_class, draft.to_class)


def _against_an_arrival(draft: Draft, timeline: Timeline, year: SchoolYear | None) -> Iterator[Objection]:
    name = draft.student.full_name
    current = next((each for each in timeline.seats if (each.ends_on or draft.day) >= draft.day), None)
    if current:
        yield Objection(
            "student",
            f"Em {name} đang học lớp {current.school_class.name}. Nếu đổi lớp thì ghi «Chuyển lớp».",
        )
    elif draft.kind == Kind.ADMITTED and any(
        each.year_id == (year and year.pk) for each in timeline.movements
    ):
        yield Objection(
            "kind", f"Em {name} đã học trong năm học này rồi nghỉ. Ghi «Xin học lại» hoặc «Chuyển đến»."
        )
    elif draft.kind == Kind.RETURNED and (timeline.last is None or timeline.last.kind not in RETURN_FROM):
        yield Objection(
            "kind",
            f"Em {name} chưa từng được ghi «Thôi học» hay «Mất tích» ở trường. Ghi «Chuyển đến» hoặc «Nhập học».",
        )


def _against_the_class(draft: Draft, old: SchoolClass, new: SchoolClass) -> Iterator[Objection]:
    kind = draft.kind
    if old.pk == new.pk:
        yield Objection("to_class", f"Học sinh đang học lớp {old.name}. Chọn lớp khác.")
    elif _goes_back(draft, old):
        if not draft.decision_number:
            yield Objection("decision_number", "Xuống lớp phải theo quyết định: ghi số và ngày quyết định.")
    elif kind == Kind.CHANGED_CLASS and old.grade_level != new.grade_level:
        yield Objection(
            "to_class",
            f"Lớp {new.name} thuộc khối {new.grade_level}, học sinh đang học khối {old.grade_level}. Chọn lớp cùng "
            "khối; nếu học sinh học vượt thì ghi «Học vượt».",
        )
    elif kind == Kind.SKIPPED_GRADE and new.grade_level != old.grade_level + 1:
        yield Objection("to_class", f"Học vượt từ khối {old.grade_level} là lên khối {old.grade_level + 1}.")


def grade_to_repeat(student: Student | None, now: SchoolClass | None) -> int | None:
    """The lower grade to which the decision on last year sends a pupil who sits in `now` (R55). One statement, if any.

    Outcomes belong to the app above: they are reached from the pupil, without an import.
    """
    if now is None or student is None or student.pk is None:
        return None
    stays = Student.objects.filter(
        pk=student.pk,
        outcomes__school_class__year=now.year_id - 1,
        outcomes__school_class__grade_level__lt=now.grade_level,
        outcomes__is_promoted=False,
    )
    return stays.values_list("outcomes__school_class__grade_level", flat=True).first()


def _goes_back(draft: Draft, old: SchoolClass | None) -> bool:
    if draft.kind != Kind.CHANGED_CLASS or not (old and draft.to_class):
        return False
    lower = draft.to_class.grade_level
    return lower < old.grade_level and grade_to_repeat(draft.student, old) == lower


def _warnings(
    draft: Draft, timeline: Timeline, seat: Enrolment | None, year: SchoolYear | None
) -> Iterator[str]:
    yield from filter(None, _doubts(draft, timeline, year))
    if draft.to_class:
        yield from _crowded(draft)
    if draft.decision_date and draft.decision_date > draft.day:
        yield f"Quyết định kí ngày {draft.decision_date:%d/%m/%Y}, sau ngày có hiệu lực. Kiểm tra lại hai ngày."
    yield from about_the_province(draft.other_province, is_abroad=draft.destination_code == ABROAD)
    if draft.day < today():
        yield from entered_since(draft.student, seat.school_class if seat else None, draft.day)
        yield from confirmed_since([seat.school_class if seat else None, draft.to_class], draft.day)


def _doubts(draft: Draft, timeline: Timeline, year: SchoolYear | None) -> Iterator[str]:
    yield about_a_day_to_come(draft.day, today())
    if draft.decision_date and year:
        yield about_an_old_paper(draft.decision_date, year.starts_on, year.label)
    if draft.kind == Kind.ADMITTED and not timeline.seats and not draft.other_school:
        yield about_a_former_school(draft.entry_code)
    if draft.kind == Kind.SKIPPED_GRADE and draft.to_class:
        yield about_skipping_again(
            [
                each.day
                for each in timeline.movements
                if each.kind == draft.kind and each.year_id == draft.to_class.year_id
            ]
        )
    if draft.kind not in ARRIVALS or draft.to_class is None:
        return
    grade, first_year = draft.to_class.grade_level, draft.to_class.year.year
    yield about_the_age(draft.student.birth_year, grade, first_year)
    if timeline.seats:
        last = timeline.seats[-1].school_class
        yield about_the_grade(last.grade_level, grade, years_away=first_year - last.year.year)


def _crowded(draft: Draft) -> Iterator[str]:
    """A class over its size, or with more pupils with disabilities than two, is allowed with a warning (rule R7)."""
    assert draft.to_class is not None  # noqa: S101 - asked of arrivals and changes only
    there = Enrolment.objects.filter(school_class=draft.to_class).held_on(draft.day)
    codes = list(there.values_list("student__disability_code", flat=True))
    if len(codes) >= CLASS_SIZE:
        yield f"Lớp {draft.to_class.name} sẽ có {len(codes) + 1} học sinh, quá {CLASS_SIZE}."
    disabled = sum(bool(code) for code in codes)
    if draft.student.disability_code and disabled >= DISABLED_IN_CLASS:
        yield f"Lớp {draft.to_class.name} sẽ có {disabled + 1} học sinh khuyết tật, quá {DISABLED_IN_CLASS}."


def confirmed_since(classes: Iterable[SchoolClass | None], day: datetime.date) -> Iterator[str]:
    """Months that the class left, or the class joined, had confirmed with other pupils. One statement."""
    confirmed = AttendanceMonth.objects.filter(
        school_class__in=[each for each in classes if each], month__gte=day.replace(day=1)
    )
    months: dict[str, list[str]] = defaultdict(list)
    for name, month in confirmed.order_by("month").values_list("school_class__name", "month"):
        months[name].append(f"{month:%m/%Y}")
    for name, found in months.items():
        yield (
            f"Sổ điểm danh lớp {name} tháng {', '.join(found)} đã xác nhận: giáo viên chủ nhiệm và Phó Hiệu trưởng "
            "sẽ thấy sổ không còn như lúc xác nhận; chủ nhiệm xem lại, xác nhận lại và in lại nếu đã in."
        )


def _effects(draft: Draft, seat: Enrolment | None) -> Iterator[str]:
    day = f"{draft.day:%d/%m/%Y}"
    if seat:
        yield f"Rời lớp {seat.school_class.name} từ ngày {day}."
    if draft.to_class:
        yield f"Vào lớp {draft.to_class.name} từ ngày {day}, đứng cuối danh sách lớp."
    is_other_grade = (
        seat is not None
        and draft.to_class is not None
        and seat.school_class.grade_level != draft.to_class.grade_level
    )
    if draft.kind == Kind.CHANGED_CLASS and not is_other_grade:
        yield "Kết quả đã nhập theo học sinh sang lớp mới; giáo viên lớp mới nhập tiếp."
    if seat and is_other_grade:
        yield (
            f"Kết quả đã nhập ở khối {seat.school_class.grade_level} giữ nguyên trong lịch sử của em, không sang sổ "
            "lớp mới vì môn và yêu cầu khác khối; giáo viên lớp mới nhập theo khối mới."
        )
    if draft.kind in DEPARTURES:
        yield "Không còn tên trong danh sách lớp, sổ điểm và điểm danh từ ngày đó; kết quả và lịch sử được giữ nguyên."


def against_cancelling(movement: Movement) -> str | None:
    """Why the movement cannot be cancelled; None when it can."""
    if movement.is_cancelled:
        return "Biến động này đã huỷ rồi."
    if (reason := closed(movement.year)) is not None:
        return reason
    last = Timeline.of(movement.student).last
    if last and last.pk != movement.pk:
        return goes_on(last)
    return against_stranding(movement) if movement.kind in ARRIVALS else None


def warnings_of_cancelling(movement: Movement) -> Iterator[str]:
    """What was entered since the movement that its cancellation reaches back into."""
    if movement.kind in ARRIVALS:
        yield f"Em không còn ở lớp nào từ ngày {movement.day:%d/%m/%Y}."
    if movement.day < today():
        yield from entered_since(movement.student, movement.to_class or movement.from_class, movement.day)
        yield from confirmed_since([movement.from_class, movement.to_class], movement.day)


def goes_on(later: Movement) -> str:
    """Why nothing before this movement can be cancelled."""
    return (
        f"Sau đó em {later.student.full_name} còn có biến động «{later.get_kind_display()}» từ ngày "
        f"{later.day:%d/%m/%Y}. Huỷ biến động đó trước."
    )


def fitting_classes(
    kind: Kind, year: SchoolYear, student: Student | None, now: SchoolClass | None
) -> QuerySet[SchoolClass]:
    """The classes of the year that a pupil who sits in `now` can come to by a movement of this kind."""
    classes = year.classes.select_related("year")
    if now is None or kind in ARRIVALS:
        return classes
    if kind == Kind.SKIPPED_GRADE:
        return classes.filter(grade_level=now.grade_level + 1)
    grades = {now.grade_level, grade_to_repeat(student, now) or now.grade_level}
    return classes.filter(grade_level__in=grades).exclude(pk=now.pk)


def possible_kinds(student: Student, day: datetime.date) -> tuple[Kind, ...]:
    """The kinds that a pupil can have next, by where the pupil is on the day."""
    timeline = Timeline.of(student)
    if timeline.has_died:
        return ()
    if timeline.seat_on(day):
        return tuple(kind for kind in Kind if kind.ends)
    has_left = timeline.last is not None and timeline.last.kind in RETURN_FROM
    return tuple(kind for kind in Kind if kind in ARRIVALS and (kind != Kind.RETURNED or has_left))
