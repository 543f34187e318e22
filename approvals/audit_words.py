"""The audit chain in the school's words: names of tables and of columns, values as a person reads them. Pure but for
the names that the models themselves give their fields."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from accounts.clock import moment_label
from accounts.history import Source
from accounts.sealed import SealBroken, SealedField, unseal
from accounts.veiled import Veiled
from gradebook.regulation import LINES, TRAITS, year_label
from gradebook.regulation_2016 import OLD_LINES
from students.code_lists import OF_COLUMN
from students.models import Session

LONGEST_VALUE: Final = 160

TABLES: Final[Mapping[str, str]] = {
    "accounts_adminaction": "Việc của văn thư",
    "accounts_backup": "Bản sao lưu",
    "accounts_grant": "Quyền xem cấp thêm",
    "accounts_groupmembership": "Người trong nhóm",
    "accounts_passwordrotation": "Đổi mật khẩu quản trị",
    "accounts_post": "Chức vụ",
    "accounts_supervisionmark": "Xem việc của văn thư",
    "accounts_systempart": "Phần của hệ thống",
    "accounts_team": "Tổ",
    "accounts_trainingrecord": "Tập huấn",
    "accounts_user": "Tài khoản, hồ sơ cán bộ",
    "accounts_user_groups": "Nhóm của tài khoản",
    "accounts_user_user_permissions": "Quyền của tài khoản",
    "approvals_announcement": "Thông báo của trường, của tổ",
    "approvals_announcementreading": "Đã đọc thông báo",
    "approvals_boardmember": "Thành viên Ban quản lí",
    "approvals_booksignature": "Chữ kí xác nhận sổ",
    "approvals_cancellationreading": "Đã đọc phiếu bị huỷ",
    "approvals_consent": "Phiếu đồng ý xử lí dữ liệu",
    "approvals_correctionitem": "Ô trong phiếu đề nghị sửa",
    "approvals_correctionrequest": "Phiếu đề nghị sửa",
    "approvals_dataincident": "Sự cố dữ liệu cá nhân",
    "approvals_datarequest": "Yêu cầu về dữ liệu cá nhân",
    "approvals_documentversion": "Bản của văn bản lưu",
    "approvals_evidence": "Minh chứng",
    "approvals_expiredremoval": "Xoá phần quá thời hạn lưu",
    "approvals_finding": "Điều kiểm tra ghi lại",
    "approvals_findingentry": "Ý trong điều kiểm tra",
    "approvals_inquiry": "Câu hỏi, sự cố",
    "approvals_inquiryentry": "Ý trong câu hỏi, sự cố",
    "approvals_inspectedclass": "Lớp được kiểm tra",
    "approvals_inspectedpupil": "Học sinh được kiểm tra",
    "approvals_inspection": "Cuộc kiểm tra",
    "approvals_keptdocument": "Văn bản lưu",
    "approvals_processingpurpose": "Mục đích xử lí dữ liệu",
    "approvals_reconciliationreply": "Trả lời đối chiếu",
    "approvals_reconciliationround": "Đợt đối chiếu",
    "approvals_signingreminder": "Nhắc kí sổ",
    "approvals_staffdecision": "Biểu dương, vi phạm của cán bộ",
    "gradebook_arrangement": "Hình thức đánh giá riêng",
    "gradebook_bankcomment": "Nhận xét trong ngân hàng",
    "gradebook_classline": "Môn tự chọn của lớp",
    "gradebook_classyearend": "Kết quả năm học của lớp",
    "gradebook_commendation": "Khen, thư khen",
    "gradebook_doubtanswer": "Lí do của ô được nhắc",
    "gradebook_entrynotice": "Thông báo, nhắc tổ",
    "gradebook_entrynoticerecipient": "Người nhận thông báo",
    "gradebook_entryorder": "Lệnh mở, khoá sổ",
    "gradebook_entrywindow": "Đợt nhập",
    "gradebook_handover": "Bàn giao lớp",
    "gradebook_handovernote": "Bàn giao về học sinh",
    "gradebook_handoverreceipt": "Tiếp nhận bàn giao",
    "gradebook_hiddencomment": "Nhận xét mẫu đã ẩn",
    "gradebook_oldyearline": "Môn của năm học trước Thông tư 27",
    "gradebook_oldyearrecord": "Năm học trước Thông tư 27",
    "gradebook_orderexecution": "Thực hiện lệnh",
    "gradebook_orderreading": "Đã đọc lệnh khoá",
    "gradebook_pupilyearend": "Kết quả năm học đang xét",
    "gradebook_resultsdecision": "Quyết định về kết quả",
    "gradebook_resultsdecisionline": "Học sinh trong quyết định",
    "gradebook_rollover": "Xếp lớp năm mới",
    "gradebook_rolloverapplication": "Ghi danh sách lớp năm mới",
    "gradebook_rolloverplace": "Chỗ trong lớp năm mới",
    "gradebook_subjectline": "Môn học, hoạt động",
    "gradebook_subjectresult": "Điểm, mức, nhận xét môn học",
    "gradebook_teachingassignment": "Phân công giảng dạy",
    "gradebook_traitresult": "Năng lực, phẩm chất",
    "gradebook_windowcut": "Phần khoá riêng",
    "gradebook_yearoutcome": "Kết quả năm học đã phê duyệt",
    "guardian_groupobjectpermission": "Quyền xem của nhóm",
    "guardian_userobjectpermission": "Quyền xem của một người",
    "reports_dataarchive": "Gói toàn bộ dữ liệu",
    "reports_keptreport": "Bản báo cáo đã chốt",
    "reports_printbatch": "Đợt in nhiều lớp",
    "reports_printcopies": "Bản giấy đã in",
    "reports_printjob": "Bản in",
    "reports_syncbatch": "Đợt dữ liệu gửi CSDL ngành",
    "reports_syncsending": "Lần gửi CSDL ngành",
    "students_absence": "Vắng mặt",
    "students_attendancemonth": "Tháng điểm danh",
    "students_calendarentry": "Lịch nghỉ, học bù",
    "students_enrolment": "Chỗ trong lớp",
    "students_homeroomassignment": "Phân công chủ nhiệm",
    "students_movement": "Biến động sĩ số",
    "students_nextschool": "Trường tiếp nhận",
    "students_rollcall": "Lần điểm danh",
    "students_rosterupload": "Tệp danh sách học sinh",
    "students_schoolclass": "Lớp",
    "students_schoolyear": "Năm học",
    "students_student": "Hồ sơ học sinh",
    "students_weekpattern": "Buổi học trong tuần",
    "students_yearprofile": "Hồ sơ năm học của học sinh",
}

COLUMNS: Final[Mapping[str, str]] = {
    "act": "việc",
    "answered_at": "trả lời lúc",
    "answered_by_id": "người trả lời",
    "applied_at": "thực hiện lúc",
    "applied_by_id": "người thực hiện",
    "approved_by_id": "người phê duyệt",
    "asked_at": "hỏi lúc",
    "asked_by_id": "người đặt",
    "asker_id": "người hỏi",
    "at": "lúc",
    "author_id": "người soạn",
    "by_id": "người làm",
    "called_by_id": "người điểm danh",
    "cancel_note": "lí do huỷ",
    "cancelled_at": "huỷ lúc",
    "cancelled_by_id": "người huỷ",
    "cause": "vì sao",
    "changed_by_id": "người sửa",
    "closed_at": "đóng lúc",
    "closed_by_id": "người kết thúc",
    "closes_at": "khoá lúc",
    "code": "mã",
    "completed_by_id": "người xác nhận",
    "confirmed_again_by_id": "người xác nhận lại",
    "confirmed_by_id": "người xác nhận",
    "consent_at": "đồng ý lúc",
    "consent_by_id": "người đồng ý",
    "created_at": "lập lúc",
    "content": "nội dung",
    "day": "ngày",
    "decided_at": "quyết định lúc",
    "decided_by_id": "người quyết định",
    "decision_id": "quyết định",
    "drafted_by_id": "người soạn",
    "effects": "kéo theo",
    "exception_by_id": "người quyết định ngoại lệ",
    "failure": "lỗi",
    "field": "cột",
    "filed_at": "gửi lúc",
    "finished_at": "xong lúc",
    "from_class_id": "từ lớp",
    "given_by_id": "người ghi lí do",
    "grade_level": "khối",
    "granted_at": "cấp lúc",
    "granted_by_id": "người cấp",
    "has_homeroom_teacher": "có giáo viên chủ nhiệm",
    "holder_id": "người giữ",
    "is_drawn": "được bốc thăm",
    "is_preview": "bản xem trước",
    "is_unopened": "chưa mở nhập",
    "issued_by_id": "người ban hành",
    "item": "mục",
    "kind": "loại",
    "line_code": "môn",
    "line_id": "môn",
    "lines_printed": "số môn, hoạt động",
    "locked_by_id": "lệnh khoá",
    "member_id": "người",
    "new_value": "giá trị đề nghị",
    "noted_at": "ghi nhận lúc",
    "noted_by_id": "người ghi nhận",
    "numbers": "số liệu",
    "old_value": "giá trị cũ",
    "on_behalf_of_id": "thay cho",
    "opened_at": "mở lúc",
    "opened_by_id": "người mở",
    "opens_at": "mở lúc",
    "opinion_at": "cho ý kiến lúc",
    "opinion_by_id": "người cho ý kiến",
    "order_id": "lệnh số",
    "owner_id": "của",
    "pages": "số trang",
    "paper": "báo cáo, danh sách nào",
    "paper_title": "tên báo cáo, danh sách",
    "password": "mật khẩu",
    "period": "thời điểm",
    "person_id": "người",
    "proposer_id": "người đề nghị",
    "read_at": "đọc lúc",
    "received_by_id": "người tiếp nhận",
    "recorded_at": "ghi lúc",
    "recorded_by_id": "người ghi",
    "report": "báo cáo",
    "request_id": "phiếu",
    "resolved_at": "xử lí lúc",
    "resolved_by_id": "người xử lí",
    "responsible_id": "người giải trình",
    "returned_at": "trả lại lúc",
    "returned_by_id": "người trả lại",
    "reviewed_by_id": "người rà soát",
    "revoked_at": "thu hồi lúc",
    "revoked_by_id": "người thu hồi",
    "role": "với tư cách",
    "roll_call_id": "buổi điểm danh",
    "school_class_id": "lớp",
    "seen_to": "đã xem đến",
    "sent_at": "gửi lúc",
    "sent_by_id": "người gửi",
    "shut_at": "khoá lúc",
    "signed_at": "kí lúc",
    "signed_by_id": "người kí",
    "signer_id": "người kí",
    "source": "đường ghi",
    "started_at": "bắt đầu lúc",
    "state": "trạng thái",
    "student_id": "học sinh",
    "teacher_id": "giáo viên",
    "team_id": "tổ",
    "text": "nội dung",
    "thing": "về",
    "to_class_id": "đến lớp",
    "told_at": "báo lúc",
    "undone_by_id": "người hoàn tác",
    "uploaded_at": "nạp lúc",
    "uploaded_by_id": "người nạp",
    "user_id": "người",
    "withdrawn_at": "thu hồi lúc",
    "withdrawn_by_id": "người thu hồi",
    "words": "việc",
    "year_id": "năm học",
}
# Numbers and keys of the machine: they tell a reader nothing, or what another column tells in words. So does the place
# of a file on the disk: beside it stands the name that its sender gave it.
UNTOLD: Final = frozenset(
    {
        *("file", "file_kind", "file_sha256", "pupils", "roster", "places"),
        *("pupils_asked", "pupils_done"),
        *("id", "version", "sort_key", "search_key", "veil", "token", "sha256", "size", "content_hash"),
        "attempts",
        *(
            "handover_id",
            "roll_over_id",
            "notice_id",
            "window_id",
            "inquiry_id",
            "movement_id",
            "application_id",
            "announcement_id",
            "version_id",
            "document_id",
            "inspection_id",
            "finding_id",
            "round_id",
            "record_id",
        ),
        *(
            "began_by_id",
            "ended_by_id",
            "permission_id",
            "object_id",
            "group_id",
            "object_pk",
            "content_type_id",
        ),
    }
)
_ITEMS: Final[Mapping[str, str]] = {
    **{line.code: line.name for line in OLD_LINES},
    **{line.code: line.short_name for line in LINES},
    **{trait.code: trait.name for trait in TRAITS},
    "NLPC": "Phẩm chất và năng lực",
    "quality": "Nhận xét phẩm chất",
    "general": "Nhận xét năng lực chung",
    "specific": "Nhận xét năng lực đặc thù",
    **{session.value: f"Buổi {session.label}" for session in Session},
}
# The fields of a sheet and of a roll, as `approvals_correctionitem.field` and the results brought along name them.
_FIELDS: Final[Mapping[str, str]] = {
    "attainment": "mức đạt được",
    "mark": "điểm",
    "comment": "nhận xét",
    "rating": "mức",
    "repeat": "điểm kiểm tra lại",
    "absence": "điểm danh",
}
# Of questions and of what inspections found: their columns have the program's own names for choices.
_ACTS: Final[Mapping[str, str]] = {
    "accept": "tiếp nhận",
    "answer": "trả lời",
    "ask": "yêu cầu giải trình",
    "ask_again": "hỏi thêm",
    "close": "kết thúc",
    "hand_over": "chuyển văn thư",
    "note": "bổ sung",
    "refer": "chuyển Hiệu trưởng",
    "send_out": "gửi đơn vị kĩ thuật",
    "waive": "thôi yêu cầu lập phiếu sửa",
}
# What an act was about, or under which paper: the kinds of `accounts.history.Act.says` and of its `under`.
THINGS: Final[Mapping[str, str]] = {
    "account": "tài khoản",
    "accounts": "tài khoản",
    "announcement": "thông báo",
    "archive": "gói toàn bộ dữ liệu",
    "backup": "bản sao lưu",
    "class": "lớp",
    "consents_of_class": "phiếu đồng ý của lớp",
    "consents_of_pupil": "phiếu đồng ý của học sinh",
    "data_incident": "sự cố dữ liệu cá nhân",
    "data_request": "yêu cầu về dữ liệu cá nhân",
    "decision": "quyết định về kết quả",
    "document": "văn bản lưu",
    "inquiry": "câu hỏi, sự cố",
    "kept_report": "bản báo cáo đã chốt",
    "movement": "biến động sĩ số",
    "order": "lệnh mở, khoá sổ",
    "print_batch": "đợt in",
    "print_job": "bản in",
    "pupil": "hồ sơ học sinh",
    "purpose": "mục đích xử lí dữ liệu cá nhân",
    "reconciliation": "đợt đối chiếu",
    "request": "phiếu đề nghị sửa",
    "reseal": "mã hoá lại bằng khoá dữ liệu mới",
    "roll_over": "xếp lớp năm học",
    "roster_upload": "tệp danh sách học sinh",
    "sync_batch": "đợt dữ liệu gửi CSDL ngành",
    "year": "năm học",
}
_BY_YEAR: Final = frozenset({"roll_over", "year"})
_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "act": _ACTS,
    "field": _FIELDS,
    "source": {each.value: each.label for each in Source},
}
_WRITTEN_FOR_THE_DIGEST: Final = ("approvals_booksignature", "content")
ACTIONS: Final[Mapping[str, str]] = {
    "I": "Ghi mới",
    "U": "Sửa",
    "D": "Xoá",
    "S": "Có sẵn khi bắt đầu theo dõi",
}
ACTION_ICONS: Final[Mapping[str, str]] = {"I": "plus-lg", "U": "pencil", "D": "trash", "S": "circle"}
ACTION_KINDS: Final[Mapping[str, str]] = {"I": "ok", "U": "open", "D": "refused", "S": "neutral"}


def table_words(table: str) -> str:
    return TABLES.get(table, table)


@cache
def fields_of(table: str) -> "Mapping[str, models.Field[Any, Any]]":
    """By column; empty for a table of a package that is not ours to name."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:  # noqa: SLF001 - Django's documented API
            return {str(field.column): field for field in model._meta.concrete_fields}  # noqa: SLF001
    return {}


