"""Who may do what: one table, role × action × whose object (PLAN III.1, IV; rules R29, R59). Pure.

The table is the whole truth. `accounts.permissions` decides by it, the menu shows what it allows, the matrix test walks
every address against it, the page «Ai được làm gì» of the handbook prints it, and a refusal names who could from it.
Correction requests and inquiries move along tables of their own besides (`approvals.workflow` and its sister).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is today, by posts and assignments of the day; one person may be several. Highest first."""

    PRINCIPAL = "principal"
    VICE_PRINCIPAL = "vice_principal"
    CLERK = "clerk"
    GRADE_HEAD = "grade_head"
    INSPECTOR = "inspector"
    HOMEROOM = "homeroom"
    SUBJECT = "subject"
    STAFF = "staff"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.PRINCIPAL: "Hiệu trưởng",
    Role.VICE_PRINCIPAL: "Phó Hiệu trưởng",
    Role.CLERK: "Văn thư",
    Role.GRADE_HEAD: "Tổ (khối) trưởng",
    Role.INSPECTOR: "Người kiểm tra (chỉ xem)",
    Role.HOMEROOM: "Giáo viên chủ nhiệm",
    Role.SUBJECT: "Giáo viên bộ môn",
    Role.STAFF: "Mọi người có tài khoản",
}


class Whose(StrEnum):
    """Whose things a role may do it with."""

    SCHOOL = "school"
    GRADE = "grade"
    TEAM = "team"
    OWN_CLASS = "own_class"
    TAUGHT_CLASS = "taught_class"
    OWN_SHEET = "own_sheet"
    LEFT_SHEET = "left_sheet"
    OWN = "own"

    @property
    def label(self) -> str:
        return _WHOSE_LABELS[self]


_WHOSE_LABELS = {
    Whose.SCHOOL: "toàn trường",
    Whose.GRADE: "khối mình phụ trách",
    Whose.TEAM: "của tổ mình phụ trách",
    Whose.OWN_CLASS: "lớp mình chủ nhiệm",
    Whose.TAUGHT_CLASS: "lớp mình dạy",
    Whose.OWN_SHEET: "sổ mình được phân công",
    Whose.LEFT_SHEET: "sổ năm trước của khối mình mà giáo viên giữ sổ đã rời trường",
    Whose.OWN: "của chính mình",
}


class Area(StrEnum):
    """The parts of the system, as the table and the menu group them."""

    DAILY = "Việc hằng ngày"
    PUPILS = "Lớp và học sinh"
    MARKS = "Sổ điểm, đánh giá"
    CORRECTIONS = "Sửa sau khi khoá"
    BOOKS = "Sổ in, học bạ"
    PEOPLE = "Cán bộ, tài khoản"
    SUPERVISION = "Giám sát"

    @property
    def label(self) -> str:
        return self.value


