"""The school year, its classes, its pupils and who sat where from when to when; a file a subject."""

from students.models.attendance import Absence, AttendanceMonth, RollCall
from students.models.enrolments import Enrolment, EnrolmentQuerySet
from students.models.pupils import Student, YearProfile
from students.models.uploads import RosterUpload, upload_path
from students.models.years import HomeroomAssignment, SchoolClass, SchoolYear, SchoolYearQuerySet

__all__ = [
    "Absence",
    "AttendanceMonth",
    "Enrolment",
    "EnrolmentQuerySet",
    "HomeroomAssignment",
    "RollCall",
    "RosterUpload",
    "SchoolClass",
    "SchoolYear",
    "SchoolYearQuerySet",
    "Student",
    "YearProfile",
    "upload_path",
]
