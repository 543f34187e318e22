"""Whose rows are one person's: table by table, for a pupil and for somebody of the staff, and what is not theirs.

A test walks every model that points at a pupil or an account: each is named here once, with the way to the person or
the reason why it stays out.
"""

from collections.abc import Mapping
from typing import Final

OF_PUPIL: Final[Mapping[str, str]] = {
    "students.Student": "pk",
    "students.YearProfile": "student",
    "students.Enrolment": "student",
    "students.Movement": "student",
    "students.NextSchool": "student",
    "students.Absence": "student",
    "gradebook.SubjectResult": "student",
    "gradebook.TraitResult": "student",
    "gradebook.YearOutcome": "student",
    "gradebook.PupilYearEnd": "student",
    "gradebook.ResultsDecisionLine": "student",
    "gradebook.Commendation": "student",
    "gradebook.OldYearRecord": "student",
    "gradebook.OldYearLine": "student",
    "gradebook.Arrangement": "student",
    "gradebook.HandoverNote": "student",
    "gradebook.RollOverPlace": "student",
    "approvals.CorrectionItem": "student",
    "approvals.Consent": "student",
    "approvals.DataRequest": "student",
}
NOT_OF_PUPIL: Final[Mapping[str, str]] = {
    "students.PupilWords": "từ để tìm, cơ sở dữ liệu tự tính từ hồ sơ",
    "gradebook.DoubtAnswer": "lí do giáo viên ghi khi hệ thống nhắc một ô: việc soát sổ của giáo viên",
    "approvals.Finding": "kiểm tra việc ghi sổ của giáo viên",
    "approvals.InspectedPupil": "sổ nào được bốc thăm khi kiểm tra giáo viên",
    "reports.PrintJob": "bản in: in lại được từ dữ liệu đã có trong gói",
    "reports.PrintedPart": "phần của bản in, như trên",
}

OF_STAFF: Final[Mapping[str, str]] = {
    "accounts.User": "pk",
    "accounts.Post": "holder",
    "accounts.TrainingRecord": "person",
    "accounts.Grant": "person",
    "accounts.GroupMembership": "member",
    "accounts.PasswordRotation": "holder",
    "accounts.AdminAction": "user",
    "accounts.AccessLogEntry": "user",
    "accounts.SignedInSession": "user",
    "accounts.MailDigest": "user",
    "students.HomeroomAssignment": "teacher",
    "gradebook.TeachingAssignment": "teacher",
    "gradebook.BankComment": "owner",
    "gradebook.EntryNoticeRecipient": "person",
    "gradebook.OrderReading": "person",
    "approvals.StaffDecision": "person",
    "approvals.BookSignature": "signer",
    "approvals.SigningReminder": "person",
    "approvals.BoardMember": "person",
    "approvals.AnnouncementReading": "person",
    "approvals.Inquiry": "asker",
    "approvals.DataRequest": "person",
}
NOT_OF_STAFF: Final = frozenset(
    {
        *("accounts.ActivationSlip", "accounts.User_groups", "accounts.User_user_permissions"),
        *("accounts.SupervisionMark", "accounts.Backup", "guardian.UserObjectPermission"),
        *("otp_totp.TOTPDevice", "otp_static.StaticDevice"),
        *("students.Movement", "students.RollCall", "students.AttendanceMonth", "students.RosterUpload"),
        *(
            "students.RosterRun",
            "gradebook.ResultsDecision",
            "gradebook.Handover",
            "gradebook.HandoverReceipt",
        ),
        *(
            "gradebook.EntryOrder",
            "gradebook.EntryWindow",
            "gradebook.OrderExecution",
            "gradebook.EntryNotice",
        ),
        *("gradebook.DoubtAnswer", "gradebook.RollOverApplication", "gradebook.YearOutcome"),
        *("gradebook.ClassYearEnd", "gradebook.PupilYearEnd", "gradebook.Commendation"),
        *("approvals.Announcement", "approvals.DocumentVersion", "approvals.InquiryEntry"),
        *("approvals.Inspection", "approvals.Finding", "approvals.FindingEntry"),
        *("approvals.ReconciliationRound", "approvals.ReconciliationReply", "approvals.CorrectionRequest"),
        *("approvals.Evidence", "approvals.CancellationReading", "approvals.BookLook"),
        *("approvals.ProcessingPurpose", "approvals.Consent", "approvals.DataIncident"),
        "approvals.ExpiredRemoval",
        *("reports.PrintBatch", "reports.PrintCopies", "reports.SyncBatch", "reports.SyncSending"),
        *("reports.DataArchive", "reports.PrintJob", "reports.KeptReport"),
    }
)
"""These say who did something in the school's or a pupil's papers, which are not the person's to take along, or let the
person log in."""
