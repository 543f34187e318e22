"""`make demo` loads one whole school, the same for the same seed and day, and loading again changes nothing."""

from kimdong.demo import marks, rosters
from kimdong.demo.accounts import ACCOUNT_TABLE, PASSWORD
from tests.migration_rules import BIG
from tests.stack import Stack

ROOM_OF_EACH_YEAR = """
    SELECT c.year_id, count(*), count(DISTINCT c.id), count(DISTINCT c.grade_level)
    FROM students_movement m JOIN students_schoolclass c ON c.id = m.to_class_id WHERE m.kind = 'admitted'
    GROUP BY 1 ORDER BY 1
"""


def test_two_years_of_thirty_classes_and_1049_pupils_with_52_staff(application: Stack):
    rooms = application.fetch(ROOM_OF_EACH_YEAR)
    assert [row[1:] for row in rooms] == [(1049, 30, 5), (1049, 30, 5)]
    assert application.fetch("SELECT count(*) FROM accounts_user") == [(52,)]


def test_last_year_is_complete_and_approved_and_this_year_has_one_period_open(application: Stack):
    before, now = (row[0] for row in application.fetch(ROOM_OF_EACH_YEAR))
    assert application.fetch(
        "SELECT count(*) FROM gradebook_yearoutcome o JOIN students_schoolclass c ON c.id = o.school_class_id"
        " WHERE c.year_id = %s",
        before,
    ) == [(1049,)]
    open_periods = application.fetch(
        "SELECT year_id, count(*) FROM gradebook_entrywindow WHERE now() >= opens_at AND now() < closes_at GROUP BY 1"
    )
    assert open_periods == [(now, 1)]


def test_who_did_not_complete_last_year_was_assessed_again_before_anything_was_decided(application: Stack):
    decided = application.fetch(
        "SELECT o.original_result, o.is_promoted, EXISTS (SELECT 1 FROM gradebook_subjectresult r"
        " WHERE r.student_id = o.student_id AND r.period = 'BS') OR EXISTS (SELECT 1 FROM gradebook_traitresult r"
        " WHERE r.student_id = o.student_id AND r.period = 'BS')"
        " FROM gradebook_yearoutcome o WHERE o.result = 'CHT' OR o.original_result <> '' ORDER BY 2"
    )
    assert len(decided) > 1
    assert {(original, is_again) for original, _is_promoted, is_again in decided} == {("CHT", True)}
    assert [is_promoted for _original, is_promoted, _is_again in decided].count(False) <= 1


def test_last_year_is_handed_over_in_some_classes_and_closed_once_its_requests_are_settled(
    application: Stack,
):
    signed = application.fetch("SELECT count(*) FROM gradebook_handover WHERE signed_at IS NOT NULL")
    received = application.fetch("SELECT count(*) FROM gradebook_handoverreceipt")
    assert (signed, received) == ([(9,)], [(5,)])
    ((year, state),) = application.fetch("SELECT year, state FROM students_schoolyear ORDER BY 1 LIMIT 1")
    unsettled = application.fetch("SELECT 1 FROM approvals_correctionrequest WHERE year_id = %s", year)
    assert state == ("open" if unsettled else "closed")


def test_every_line_of_every_class_has_one_teacher(application: Stack):
    missing = application.fetch(
        "SELECT c.name, l.code FROM students_schoolclass c JOIN gradebook_subjectline l"
        " ON l.year_id = c.year_id AND l.grade_level = c.grade_level"
        " WHERE NOT EXISTS (SELECT 1 FROM gradebook_teachingassignment a"
        " WHERE a.school_class_id = c.id AND a.line_id = l.id)"
    )
    assert missing == []


def test_requests_wait_in_every_state(application: Stack):
    states = dict(application.fetch("SELECT state, count(*) FROM approvals_correctionrequest GROUP BY 1"))
    assert states == {"draft": 1, "filed": 3, "returned": 1, "approved": 2, "refused": 1, "applied": 2}


def test_questions_and_incidents_stand_in_every_state_and_most_of_the_staff_is_trained(application: Stack):
    states = dict(application.fetch("SELECT state, count(*) FROM approvals_inquiry GROUP BY 1"))
    assert states == {"new": 2, "accepted": 1, "referred": 1, "sent": 1, "answered": 1, "closed": 1}
    assert application.fetch("SELECT count(DISTINCT person_id) FROM accounts_trainingrecord") == [(46,)]


def test_loading_again_changes_nothing_and_prints_the_accounts(application: Stack):
    before = application.fetch("SELECT seq, hash FROM accounts_audithead")
    printed = application.manage("load_demo")
    assert application.fetch("SELECT seq, hash FROM accounts_audithead") == before
    assert PASSWORD in printed
    assert ACCOUNT_TABLE in printed


def test_the_chain_is_whole_and_nothing_was_written_past_the_application(application: Stack):
    printed = application.manage("verify_audit")
    assert "nguyên vẹn" in printed
    assert "CẢNH BÁO" not in printed


def test_which_tables_are_big_is_known_to_the_check_of_migrations(application: Stack):
    megabytes = application.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND pg_relation_size(oid) > 4 * 1024 * 1024"
    )
    assert {"gradebook_traitresult"} <= {table for (table,) in megabytes} <= BIG


def test_the_same_seed_gives_the_same_children():
    heading, rows = rosters.stored_rows(2025)
    first, second, other = (
        rosters.following_rows(rows, 2026, repeating=set(), seed=seed) for seed in (27, 27, 28)
    )
    assert first == second
    assert first != other
    assert len(first) == len(rows) == 1049
    assert heading[rosters.CLASS] == "Lớp học"
    assert marks.ability("3100000001", 27) == marks.ability("3100000001", 27)


def test_a_later_year_moves_every_date_by_whole_years():
    _heading, rows = rosters.stored_rows(2025)
    _heading, later = rosters.stored_rows(2030)
    assert rows[0][rosters.BIRTH][-4:] == "2019"
    assert later[0][rosters.BIRTH][-4:] == "2024"
    assert {row[rosters.NATIONAL_ID][4:6] for row in later[:30]} <= {"23", "24"}
