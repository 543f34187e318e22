"""Học bạ of a class: from the database to ``book_content.Transcript`` (domain.md 2.1; rule R74).

Every year of a pupil in the school's data up to the year of the class, year-end values only. A year is final
when the principal has approved its outcome; until then its pages are a preview with what there is, and so they are
again while a correction has contradicted what was approved. A year before Thông tư 27/2020 stands in the form of its
own circular, as it was copied from the học bạ on paper; while nothing was copied its pages are a blank preview.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.signing_titles import DEPUTY_TITLE, PRINCIPAL_TITLE
from gradebook.exemptions import EXEMPT, Terms, terms_of, with_arrangements
from gradebook.grading import completed_class
from gradebook.line_names import name_in
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.old_years import records_of
from gradebook.regulation import LINES, Award, Period, TraitGroup, YearResult, traits_for, year_label
from gradebook.regulation_2016 import (
    FIRST_YEAR,
    OLD_LINES,
    OLD_TRAITS,
    OldGroup,
    OldResult,
    OldYear,
    last_old_year,
)
from gradebook.year_rules import rules_of
from reports import book_content
from reports.book_content import (
    Cover,
    LearningStage,
    OldTranscriptYear,
    Personal,
    Signature,
    SubjectRow,
    TraitRow,
    Transcript,
    TranscriptYear,
)
from reports.class_table_columns import LAST_GRADE
from reports.contradicted_outcomes import contradicted_outcomes
from reports.signatories import Signatories, read_signatories
from students.absences import Absences, absence_totals
from students.code_lists import ethnic_groups
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student, YearProfile
from students.movement_rules import FIRST_ADMISSIONS, Kind

PupilYear = tuple[int, int]
"""Pupil's id and start year."""


@dataclass(frozen=True, slots=True)
class _Records:
    """What the database holds of some pupils; nothing is read after this."""

    enrolments: Mapping[int, Sequence[Enrolment]]
    subjects: Mapping[PupilYear, Mapping[str, SubjectResult]]
    traits: Mapping[PupilYear, Mapping[str, TraitResult]]
    profiles: Mapping[PupilYear, YearProfile]
    absences: Mapping[PupilYear, Absences]
    outcomes: Mapping[PupilYear, YearOutcome]
    old_years: Mapping[PupilYear, OldYear]
    signatories: Signatories


def transcripts_of(school_class: SchoolClass) -> tuple[Transcript, ...]:
    """The học bạ of all pupils of a class, in class order. Twelve statements, whatever the pupils and years, and
    one more where a year before Thông tư 27/2020 was copied.

    `school_class` comes with its year at hand.
    """
    pupils = [enrolment.student for enrolment in Enrolment.objects.roster(school_class)]
    records = _read(school_class.year, [pupil.pk for pupil in pupils])
    return tuple(_transcript(pupil, school_class.year, records) for pupil in pupils)


def transcript_of(pupil: Student, year: SchoolYear) -> Transcript:
    """The học bạ of one pupil up to a year, wherever they are now. Statements as for a class."""
    return _transcript(pupil, year, _read(year, [pupil.pk]))


def pupil_code(student: Student) -> str:
    """The ministry's number, else the school's; a pupil without either goes by this system's number."""
    return student.moet_id or student.school_code or f"HS{student.pk:06d}"


# -- Reading -----------------------------------------------------------------------------------------------


def _read(year: SchoolYear, student_ids: Sequence[int]) -> _Records:
    enrolments: dict[int, list[Enrolment]] = defaultdict(list)
    own = Enrolment.objects.filter(student_id__in=student_ids, school_class__year_id__lte=year.pk)
    for enrolment in with_arrangements(own.select_related("school_class__year", "began_by")).order_by(
        "starts_on"
    ):
        enrolments[enrolment.student_id].append(enrolment)
    classes = {each.school_class_id for rows in enrolments.values() for each in rows}
    profiles = YearProfile.objects.filter(student_id__in=student_ids, year_id__lte=year.pk)
    own_outcomes = YearOutcome.objects.filter(
        student_id__in=student_ids, school_class__year_id__lte=year.pk
    ).select_related("school_class", "approved_by")
    outcomes = list(own_outcomes.order_by("approved_on", "id"))
    contradicted = contradicted_outcomes(outcomes)
    return _Records(
        enrolments=enrolments,
        subjects=_read_subjects(year, student_ids),
        traits=_read_traits(year, student_ids),
        profiles={(row.student_id, row.year_id): row for row in profiles},
        absences=absence_totals(student_ids, until=year.pk),
        outcomes={
            (row.student_id, row.school_class.year_id): row for row in outcomes if row.pk not in contradicted
        },
        old_years=_read_old_years(year, student_ids),
        signatories=read_signatories(classes),
    )


