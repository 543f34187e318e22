"""What the archive of everything holds, table by table, and what it leaves out, each with its reason.

Every model of every installed app is named here once: a test walks them. History tables are not: they follow from
their model (`kimdong.watched.is_history` tells them), each beside the others of its app.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models

from approvals import audit_words

Model = type[models.Model]

_OF_ONE: Final = ("name", "birth_year", "job", "phone", "workplace")
_FAMILY: Final = (
    *(f"{who}_{what}" for who in ("father", "mother", "guardian") for what in _OF_ONE),
    "guardian_relation",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: a table, or some of its columns (`only`), or all but some (`without`)."""

    title: str
    model: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that people understand; `file` without its ending."""

    file: str
    title: str
    sheets: tuple[Sheet, ...]


BOOKS: Final = (
    Book(
        "01-nam-hoc-lop",
        "Năm học, lớp, lịch, môn",
        (
            Sheet("Năm học", "students.SchoolYear"),
            Sheet("Lớp", "students.SchoolClass"),
            Sheet("Lịch nghỉ, học bù", "students.CalendarEntry"),
            Sheet("Buổi học trong tuần", "students.WeekPattern"),
            Sheet("Môn học, hoạt động", "gradebook.SubjectLine"),
            Sheet("Môn tự chọn của lớp", "gradebook.ClassLine"),
        ),
    ),
    Book(
        "02-hoc-sinh-gia-dinh",
        "Học sinh, gia đình",
        (
            Sheet("Học sinh", "students.Student", without=_FAMILY),
            Sheet("Gia đình", "students.Student", only=("id", "full_name", *_FAMILY)),
            Sheet("Từng năm học", "students.YearProfile"),
            Sheet("Chỗ trong lớp", "students.Enrolment"),
        ),
    ),
    Book(
        "03-bien-dong",
        "Biến động sĩ số",
        (
            Sheet("Biến động", "students.Movement"),
            Sheet("Trường tiếp nhận", "students.NextSchool"),
            Sheet("Tệp danh sách đã nạp", "students.RosterUpload"),
        ),
    ),
    Book(
        "04-can-bo",
        "Cán bộ, giáo viên",
        (
            Sheet("Cán bộ", "accounts.User"),
            Sheet("Tổ", "accounts.Team"),
            Sheet("Chức vụ", "accounts.Post"),
            Sheet("Tập huấn", "accounts.TrainingRecord"),
            Sheet("Biểu dương, vi phạm", "approvals.StaffDecision"),
        ),
    ),
    Book(
        "05-phan-cong",
        "Phân công",
        (
            Sheet("Chủ nhiệm", "students.HomeroomAssignment"),
            Sheet("Giảng dạy", "gradebook.TeachingAssignment"),
        ),
    ),
    Book(
        "07-ket-qua-nam-hoc",
        "Kết quả năm học, khen thưởng, đánh giá riêng",
        (
            Sheet("Kết quả đã phê duyệt", "gradebook.YearOutcome"),
            Sheet("Lớp đến bước nào", "gradebook.ClassYearEnd"),
            Sheet("Xét từng em", "gradebook.PupilYearEnd"),
            Sheet("Khen, thư khen", "gradebook.Commendation"),
            Sheet("Năm học trước Thông tư 27", "gradebook.OldYearRecord"),
            Sheet("Môn của các năm ấy", "gradebook.OldYearLine"),
            Sheet("Hình thức đánh giá riêng", "gradebook.Arrangement"),
            Sheet("Lí do của ô được nhắc", "gradebook.DoubtAnswer"),
        ),
    ),
    Book(
        "08-diem-danh",
        "Điểm danh",
        (
            Sheet("Lần điểm danh", "students.RollCall"),
            Sheet("Vắng mặt", "students.Absence"),
            Sheet("Tháng đã xác nhận", "students.AttendanceMonth"),
        ),
    ),
    Book(
        "09-lenh-mo-khoa-so",
        "Lệnh mở, khoá sổ",
        (
            Sheet("Lệnh", "gradebook.EntryOrder"),
            Sheet("Đợt nhập", "gradebook.EntryWindow"),
            Sheet("Phần khoá riêng", "gradebook.WindowCut"),
            Sheet("Thực hiện lệnh", "gradebook.OrderExecution"),
            Sheet("Đã đọc lệnh khoá", "gradebook.OrderReading"),
            Sheet("Thông báo, nhắc", "gradebook.EntryNotice"),
            Sheet("Người nhận", "gradebook.EntryNoticeRecipient"),
        ),
    ),
    Book(
        "10-phieu-de-nghi-sua",
        "Phiếu đề nghị sửa",
        (
            Sheet("Phiếu", "approvals.CorrectionRequest"),
            Sheet("Từng ô", "approvals.CorrectionItem"),
            Sheet("Minh chứng", "approvals.Evidence"),
            Sheet("Đã đọc phiếu bị huỷ", "approvals.CancellationReading"),
        ),
    ),
    Book(
        "11-quyet-dinh-ban-giao",
        "Quyết định, bàn giao, xếp lớp",
        (
            Sheet("Quyết định", "gradebook.ResultsDecision"),
            Sheet("Học sinh trong quyết định", "gradebook.ResultsDecisionLine"),
            Sheet("Bàn giao lớp", "gradebook.Handover"),
            Sheet("Bàn giao về học sinh", "gradebook.HandoverNote"),
            Sheet("Tiếp nhận bàn giao", "gradebook.HandoverReceipt"),
            Sheet("Xếp lớp năm mới", "gradebook.RollOver"),
            Sheet("Lần ghi danh sách", "gradebook.RollOverApplication"),
            Sheet("Chỗ trong lớp mới", "gradebook.RollOverPlace"),
        ),
    ),
    Book(
        "12-ki-so-kiem-tra-doi-chieu",
        "Kí sổ, kiểm tra, đối chiếu",
        (
            Sheet("Chữ kí xác nhận sổ", "approvals.BookSignature"),
            Sheet("Lần xem sổ trước khi kí", "approvals.BookLook"),
            Sheet("Nhắc kí sổ", "approvals.SigningReminder"),
            Sheet("Cuộc kiểm tra", "approvals.Inspection"),
            Sheet("Lớp được kiểm tra", "approvals.InspectedClass"),
            Sheet("Học sinh được kiểm tra", "approvals.InspectedPupil"),
            Sheet("Điều ghi lại", "approvals.Finding"),
            Sheet("Ý trong điều ghi lại", "approvals.FindingEntry"),
            Sheet("Đợt đối chiếu", "approvals.ReconciliationRound"),
            Sheet("Trả lời đối chiếu", "approvals.ReconciliationReply"),
        ),
    ),
    Book(
        "13-van-ban-thong-bao-hoi-dap",
        "Văn bản, thông báo, hỏi đáp",
        (
            Sheet("Văn bản", "approvals.KeptDocument"),
            Sheet("Bản của văn bản", "approvals.DocumentVersion"),
            Sheet("Ban quản lí", "approvals.BoardMember"),
            Sheet("Thông báo", "approvals.Announcement"),
            Sheet("Đã đọc thông báo", "approvals.AnnouncementReading"),
            Sheet("Câu hỏi, sự cố", "approvals.Inquiry"),
            Sheet("Ý trong câu hỏi", "approvals.InquiryEntry"),
        ),
    ),
    Book(
        "14-ngan-hang-nhan-xet",
        "Ngân hàng nhận xét",
        (
            Sheet("Nhận xét", "gradebook.BankComment"),
            Sheet("Nhận xét mẫu đã ẩn", "gradebook.HiddenComment"),
        ),
    ),
    Book(
        "15-ban-in-bao-cao-xuat",
        "Bản in, báo cáo, dữ liệu đã gửi",
        (
            Sheet("Bản in", "reports.PrintJob"),
            Sheet("Đợt in", "reports.PrintBatch"),
            Sheet("Bản giấy", "reports.PrintCopies"),
            Sheet("Phần của bản in", "reports.PrintedPart"),
            Sheet("Báo cáo đã chốt", "reports.KeptReport"),
            Sheet("Đợt gửi CSDL ngành", "reports.SyncBatch"),
            Sheet("Lần gửi", "reports.SyncSending"),
            Sheet("Gói dữ liệu", "reports.DataArchive"),
        ),
    ),
    Book(
        "16-quyen-nhat-ki",
        "Quyền xem, nhật kí",
        (
            Sheet("Quyền xem cấp thêm", "accounts.Grant"),
            Sheet("Nhóm", "auth.Group"),
            Sheet("Người trong nhóm", "accounts.GroupMembership"),
            Sheet("Nhóm của tài khoản", "accounts.User_groups"),
            Sheet("Quyền của tài khoản", "accounts.User_user_permissions"),
            Sheet("Quyền xem của một người", "guardian.UserObjectPermission"),
            Sheet("Quyền xem của nhóm", "guardian.GroupObjectPermission"),
            Sheet("Phần của hệ thống", "accounts.SystemPart"),
            Sheet("Nhật kí truy cập", "accounts.AccessLogEntry"),
            Sheet("Phiên đăng nhập", "accounts.SignedInSession"),
            Sheet("Việc của văn thư", "accounts.AdminAction"),
            Sheet("Đã xem việc của văn thư", "accounts.SupervisionMark"),
            Sheet("Đổi mật khẩu quản trị", "accounts.PasswordRotation"),
            Sheet("Thư nhắc việc", "accounts.MailDigest"),
            Sheet("Bản sao lưu", "accounts.Backup"),
        ),
    ),
    Book(
        "17-du-lieu-ca-nhan",
        "Dữ liệu cá nhân: mục đích, đồng ý, yêu cầu, sự cố, phần đã xoá",
        (
            Sheet("Mục đích xử lí", "approvals.ProcessingPurpose"),
            Sheet("Phiếu đồng ý", "approvals.Consent"),
            Sheet("Yêu cầu", "approvals.DataRequest"),
            Sheet("Sự cố", "approvals.DataIncident"),
            Sheet("Đã xoá khi quá hạn", "approvals.ExpiredRemoval"),
        ),
    ),
)

RESULTS: Final = {"gradebook.SubjectResult": "line__year", "gradebook.TraitResult": "year"}
"""A workbook a year («06-ket-qua-2026») with a sheet for each of these and period; the value is the way to the year."""

ONLY_JSON: Final[Mapping[str, str]] = {
    "accounts.AuditEntry": "chuỗi nhật kí thay đổi, mỗi dòng có mã băm: để máy đối chiếu; người đọc xem ở trang của nó",
    "accounts.AuditHead": "đầu chuỗi nhật kí thay đổi, cũng ghi trong manifest",
    "reports.PrintedContent": "nội dung từng phần của bản in, dài hàng trăm dòng một ô",
    "reports.SyncRecord": "bản ghi đã gửi CSDL ngành, vốn là JSON",
}
"""In the archive as lines of JSON only, and why not in a workbook."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "accounts.ActivationSlip": "dấu của mã kích hoạt: bí mật, dùng một lần",
    "accounts.DiskReading": "chỗ trống của ổ đĩa, đo lại sau ít phút",
    "accounts.RateCount": "số đếm chống dùng quá nhiều, quên sau vài phút",
    "accounts.SignInFailures": "số lần đăng nhập sai đang đếm; từng lần có trong nhật kí truy cập",
    "students.PupilWords": "từ để tìm, cơ sở dữ liệu tự tính lại từ hồ sơ",
    "students.RosterRun": "tiến độ nạp danh sách ở nền; danh sách và kết quả nạp có trong gói",
    "auth.Permission": "tên quyền, theo phiên bản chương trình",
    "auth.Group_permissions": "nhóm không giữ quyền của Django",
    "contenttypes.ContentType": "tên bảng, theo phiên bản chương trình",
    "sessions.Session": "phiên đăng nhập: bí mật",
    "otp_totp.TOTPDevice": "khoá xác thực hai lớp: bí mật",
    "otp_static.StaticDevice": "mã dự phòng xác thực hai lớp: bí mật",
    "otp_static.StaticToken": "mã dự phòng xác thực hai lớp: bí mật",
    "axes.AccessAttempt": "số đếm của khoá đăng nhập; từng lần có trong nhật kí truy cập",
    "axes.AccessAttemptExpiration": "hạn của khoá đăng nhập",
    "axes.AccessFailureLog": "từng lần đăng nhập sai có trong nhật kí truy cập",
    "axes.AccessLog": "từng lần đăng nhập có trong nhật kí truy cập",
    "procrastinate.ProcrastinateJob": "hàng chờ của máy in nền",
    "procrastinate.ProcrastinateEvent": "hàng chờ của máy in nền",
    "procrastinate.ProcrastinatePeriodicDefer": "hàng chờ của máy in nền",
    "procrastinate.ProcrastinateWorker": "máy in nền đang chạy",
}
"""Models that are not in the archive, and why."""

