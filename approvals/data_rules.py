"""What the law on personal data asks of the school, in days and hours: pure (domain.md 7.1; rules R66, R67).

Articles are named as far as domain.md has them: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 («Luật») and Nghị định
356/2025/NĐ-CP («NĐ»), both in force from 01/01/2026.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gradebook.labels import Labelled

LAW: Final = "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15"
DECREE: Final = "Nghị định số 356/2025/NĐ-CP"
CONSENT_BASIS: Final = "Luật 91/2025/QH15 Điều 9, Điều 10, Điều 24; NĐ 356/2025/NĐ-CP Điều 6"
DUTY_BASIS: Final = "Luật 91/2025/QH15 Điều 19 (thực hiện nhiệm vụ theo pháp luật, không cần đồng ý)"


# -- Consents (Luật Điều 9, 10, 24) ------------------------------------------------------------------------

AGREES_FROM_AGE: Final = 7
"""From this age on the child agrees as well, beside the representative (Luật Điều 24 khoản 2)."""


def child_agrees_from(
    birth_year: int | None, birth_month: int | None, birth_day: int | None
) -> datetime.date | None:
    """The day from which the child is asked too; None where the year of birth is not known.

    Of a date known in part the earliest day that it can be: a child is asked too early rather than passed over. Who is
    born on 29 February is 7 on 1 March of a year that has no such day.
    """
    if birth_year is None:
        return None
    year, month, day = birth_year + AGREES_FROM_AGE, birth_month or 1, birth_day or 1
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return datetime.date(year, month + 1, 1)


def is_child_asked(agrees_from: datetime.date | None, on: datetime.date) -> bool:
    """Whether the child's own agreement is needed on a day; without a year of birth it is."""
    return agrees_from is None or agrees_from <= on


def born_not_before(
    birth_year: int | None, birth_month: int | None, birth_day: int | None
) -> datetime.date | None:
    """The first day that a birth known in part can be; None where the year is not known."""
    if birth_year is None:
        return None
    return datetime.date(birth_year, birth_month or 1, birth_day or 1)


SENT_TWICE_WITHIN: Final = datetime.timedelta(minutes=10)
"""The same content by the same person within so long is one form sent twice."""
SLIP_YEARS: Final = 5
"""A slip is of the years at a primary school."""
REPORTED_YEARS: Final = 1
"""A request or an incident is written down within a year: an older day is a slip of the pen."""


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years ago; of 29 February the 28th where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True, slots=True)
class PurposeText:
    """One purpose of the school's register, as the program proposes it; the school puts it in its own words."""

    code: str
    title: str
    categories: str
    basis: str
    recipients: str
    kept_for: str
    needs_consent: bool


STANDARD_PURPOSES: Final[tuple[PurposeText, ...]] = (
    PurposeText(
        "ho-so-hoc-ba",
        "Hồ sơ học sinh, đánh giá, học bạ",
        "Sơ yếu lí lịch, số định danh cá nhân, cha mẹ hoặc người giám hộ, điểm danh, kết quả đánh giá, học bạ, biến "
        "động sĩ số",
        f"{DUTY_BASIS}; NĐ 88/2026/NĐ-CP",
        "Giáo viên được phân công, Ban giám hiệu, văn thư; Sở GDĐT, CSDL ngành, CSDL quốc gia theo quy định",
        "Học bạ, sổ đăng bộ: vĩnh viễn; phần khác theo bảng thời hạn lưu",
        needs_consent=False,
    ),
    PurposeText(
        "chinh-sach-khuyet-tat",
        "Chế độ, chính sách; giáo dục hoà nhập học sinh khuyết tật",
        "Dân tộc, diện chính sách, loại và mức độ khuyết tật, giấy xác nhận (dữ liệu nhạy cảm, NĐ 356/2025/NĐ-CP "
        "Điều 4)",
        DUTY_BASIS,
        "Giáo viên chủ nhiệm của lớp, Ban giám hiệu, văn thư; cơ quan giải quyết chế độ",
        "Theo hồ sơ học sinh",
        needs_consent=False,
    ),
    PurposeText(
        "lien-lac",
        "Liên lạc với cha mẹ học sinh về việc học",
        "Họ tên, số điện thoại của cha, mẹ hoặc người giám hộ, nơi ở hiện nay",
        DUTY_BASIS,
        "Giáo viên chủ nhiệm của lớp, văn thư, Ban giám hiệu",
        "Đến khi học sinh ra trường, chuyển trường",
        needs_consent=False,
    ),
    PurposeText(
        "can-bo",
        "Quản lí cán bộ, giáo viên và tài khoản",
        "Họ tên, mã cán bộ, chức vụ, phân công, tập huấn, nhật kí truy cập",
        DUTY_BASIS,
        "Ban giám hiệu, văn thư",
        "Nhật kí truy cập ít nhất 12 tháng; phần khác theo hồ sơ cán bộ",
        needs_consent=False,
    ),
    PurposeText(
        "anh-hoat-dong",
        "Chụp ảnh, quay phim học sinh trong hoạt động của trường",
        "Hình ảnh, video có học sinh",
        CONSENT_BASIS,
        "Nhà trường, cha mẹ học sinh của lớp",
        "Đến hết năm học, hoặc đến khi rút lại đồng ý",
        needs_consent=True,
    ),
    PurposeText(
        "cong-khai",
        "Đăng tên, ảnh học sinh lên trang thông tin, bảng tin của trường",
        "Họ tên, lớp, hình ảnh, thành tích",
        CONSENT_BASIS,
        "Mọi người xem trang thông tin, bảng tin",
        "Đến khi gỡ bài, hoặc đến khi rút lại đồng ý",
        needs_consent=True,
    ),
    PurposeText(
        "kenh-nhan-tin",
        "Nhắn tin, nhóm liên lạc của lớp (Zalo, SMS, thư điện tử)",
        "Số điện thoại, tài khoản nhắn tin, thư điện tử của cha, mẹ hoặc người giám hộ; họ tên học sinh",
        CONSENT_BASIS,
        "Giáo viên chủ nhiệm, thành viên nhóm, đơn vị cung cấp dịch vụ nhắn tin",
        "Đến hết năm học, hoặc đến khi rút lại đồng ý",
        needs_consent=True,
    ),
    PurposeText(
        "suc-khoe",
        "Thông tin sức khoẻ thêm: dị ứng, bệnh cần theo dõi, thuốc đang dùng",
        "Tình trạng sức khoẻ (dữ liệu nhạy cảm, NĐ 356/2025/NĐ-CP Điều 4)",
        CONSENT_BASIS,
        "Giáo viên chủ nhiệm, nhân viên y tế trường học, Ban giám hiệu",
        "Đến hết năm học, hoặc đến khi rút lại đồng ý",
        needs_consent=True,
    ),
)