class Action(StrEnum):
    SEE_OWN_TASKS = "see_own_tasks"
    SEE_HANDBOOK = "see_handbook"
    ASK = "ask"
    SEE_INQUIRY = "see_inquiry"
    HANDLE_INQUIRY = "handle_inquiry"
    DECIDE_INQUIRY = "decide_inquiry"
    SEE_ANNOUNCEMENT = "see_announcement"
    ANNOUNCE = "announce"
    SEE_DOCUMENTS = "see_documents"
    KEEP_DOCUMENTS = "keep_documents"
    SEE_CLASS = "see_class"
    SEE_SENSITIVE = "see_sensitive"
    SEE_CONSENTS = "see_consents"
    RECORD_CONSENTS = "record_consents"
    SEE_PUPIL = "see_pupil"
    EDIT_RECORD = "edit_record"
    KEEP_PUPIL_IDS = "keep_pupil_ids"
    IMPORT_ROSTERS = "import_rosters"
    EXPORT_ROSTERS = "export_rosters"
    SEE_ATTENDANCE = "see_attendance"
    CALL_ROLL = "call_roll"
    FOLLOW_ATTENDANCE = "follow_attendance"
    SEE_YEAR = "see_year"
    PREPARE_YEAR = "prepare_year"
    KEEP_CLASSES = "keep_classes"
    SEE_OPENING = "see_opening"
    OPEN_YEAR = "open_year"
    CLOSE_YEAR = "close_year"
    SEE_ROLL_OVER = "see_roll_over"
    ROLL_OVER = "roll_over"
    SEE_HANDOVER = "see_handover"
    WRITE_HANDOVER = "write_handover"
    SIGN_HANDOVER_IN_PLACE = "sign_handover_in_place"
    RECEIVE_HANDOVER = "receive_handover"
    SEE_MOVEMENTS = "see_movements"
    RECORD_MOVEMENTS = "record_movements"
    SEE_ORDERS = "see_orders"
    ISSUE_ORDER = "issue_order"
    CARRY_OUT_ORDER = "carry_out_order"
    REMIND_TEACHERS = "remind_teachers"
    SEE_SHEET = "see_sheet"
    ENTER_SHEET = "enter_sheet"
    SEE_PROGRESS = "see_progress"
    SEE_READINESS = "see_readiness"
    ARRANGE_ASSESSMENT = "arrange_assessment"
    KEEP_OLD_YEARS = "keep_old_years"
    SEE_OUTCOMES = "see_outcomes"
    PROPOSE_OUTCOMES = "propose_outcomes"
    COMMEND = "commend"
    REVIEW_OUTCOMES = "review_outcomes"
    APPROVE_OUTCOMES = "approve_outcomes"
    DRAFT_DECISIONS = "draft_decisions"
    USE_COMMENTS = "use_comments"
    KEEP_COMMENTS = "keep_comments"
    PROPOSE_CORRECTION = "propose_correction"
    SEE_DRAFT = "see_draft"
    SEE_REQUEST = "see_request"
    PRINT_REQUEST = "print_request"
    OPINE_ON_REQUEST = "opine_on_request"
    DECIDE_REQUEST = "decide_request"
    CONSENT_TO_REQUEST = "consent_to_request"
    APPLY_REQUEST = "apply_request"
    SIGN_BOOK = "sign_book"
    SEE_SIGNATURES = "see_signatures"
    REMIND_SIGNERS = "remind_signers"
    SEE_INSPECTION = "see_inspection"
    INSPECT = "inspect"
    ANSWER_FINDING = "answer_finding"
    SEE_STAFF_DECISION = "see_staff_decision"
    DECIDE_ON_STAFF = "decide_on_staff"
    SEE_RECONCILIATION = "see_reconciliation"
    SEE_MONTHLY_REPORT = "see_monthly_report"
    KEEP_RECONCILIATION = "keep_reconciliation"
    ANSWER_RECONCILIATION = "answer_reconciliation"
    SEE_PRINTS = "see_prints"
    PRINT_BOOKS = "print_books"
    PRINT_OWN_BOOK = "print_own_book"
    PRINT_SLIPS = "print_slips"
    PRINT_PAPERS = "print_papers"
    CHECK_PRINTS = "check_prints"
    SEE_STATISTICS = "see_statistics"
    SEE_REPORTS = "see_reports"
    KEEP_REPORT = "keep_report"
    EXPORT_DATA = "export_data"
    PREPARE_SYNC = "prepare_sync"
    EXPORT_EVERYTHING = "export_everything"
    SEE_BACKUPS = "see_backups"
    MAKE_BACKUP = "make_backup"
    SEE_SYSTEM_STATE = "see_system_state"
    KEEP_OWN_SIGN_IN = "keep_own_sign_in"
    RELEASE_LOCK = "release_lock"
    RESET_SECOND_FACTOR = "reset_second_factor"
    SEE_PERSON = "see_person"
    SEE_STAFF = "see_staff"
    EDIT_STAFF = "edit_staff"
    APPOINT = "appoint"
    APPOINT_HEAD = "appoint_head"
    ASSIGN = "assign"
    GRANT = "grant"
    SEE_OVERVIEW = "see_overview"
    SEE_ACCOUNTS = "see_accounts"
    CREATE_ACCOUNTS = "create_accounts"
    KEEP_ACCOUNT = "keep_account"
    SUPERVISE_CLERK = "supervise_clerk"
    SEE_TRAINING = "see_training"
    RECORD_TRAINING = "record_training"
    SEE_ACCESS_LOG = "see_access_log"
    SEE_AUDIT_TRAIL = "see_audit_trail"
    SEE_DATA_PROTECTION = "see_data_protection"
    KEEP_DATA_PROTECTION = "keep_data_protection"
    DECIDE_DATA_REQUEST = "decide_data_request"
    EXPORT_PERSON = "export_person"
    REMOVE_EXPIRED = "remove_expired"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table.

    `words` finish the sentence «được …». Beyond a post it is opened (PLAN IV.2) by `grant`, the object permission of a
    class; by `sheet_grant`, that of an assignment, which opens what its subject teacher sees; by a grant of `part`.
    Who is `barred` may not, whatever else they are: the administrator account has no way to a mark but an approved
    request. What `stays_when_lent` the regular teacher keeps while a substitute holds the class or line; what
    `stays_after_the_year` the last homeroom teacher of a class and the last teacher of a line in it keep when its year
    is over.
    """

    action: Action
    area: Area
    words: str
    who: Mapping[Role, Whose]
    source: str
    grant: str = ""
    sheet_grant: str = ""
    part: str = ""
    barred: frozenset[Role] = frozenset()
    stays_when_lent: bool = False
    stays_after_the_year: bool = False

    @property
    def plan_sections(self) -> str:
        """Where the school's plan says so, of `source`: its readers know no R-numbers."""
        return ", ".join(part for part in self.source.split(", ") if not part.startswith("R"))

    @property
    def is_grantable(self) -> bool:
        return bool(self.grant or self.sheet_grant or self.part)


