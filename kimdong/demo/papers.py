"""Correction requests of the demo in every state, with evidence drawn for the purpose."""

import datetime
import io

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accounts import clock
from accounts.models import User
from approvals import consent, corrections, opinions
from approvals.evidence import clean_evidence
from approvals.reason_codes import ReasonCode
from approvals.workflow import State
from gradebook.entry import Change
from gradebook.models import SubjectResult, TeachingAssignment
from gradebook.regulation import Period
from gradebook.sheets import Field, SheetRef
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.models import Enrolment, SchoolClass, SchoolYear

FONT = str(settings.BASE_DIR / "static/fonts/print/Tinos-Regular.ttf")
MORE = "Kèm thêm ảnh trang đầu của bài, thấy rõ họ tên học sinh."
OPINION = "Đã xem bài cùng giáo viên: điểm trên bài đúng như đề nghị."
REASON = "Ghi nhầm khi nhập từ sổ cá nhân, đã đối chiếu lại với bài kiểm tra của học sinh."

# How far each request goes, by class; the draft comes last and marks the loading as complete.
STAGES = (
    ("4A", "applied"),
    ("5B", "applied"),
    ("4C", "approved"),
    ("5A", "approved"),
    ("4B", "opined"),
    ("4D", "filed"),
    ("5C", "filed"),
    ("5D", "refused"),
    ("5E", "returned"),
    ("4E", "draft"),
)


def load(school: DemoSchool) -> None:
    """One request a class of STAGES, against the last locked period that has marks."""
    year, period = _last_locked(school)
    closed = next(
        window
        for window in (*calendar.past_windows(year.year), *calendar.current_windows(year.year, school.now))
        if window.period == period and window.closes_at <= school.now
    )
    step = min((school.now - closed.closes_at) / (len(STAGES) + 2), datetime.timedelta(hours=20))
    for number, (name, stage) in enumerate(STAGES, start=1):
        moment = _by_day(school.now - step * (len(STAGES) + 1 - number), closed.closes_at, school.now)
        _request(SchoolClass.objects.select_related("year").get(year=year, name=name), period, stage, moment)


def _by_day(moment: datetime.datetime, begin: datetime.datetime, end: datetime.datetime) -> datetime.datetime:
    """The same day in office hours where that still lies between lock and now; teachers sleep at night."""
    office = moment.replace(hour=8 + moment.hour // 3)
    return office if begin < office < end - datetime.timedelta(hours=2) else moment


def _last_locked(school: DemoSchool) -> tuple[SchoolYear, Period]:
    locked = [
        w.period for w in calendar.current_windows(school.year, school.now) if w.closes_at <= school.now
    ]
    if locked:
        return SchoolYear.objects.get(year=school.year), locked[-1]
    return SchoolYear.objects.get(year=school.year - 1), Period.YEAR_END


def _request(school_class: SchoolClass, period: Period, stage: str, moment: datetime.datetime) -> None:
    """Takes one request as far as `stage`, an hour a step."""
    ref, teacher, change, pupil = _wrong_mark(school_class, period)
    hours = iter(moment + datetime.timedelta(minutes=20 * step) for step in range(6))
    with clock.travelling(next(hours)):
        request = corrections.propose(ref, [change], by=teacher)
        corrections.attach(
            request, clean_evidence("bai-kiem-tra.jpg", _test_paper(pupil, ref, change.value)), by=teacher
        )
        if stage == "draft":
            return
        corrections.file_request(request, reason=REASON, code=ReasonCode.WRONG_FIGURE, by=teacher)
    if stage == "filed":
        return
    if stage == "opined":
        with clock.travelling(next(hours)):
            opinions.give_opinion(request, opinion=OPINION, by=User.objects.get_by_natural_key("khoitruong4"))
        return
    with clock.travelling(next(hours)):
        note = (
            "" if stage != "refused" else "Ảnh chụp chưa thấy điểm trên bài. Đề nghị chụp lại trang có điểm."
        )
        vice_principal = User.objects.get(username="phohieutruong")
        if stage == "returned":
            opinions.ask_for_more(request, note=MORE, by=vice_principal)
            return
        request = corrections.decide(request, approve=stage != "refused", note=note, by=vice_principal)
    if stage in {"applied", "approved"} and request.state == State.AWAITING:
        with clock.travelling(next(hours)):
            principal = User.objects.get(username="hieutruong")
            consent.answer(request, consents=True, note="Đồng ý sửa theo bài.", by=principal)
    if stage == "applied":
        with clock.travelling(next(hours)):
            corrections.carry_out(request, by=User.objects.get(username="vanthu"))


def _wrong_mark(school_class: SchoolClass, period: Period) -> tuple[SheetRef, User, Change, str]:
    """A pupil's Toán, one mark (or one level, where the period has no mark) lower than it should be."""
    assignment = (
        TeachingAssignment.objects.filter(school_class=school_class, line__code="TOAN")
        .select_related("line", "teacher")
        .get()
    )
    ref = SheetRef(school_class, assignment.line, period)
    is_marked = ref.has_mark
    wrong = SubjectResult.objects.filter(line=ref.line, period=period, student__in=_pupils(school_class))
    wrong = wrong.filter(mark__lt=10) if is_marked else wrong.filter(attainment="H")
    result = wrong.order_by("student__sort_key").select_related("student")[0]
    field = Field.MARK if is_marked else Field.ATTAINMENT
    value = str(result.mark + 1) if result.mark is not None and is_marked else "T"
    change = Change(result.student_id, "TOAN", field, value, result.version)
    return ref, assignment.teacher, change, result.student.full_name


def _pupils(school_class: SchoolClass) -> list[int]:
    return list(Enrolment.objects.roster(school_class).values_list("student_id", flat=True))


def _test_paper(pupil: str, ref: SheetRef, value: str) -> bytes:
    """A picture that looks like the head of a test paper."""
    paper = Image.new("RGB", (1000, 620), "#fdfbf3")
    draw = ImageDraw.Draw(paper)
    font, large = ImageFont.truetype(FONT, 34), ImageFont.truetype(FONT, 90)
    lines = (
        ref.school_class.year.school_name,
        f"BÀI KIỂM TRA {ref.period.label.upper()} – MÔN TOÁN",
        f"Họ và tên: {pupil}",
        f"Lớp: {ref.school_class.name}",
        "(Ảnh minh hoạ của trường trình diễn)",
    )
    for number, line in enumerate(lines):
        draw.text((60, 50 + 62 * number), line, fill="#1d2733", font=font)
    draw.rectangle((700, 370, 920, 560), outline="#b3261e", width=4)
    draw.text((760, 400), value, fill="#b3261e", font=large)
    kept = io.BytesIO()
    paper.save(kept, "JPEG", quality=80)
    return kept.getvalue()
