"""Whose slip of a finished print would say something else today: those are printed again, not the whole class."""

from dataclasses import replace

from gradebook.regulation import NotCovered, Period
from reports.models import PrintJob
from reports.printed_words import Words, words_of
from reports.pupil_files import PupilFile
from reports.slips import slips_of


def marked(job: PrintJob, files: list[PupilFile]) -> list[PupilFile]:
    """The files with `is_changed`, of who still sits in the class; compared word by word, as `reports.proof` does.

    One statement more than the slips take, whatever the class.
    """
    printed: dict[int | None, Words] = dict(job.parts.values_list("student_id", "content__words"))
    assert job.school_class is not None  # noqa: S101 - the database keeps the class of slips
    try:
        today = {slip.pupil_code: words_of(slip) for slip in slips_of(job.school_class, Period(job.period))}
    except NotCovered:
        return files
    return [
        replace(each, is_changed=each.code in today and today[each.code] != printed.get(each.student_id))
        for each in files
    ]