CLASS_GRANT = "students.view_class_results"
SHEET_GRANT = "gradebook.view_assignment_sheets"
PART_GRANT = "accounts.use_part"


def _all(whose: Whose, *roles: Role) -> dict[Role, Whose]:
    return dict.fromkeys(roles, whose)


_LEADERS = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)
_OFFICE = (*_LEADERS, Role.CLERK)
# Whoever holds one of these logs in with a second factor (PLAN IV; rule R62).
NEED_SECOND_FACTOR = frozenset(_OFFICE)
_WHOLE_SCHOOL = _all(Whose.SCHOOL, *_OFFICE, Role.INSPECTOR)
_EVERYBODY = _all(Whose.SCHOOL, Role.STAFF)
_TEACHERS = {Role.HOMEROOM: Whose.OWN_SHEET, Role.SUBJECT: Whose.OWN_SHEET}
_NEVER_THE_CLERK = frozenset({Role.CLERK})

TABLE: tuple[Rule, ...] = (
    Rule(Action.SEE_OWN_TASKS, Area.DAILY, "xem việc chờ mình", _all(Whose.OWN, Role.STAFF), "IV"),
    Rule(Action.SEE_HANDBOOK, Area.DAILY, "đọc sổ tay, bảng quyền hạn", _EVERYBODY, "III.2"),
    Rule(Action.ASK, Area.DAILY, "hỏi, báo sự cố", _EVERYBODY, "IV.3 đến IV.6"),
    Rule(
        Action.SEE_INQUIRY,
        Area.DAILY,
        "đọc câu hỏi, sự cố và trả lời",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.GRADE_HEAD: Whose.TEAM, Role.STAFF: Whose.OWN},
        "IV.3, IV.4",
    ),
    Rule(
        Action.HANDLE_INQUIRY,
        Area.DAILY,
        "tiếp nhận, trả lời, chuyển tiếp câu hỏi, sự cố",
        {Role.CLERK: Whose.SCHOOL, Role.GRADE_HEAD: Whose.TEAM},
        "IV.3, IV.4",
    ),
    Rule(
        Action.DECIDE_INQUIRY,
        Area.DAILY,
        "giải quyết câu hỏi, sự cố được chuyển lên",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.3, IV.4",
    ),
    Rule(
        Action.SEE_ANNOUNCEMENT,
        Area.DAILY,
        "đọc thông báo gửi cho mình",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.GRADE_HEAD: Whose.TEAM, Role.STAFF: Whose.OWN},
        "IV.1, IV.4",
    ),
    Rule(
        Action.ANNOUNCE,
        Area.DAILY,
        "gửi thông báo, xem ai đã đọc, thu hồi",
        {Role.PRINCIPAL: Whose.SCHOOL, Role.GRADE_HEAD: Whose.TEAM},
        "IV.1, IV.4",
    ),
    Rule(
        Action.SEE_DOCUMENTS,
        Area.DAILY,
        "đọc kế hoạch, quyết định, văn bản của trường",
        _EVERYBODY,
        "IV.1",
    ),
    Rule(
        Action.KEEP_DOCUMENTS,
        Area.DAILY,
        "đưa lên văn bản của trường, quyết định thành lập Ban quản lí CSDL",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1",
    ),
    Rule(
        Action.SEE_CLASS,
        Area.PUPILS,
        "xem danh sách lớp",
        {
            **_WHOLE_SCHOOL,
            Role.GRADE_HEAD: Whose.GRADE,
            Role.HOMEROOM: Whose.OWN_CLASS,
            Role.SUBJECT: Whose.TAUGHT_CLASS,
        },
        "IV",
        grant=CLASS_GRANT,
        sheet_grant=SHEET_GRANT,
        stays_when_lent=True,
        stays_after_the_year=True,
    ),
    Rule(
        Action.SEE_SENSITIVE,
        Area.PUPILS,
        "xem dân tộc, tôn giáo, khuyết tật, sức khoẻ, diện chính sách",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.HOMEROOM: Whose.OWN_CLASS},
        "I.3, R65",
    ),
    Rule(
        Action.SEE_CONSENTS,
        Area.PUPILS,
        "xem phiếu đồng ý xử lí dữ liệu cá nhân, phiếu còn thiếu",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.HOMEROOM: Whose.OWN_CLASS},
        "I.3, R66",
    ),
    Rule(
        Action.RECORD_CONSENTS,
        Area.PUPILS,
        "ghi phiếu đồng ý, không đồng ý, rút lại",
        {Role.CLERK: Whose.SCHOOL, Role.HOMEROOM: Whose.OWN_CLASS},
        "I.3, R66",
    ),
    Rule(
        Action.SEE_PUPIL,
        Area.PUPILS,
        "mở hồ sơ của một học sinh (mục nhạy cảm: theo quyền riêng)",
        {
            **_WHOLE_SCHOOL,
            Role.GRADE_HEAD: Whose.GRADE,
            Role.HOMEROOM: Whose.OWN_CLASS,
            Role.SUBJECT: Whose.TAUGHT_CLASS,
        },
        "IV, R65",
        grant=CLASS_GRANT,
        sheet_grant=SHEET_GRANT,
        stays_when_lent=True,
        stays_after_the_year=True,
    ),
    Rule(
        Action.EDIT_RECORD,
        Area.PUPILS,
        "hoàn thiện hồ sơ học sinh, ghi chiều cao, cân nặng",
        {Role.CLERK: Whose.SCHOOL, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.3, IV.5",
    ),
    Rule(
        Action.KEEP_PUPIL_IDS,
        Area.PUPILS,
        "ghi mã số, số đăng bộ của học sinh",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3, R14",
    ),
    Rule(
        Action.IMPORT_ROSTERS,
        Area.PUPILS,
        "nạp danh sách học sinh",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(
        Action.EXPORT_ROSTERS,
        Area.PUPILS,
        "xuất danh sách học sinh ra Excel",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.3, R69",
    ),
    Rule(
        Action.SEE_ATTENDANCE,
        Area.PUPILS,
        "xem điểm danh, số ngày nghỉ của lớp",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R71",
        stays_after_the_year=True,
    ),
    Rule(
        Action.CALL_ROLL,
        Area.PUPILS,
        "điểm danh, xác nhận điểm danh của tháng",
        {Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R71, R72",
    ),
    Rule(
        Action.FOLLOW_ATTENDANCE,
        Area.PUPILS,
        "theo dõi lớp chưa điểm danh, chưa xác nhận tháng",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL),
        "IV.2, R72",
    ),
    Rule(Action.SEE_YEAR, Area.PUPILS, "xem năm học, tuần học, ngày nghỉ", _EVERYBODY, "IV"),
    Rule(
        Action.PREPARE_YEAR,
        Area.PUPILS,
        "chuẩn bị năm học, ghi lịch nghỉ, buổi học",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(Action.KEEP_CLASSES, Area.PUPILS, "lập, đổi tên lớp", _all(Whose.SCHOOL, Role.CLERK), "IV.3"),
    Rule(
        Action.SEE_OPENING,
        Area.PUPILS,
        "xem việc còn thiếu để mở năm học, bộ quy định của năm",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3",
    ),
    Rule(Action.OPEN_YEAR, Area.PUPILS, "mở năm học", _all(Whose.SCHOOL, Role.PRINCIPAL), "IV.1"),
    Rule(
        Action.CLOSE_YEAR,
        Area.PUPILS,
        "đóng năm học, mở lại năm học đã đóng",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1, R17",
    ),
    Rule(
        Action.SEE_ROLL_OVER,
        Area.PUPILS,
        "xem việc lên lớp, xếp lớp năm học mới",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R17",
    ),
    Rule(
        Action.ROLL_OVER,
        Area.PUPILS,
        "xếp lớp năm học mới, ghi danh sách lớp, hoàn tác",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3, R17",
    ),
    Rule(
        Action.SEE_HANDOVER,
        Area.PUPILS,
        "xem bàn giao lớp",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R17",
        stays_after_the_year=True,
    ),
    Rule(
        Action.WRITE_HANDOVER,
        Area.PUPILS,
        "ghi và kí bàn giao lớp cuối năm, cả sau khi năm học kết thúc",
        {Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R17",
        stays_after_the_year=True,
    ),
    Rule(
        Action.SIGN_HANDOVER_IN_PLACE,
        Area.PUPILS,
        "ghi và kí bàn giao thay giáo viên chủ nhiệm đã rời trường, có lí do",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL),
        "IV.2, R17",
    ),
    Rule(
        Action.RECEIVE_HANDOVER,
        Area.PUPILS,
        "tiếp nhận bàn giao của lớp năm mới",
        {Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R17",
    ),
    Rule(
        Action.SEE_MOVEMENTS,
        Area.PUPILS,
        "xem sổ biến động sĩ số, sĩ số theo ngày",
        _WHOLE_SCHOOL,
        "IV.1, IV.2, IV.3",
    ),
    Rule(
        Action.RECORD_MOVEMENTS,
        Area.PUPILS,
        "ghi, huỷ biến động sĩ số",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(Action.SEE_ORDERS, Area.MARKS, "xem lệnh mở, khoá sổ", _EVERYBODY, "IV.1"),
    Rule(Action.ISSUE_ORDER, Area.MARKS, "kí lệnh mở, khoá sổ", _all(Whose.SCHOOL, Role.PRINCIPAL), "IV.1"),
    Rule(
        Action.CARRY_OUT_ORDER,
        Area.MARKS,
        "ghi «đã thực hiện» lệnh mở, khoá sổ đã kí",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL, Role.CLERK),
        "IV.2, IV.3",
    ),
    Rule(
        Action.REMIND_TEACHERS,
        Area.MARKS,
        "thông báo đợt nhập cho tổ, nhắc giáo viên còn thiếu",
        {Role.GRADE_HEAD: Whose.GRADE},
        "IV.4",
    ),
    Rule(
        Action.SEE_SHEET,
        Area.MARKS,
        "xem sổ điểm, đánh giá của một lớp",
        {
            **_WHOLE_SCHOOL,
            Role.GRADE_HEAD: Whose.GRADE,
            Role.HOMEROOM: Whose.OWN_CLASS,
            Role.SUBJECT: Whose.OWN_SHEET,
        },
        "IV",
        grant=CLASS_GRANT,
        sheet_grant=SHEET_GRANT,
        stays_when_lent=True,
        stays_after_the_year=True,
    ),
    Rule(
        Action.ENTER_SHEET,
        Area.MARKS,
        "nhập điểm, mức đạt được, nhận xét",
        _TEACHERS,
        "IV.3, IV.5, IV.6",
        barred=_NEVER_THE_CLERK,
    ),
    Rule(
        Action.SEE_PROGRESS,
        Area.MARKS,
        "xem tiến độ nhập, tên em và ô còn thiếu",
        {
            **_WHOLE_SCHOOL,
            Role.GRADE_HEAD: Whose.GRADE,
            Role.HOMEROOM: Whose.OWN_CLASS,
            Role.SUBJECT: Whose.OWN_SHEET,
        },
        "IV.2, IV.3, IV.4, IV.5, IV.6",
        grant=CLASS_GRANT,
        part="progress",
        stays_when_lent=True,
    ),
    Rule(
        Action.SEE_READINESS,
        Area.MARKS,
        "xem báo cáo sẵn sàng khoá sổ",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE},
        "IV.1, IV.2, IV.3, IV.4",
    ),
    Rule(
        Action.ARRANGE_ASSESSMENT,
        Area.MARKS,
        "ghi hình thức đánh giá của học sinh khuyết tật theo quyết định của Hiệu trưởng",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.1, IV.3, R33",
    ),
    Rule(
        Action.KEEP_OLD_YEARS,
        Area.MARKS,
        "chép kết quả các năm học trước Thông tư 27 từ học bạ giấy, sửa bản chép",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(
        Action.SEE_OUTCOMES,
        Area.MARKS,
        "xem kết quả năm học, danh sách lên lớp, khen thưởng",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.1, IV.2, IV.5, R48",
        stays_when_lent=True,
        stays_after_the_year=True,
    ),
    Rule(
        Action.PROPOSE_OUTCOMES,
        Area.MARKS,
        "xét, xác nhận kết quả năm học, đề cử khen thưởng",
        {Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.5, R39, R45, R48",
        barred=_NEVER_THE_CLERK,
        stays_after_the_year=True,
    ),
    Rule(
        Action.COMMEND,
        Area.MARKS,
        "ghi thư khen, khen thưởng của cấp trên",
        {Role.PRINCIPAL: Whose.SCHOOL, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.1, IV.5, R45",
        barred=_NEVER_THE_CLERK,
    ),
    Rule(
        Action.REVIEW_OUTCOMES,
        Area.MARKS,
        "rà soát kết quả năm học",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL),
        "IV.2, R47",
    ),
    Rule(
        Action.APPROVE_OUTCOMES,
        Area.MARKS,
        "phê duyệt kết quả năm học, quyết định ngoại lệ, khen thưởng đột xuất",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1",
    ),
    Rule(
        Action.DRAFT_DECISIONS,
        Area.MARKS,
        "xem, soạn quyết định công nhận kết quả, kiểm tra lại trong hè, khen thưởng (Hiệu trưởng ban hành)",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R46, R48",
    ),
    Rule(
        Action.USE_COMMENTS,
        Area.MARKS,
        "dùng ngân hàng nhận xét, giữ ngân hàng của riêng mình",
        _EVERYBODY,
        "IV.5, IV.6",
    ),
    # Of a tổ trưởng's the lines and grades that the tổ teaches: gradebook.comment_keeping.
    Rule(
        Action.KEEP_COMMENTS,
        Area.MARKS,
        "giữ ngân hàng nhận xét của trường",
        {Role.VICE_PRINCIPAL: Whose.SCHOOL, Role.GRADE_HEAD: Whose.TEAM},
        "IV.2, IV.4",
    ),
    Rule(
        Action.PROPOSE_CORRECTION,
        Area.CORRECTIONS,
        "lập phiếu đề nghị sửa, cả sau khi năm học kết thúc",
        {**_TEACHERS, Role.GRADE_HEAD: Whose.LEFT_SHEET},
        "IV.3, IV.4, IV.5, IV.6",
        barred=_NEVER_THE_CLERK,
        stays_after_the_year=True,
    ),
    Rule(
        Action.SEE_DRAFT,
        Area.CORRECTIONS,
        "xem phiếu đề nghị còn là nháp, chưa gửi",
        _all(Whose.OWN, Role.STAFF),
        "IV.5, IV.6",
    ),
    Rule(
        Action.SEE_REQUEST,
        Area.CORRECTIONS,
        "xem phiếu đề nghị đã gửi và minh chứng",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE, Role.STAFF: Whose.OWN},
        "IV.2",
    ),
    Rule(
        Action.PRINT_REQUEST,
        Area.CORRECTIONS,
        "in phiếu đề nghị sửa",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.STAFF: Whose.OWN},
        "IV.1, IV.2, IV.3, IV.5, IV.6, R77",
    ),
    Rule(
        Action.OPINE_ON_REQUEST,
        Area.CORRECTIONS,
        "ghi ý kiến về phiếu đề nghị của giáo viên trong tổ",
        {Role.GRADE_HEAD: Whose.TEAM},
        "IV.4",
    ),
    Rule(
        Action.DECIDE_REQUEST,
        Area.CORRECTIONS,
        "phê chuẩn, từ chối phiếu đề nghị, yêu cầu bổ sung",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL),
        "IV.2",
    ),
    Rule(
        Action.CONSENT_TO_REQUEST,
        Area.CORRECTIONS,
        "đồng ý, từ chối phiếu đề nghị sửa sau khi đã phê duyệt kết quả của lớp",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1, R52",
    ),
    Rule(
        Action.APPLY_REQUEST,
        Area.CORRECTIONS,
        "ghi vào sổ đúng phiếu đã phê chuẩn",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    # A teacher sees what was found in the own sheets, and nothing else of the inspection.
    Rule(
        Action.SEE_INSPECTION,
        Area.SUPERVISION,
        "xem kiểm tra hồ sơ, nội dung ghi nhận",
        {**_all(Whose.SCHOOL, *_LEADERS), Role.STAFF: Whose.OWN},
        "IV.1, IV.2",
    ),
    Rule(
        Action.INSPECT,
        Area.SUPERVISION,
        "mở đợt kiểm tra hồ sơ, ghi nhận, kết luận",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.1, IV.2",
    ),
    Rule(
        Action.ANSWER_FINDING,
        Area.SUPERVISION,
        "giải trình nội dung kiểm tra ghi nhận ở sổ mình phụ trách",
        _all(Whose.OWN, Role.STAFF),
        "IV.2, IV.5, IV.6",
    ),
    Rule(
        Action.SEE_STAFF_DECISION,
        Area.SUPERVISION,
        "xem quyết định khen thưởng, xử lí vi phạm của cán bộ",
        {**_all(Whose.SCHOOL, *_LEADERS), Role.STAFF: Whose.OWN},
        "IV.1",
    ),
    Rule(
        Action.DECIDE_ON_STAFF,
        Area.SUPERVISION,
        "ghi, thu hồi quyết định khen thưởng, xử lí vi phạm của cán bộ",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1",
    ),
    Rule(
        Action.SEE_RECONCILIATION,
        Area.SUPERVISION,
        "xem trả lời đối chiếu số liệu hằng tháng",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.STAFF: Whose.OWN},
        "IV.1, IV.3",
    ),
    Rule(
        Action.SEE_MONTHLY_REPORT,
        Area.SUPERVISION,
        "xem các đợt đối chiếu, báo cáo tháng của văn thư",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.3",
    ),
    Rule(
        Action.KEEP_RECONCILIATION,
        Area.SUPERVISION,
        "mở đợt đối chiếu số liệu, giải quyết sai khác, kết thúc, báo cáo",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(
        Action.ANSWER_RECONCILIATION,
        Area.SUPERVISION,
        "xác nhận, báo sai khác số liệu của lớp, môn mình phụ trách",
        _all(Whose.OWN, Role.STAFF),
        "IV.3, IV.5, IV.6",
    ),
    Rule(
        Action.SIGN_BOOK,
        Area.BOOKS,
        "kí xác nhận sổ THKQGD giữa kì, cuối kì",
        _TEACHERS,
        "IV.5, IV.6",
        barred=_NEVER_THE_CLERK,
    ),
    Rule(
        Action.SEE_SIGNATURES,
        Area.BOOKS,
        "xem sổ THKQGD đã kí, chưa kí",
        {
            **_WHOLE_SCHOOL,
            Role.GRADE_HEAD: Whose.GRADE,
            Role.HOMEROOM: Whose.OWN_CLASS,
            Role.SUBJECT: Whose.OWN_SHEET,
        },
        "IV.2, IV.3, IV.4, IV.5, IV.6",
        stays_when_lent=True,
    ),
    Rule(
        Action.REMIND_SIGNERS,
        Area.BOOKS,
        "nhắc giáo viên chưa kí sổ THKQGD",
        {
            **_all(Whose.SCHOOL, Role.PRINCIPAL, Role.VICE_PRINCIPAL),
            Role.GRADE_HEAD: Whose.GRADE,
        },
        "IV.1, IV.2, IV.4",
    ),
    Rule(
        Action.SEE_PRINTS,
        Area.BOOKS,
        "mở sổ, học bạ đã in",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.3",
        part="prints",
    ),
    Rule(Action.PRINT_BOOKS, Area.BOOKS, "đặt in sổ THKQGD, học bạ", _all(Whose.SCHOOL, Role.CLERK), "IV.3"),
    Rule(
        Action.PRINT_OWN_BOOK,
        Area.BOOKS,
        "in, mở sổ THKQGD cá nhân",
        {Role.CLERK: Whose.SCHOOL, Role.HOMEROOM: Whose.OWN, Role.SUBJECT: Whose.OWN},
        "IV.3, IV.5, IV.6, R76",
        stays_when_lent=True,
    ),
    Rule(
        Action.PRINT_SLIPS,
        Area.BOOKS,
        "in, mở phiếu kết quả của học sinh",
        {Role.CLERK: Whose.SCHOOL, Role.HOMEROOM: Whose.OWN_CLASS},
        "IV.3, IV.5, R76",
    ),
    Rule(
        Action.PRINT_PAPERS,
        Area.BOOKS,
        "in sổ theo dõi sửa điểm, quyết định, giấy khen",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R46, R69",
    ),
    Rule(Action.CHECK_PRINTS, Area.BOOKS, "kiểm tra bản in bằng mã ở chân trang", _EVERYBODY, "IV.3"),
    Rule(
        Action.SEE_STATISTICS,
        Area.BOOKS,
        "xem thống kê kết quả, chuyên cần, danh sách học sinh của từng số",
        {**_WHOLE_SCHOOL, Role.GRADE_HEAD: Whose.GRADE},
        "IV.1, IV.2, IV.3, IV.4, R79",
    ),
    Rule(
        Action.SEE_REPORTS,
        Area.BOOKS,
        "xem thống kê, báo cáo của trường, tải Excel, in",
        _WHOLE_SCHOOL,
        "IV.1, IV.2, IV.3, R78, R79",
    ),
    Rule(
        Action.KEEP_REPORT,
        Area.BOOKS,
        "chốt, ghi nhận xét vào bản báo cáo (giữ vĩnh viễn)",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R82",
    ),
    Rule(
        Action.EXPORT_DATA,
        Area.BOOKS,
        "xuất tệp theo mẫu CSDL ngành, tải dữ liệu gửi CSDL ngành",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R86, R90",
    ),
    Rule(
        Action.PREPARE_SYNC,
        Area.BOOKS,
        "chuẩn bị dữ liệu gửi CSDL ngành, ghi nhận đã gửi",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3, R90, R91",
    ),
    Rule(
        Action.EXPORT_EVERYTHING,
        Area.BOOKS,
        "lập, tải gói toàn bộ dữ liệu của trường",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1",
    ),
    Rule(
        Action.SEE_BACKUPS,
        Area.SUPERVISION,
        "xem các bản sao lưu và kết quả khôi phục thử",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.3, R64",
    ),
    Rule(
        Action.MAKE_BACKUP,
        Area.SUPERVISION,
        "sao lưu dữ liệu của trường (không tải về, không khôi phục)",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3, R64",
    ),
    Rule(
        Action.SEE_SYSTEM_STATE,
        Area.SUPERVISION,
        "xem tình trạng hệ thống: cơ sở dữ liệu, ổ đĩa, sao lưu, máy nền, chứng chỉ, đồng hồ",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.3, R64",
    ),
    Rule(
        Action.KEEP_OWN_SIGN_IN,
        Area.PEOPLE,
        "đổi mật khẩu, đặt xác thực hai lớp, kết thúc phiên đăng nhập",
        _all(Whose.OWN, Role.STAFF),
        "IV",
    ),
    Rule(
        Action.RELEASE_LOCK,
        Area.PEOPLE,
        "mở khoá tạm cho tài khoản mình giữ, khi đăng nhập sai nhiều lần",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.2, IV.3",
    ),
    Rule(
        Action.RESET_SECOND_FACTOR,
        Area.PEOPLE,
        "đặt lại xác thực hai lớp cho người mất điện thoại",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.2, IV.3",
    ),
    Rule(
        Action.SEE_ACCOUNTS,
        Area.PEOPLE,
        "xem danh sách tài khoản",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.3",
    ),
    Rule(Action.CREATE_ACCOUNTS, Area.PEOPLE, "cấp tài khoản mới", _all(Whose.SCHOOL, Role.CLERK), "IV.3"),
    # Whose account each of them keeps depends on the post of the account: accounts.account_keepers.
    Rule(
        Action.KEEP_ACCOUNT,
        Area.PEOPLE,
        "đặt lại mật khẩu, đóng, mở lại tài khoản mình giữ",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3",
    ),
    Rule(
        Action.SUPERVISE_CLERK,
        Area.SUPERVISION,
        "xem nhật kí quản trị, đổi mật khẩu quản trị",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL),
        "IV.2, IV.3",
    ),
    Rule(
        Action.SEE_PERSON,
        Area.PEOPLE,
        "xem hồ sơ, chức vụ, phân công của một người",
        {**_all(Whose.SCHOOL, *_OFFICE), Role.STAFF: Whose.OWN},
        "III.1",
    ),
    Rule(
        Action.SEE_STAFF,
        Area.PEOPLE,
        "xem danh sách cán bộ, bảng phân công",
        _all(Whose.SCHOOL, *_OFFICE),
        "III.1, IV",
    ),
    Rule(
        Action.EDIT_STAFF,
        Area.PEOPLE,
        "cập nhật hồ sơ cán bộ (không đổi quyền)",
        _all(Whose.SCHOOL, Role.CLERK),
        "IV.3",
    ),
    Rule(
        Action.APPOINT,
        Area.PEOPLE,
        "giao chức vụ Hiệu trưởng, Phó Hiệu trưởng, Văn thư, người kiểm tra",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1",
    ),
    Rule(
        Action.APPOINT_HEAD,
        Area.PEOPLE,
        "giao chức vụ tổ (khối) trưởng",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.2",
    ),
    Rule(
        Action.ASSIGN,
        Area.PEOPLE,
        "phân công chủ nhiệm, giảng dạy, dạy thay",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.2",
    ),
    Rule(
        Action.GRANT,
        Area.PEOPLE,
        "cấp, thu hồi quyền xem ngoài chức vụ",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.2",
    ),
    Rule(
        Action.SEE_OVERVIEW,
        Area.PEOPLE,
        "xem mọi tài khoản: quyền, lần đăng nhập, bảo mật",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.1",
    ),
    Rule(
        Action.SEE_TRAINING,
        Area.PEOPLE,
        "xem tỉ lệ đã tập huấn",
        _WHOLE_SCHOOL,
        "III.2",
        part="training",
    ),
    Rule(
        Action.RECORD_TRAINING,
        Area.PEOPLE,
        "ghi nhận tập huấn của người khác",
        _all(Whose.SCHOOL, Role.VICE_PRINCIPAL, Role.CLERK),
        "III.2",
    ),
    Rule(
        Action.SEE_ACCESS_LOG,
        Area.SUPERVISION,
        "xem, tìm và xuất nhật kí truy cập",
        _all(Whose.SCHOOL, *_LEADERS),
        "IV.1, IV.2, R57, R65",
        part="access_log",
    ),
    # A teacher's own cells tell their story on the sheet itself, by SEE_SHEET.
    Rule(
        Action.SEE_AUDIT_TRAIL,
        Area.SUPERVISION,
        "xem, xuất nhật kí thay đổi của học sinh, lớp, người, ngày",
        _all(Whose.SCHOOL, *_OFFICE),
        "IV.1, IV.2, IV.3, R56",
    ),
    Rule(
        Action.SEE_DATA_PROTECTION,
        Area.SUPERVISION,
        "xem sổ mục đích xử lí dữ liệu cá nhân, yêu cầu, sự cố, thời hạn lưu",
        _all(Whose.SCHOOL, *_OFFICE),
        "I.3, R66, R67, R70",
    ),
    Rule(
        Action.KEEP_DATA_PROTECTION,
        Area.SUPERVISION,
        "ghi mục đích xử lí, yêu cầu về dữ liệu cá nhân, sự cố",
        _all(Whose.SCHOOL, Role.PRINCIPAL, Role.CLERK),
        "I.3, R66, R67",
    ),
    Rule(
        Action.DECIDE_DATA_REQUEST,
        Area.SUPERVISION,
        "quyết định yêu cầu về dữ liệu cá nhân, kết thúc sự cố",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "IV.1, R67",
    ),
    Rule(
        Action.EXPORT_PERSON,
        Area.SUPERVISION,
        "xuất dữ liệu của một người theo yêu cầu đã chấp nhận",
        _all(Whose.SCHOOL, Role.PRINCIPAL, Role.CLERK),
        "I.3, R67, R69",
    ),
    Rule(
        Action.REMOVE_EXPIRED,
        Area.SUPERVISION,
        "xoá phần đã quá thời hạn lưu mà quy định cho xoá",
        _all(Whose.SCHOOL, Role.PRINCIPAL),
        "I.3, R70",
    ),
)

RULES: Mapping[Action, Rule] = {rule.action: rule for rule in TABLE}


def who_could(action: Action) -> str:
    """Vietnamese words for a refusal: "Hiệu trưởng, Văn thư; Giáo viên chủ nhiệm (lớp mình chủ nhiệm)"."""
    by_whose: dict[Whose, list[str]] = {}
    for role, whose in RULES[action].who.items():
        by_whose.setdefault(whose, []).append(role.label)
    parts = [
        f"{', '.join(labels)}{'' if whose == Whose.SCHOOL else f' ({whose.label})'}"
        for whose, labels in by_whose.items()
    ]
    if RULES[action].is_grantable:
        parts.append("người được Phó Hiệu trưởng cấp quyền")
    return "; ".join(parts)