def column_words(table: str, column: str) -> str:
    """As the model calls the field, else as the list here does, else the column itself."""
    field = fields_of(table).get(column)
    if field is not None and str(field.verbose_name) != field.name.replace("_", " "):
        return str(field.verbose_name)
    return COLUMNS.get(column, column)


def is_sealed(table: str, column: str) -> bool:
    return isinstance(fields_of(table).get(column), SealedField | Veiled)


def _unsealed(column: str, value: str) -> str:
    try:
        return unseal(value, column)
    except SealBroken:
        return "(không mở được: thiếu khoá dữ liệu)"


def value_words(table: str, column: str, value: Any) -> str:
    """A value of the chain (JSON) as it is shown on pages; "" for none. References are numbers still."""
    if value is None or value == "" or (table, column) == _WRITTEN_FOR_THE_DIGEST:
        return ""
    if is_sealed(table, column):
        value = _unsealed(column, value)
        if not value:
            return ""
    known = _known_words(column, value)
    if known:
        return known
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list | dict):
        return _shortened(_told(value))
    field = fields_of(table).get(column)
    if isinstance(field, models.DateField):
        return _day_or_moment(str(value))
    return _shortened(str(dict(getattr(field, "flatchoices", ())).get(value, value)))


def _told(value: Any) -> str:
    """Lists and tables as a person reads them: a pair as «Sĩ số: 35», parts one after the other."""
    if isinstance(value, dict):
        return "; ".join(filter(None, map(_told, value.values())))
    if not isinstance(value, list):
        return "" if value is None else str(value)
    if any(isinstance(each, list | dict) for each in value):
        return "; ".join(filter(None, map(_told, value)))
    return (": " if len(value) == 2 else ", ").join(map(str, value))


