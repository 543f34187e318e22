"""What goes up the hierarchy and comes down decided; a file a subject."""

from approvals.models.announcements import Announcement, AnnouncementQuerySet, AnnouncementReading
from approvals.models.documents import BoardMember, DocumentVersion, KeptDocument
from approvals.models.inquiries import Inquiry, InquiryEntry, InquiryQuerySet
from approvals.models.inspections import (
    Finding,
    FindingEntry,
    InspectedClass,
    InspectedPupil,
    Inspection,
    StaffDecision,
)
from approvals.models.personal_data import (
    Consent,
    DataIncident,
    DataRequest,
    ExpiredRemoval,
    ProcessingPurpose,
)
from approvals.models.reconciliations import ReconciliationReply, ReconciliationRound
from approvals.models.requests import (
    REASON_CHOICES,
    STATE_CHOICES,
    CancellationReading,
    CorrectionItem,
    CorrectionRequest,
    CorrectionRequestQuerySet,
    Evidence,
)
from approvals.models.signatures import BookLook, BookSignature, SignatureQuerySet, SigningReminder

__all__ = [
    "REASON_CHOICES",
    "STATE_CHOICES",
    "Announcement",
    "AnnouncementQuerySet",
    "AnnouncementReading",
    "BoardMember",
    "BookLook",
    "BookSignature",
    "CancellationReading",
    "Consent",
    "CorrectionItem",
    "CorrectionRequest",
    "CorrectionRequestQuerySet",
    "DataIncident",
    "DataRequest",
    "DocumentVersion",
    "Evidence",
    "ExpiredRemoval",
    "Finding",
    "FindingEntry",
    "Inquiry",
    "InquiryEntry",
    "InquiryQuerySet",
    "InspectedClass",
    "InspectedPupil",
    "Inspection",
    "KeptDocument",
    "ProcessingPurpose",
    "ReconciliationReply",
    "ReconciliationRound",
    "SignatureQuerySet",
    "SigningReminder",
    "StaffDecision",
]
