"""What is kept how long, by which rule, and what may go once that is over: pure (domain.md 4, 5.1, 7; rule R70).

Where a rule names no period that the school can read in this program (TT 08/2025/TT-BGDĐT has a table of its own),
nothing is removed. History is never removed.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gradebook.labels import Labelled


class Keeping(Labelled):
    FOR_EVER = "for_ever", "Vĩnh viễn, không xoá"
    WITH_RECORD = "with_record", "Theo hồ sơ, không tự xoá"
    UNTIL = "until", "Có thời hạn, xoá được khi quá hạn"
    BY_ITSELF = "by_itself", "Hệ thống tự xoá"


@dataclass(frozen=True, slots=True)
class Retained:
    """One line of the table."""

    code: str
    what: str
    keeping: Keeping
    period: str
    basis: str
    unit: str = ""
    """What is counted of it, of a line that may be removed."""

    @property
    def is_removable(self) -> bool:
        return self.keeping is Keeping.UNTIL


ACCESS_LOG, ROSTER_FILES = "nhat-ki-truy-cap", "tep-danh-sach"
ACCESS_LOG_MONTHS: Final = 12

RETENTION: Final[tuple[Retained, ...]] = (
    Retained(
        "hoc-ba",
        "Học bạ và dữ liệu làm ra học bạ: hồ sơ, kết quả đánh giá, kết quả năm học, khen thưởng",
        Keeping.FOR_EVER,
        "Vĩnh viễn",
        "NĐ 88/2026/NĐ-CP Điều 8",
    ),
    Retained(
        "so-dang-bo",
        "Sổ đăng bộ, danh sách lớp, biến động sĩ số",
        Keeping.FOR_EVER,
        "Vĩnh viễn",
        "Đi cùng học bạ; đối chiếu bảng thời hạn của TT 08/2025/TT-BGDĐT",
    ),
    Retained(
        "so-thkqgd",
        "Sổ tổng hợp kết quả giáo dục, quyết định, báo cáo đã chốt",
        Keeping.WITH_RECORD,
        "Theo bảng thời hạn của TT 08/2025/TT-BGDĐT",
        "TT 08/2025/TT-BGDĐT; hệ thống giữ, không xoá",
    ),
    Retained(
        "nhat-ki-thay-doi",
        "Nhật kí thay đổi, lịch sử của từng dòng",
        Keeping.FOR_EVER,
        "Vĩnh viễn, cùng hồ sơ",
        "Quy tắc của hệ thống: không ai xoá được, kể cả quản trị",
    ),
    Retained(
        "phieu-de-nghi",
        "Phiếu đề nghị sửa và minh chứng, chữ kí xác nhận sổ",
        Keeping.WITH_RECORD,
        "Cùng sổ đã sửa",
        "Kế hoạch của trường, mục IV.2",
    ),
    Retained(
        "diem-danh",
        "Điểm danh, đối chiếu, bàn giao, kiểm tra hồ sơ",
        Keeping.WITH_RECORD,
        "Theo bảng thời hạn của TT 08/2025/TT-BGDĐT",
        "TT 08/2025/TT-BGDĐT; hệ thống giữ, không xoá",
    ),
    Retained(
        "phieu-dong-y",
        "Phiếu đồng ý, yêu cầu, sự cố về dữ liệu cá nhân",
        Keeping.WITH_RECORD,
        "Khi còn phải chứng minh",
        "Luật 91/2025/QH15 Điều 9, Điều 10",
    ),
    Retained(
        "can-bo",
        "Hồ sơ cán bộ, chức vụ, phân công, tập huấn",
        Keeping.WITH_RECORD,
        "Theo hồ sơ cán bộ",
        "Quy định về hồ sơ viên chức; nghỉ việc thì đóng tài khoản, không xoá",
    ),
    Retained(
        ACCESS_LOG,
        "Nhật kí truy cập: đăng nhập, xem, tải, in",
        Keeping.UNTIL,
        f"Ít nhất {ACCESS_LOG_MONTHS} tháng",
        "NĐ 53/2022/NĐ-CP; NĐ 333/2026/NĐ-CP Điều 16",
        "dòng",
    ),
    Retained(
        ROSTER_FILES,
        "Tệp danh sách Excel đã nạp (dữ liệu trong tệp đã vào hồ sơ)",
        Keeping.UNTIL,
        "Đến khi năm học đóng",
        "Chỉ giữ khi còn cần: Luật 91/2025/QH15; NĐ 88/2026/NĐ-CP Điều 4",
        "tệp",
    ),
    Retained(
        "goi-du-lieu",
        "Gói toàn bộ dữ liệu của trường",
        Keeping.BY_ITSELF,
        "7 ngày từ khi lập xong",
        "Quy tắc của hệ thống",
    ),
    Retained(
        "sao-luu",
        "Bản sao lưu (mã hoá)",
        Keeping.BY_ITSELF,
        "Theo quy tắc giữ ở trang «Sao lưu»",
        "Kế hoạch của trường, mục IV.3",
    ),
)
BY_CODE: Final[Mapping[str, Retained]] = {each.code: each for each in RETENTION}


def access_log_kept_from(today: datetime.date) -> datetime.date:
    """The first day of which lines are still kept: on 29/02/2028 it is 28/02/2027, so that a day more is kept."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return today.replace(year=today.year - 1, day=28)