SECRETS: Final[Mapping[str, str]] = {
    "accounts.User.password": "mật khẩu đã băm",
    "accounts.SignedInSession.key_hash": "dấu của phiên đăng nhập",
}
"""Columns that are left out of tables that are in it."""

FILES: Final[Mapping[str, str]] = {
    "approvals.Evidence.file": "minh chứng",
    "approvals.Announcement.file": "tệp kèm thông báo",
    "approvals.DocumentVersion.file": "văn bản của trường",
    "students.RosterUpload.file": "tệp danh sách đã nạp",
}
"""Columns that name a file which goes along, under «tep/»."""

DRAWN_FILES: Final[Mapping[str, str]] = {
    "reports.PrintJob.file": "bản in PDF: in lại được từ dữ liệu; nội dung từng phần có trong gói",
    "reports.PrintBatch.file": "bản in PDF của cả đợt",
    "reports.DataArchive.file": "chính các gói dữ liệu",
}
"""Columns that name a file which does not, and why."""


def model_of(label: str) -> Model:
    return apps.get_model(label)


def label_of(model: Model) -> str:
    """As the tables here name it: "students.Student"."""
    return model._meta.label  # noqa: SLF001 - Django's documented API


def is_history(model: Model) -> bool:
    return hasattr(model, "instance_type")


