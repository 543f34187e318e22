"""Questions and incidents of the demo in every state, and who was trained; told by the same acts as people use."""

import datetime
import uuid

from accounts import clock
from accounts.history import Source
from accounts.models import User
from accounts.training import in_service, record_training
from approvals.inquiries import Place, ask, mark_read, move
from approvals.inquiry_workflow import Desk, InquiryAct
from approvals.models import Inquiry
from approvals.page_places import page_name
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
QUESTION, INCIDENT = Inquiry.Kind.QUESTION, Inquiry.Kind.INCIDENT
URGENT = Inquiry.Urgency.URGENT
TRAINING = "Sử dụng hệ thống hồ sơ học sinh đầu năm học"
# Who was away on the day of the training: every eighth in the order of staff codes.
AWAY_EVERY = 8

# Who asks, what, of whom, on which page and in which words; hours ago; what followed, an hour apart: who, act, words.
TOLD = (
    (
        (
            "gvcn.4d",
            QUESTION,
            Desk.GRADE_HEAD,
            "/",
            "Lớp em có một học sinh mới chuyển đến, khi nào em thấy tên trong sổ?",
        ),
        150,
        (
            ("khoitruong4", InquiryAct.ANSWER, "Văn thư nạp danh sách xong là có. Cô chờ đến chiều nay."),
            ("gvcn.4d", InquiryAct.CLOSE, ""),
        ),
    ),
    (
        (
            "gvbm.tinhoc.1",
            INCIDENT,
            Desk.CLERK,
            "/approvals/requests/",
            "Tải ảnh minh chứng lên báo tệp không phải ảnh.",
        ),
        120,
        (
            ("vanthu", InquiryAct.ACCEPT, ""),
            ("vanthu", InquiryAct.SEND_OUT, "Đã gọi tổng đài của đơn vị cung cấp, kèm tệp ảnh bị từ chối."),
        ),
    ),
    (
        (
            "gvcn.4e",
            QUESTION,
            Desk.GRADE_HEAD,
            "/",
            "Học sinh nghỉ ốm dài ngày thì nhận xét giữa kì ghi thế nào?",
        ),
        76,
        (
            (
                "khoitruong4",
                InquiryAct.ANSWER,
                "Ghi theo những gì em đã học; điểm kiểm tra bù nhập khi em đi học lại.",
            ),
        ),
    ),
    (
        (
            "gvcn.5d",
            QUESTION,
            Desk.CLERK,
            "/gradebook/orders/",
            "Lớp 5D xin mở lại sổ thêm một ngày vì mất điện, có được không ạ?",
        ),
        52,
        (("vanthu", InquiryAct.REFER, "Việc mở lại sổ do Hiệu trưởng quyết định, kính chuyển Hiệu trưởng."),),
    ),
    (
        ("gvcn.4c", QUESTION, Desk.GRADE_HEAD, "/", "Em dán cả cột từ Excel được không, hay phải gõ từng ô?"),
        27,
        (),
    ),
    (
        (
            "gvbm.amnhac.1",
            INCIDENT,
            Desk.CLERK,
            "/students/classes/",
            "Máy phòng nhạc mở danh sách lớp rất chậm.",
        ),
        20,
        (("vanthu", InquiryAct.ACCEPT, ""),),
    ),
    (
        (
            "gvcn.2b",
            INCIDENT,
            Desk.CLERK,
            "/",
            "Bấm Lưu ở sổ Toán thì báo không nối được máy chủ. Chiều nay phải nhập xong.",
        ),
        6,
        (),
    ),
)


def load(school: DemoSchool) -> None:
    """Training at the beginning of each year, then the questions, the oldest first."""
    for year in (school.year - 1, school.year):
        _train(year, school)
    for number, (asked, hours, followed) in enumerate(TOLD):
        _tell(school.now - datetime.timedelta(hours=hours), number, asked, followed)


def _train(year: int, school: DemoSchool) -> None:
    """The vice-principal records everybody present but herself; the clerk records the vice-principal."""
    moment = calendar.at(year, 8, 22, 16)
    if moment > school.now:
        return
    vice_principal, clerk = (User.objects.get(username=name) for name in ("phohieutruong", "vanthu"))
    with clock.travelling(moment):
        staff = list(in_service().order_by("staff_code"))
        present = [person for number, person in enumerate(staff, start=1) if number % AWAY_EVERY]
        for people, by in (
            ([each for each in present if each != vice_principal], vice_principal),
            ([vice_principal], clerk),
        ):
            record_training(
                people,
                subject=f"{TRAINING} {year} - {year + 1}",
                trained_on=moment.date(),
                trainer=clerk.full_name,
                by=by,
                source=Source.DEMO,
            )


def _tell(moment: datetime.datetime, number: int, asked: tuple, followed: tuple) -> None:
    username, kind, desk, path, text = asked
    with clock.travelling(moment):
        inquiry = ask(
            kind=kind,
            text=text,
            urgency=URGENT if "Chiều nay" in text else Inquiry.Urgency.NORMAL,
            desk=desk,
            place=Place(path, page_name(path), BROWSER),
            token=uuid.uuid5(uuid.NAMESPACE_URL, f"demo-{number}"),
            by=_person(username),
        )
    for step, (name, act, words) in enumerate(followed, start=1):
        with clock.travelling(moment + datetime.timedelta(hours=step)):
            if name == username:
                mark_read(inquiry, by=_person(name))
            inquiry = move(inquiry, act, text=words, by=_person(name))


def _person(name: str) -> User:
    return User.objects.get_by_natural_key(name)
