"""How far the books were shut when a report was read: words that a kept copy carries (R82)."""

from collections import Counter
from collections.abc import Iterator

from django.utils.timezone import localtime

from accounts import clock
from approvals.reopened_years import reopenings
from gradebook.earlier_decisions import to_decide_anew
from gradebook.models import ClassYearEnd, EntryWindow
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.spans import longest_open, spans_at, with_cuts
from gradebook.year_end_rules import State
from reports.contradicted_outcomes import contradicted_classes, waiting_words
from reports.report_kind import Moment
from students.models import SchoolClass


def lock_words(moment: Moment) -> str:
    """ "35/35 lớp đã khoá sổ, muộn nhất 17:00 10/01/2027"; of a year's end how many classes are approved too, whose
    result was opened again, who waits for a new approval, and since when the year stands reopened.

    Six statements at most, fifteen more where an approved result was corrected. Of a day there is no book to be shut:
    then the moment of reading alone.
    """
    if moment.period is None:
        return f"Theo hồ sơ học sinh lúc {clock.moment_label(clock.stamp())}."
    classes = list(SchoolClass.objects.filter(year=moment.year))
    if not classes:
        return "Năm học chưa có lớp."
    said = [_books(moment, classes)]
    if moment.period == Period.YEAR_END:
        said += _approved(classes)
        said += [words for words in [waiting_words(contradicted_classes(moment.year))] if words]
        said += [
            f"năm học đang mở lại từ {localtime(each.at):%H:%M %d/%m/%Y}"
            for each in reopenings(year=moment.year)
        ]
    return f"{'; '.join(said)}."


def _approved(classes: list[SchoolClass]) -> Iterator[str]:
    """A class of which one result is being decided anew is not approved. Two statements."""
    names = {each.pk: each.name for each in classes}
    done = ClassYearEnd.objects.filter(school_class__in=classes, state=State.APPROVED)
    approved = set(done.values_list("school_class", flat=True))
    anew = to_decide_anew(approved).values_list("school_class", "student").distinct()
    reopened = Counter(school_class for school_class, _student in anew)
    yield f"{len(approved) - len(reopened)}/{len(classes)} lớp đã được phê duyệt kết quả năm học"
    yield from (f"{reopened[pk]} em lớp {name} đang xét lại" for pk, name in names.items() if pk in reopened)


def _books(moment: Moment, classes: list[SchoolClass]) -> str:
    windows = list(with_cuts(EntryWindow.objects.filter(year=moment.year, period=moment.period)))
    counted: Counter[str] = Counter()
    ends = []
    for school_class in classes:
        spans = spans_at(windows, place_of(school_class))
        past = [span.closes_at for span in spans if span.is_past]
        if longest_open(spans):
            counted["open"] += 1
        elif past:
            counted["locked"] += 1
            ends.append(max(past))
    said = [f"{counted['locked']}/{len(classes)} lớp đã khoá sổ"]
    if ends:
        said[0] += f", muộn nhất {localtime(max(ends)):%H:%M %d/%m/%Y}"
    if counted["open"]:
        said.append(f"{counted['open']} lớp đang mở nhập")
    if left := len(classes) - counted["locked"] - counted["open"]:
        said.append(f"{left} lớp chưa mở nhập")
    return ", ".join(said)
