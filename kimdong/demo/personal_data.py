"""Personal data of the demo: the register, slips of most classes, two requests, one incident that was told in time."""

import datetime

from accounts import clock
from accounts.models import User
from approvals.data_consents import Slip, Word, last_word_of, record_slips, record_word, signers_of
from approvals.data_incidents import Found, Notice, Told, close_incident, notify, record_incident
from approvals.data_purposes import begin_register, purposes_to_agree_to
from approvals.data_requests import Asked, move_request, record_request
from approvals.data_rules import NOTIFIED, RequestKind
from approvals.data_workflow import RequestAct
from approvals.models import Consent
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.models import Enrolment, SchoolClass, SchoolYear, Student

WITHOUT_SLIPS = "5G"
"""The class that has not handed in any."""
REFUSES_EVERY, LATE_EVERY = 9, 12


def load(school: DemoSchool) -> None:
    principal, clerk = (User.objects.get(username=name) for name in ("hieutruong", "vanthu"))
    begins = calendar.at(school.year, 8, 25, 9)
    with clock.travelling(min(begins, school.now)):
        begin_register(by=clerk)
    year = SchoolYear.objects.get(pk=school.year)
    handed_in = calendar.at(school.year, 9, 15, 10)
    if handed_in < school.now:
        with clock.travelling(handed_in):
            for school_class in year.classes.exclude(name=WITHOUT_SLIPS).select_related("year"):
                _hand_in(school_class, clerk)
    withdrawn = handed_in + datetime.timedelta(days=21)
    if withdrawn < school.now:
        with clock.travelling(withdrawn):
            _withdraw(year, clerk)
    with clock.travelling(school.now - datetime.timedelta(days=20)):
        _told_in_time(principal, clerk)
    _ask(year, school, principal, clerk)


def _hand_in(school_class: SchoolClass, clerk: User) -> None:
    """Every twelfth pupil has not brought the slip; every ninth is not to be shown in public."""
    purposes = purposes_to_agree_to()
    shown = {each.code: each.pk for each in purposes}
    seats = list(Enrolment.objects.roster(school_class))
    slips = []
    for number, seat in enumerate(seats, start=1):
        if number % LATE_EVERY == 0:
            continue
        refused = {shown["cong-khai"]} if number % REFUSES_EVERY == 0 else set()
        said = {pk: pk not in refused for pk in shown.values()}
        signer = next(iter(signers_of(seat.student)), "Người đại diện (tên trên phiếu)")
        slips.append(Slip(seat.student_id, signer, 0, said, said))
    paper = f"Hồ sơ lớp {school_class.name}, năm học {school_class.year.label}"
    record_slips(
        school_class, slips, said_on=clock.today() - datetime.timedelta(days=3), paper=paper, by=clerk
    )


def _withdraw(year: SchoolYear, clerk: User) -> None:
    """One mother takes back that her child may be photographed."""
    seat = Enrolment.objects.roster(year.classes.get(name="3A"))[1]
    purpose = next(each for each in purposes_to_agree_to() if each.code == "anh-hoat-dong")
    word = Word(
        purpose,
        Consent.Giver.REPRESENTATIVE,
        Consent.Said.WITHDRAWN,
        next(iter(signers_of(seat.student)), "Người đại diện (tên trên phiếu)"),
        clock.today(),
        "Đơn lưu ở văn phòng, tập dữ liệu cá nhân",
    )
    record_word(seat.student, word, seen=last_word_of(seat.student), school_class=seat.school_class, by=clerk)


def _told_in_time(principal: User, clerk: User) -> None:
    now = clock.now()
    incident = record_incident(
        Found(
            "Chiều hôm nay, thư điện tử của trường",
            now - datetime.timedelta(hours=2),
            "Văn thư, phụ huynh báo",
        ),
        Told(
            "Danh sách lớp có số điện thoại cha mẹ được gửi nhầm tới một phụ huynh lớp khác.",
            "Họ tên học sinh, họ tên và số điện thoại cha mẹ của một lớp; không có dữ liệu nhạy cảm.",
            34,
            "Một người ngoài lớp biết số điện thoại; chưa thấy phát tán.",
            "Đề nghị người nhận xoá thư, đã nhận xác nhận; nhắc toàn trường kiểm tra người nhận trước khi gửi.",
            "Văn thư nhà trường",
        ),
        by=clerk,
    )
    with clock.travelling(now + datetime.timedelta(hours=20)):
        notify(incident, Notice(NOTIFIED, clock.now(), "14/CV-THKĐ, gửi qua bưu điện"), by=principal)
    with clock.travelling(now + datetime.timedelta(days=6)):
        close_incident(incident, conclusion="Thư đã xoá, không phát tán. Đã nhắc toàn trường.", by=principal)


def _ask(year: SchoolYear, school: DemoSchool, principal: User, clerk: User) -> None:
    """A copy that was granted and waits to be handed over; a correction that nobody has answered yet."""
    pupils = [seat.student for seat in Enrolment.objects.roster(year.classes.get(name="2B"))[:2]]
    with clock.travelling(school.now - datetime.timedelta(days=6)):
        copy = record_request(
            _asked(RequestKind.PROVIDE, pupils[0], "Xin bản sao dữ liệu của con."), by=clerk
        )
        move_request(copy, RequestAct.ANSWER, text="Đã gọi điện báo đã nhận đơn.", by=clerk)
    with clock.travelling(school.now - datetime.timedelta(days=3)):
        move_request(copy, RequestAct.GRANT, text="Đồng ý. Văn thư giao tận tay.", by=principal)
    with clock.travelling(school.now - datetime.timedelta(days=1)):
        record_request(_asked(RequestKind.CORRECT, pupils[1], "Sửa số điện thoại của mẹ."), by=clerk)


def _asked(kind: RequestKind, pupil: Student, text: str) -> Asked:
    identity = "Căn cước và giấy khai sinh, xem trực tiếp"
    requester = pupil.mother_name or pupil.father_name or "Người giám hộ"
    return Asked(kind, pupil, requester, "mẹ" if pupil.mother_name else "cha", identity, text, clock.today())