def _known_words(column: str, value: Any) -> str:
    """Of columns that mean the same in every table."""
    if column == "password":
        return "••••"
    if column == "year_id":
        return year_label(int(value))
    if column in _CHOICES:
        return _CHOICES[column].get(str(value), "")
    if column in OF_COLUMN:
        return OF_COLUMN[column]().names.get(str(value), "")
    if column == "thing":
        return thing_in_words(str(value))
    if column == "brought":
        return ", ".join(_FIELDS.get(each, each) for each in str(value).split())
    return _item_words(str(value)) if column in {"item", "code", "line_code", "roll_session"} else ""


def thing_in_words(thing: str) -> str:
    """«đợt đối chiếu số 2» for "reconciliation:2", «năm học 2026 - 2027» for "year:2026"; else as it is."""
    kind, _colon, key = thing.partition(":")
    words = THINGS.get(kind)
    if words is None:
        return thing
    if kind in _BY_YEAR and key.isdecimal():
        return f"{words} {year_label(int(key))}"
    return f"{words} số {key}" if key else words


def source_words(source: str) -> str:
    """By which door a change came in."""
    return _CHOICES["source"].get(source, source)


def _item_words(item: str) -> str:
    """A cell of a roll may name its day: `2026-10-05.morning`."""
    day, _dot, session = item.rpartition(".")
    if day and session in set(Session):
        return f"{_ITEMS[session]} ngày {_day_or_moment(day)}"
    return _ITEMS.get(item, "")


def _day_or_moment(text: str) -> str:
    if len(text) == len("2026-11-26"):
        return f"{datetime.date.fromisoformat(text):%d/%m/%Y}"
    moment = parse_datetime(text)
    return moment_label(moment) if moment is not None and is_aware(moment) else text


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