def _read_subjects(
    year: SchoolYear, student_ids: Sequence[int]
) -> Mapping[PupilYear, dict[str, SubjectResult]]:
    """One statement. Keyed by the pupil and the year, then by the line's code."""
    found: dict[PupilYear, dict[str, SubjectResult]] = defaultdict(dict)
    results = SubjectResult.objects.filter(
        student_id__in=student_ids, period=Period.YEAR_END, line__year_id__lte=year.pk
    )
    for result in results.select_related("line"):
        found[result.student_id, result.line.year_id][result.line.code] = result
    return found


def _read_traits(year: SchoolYear, student_ids: Sequence[int]) -> Mapping[PupilYear, dict[str, TraitResult]]:
    """One statement. Keyed by the pupil and the year, then by the trait's or the group's code."""
    found: dict[PupilYear, dict[str, TraitResult]] = defaultdict(dict)
    for result in TraitResult.objects.filter(
        student_id__in=student_ids, period=Period.YEAR_END, year_id__lte=year.pk
    ):
        found[result.student_id, result.year_id][result.item] = result
    return found


def _read_old_years(year: SchoolYear, student_ids: Sequence[int]) -> Mapping[PupilYear, OldYear]:
    """One statement; one more where there are any."""
    records = records_of(student_ids).filter(year__lte=year.pk, is_struck=False)
    return {(record.student_id, record.year): record.told for record in records}


# -- Laying out --------------------------------------------------------------------------------------------


def _transcript(pupil: Student, year: SchoolYear, records: _Records) -> Transcript:
    enrolments = records.enrolments[pupil.pk]
    last_of_year = {each.school_class.year_id: each for each in enrolments}
    first = enrolments[0]
    return Transcript(
        pupil_code=pupil_code(pupil),
        cover=Cover(_after_label(year.school_name), year.ward, year.province),
        personal=_personal(pupil),
        principal=records.signatories.principal(first.school_class.year, first.starts_on),
        stages=_stages(pupil, enrolments, records),
        years=tuple(_years(pupil, last_of_year, records)),
    )


def _years(
    pupil: Student, seats: Mapping[int, Enrolment], records: _Records
) -> Iterator[TranscriptYear | OldTranscriptYear]:
    """Oldest first. What was copied from paper counts in years of Thông tư 22/2016 and in those without a seat here."""
    copied = {year: told for (student, year), told in records.old_years.items() if student == pupil.pk}
    for year in sorted(seats.keys() | copied.keys()):
        seat = seats.get(year)
        if seat is not None and year > last_old_year(seat.school_class.grade_level):
            yield _year(pupil, seat, records)
        elif year in copied:
            yield _old_year(copied[year])
        elif seat is not None and year >= FIRST_YEAR:
            yield _blank_old_year(seat, records)


def _old_year(told: OldYear) -> OldTranscriptYear:
    return OldTranscriptYear(
        school_year=year_label(told.year),
        class_name=told.class_name,
        school=_after_label(told.school_name),
        height=_quantity(told.height_cm, "cm"),
        weight=_quantity(told.weight_kg, "kg"),
        health=told.health,
        absent_with_permission=_quantity(told.absent_with_leave),
        absent_without_permission=_quantity(told.absent_without_leave),
        subjects=tuple(_old_subject(line.code, line.name, told) for line in OLD_LINES),
        competencies=_old_traits(OldGroup.COMPETENCY, told.ratings, told.competency_comment),
        qualities=_old_traits(OldGroup.QUALITY, told.ratings, told.quality_comment),
        award=told.award,
        completion=told.completion,
        principal=Signature(told.principal, DEPUTY_TITLE if told.is_signed_by_deputy else PRINCIPAL_TITLE),
        homeroom_teacher=told.homeroom_teacher,
        source=told.source_paper,
        is_preview=False,
    )


def _old_subject(code: str, name: str, told: OldYear) -> SubjectRow:
    result = told.lines.get(code, OldResult())
    return SubjectRow(code, name, result.attainment, result.mark, result.comment)


def _old_traits(group: OldGroup, ratings: Mapping[str, str], comment: str) -> book_content.TraitGroup:
    own = (trait for trait in OLD_TRAITS if trait.group is group)
    return book_content.TraitGroup(
        tuple(TraitRow(trait.code, trait.name, ratings.get(trait.code, "")) for trait in own), comment
    )


