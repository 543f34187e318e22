"""Who teaches what, when the books are open, and what was entered; a file a subject."""

from gradebook.models.arrangements import Arrangement
from gradebook.models.assignments import TeachingAssignment
from gradebook.models.comments import BankComment, BankCommentQuerySet, HiddenComment
from gradebook.models.decisions import ResultsDecision, ResultsDecisionLine
from gradebook.models.handovers import Handover, HandoverNote, HandoverReceipt
from gradebook.models.notices import EntryNotice, EntryNoticeRecipient
from gradebook.models.old_years import OldYearLine, OldYearRecord
from gradebook.models.periods import ENTRY_CHOICES, ENTRY_PERIODS, PERIOD_CHOICES
from gradebook.models.results import DoubtAnswer, SubjectResult, TraitResult
from gradebook.models.roll_over import RollOver, RollOverApplication, RollOverPlace
from gradebook.models.windows import (
    EntryOrder,
    EntryWindow,
    EntryWindowQuerySet,
    OrderExecution,
    OrderReading,
    WindowCut,
)
from gradebook.models.year_end import (
    ClassYearEnd,
    Commendation,
    CommendationQuerySet,
    PupilYearEnd,
    YearOutcome,
)
from gradebook.subject_lines import ClassLine, SubjectLine

__all__ = [
    "ENTRY_CHOICES",
    "ENTRY_PERIODS",
    "PERIOD_CHOICES",
    "Arrangement",
    "BankComment",
    "BankCommentQuerySet",
    "ClassLine",
    "ClassYearEnd",
    "Commendation",
    "CommendationQuerySet",
    "DoubtAnswer",
    "EntryNotice",
    "EntryNoticeRecipient",
    "EntryOrder",
    "EntryWindow",
    "EntryWindowQuerySet",
    "Handover",
    "HandoverNote",
    "HandoverReceipt",
    "HiddenComment",
    "OldYearLine",
    "OldYearRecord",
    "OrderExecution",
    "OrderReading",
    "PupilYearEnd",
    "ResultsDecision",
    "ResultsDecisionLine",
    "RollOver",
    "RollOverApplication",
    "RollOverPlace",
    "SubjectLine",
    "SubjectResult",
    "TeachingAssignment",
    "TraitResult",
    "WindowCut",
    "YearOutcome",
]
