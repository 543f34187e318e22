"""The school year, its classes, its pupils and who sat where from when to when; a file a subject."""

from students.models.enrolments import Enrolment, EnrolmentQuerySet
from students.models.movements import Movement, MovementQuerySet
from students.models.pupils import Student, YearProfile
from students.models.uploads import RosterUpload, upload_path
from students.models.years import HomeroomAssignment, SchoolClass, SchoolYear, SchoolYearQuerySet

__all__ = [
    "Enrolment",
    "EnrolmentQuerySet",
    "HomeroomAssignment",
    "Movement",
    "MovementQuerySet",
    "RosterUpload",
    "SchoolClass",
    "SchoolYear",
    "SchoolYearQuerySet",
    "Student",
    "YearProfile",
    "upload_path",
]