def _blank_old_year(seat: Enrolment, records: _Records) -> OldTranscriptYear:
    """Of a class of that time in the school's data whose học bạ on paper nobody has copied yet."""
    school_class = seat.school_class
    year = school_class.year
    blank = OldYear(year.pk, school_class.grade_level, school_class.name, year.school_name)
    return replace(
        _old_year(blank),
        principal=records.signatories.principal(year, year.ends_on),
        homeroom_teacher=records.signatories.homeroom_teacher(school_class, year.ends_on),
        is_preview=True,
    )


def _personal(pupil: Student) -> Personal:
    return Personal(
        full_name=pupil.full_name,
        gender=pupil.get_gender_display() if pupil.gender else "",
        born_on=pupil.birth_label,
        ethnicity=ethnic_groups().names.get(pupil.ethnic_code, ""),
        nationality=pupil.nationality,
        birthplace=pupil.birth_place,
        native_place=pupil.origin,
        residence=pupil.home_address,
        father=pupil.father_name,
        mother=pupil.mother_name,
        guardian=pupil.guardian_name,
    )


def _stages(pupil: Student, enrolments: Sequence[Enrolment], records: _Records) -> tuple[LearningStage, ...]:
    """One row an enrolment, and one a year that was copied from paper and has none, oldest first."""
    sat_in = {each.school_class.year_id for each in enrolments}
    rows = [
        (
            year,
            LearningStage(
                school_year=year_label(year),
                class_name=told.class_name,
                school=told.school_name,
                register_number="",
                moved_on="",
            ),
        )
        for (student, year), told in records.old_years.items()
        if student == pupil.pk and year not in sat_in
    ]
    rows += [
        (
            each.school_class.year_id,
            LearningStage(
                school_year=each.school_class.year.label,
                class_name=each.school_class.name,
                school=each.school_class.year.school_name,
                register_number=pupil.register_no,
                moved_on=_came_on(each),
            ),
        )
        for each in enrolments
    ]
    return tuple(row for _year, row in sorted(rows, key=lambda pair: pair[0]))


def _came_on(seat: Enrolment) -> str:
    """The day of the row: on which the pupil came inside the year, or was admitted to the school for grade 1.

    Of anybody else whose seat begins with the year it says nothing of when they came: the day is left to be written
    by hand.
    """
    year = seat.school_class.year
    day: date | None = seat.starts_on
    if seat.starts_on == year.starts_on:
        day = entry_day(seat.began_by, year) if seat.began_by.entry_code in FIRST_ADMISSIONS else None
    return f"{day:%d/%m/%Y}" if day else ""


def entry_day(movement: Movement, year: SchoolYear) -> date | None:
    """On which day a pupil came by this movement, in every paper alike: with the year's list on its first school day.

    None where that day is not recorded.
    """
    is_with_the_list = movement.kind == Kind.ADMITTED and movement.day == year.starts_on
    return year.lessons_start_on if is_with_the_list else movement.day


def _after_label(school_name: str) -> str:
    """The name as it stands after the form's label "Trường:", without that word."""
    return school_name.removeprefix("Trường ")


def _year(pupil: Student, seat: Enrolment, records: _Records) -> TranscriptYear:
    school_class, terms = seat.school_class, terms_of(seat, Period.YEAR_END)
    year = school_class.year
    key = (pupil.pk, year.pk)
    profile = records.profiles.get(key) or YearProfile()
    absences = records.absences.get(key, Absences(None, None))
    outcome = records.outcomes.get(key)
    traits = records.traits.get(key, {})
    signatories = records.signatories
    return TranscriptYear(
        school_year=year.label,
        class_name=school_class.name,
        school=_after_label(year.school_name),
        height=_quantity(profile.height_cm, "cm"),
        weight=_quantity(profile.weight_kg, "kg"),
        absent_with_permission=_quantity(absences.with_leave),
        absent_without_permission=_quantity(absences.without_leave),
        subjects=_subject_rows(school_class, records.subjects.get(key, {}), terms),
        qualities=_trait_group(school_class, TraitGroup.QUALITY, traits, terms),
        general_competencies=_trait_group(school_class, TraitGroup.GENERAL, traits, terms),
        specific_competencies=_trait_group(school_class, TraitGroup.SPECIFIC, traits, terms),
        result=result_words(outcome) if outcome else "",
        award=award_words(outcome) if outcome else "",
        completion=completion_sentence(school_class.grade_level, outcome) if outcome else "",
        principal=signatories.approval(year, outcome.approved_by, outcome.approved_on)
        if outcome
        else signatories.principal(year, year.ends_on),
        homeroom_teacher=signatories.homeroom_teacher(school_class, year.ends_on),
        is_preview=outcome is None,
    )


