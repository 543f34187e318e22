"""The school year, its classes, its pupils and who sat where from when to when; a file a subject."""

from students.models.attendance import Absence, AttendanceMonth, RollCall
from students.models.calendar import CalendarEntry, Session, WeekPattern
from students.models.enrolments import Enrolment, EnrolmentQuerySet
from students.models.movements import Movement, MovementQuerySet
from students.models.next_schools import NextSchool
from students.models.pupils import PupilWords, Student, YearProfile
from students.models.uploads import RosterRun, RosterUpload, upload_path
from students.models.years import (
    ForeignLanguage,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    SchoolYearQuerySet,
    YearIsClosed,
    proposed_rule_set,
)

__all__ = [
    "Absence",
    "AttendanceMonth",
    "CalendarEntry",
    "Enrolment",
    "EnrolmentQuerySet",
    "ForeignLanguage",
    "HomeroomAssignment",
    "Movement",
    "MovementQuerySet",
    "NextSchool",
    "PupilWords",
    "RollCall",
    "RosterRun",
    "RosterUpload",
    "SchoolClass",
    "SchoolYear",
    "SchoolYearQuerySet",
    "Session",
    "Student",
    "WeekPattern",
    "YearIsClosed",
    "YearProfile",
    "proposed_rule_set",
    "upload_path",
]
