"""The wording of the principal's orders, as the school's own notices have it (PLAN IV.1, IV.4; rule R51)."""

from gradebook.models import ENTRY_PERIODS, EntryOrder
from gradebook.regulation import Period
from gradebook.windows import period_in_year
from students.models import SchoolYear


def default_text(kind: str, period: Period, year: SchoolYear, *, is_for_one: bool = False) -> str:
    """What an order says before somebody words it otherwise; times and scope stand elsewhere."""
    results = "kết quả" if period is Period.SUPPLEMENTARY else "điểm, đánh giá, nhận xét"
    what = f"hệ thống nhập {results} {period_in_year(period, year)}"
    if kind == EntryOrder.Kind.LOCK:
        return (
            f"Khoá {what}. Từ thời điểm khoá, giáo viên không sửa trên sổ; sai sót được sửa bằng phiếu đề nghị "
            "kèm minh chứng, Phó Hiệu trưởng phê chuẩn, văn thư thực hiện."
        )
    if is_for_one:
        return (
            f"Gia hạn {what} cho giáo viên có tên ở mục 2. Giáo viên tự nhập đầy đủ kết quả của lớp, môn được phân "
            "công; hết thời gian gia hạn hệ thống tự khoá."
        )
    return (
        f"Mở {what}. Giáo viên chủ nhiệm, giáo viên bộ môn tự nhập đầy đủ kết quả của lớp, môn được phân công; "
        "tổ (khối) trưởng thông báo và đôn đốc giáo viên trong tổ hoàn thành trước giờ khoá."
    )


def all_texts(year: SchoolYear) -> set[str]:
    """Every wording that `default_text` has for the year."""
    return {
        default_text(kind, period, year, is_for_one=is_for_one)
        for kind in EntryOrder.Kind
        for period in ENTRY_PERIODS
        for is_for_one in (False, True)
    }


def notice_words(order: EntryOrder) -> str:
    """Who is told by a notice on the pages, and when: of a lock the sheets and the calendar tell."""
    if order.kind == EntryOrder.Kind.LOCK:
        return (
            "Từ giờ khoá, sổ trong phạm vi ghi «Đã khoá» kèm số văn bản; cả trường xem ở «Lịch mở, khoá sổ». Giáo viên "
            "có sổ trong phạm vi thấy văn bản ở «Việc của tôi» cho đến khi đọc."
        )
    if order.is_extension and order.teacher:
        whom = order.teacher.full_name
    elif order.is_for_whole_classes and not (order.grade_level or order.school_class_id):
        whom = "toàn trường"
    else:
        whom = "giáo viên có sổ trong phạm vi"
    return f"Trong lúc mở, thông báo hiện cho {whom}."