def _subject_rows(
    school_class: SchoolClass, results: Mapping[str, SubjectResult], terms: Terms
) -> tuple[SubjectRow, ...]:
    """The 14 lines of the form; a line without a result keeps its label, an exempt one says by which decision."""
    rows = []
    for line in LINES:
        name = name_in(school_class, line.code)
        if line.code in terms.exempt:
            rows.append(SubjectRow(line.code, name, EXEMPT, None, terms.decisions[line.code]))
            continue
        result = results.get(line.code) or SubjectResult()
        rows.append(SubjectRow(line.code, name, result.attainment, result.mark, result.comment))
    return tuple(rows)


def _trait_group(
    school_class: SchoolClass, group: TraitGroup, results: Mapping[str, TraitResult], terms: Terms
) -> book_content.TraitGroup:
    nothing, year = TraitResult(), school_class.year
    return book_content.TraitGroup(
        rows=tuple(
            TraitRow(
                trait.code,
                trait.name,
                EXEMPT if trait.code in terms.exempt else results.get(trait.code, nothing).rating,
            )
            for trait in traits_for(year.pk, school_class.grade_level, rules=rules_of(year))
            if trait.group is group
        ),
        comment=results.get(group.value, nothing).comment,
    )


def result_words(outcome: YearOutcome) -> str:
    """Part 4; of a pupil assessed again the first result stands beside (R41): the rows above show the year's end."""
    words = YearResult(outcome.result).label if outcome.result else ""
    if not outcome.original_result:
        return words
    if outcome.original_result == outcome.result:
        return f"{words} (đã đánh giá bổ sung)"
    return f"{words} (trước khi đánh giá bổ sung: {YearResult(outcome.original_result).label})"


def award_words(outcome: YearOutcome) -> str:
    """Part 5: the title and what the class recognised in the pupil (TT27 Điều 13); "" without a title."""
    if not outcome.award:
        return ""
    reason = f" (nổi trội: {outcome.award_reason.rstrip('. ')})" if outcome.award_reason else ""
    return _sentence(f"{Award(outcome.award).label}{reason}")


def completion_sentence(grade_level: int, outcome: YearOutcome) -> str:
    """Part 6 of the year page (TT27 Điều 11; R40, R42, R44): completion is one thing, promotion another.

    The principal's note (plan of help, reason) follows the words on promotion where that is not the usual.
    Grade 5 has no class to be moved up to: there the note follows those on completion. Of a pupil who was not assessed
    (R33) the decision alone says both.
    """
    completed = completed_class(YearResult(outcome.result)) if outcome.result else outcome.is_promoted
    is_usual = completed and outcome.is_promoted and bool(outcome.result)
    programme = "tiểu học" if grade_level == LAST_GRADE else f"lớp {grade_level}"
    first = f"{'Hoàn thành' if completed else 'Chưa hoàn thành'} chương trình {programme}"
    note = "" if is_usual else outcome.promotion_note.strip()
    if grade_level == LAST_GRADE:
        return _sentence(f"{first}: {note}" if note else first)
    verb = "Được lên lớp" if outcome.is_promoted else "Chưa được lên lớp"
    return f"{first}. {_sentence(_with_note(verb, grade_level + 1, note))}"


def _with_note(verb: str, grade_level: int, note: str) -> str:
    """ "Được lên lớp 4: <note>"; a note that begins with the same words is not said twice."""
    if note.startswith(verb):
        rest = note.removeprefix(verb)
        return f"{verb}{rest}" if rest.startswith(f" {grade_level}") else f"{verb} {grade_level}{rest}"
    return f"{verb} {grade_level}: {note}" if note else f"{verb} {grade_level}"


def _sentence(text: str) -> str:
    return f"{text.rstrip('. ')}." if text else ""


def _quantity(value: Decimal | int | None, unit: str = "") -> str:
    """A number as the school writes it, 17.50 → "17,5 kg"; "" for what is not known."""
    if value is None:
        return ""
    number = f"{Decimal(value):f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".").replace(".", ",")
    return f"{number} {unit}".strip()
