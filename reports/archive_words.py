"""What the columns of the archive's workbooks are called, and their values, where `approvals.audit_words` leaves off.

The trail of changes hides numbers and keys of the machine; here everything stands, so everything has a word. Pure.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from accounts.history import Source
from students.code_lists import OF_COLUMN

COLUMNS: Final[Mapping[str, str]] = {
    "address": "địa chỉ mạng",
    "announcement_id": "thông báo số",
    "application_id": "lần ghi số",
    "attempts": "số lần thử",
    "began_by_id": "bắt đầu theo biến động số",
    "content_hash": "mã băm nội dung",
    "content_id": "nội dung số",
    "content_type_id": "bảng số",
    "detail": "chi tiết",
    "document_id": "văn bản số",
    "ended_at": "kết thúc lúc",
    "ended_by_id": "kết thúc theo (biến động số, người)",
    "ended_how": "kết thúc vì",
    "file": "tệp",
    "file_kind": "loại tệp",
    "file_sha256": "SHA-256 của tệp",
    "finding_id": "điều ghi lại số",
    "group_id": "nhóm số",
    "handover_id": "bàn giao số",
    "inquiry_id": "câu hỏi số",
    "inspection_id": "cuộc kiểm tra số",
    "job_id": "bản in số",
    "last_seen_at": "thấy lần cuối lúc",
    "method": "phương thức",
    "movement_id": "biến động số",
    "notice_id": "thông báo, nhắc số",
    "object_id": "đối tượng số",
    "object_pk": "đối tượng số",
    "path": "địa chỉ trang",
    "permission_id": "quyền số",
    "place": "thứ tự",
    "places": "trang của từng em",
    "post": "chức vụ",
    "pupils": "học sinh",
    "pupils_asked": "số học sinh cần in",
    "pupils_done": "số học sinh đã in",
    "roll_over_id": "xếp lớp số",
    "roster": "danh sách lớp",
    "round_id": "đợt đối chiếu số",
    "sent_on": "gửi ngày",
    "sha256": "SHA-256",
    "size": "cỡ tệp (byte)",
    "target": "đối tượng",
    "target_path": "trang của đối tượng",
    "username": "tên đăng nhập",
    "version": "lần ghi thứ",
    "version_id": "bản của văn bản số",
    "window_id": "đợt nhập số",
}

OF_HISTORY: Final[Mapping[str, str]] = {
    "history_id": "dòng lịch sử",
    "history_date": "ghi lúc",
    "history_user_id": "người ghi",
    "history_type": "việc ghi",
    "history_change_reason": "vì sao ghi",
    "acting_role": "với tư cách",
    "source": "đường ghi",
    "window_id": "đợt nhập số",
    "request_id": "theo phiếu số",
}
"""Columns that every history table has, in the order in which they stand first."""


def _names_of(column: str) -> Mapping[Any, str]:
    return OF_COLUMN[column]().names


VALUES: Final[Mapping[str, Callable[[], Mapping[Any, str]]]] = {
    **{column: partial(_names_of, column) for column in OF_COLUMN},
    "gender": lambda: {"male": "Nam", "female": "Nữ"},
    "history_type": lambda: {"+": "Ghi mới", "~": "Sửa", "-": "Xoá"},
    "source": lambda: {source.value: source.label for source in Source},
    "session": lambda: {"morning": "Sáng", "afternoon": "Chiều"},
}
"""By column, what its codes stand for."""
