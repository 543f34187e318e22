"""What an order says on paper, for its page and its print alike (domain.md 2.6; rule R77)."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.timezone import localtime

from accounts.signing import title_of
from gradebook.models import EntryOrder, EntryWindow
from gradebook.regulation import Period
from gradebook.windows import period_in_year
from gradebook.year_rules import rules_of
from students.paper_dates import long_date

CORRECTING = (
    "Sau khi khoá, giáo viên không tự sửa điểm, đánh giá, nhận xét. Sai sót được sửa bằng phiếu đề nghị có lí do và "
    "minh chứng; Phó Hiệu trưởng phê chuẩn, văn thư thực hiện."
)
_BY_REQUEST = "phiếu đề nghị"
"""Said in an order's own words, as in the proposed ones of a lock: then the paper does not say it again."""
EXECUTING = (
    "Hệ thống mở, khoá đúng giờ ghi trong văn bản này. Phó Hiệu trưởng, văn thư thực hiện: đối chiếu, ghi xác nhận đã "
    "thực hiện trên hệ thống; tổ (khối) trưởng thông báo và đôn đốc giáo viên trong tổ."
)


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """The parts of the paper; `points` are numbered on it from 1.

    The words of the order come after the time and the scope: they say «hết thời gian trên» and «ở mục 2».
    """

    order: EntryOrder
    about: str
    place_and_date: str
    bases: tuple[str, ...]
    points: tuple[str, ...]
    recipients: tuple[str, ...]
    signer_title: tuple[str, ...]

    @property
    def about_but_year(self) -> str:
        """The two years at the end never part at the end of a line: the pages hold them together."""
        return self.about.removesuffix(self.order.year.label)

    @property
    def repealed_by(self) -> str:
        """The number of the order that took this one back before it began; "" where none did."""
        order = self.order
        if order.kind == EntryOrder.Kind.OPEN and order.window.was_called_off and order.window.locked_by:
            return order.window.locked_by.number
        return ""

    @property
    def title(self) -> str:
        return f"Thông báo số {self.order.number}"


def paper_of(order: EntryOrder) -> OrderPaper:
    """The order must come with its year, class, teacher and signer. Two statements at most."""
    return OrderPaper(
        order=order,
        about=_about(order),
        place_and_date=f"{order.year.place}, {long_date(order.dated)}",
        bases=rules_of(order.year).bases_on(order.dated),
        points=(
            f"Thời gian: {_when(order)}",
            f"Phạm vi: {order.scope_label}.",
            order.text,
            f"Người nhập: {_who_enters(order)}",
            *(() if _BY_REQUEST in order.text else (CORRECTING,)),
            EXECUTING,
        ),
        recipients=_recipients(order),
        signer_title=title_of(order.signed_by, localtime(order.signed_at).date()),
    )


def _about(order: EntryOrder) -> str:
    """In full: «V/v» is for a công văn, which has no name of its own (Nghị định 30/2020, Phụ lục I)."""
    act = "gia hạn" if order.is_extension else "mở" if order.kind == EntryOrder.Kind.OPEN else "khoá"
    period = Period(order.period)
    what = "kết quả" if period is Period.SUPPLEMENTARY else "điểm, đánh giá"
    return f"Về việc {act} hệ thống nhập {what} {period_in_year(period, order.year)}"


def _when(order: EntryOrder) -> str:
    if order.kind == EntryOrder.Kind.OPEN:
        opens, closes = localtime(order.opens_at), localtime(order.closes_at)
        return (
            f"mở từ {opens:%H:%M} ngày {opens:%d/%m/%Y} đến {closes:%H:%M} ngày {closes:%d/%m/%Y}; hết giờ hệ thống tự "
            "khoá."
        )
    moment = localtime(order.takes_effect_at)
    others = "" if order.is_for_whole_classes else "; các sổ khác theo văn bản đã ban hành"
    return f"khoá từ {moment:%H:%M} ngày {moment:%d/%m/%Y}{others}.{_repealed(order)}"


def _repealed(order: EntryOrder) -> str:
    """The orders that this one takes back before they begin. One statement."""
    windows = EntryWindow.objects.filter(locked_by=order, closes_at=F("opens_at"))
    numbers = windows.order_by("order_id").values_list("order__number", flat=True)
    return "".join(f" Bãi bỏ văn bản số {number}." for number in numbers)


def _who_enters(order: EntryOrder) -> str:
    if order.kind == EntryOrder.Kind.LOCK:
        return "từ giờ khoá không ai nhập, sửa trên các sổ trong phạm vi trên."
    if order.teacher:
        return f"riêng {order.teacher.full_name}, đối với các sổ được phân công trong phạm vi trên."
    return (
        "giáo viên chủ nhiệm, giáo viên bộ môn được phân công các sổ trong phạm vi trên; không ai nhập thay."
    )


def _recipients(order: EntryOrder) -> tuple[str, ...]:
    to_one = (f"{order.teacher.full_name};",) if order.teacher else ()
    return ("BGH;", "Các tổ (khối);", *to_one, "Lưu: VT.")
