"""Of the demo: the plan, the decision on the management board, and announcements that some have read."""

import datetime
import io
import uuid
from dataclasses import dataclass

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accounts import clock
from accounts.models import User
from approvals.announcements import Told, audience_of, mark_read, tell
from approvals.document_forms import BOARD_TEXT, BOARD_TITLE
from approvals.documents import Member, Paper, keep
from approvals.evidence import clean_evidence
from approvals.models import BoardMember, KeptDocument
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool

FONT = str(settings.BASE_DIR / "static/fonts/print/Tinos-Regular.ttf")
PAGE = (1240, 1754)
PLAN = (
    "TRƯỜNG TIỂU HỌC KIM ĐỒNG",
    "Số: 06/KH-THKĐ",
    "",
    "KẾ HOẠCH",
    "Quản lí và sử dụng Hệ thống cơ sở dữ liệu (CSDL)",
    "",
    "(Trang minh hoạ của trường trình diễn)",
)
Role = BoardMember.Role
BOARD = (
    ("hieutruong", Role.HEAD),
    ("phohieutruong", Role.DEPUTY),
    ("vanthu", Role.SECRETARY),
    ("khoitruong1", Role.MEMBER),
    ("khoitruong4", Role.MEMBER),
)


@dataclass(frozen=True, slots=True)
class PlannedAnnouncement:
    """Told some `days` ago; it waits `waits` days for who has not read it, and `reads` people have."""

    days: int
    by: str
    title: str
    text: str
    waits: int
    reads: int


TOLD = (
    PlannedAnnouncement(
        days=12,
        by="hieutruong",
        title="Sinh hoạt chuyên môn tháng 11",
        text="Chiều thứ Tư tuần này toàn trường sinh hoạt chuyên môn tại phòng hội đồng, bắt đầu lúc 14 giờ. Các tổ "
        "mang theo kế hoạch bài dạy đã góp ý.",
        waits=5,
        reads=12,
    ),
    PlannedAnnouncement(
        days=3,
        by="khoitruong3",
        title="Thống nhất đề kiểm tra cuối học kì I",
        text="Thầy cô gửi ma trận đề Toán, Tiếng Việt cho tổ trưởng trước thứ Sáu.",
        waits=30,
        reads=2,
    ),
)


def load(school: DemoSchool) -> None:
    """The plan in August, the board in September, then what was announced lately."""
    for moment, keep_it in (
        (calendar.at(school.year, 8, 25, 9), _keep_plan),
        (calendar.at(school.year, 9, 8, 9), _set_up_board),
    ):
        if moment < school.now:
            with clock.travelling(moment):
                keep_it(school.year, moment.date())
    for told in TOLD:
        _announce(school.now, told)


def _keep_plan(year: int, day: datetime.date) -> None:
    paper = Paper(
        number="06/KH-THKĐ",
        dated=day,
        title=f"Quản lí và sử dụng Hệ thống cơ sở dữ liệu (CSDL) năm học {year} - {year + 1}",
        file=clean_evidence("ke-hoach-csdl.pdf", _plan()),
        on_behalf_of=_person("hieutruong"),
    )
    document = KeptDocument(kind=KeptDocument.Kind.PLAN, name=str(KeptDocument.Kind.PLAN.label))
    keep(document, paper, token=uuid.uuid4(), by=_person("vanthu"))


def _set_up_board(_year: int, day: datetime.date) -> None:
    members = tuple(Member(_person(name), role.value, day) for name, role in BOARD)
    paper = Paper(number="18/QĐ-THKĐ", dated=day, title=BOARD_TITLE, text=BOARD_TEXT, members=members)
    document = KeptDocument(kind=KeptDocument.Kind.BOARD, name=str(KeptDocument.Kind.BOARD.label))
    keep(document, paper, token=uuid.uuid4(), by=_person("hieutruong"))


def _announce(now: datetime.datetime, told: PlannedAnnouncement) -> None:
    moment = (now - datetime.timedelta(days=told.days)).replace(hour=10)
    author = _person(told.by)
    words = Told(
        told.title,
        told.text,
        team=author.team if told.by.startswith("khoitruong") else None,
        shown_until=moment.date() + datetime.timedelta(days=told.waits),
    )
    with clock.travelling(moment):
        announcement = tell(words, token=uuid.uuid4(), by=author)
    with clock.travelling(moment + datetime.timedelta(hours=5)):
        for reader in audience_of(announcement).order_by("staff_code")[: told.reads]:
            mark_read(announcement, by=reader)


def _plan() -> bytes:
    """One page that looks like the beginning of the plan."""
    page = Image.new("RGB", PAGE, "white")
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, 40)
    for line, words in enumerate(PLAN):
        draw.text((PAGE[0] / 2, 160 + 70 * line), words, fill="black", font=font, anchor="mm")
    kept = io.BytesIO()
    page.save(kept, "PDF", resolution=150)
    return kept.getvalue()


def _person(name: str) -> User:
    return User.objects.get_by_natural_key(name)
