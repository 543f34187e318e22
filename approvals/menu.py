"""The side menu: its lines, who is shown which, and under which of them a page stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from accounts import permissions
from accounts.models import User
from accounts.powers import Action


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the side menu: shown to whoever may do `action` with anything at all.

    Under it stand the pages whose address begins with its own, and `pages`, whose address does not.
    """

    label: str
    page: str
    icon: str
    action: Action
    group: str = ""
    pages: tuple[str, ...] = ()


START_PAGE = "approvals:tasks"
ABOUT_DAYS = (
    "students:roll",
    "students:class_attendance",
    "students:attendance_month",
    "students:attendance_confirm",
    "gradebook:period_absences",
)
ABOUT_MOVEMENTS = (
    "students:pupil_movements",
    "students:movement_new",
    "students:newcomer",
    "students:head_counts",
)
ABOUT_DECISIONS = (
    "gradebook:decisions",
    "gradebook:decision",
    "gradebook:decision_new",
    "gradebook:decision_issue",
    "gradebook:decision_withdraw",
    "gradebook:decision_drop",
)
ABOUT_CONSENTS = ("approvals:consents", "approvals:consent_class", "approvals:consent_pupil")
PEOPLE, SUPERVISION, HELP = "Cán bộ, tài khoản", "Giám sát", "Giúp đỡ"
MENU = (
    MenuEntry("Việc của tôi", START_PAGE, "check2-square", Action.SEE_OWN_TASKS),
    MenuEntry("Thông báo", "approvals:announcements", "megaphone", Action.SEE_ANNOUNCEMENT),
    MenuEntry("Lớp và học sinh", "students:classes", "people", Action.SEE_CLASS),
    MenuEntry(
        "Hồ sơ học sinh",
        "students:records",
        "person-check",
        Action.SEE_SENSITIVE,
        pages=("students:class_records",),
    ),
    MenuEntry(
        "Phiếu đồng ý", "approvals:consents", "file-earmark-text", Action.SEE_CONSENTS, pages=ABOUT_CONSENTS
    ),
    MenuEntry("Điểm danh", "students:attendance", "clipboard-check", Action.SEE_ATTENDANCE, pages=ABOUT_DAYS),
    MenuEntry("Năm học", "students:years", "calendar-event", Action.SEE_YEAR),
    MenuEntry("Phiếu đề nghị sửa", "approvals:requests", "pencil-square", Action.SEE_REQUEST),
    MenuEntry("Lệnh mở, khoá sổ", "gradebook:orders", "calendar-check", Action.SEE_ORDERS),
    MenuEntry("Ngân hàng nhận xét", "gradebook:comments", "journal-text", Action.USE_COMMENTS),
    MenuEntry("Lịch mở, khoá sổ", "gradebook:lock_calendar", "calendar-event", Action.SEE_ORDERS),
    MenuEntry("Thông báo, nhắc tổ", "gradebook:team_reminders", "bell", Action.REMIND_TEACHERS),
    MenuEntry("Tiến độ nhập", "gradebook:progress", "bar-chart", Action.SEE_PROGRESS),
    MenuEntry(
        "Kết quả năm học",
        "gradebook:year_ends",
        "award",
        Action.SEE_OUTCOMES,
        pages=ABOUT_DECISIONS,
    ),
    MenuEntry(
        "Biến động sĩ số",
        "students:movements",
        "arrow-left-right",
        Action.SEE_MOVEMENTS,
        pages=ABOUT_MOVEMENTS,
    ),
    MenuEntry("Xếp lớp năm mới", "gradebook:roll_overs", "arrow-repeat", Action.SEE_ROLL_OVER),
    MenuEntry("Bàn giao lớp", "gradebook:handovers", "journal-check", Action.SEE_HANDOVER),
    MenuEntry("Nạp danh sách", "students:import", "file-earmark-arrow-up", Action.IMPORT_ROSTERS),
    MenuEntry("Kí sổ THKQGD", "approvals:signatures", "pencil", Action.SEE_SIGNATURES),
    MenuEntry("In sổ, học bạ", "reports:prints", "printer", Action.SEE_PRINTS),
    MenuEntry("In sổ cá nhân, phiếu", "reports:own_prints", "printer", Action.PRINT_OWN_BOOK),
    MenuEntry("Thống kê", "reports:statistics_start", "bar-chart", Action.SEE_STATISTICS),
    MenuEntry("Báo cáo, bản đã chốt", "reports:reports", "file-earmark-spreadsheet", Action.SEE_REPORTS),
    MenuEntry("Xuất dữ liệu", "reports:exports", "file-earmark-arrow-down", Action.EXPORT_DATA),
    MenuEntry("Cán bộ", "gradebook:staff", "person-badge", Action.SEE_STAFF, PEOPLE),
    MenuEntry("Phân công", "gradebook:class_staff", "table", Action.SEE_STAFF, PEOPLE),
    MenuEntry("Quyền xem cấp thêm", "gradebook:grants", "key", Action.GRANT, PEOPLE),
    MenuEntry("Tài khoản", "accounts:people", "person-circle", Action.SEE_ACCOUNTS, PEOPLE),
    MenuEntry("Tổng quan tài khoản", "accounts:overview", "person-check", Action.SEE_OVERVIEW, PEOPLE),
    MenuEntry("Tập huấn", "accounts:training", "award", Action.SEE_TRAINING, PEOPLE),
    MenuEntry("Tài khoản quản trị", "accounts:admin_account", "key", Action.SUPERVISE_CLERK, SUPERVISION),
    MenuEntry(
        "Kiểm tra hồ sơ", "approvals:inspections", "clipboard-check", Action.SEE_INSPECTION, SUPERVISION
    ),
    MenuEntry(
        "Đối chiếu số liệu",
        "approvals:reconciliations",
        "journal-check",
        Action.SEE_RECONCILIATION,
        SUPERVISION,
    ),
    MenuEntry("Sao lưu", "accounts:backups", "inbox", Action.SEE_BACKUPS, SUPERVISION),
    MenuEntry("Tình trạng hệ thống", "accounts:system", "gear", Action.SEE_SYSTEM_STATE, SUPERVISION),
    MenuEntry(
        "Dữ liệu cá nhân", "approvals:purposes", "shield-lock", Action.SEE_DATA_PROTECTION, SUPERVISION
    ),
    MenuEntry("Nhật kí truy cập", "accounts:access_log", "eye", Action.SEE_ACCESS_LOG, SUPERVISION),
    MenuEntry("Văn bản của trường", "approvals:documents", "file-earmark-text", Action.SEE_DOCUMENTS, HELP),
    MenuEntry("Nhật kí thay đổi", "approvals:audit", "clock-history", Action.SEE_AUDIT_TRAIL, SUPERVISION),
    MenuEntry("Hỏi đáp, sự cố", "approvals:inquiries", "question-circle", Action.SEE_INQUIRY, HELP),
    MenuEntry("Hướng dẫn", "accounts:guides", "book", Action.SEE_HANDBOOK, HELP),
    MenuEntry("Ai được làm gì", "accounts:powers", "shield-lock", Action.SEE_HANDBOOK, HELP),
)

Shown = Sequence[tuple[MenuEntry, str]]


def shown_to(user: User) -> Shown:
    """The lines of MENU that the table opens to the person, each with its address."""
    return [(entry, _address(entry.page)) for entry in MENU if permissions.may_anywhere(user, entry.action)]


@cache
def _address(page: str) -> str:
    """Of a line, looked up once a process: to look up all of them took a fifteenth of every page."""
    return reverse(page)


def entry_over(shown: Shown, view: str, path: str) -> MenuEntry | None:
    """The line under which a page stands: the one that names it, else the one whose address begins its own."""
    by_name = (entry for entry, _url in shown if view in entry.pages)
    by_address = (entry for entry, url in shown if path == url or (url != "/" and path.startswith(url)))
    return next(by_name, None) or next(by_address, None)


def addressed(counts: Mapping[str, int]) -> dict[str, int]:
    """By the addresses of the lines instead of their pages' names, as the script finds them in the menu."""
    return {_address(page): count for page, count in counts.items()}