def histories() -> Iterator[Model]:
    """The history tables, by app and name."""
    found = [model for model in apps.get_models(include_auto_created=True) if is_history(model)]
    yield from sorted(found, key=label_of)


def history_books() -> tuple[Book, ...]:
    """A workbook an app, a sheet a table."""
    by_app: dict[str, list[Sheet]] = {}
    for model in histories():
        app = model._meta.app_label  # noqa: SLF001 - as above
        by_app.setdefault(app, []).append(Sheet(_history_title(model), label_of(model)))
    return tuple(
        Book(f"{20 + number}-lich-su-{_HISTORY_FILES[app]}", _HISTORY_TITLES[app], tuple(sheets))
        for number, (app, sheets) in enumerate(by_app.items())
    )


_HISTORY_FILES: Mapping[str, str] = {
    "accounts": "can-bo-quyen",
    "approvals": "phieu-van-ban",
    "gradebook": "so-diem",
    "students": "hoc-sinh",
}
_HISTORY_TITLES: Mapping[str, str] = {
    "accounts": "Lịch sử: cán bộ, quyền",
    "approvals": "Lịch sử: phiếu, văn bản, kiểm tra",
    "gradebook": "Lịch sử: sổ điểm, quyết định",
    "students": "Lịch sử: học sinh, lớp, điểm danh",
}


def _history_title(model: Any) -> str:
    return audit_words.table_words(model.instance_type._meta.db_table)  # noqa: SLF001 - as above


def tables_in() -> tuple[Model, ...]:
    """All that go as lines of JSON: those of the workbooks, results, those without a workbook, histories."""
    labels = [sheet.model for book in BOOKS for sheet in book.sheets]
    named = dict.fromkeys([*labels, *RESULTS, *ONLY_JSON])
    return (*(model_of(label) for label in named), *histories())


def columns_of(model: Model) -> "tuple[models.Field[Any, Any], ...]":
    """The concrete columns, secrets left out."""
    label = label_of(model)
    concrete = model._meta.concrete_fields  # noqa: SLF001 - as above
    return tuple(column for column in concrete if f"{label}.{column.name}" not in SECRETS)
