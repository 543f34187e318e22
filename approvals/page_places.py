"""From which page somebody asks: the address as far as it is ours, and the page's name in words."""

from collections.abc import Mapping

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

MOST_LETTERS = 500

PAGE_NAMES: Mapping[str, str] = {
    "approvals:tasks": "Việc của tôi",
    "approvals:requests": "Phiếu đề nghị sửa",
    "approvals:request": "Một phiếu đề nghị sửa",
    "approvals:inquiries": "Hỏi đáp, sự cố",
    "approvals:inquiry": "Một câu hỏi hoặc sự cố",
    "approvals:inspections": "Kiểm tra hồ sơ",
    "approvals:inspection": "Một đợt kiểm tra hồ sơ",
    "approvals:finding": "Một nội dung kiểm tra",
    "approvals:reconciliations": "Đối chiếu số liệu",
    "approvals:reconciliation": "Một đợt đối chiếu số liệu",
    "approvals:reconciliation_reply": "Số liệu cần đối chiếu",
    "approvals:consents": "Phiếu đồng ý xử lí dữ liệu cá nhân",
    "approvals:consent_class": "Phiếu đồng ý của một lớp",
    "approvals:purposes": "Sổ mục đích xử lí dữ liệu cá nhân",
    "approvals:data_requests": "Yêu cầu về dữ liệu cá nhân",
    "approvals:data_incidents": "Sự cố dữ liệu cá nhân",
    "approvals:retention": "Thời hạn lưu",
    "gradebook:orders": "Lệnh mở, khoá sổ",
    "gradebook:order": "Một lệnh mở hoặc khoá sổ",
    "gradebook:order_new": "Ban hành lệnh mở, khoá sổ",
    "gradebook:progress": "Tiến độ nhập",
    "gradebook:progress_missing": "Còn thiếu ô nào",
    "gradebook:readiness": "Sẵn sàng khoá sổ?",
    "gradebook:sheet": "Sổ nhập của một môn, một lớp",
    "gradebook:own_sheets": "Excel các sổ của tôi",
    "gradebook:sheet_upload": "Nạp Excel vào một sổ",
    "gradebook:cell_history": "Lịch sử của một ô",
    "students:classes": "Lớp và học sinh",
    "students:class": "Danh sách một lớp",
    "students:import": "Nạp danh sách học sinh",
    "students:upload": "Xem trước một danh sách đã tải lên",
    "reports:prints": "In sổ, học bạ",
    "reports:own_prints": "In sổ cá nhân, phiếu kết quả",
    "reports:print_job": "Một bản in",
    "reports:batch": "Một đợt in nhiều lớp",
    "reports:register": "Sổ theo dõi in",
    "accounts:me": "Tài khoản của tôi",
    "accounts:guides": "Hướng dẫn theo vai trò",
    "accounts:guide": "Hướng dẫn của một vai trò",
    "accounts:training": "Tập huấn",
}


def local_path(address: str) -> str:
    """The path alone, without query or fragment (they may hold names); "" for what is no address of ours."""
    path = address.partition("#")[0].partition("?")[0]
    is_ours = (
        path.startswith("/")
        and len(path) <= MOST_LETTERS
        and path.isprintable()
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )
    return path if is_ours else ""


def page_name(path: str) -> str:
    """The page's name in words; "" where it has none or the path leads nowhere (a 404 may be the very question)."""
    try:
        return PAGE_NAMES.get(resolve(path).view_name, "")
    except Resolver404:
        return ""


def leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