# -- Requests of the people whose data they are (NĐ Điều 5) ------------------------------------------------

RIGHTS_ARTICLE: Final = "Điều 5 NĐ 356/2025/NĐ-CP"
ANSWER_WORKING_DAYS: Final = 2
"""Within so many working days the school tells the person that it has the request, and what happens next."""


class RequestKind(Labelled):
    ACCESS = "access", "Xem, biết dữ liệu"
    PROVIDE = "provide", "Cung cấp bản sao dữ liệu"
    CORRECT = "correct", "Chỉnh sửa dữ liệu"
    WITHDRAW = "withdraw", "Rút lại đồng ý"
    RESTRICT = "restrict", "Hạn chế xử lí"
    OBJECT = "object", "Phản đối xử lí"
    DELETE = "delete", "Xoá dữ liệu"


DUE_DAYS: Final[Mapping[RequestKind, int]] = {
    RequestKind.ACCESS: 10,
    RequestKind.PROVIDE: 10,
    RequestKind.CORRECT: 10,
    RequestKind.WITHDRAW: 15,
    RequestKind.RESTRICT: 15,
    RequestKind.OBJECT: 15,
    RequestKind.DELETE: 20,
}
"""In calendar days from the day on which the request came in."""
TAKES_A_COPY: Final = frozenset({RequestKind.ACCESS, RequestKind.PROVIDE})
"""Kinds that are answered by handing over a copy of the person's data."""


def answer_due_on(received_on: datetime.date) -> datetime.date:
    """Two working days after the day on which it came in: Saturdays, Sundays do not count.

    Holidays do count, so the day is never later than the law's: received Thursday 04/09/2025, due Monday 08/09/2025.
    """
    day, left = received_on, ANSWER_WORKING_DAYS
    while left:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5
    return day


def request_due_on(kind: RequestKind, received_on: datetime.date) -> datetime.date:
    """The last day of doing what was asked: a copy asked for on 01/09 is due on 11/09, a deletion on 21/09."""
    return received_on + datetime.timedelta(days=DUE_DAYS[kind])


# -- Incidents (Luật Điều 23; NĐ Điều 28) ------------------------------------------------------------------

INCIDENT_ARTICLE: Final = "Điều 23 Luật 91/2025/QH15, Điều 28 NĐ 356/2025/NĐ-CP"
INCIDENT_FORM: Final = "Mẫu số 08, NĐ 356/2025/NĐ-CP"
"""Which form the notice to the authority has."""
FIRST_REPORT_ARTICLE: Final = "điểm d khoản 2 Điều 31 NĐ 331/2026/NĐ-CP"
NOTIFY_WITHIN: Final = datetime.timedelta(hours=72)
"""From the discovery, not from what happened."""
FIRST_REPORT_WITHIN: Final = datetime.timedelta(hours=24)
NOTIFIED: Final = "Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao (A05), Bộ Công an"


def notify_by(discovered_at: datetime.datetime) -> datetime.datetime:
    return discovered_at + NOTIFY_WITHIN


def is_late_notice(discovered_at: datetime.datetime, notified_at: datetime.datetime) -> bool:
    """On the 72nd hour it is still in time."""
    return notified_at > notify_by(discovered_at)


def hours_left(until: datetime.datetime, now: datetime.datetime) -> int:
    """Whole hours, rounded down; below zero once the time is over."""
    return int((until - now) // datetime.timedelta(hours=1))
