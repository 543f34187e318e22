"""The pages of the roll-over: what the clerk does there, what leaders see, lists that come back (R17, R85)."""

import io
import re

import openpyxl
import pytest
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry
from gradebook.models import RollOverApplication, RollOverPlace, YearOutcome
from gradebook.opening import checklist
from gradebook.roll_over import propose_places
from gradebook.roll_over_apply import apply_roll_over, fingerprint
from gradebook.roll_over_classes import make_proposed_classes
from gradebook.roll_over_pupils import standing_of
from students.models import Enrolment, SchoolYear
from students.movements import leave
from students.search import find_pupils
from tests.gradebook.next_year import decide, make_ending
from tests.gradebook.school import CONFIRMED, add_pupils, leave_unassessed
from tests.students.test_year_pages import as_, text

pytestmark = pytest.mark.django_db


def the_school():
    return make_ending()


@pytest.fixture
def ending(school):
    return school


@pytest.fixture
def clerk(ending):
    return as_(ending.clerk)


def address(name, ending, *more):
    return reverse(f"gradebook:{name}", args=[ending.following.pk, *more])


def placed(ending, **how):
    decide(ending, **how)
    make_proposed_classes(ending.following, by=ending.clerk)
    propose_places(ending.following, by=ending.clerk)


def ticked(ending, *pupils):
    known = standing_of(ending.following).by_id
    return [f"{pupil.pk}:{known[pupil.pk].version}" for pupil in pupils]


def where(pupil):
    return RollOverPlace.objects.get(student=pupil).to_class.name


def workbook(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    return sheet, [[cell.value for cell in row] for row in sheet.iter_rows()]


# -- The overview --------------------------------------------------------------------------------------------


def test_without_a_year_being_prepared_the_page_says_where_to_make_one(ending, clerk):
    SchoolYear.objects.filter(pk=ending.following.pk).update(state="open")
    page = text(clerk.get(reverse("gradebook:roll_overs")))
    assert "Chưa lập năm học sau" in page
    assert reverse("students:year_new") in page


def test_before_approval_every_pupil_is_named_as_waiting_for_the_principal(ending, clerk):
    page = text(clerk.get(reverse("gradebook:roll_overs")))
    assert "12 học sinh chưa có kết quả được phê duyệt. Người làm: Hiệu trưởng." in page
    assert "Lớp 4A: 5 em, kết quả năm học của lớp chưa được phê duyệt" in page
    assert f"giáo viên chủ nhiệm {ending.school.lan.full_name}" in page
    assert ending.school.pupils[0].full_name in page


def test_the_clerk_makes_the_classes_and_places_all_with_two_buttons(ending, clerk):
    decide(ending)
    page = text(clerk.get(address("roll_over", ending)))
    assert "1A → 2A" in page
    assert "1A (khối 1 mới)" in page
    assert clerk.post(address("roll_over_classes", ending)).url == address("roll_over", ending)
    assert clerk.post(address("roll_over_propose", ending)).url == address("roll_over", ending)
    page = text(clerk.get(address("roll_over", ending)))
    assert "Còn 0 trong 10 em chưa xếp" in page
    assert address("roll_over_apply", ending) in page


def test_leaders_see_it_and_are_offered_nothing_to_press(ending):
    placed(ending)
    for person in (ending.school.bich, ending.school.hoa):
        page = text(as_(person).get(address("roll_over", ending)))
        assert "Xem trước và ghi" not in page or address("roll_over_apply", ending) not in page
        lists = text(as_(person).get(address("roll_over_grade", ending, 5)))
        assert ending.school.pupils[0].full_name in lists
        assert 'name="pupil"' not in lists


def test_the_checklist_of_opening_counts_who_of_last_year_has_a_class(ending):
    item = next(item for item in checklist(ending.following) if item.title == "Xếp lớp")
    assert item.missing == "12 học sinh của năm học trước chưa có trong danh sách lớp"
    placed(ending)
    previewed = fingerprint(standing_of(ending.following))
    apply_roll_over(ending.following, by=ending.clerk, previewed=previewed)
    item = next(item for item in checklist(ending.following) if item.title == "Xếp lớp")
    assert (item.found, item.missing) == ("10/10 học sinh của năm học trước", "")
    assert item.url == address("roll_over", ending)


# -- A grade's lists -----------------------------------------------------------------------------------------


def test_ticked_pupils_go_to_the_chosen_class(ending, clerk):
    placed(ending)
    first, second = ending.school.pupils[:2]
    to = ending.made("5B")
    data = {"pupil": ticked(ending, first, second), "to_class": to.pk}
    answer = clerk.post(address("roll_over_grade", ending, 5), data)
    assert answer.url == address("roll_over_grade", ending, 5)
    assert (where(first), where(second)) == ("5B", "5B")
    page = text(clerk.get(answer.url))
    assert "Đã chuyển 2 em sang «Lớp 5B»." in page


def test_a_pupil_is_taken_out_and_waits(ending, clerk):
    placed(ending)
    pupil = ending.school.pupils[0]
    clerk.post(address("roll_over_grade", ending, 5), {"pupil": ticked(ending, pupil), "to_class": "none"})
    assert RollOverPlace.objects.get(student=pupil).to_class is None
    assert "Chưa xếp lớp" in text(clerk.get(address("roll_over_grade", ending, 5)))


def test_the_second_of_two_clerks_is_told_where_the_pupil_is_now(ending, clerk):
    placed(ending)
    pupil = ending.school.pupils[0]
    seen = ticked(ending, pupil)
    clerk.post(address("roll_over_grade", ending, 5), {"pupil": seen, "to_class": "none"})
    answer = clerk.post(
        address("roll_over_grade", ending, 5), {"pupil": seen, "to_class": ending.made("5B").pk}
    )
    assert answer.status_code == 422
    assert f"Em {pupil.full_name} vừa được xếp ra khỏi lớp." in text(answer)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"to_class": "none"}, "Chưa chọn em nào"),
        ({"pupil": ["x:y"], "to_class": "none"}, "Không đọc được em đã chọn"),
        ({"pupil": ["1:1"]}, "Chọn lớp muốn chuyển sang."),
        ({"pupil": ["999999:1"], "to_class": "none"}, "Có học sinh không thuộc năm học trước"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(ending, clerk, data, words):
    placed(ending)
    answer = clerk.post(address("roll_over_grade", ending, 5), data)
    assert answer.status_code == 422
    assert words in text(answer)


# -- Lists that come back ------------------------------------------------------------------------------------


def wanted(page):
    return re.search(r'name="wanted" value="([^"]+)"', page)[1]


def test_a_pasted_list_is_shown_line_by_line_and_then_placed(ending, clerk):
    placed(ending)
    pupils = ending.school.pupils[:2]
    pupils[1].moet_id = "0123456789"
    pupils[1].save()
    list_ = address("roll_over_list", ending, 5)
    # Excel dropped the leading zero; a running number and a birth date come along.
    pasted = f"1\t{pupils[0].full_name}\t{pupils[0].birth_label}\t4A\r\n2\t123456789\r\n"
    answer = clerk.post(list_, {"text": pasted, "school_class": ending.made("5B").pk})
    page = text(answer)
    assert answer.status_code == 200
    assert "Xếp 2 em" in page
    assert where(pupils[0]) == "5A"
    assert clerk.post(list_, {"wanted": wanted(page)}).url == address("roll_over_grade", ending, 5)
    assert [where(pupil) for pupil in pupils] == ["5B", "5B"]


def test_a_pasted_list_with_a_wrong_line_places_nobody_and_says_why(ending, clerk):
    placed(ending)
    first = ending.school.pupils[0]
    name = first.full_name
    lines = f"{name}, 4A\n{name}, 4A\n{name}\nNguyễn Không Có\n"
    answer = clerk.post(
        address("roll_over_list", ending, 5), {"text": lines, "school_class": ending.made("5B").pk}
    )
    page = text(answer)
    assert answer.status_code == 422
    assert "Không có em nào của năm học trước có tên hoặc mã này" in page
    assert "Cùng một em với dòng 1. Bỏ một trong hai." in page
    assert f"Có 2 em tên {name} (lớp 4A, sinh {first.birth_label}; lớp 4B" in page
    assert "Nguyễn Không Có" in page
    assert 'name="wanted"' not in page


def test_the_grades_file_asks_the_password_is_logged_and_comes_back_unchanged(ending, clerk):
    placed(ending)
    file = address("roll_over_file", ending, 5)
    assert clerk.get(file).status_code == 422
    clerk.post(reverse("accounts:confirm"), {**CONFIRMED, "next": file, "lasting": "exports"})
    answer = clerk.get(file)
    assert AccessLogEntry.objects.filter(kind="bulk_exported", target__contains="khối 5").exists()
    back = io.BytesIO(answer.getvalue())
    back.name = "khoi-5.xlsx"
    page = text(clerk.post(address("roll_over_list", ending, 5), {"file": back}))
    assert "Các em trong danh sách đã ở đúng lớp như vậy. Không có gì để xếp." in page


def test_a_changed_file_places_those_whom_it_names(ending, clerk):
    placed(ending)
    pupil = ending.school.pupils[0]
    sheet = openpyxl.Workbook()
    sheet.active.append(["STT", "Họ và tên", "Ngày sinh", "Lớp cũ", "Lớp mới"])
    sheet.active.append([1, pupil.full_name, pupil.birth_label, "4A", "5B"])
    sheet.active.append([2, "Cộng: 1 em"])
    file = io.BytesIO()
    sheet.save(file)
    file.seek(0)
    file.name = "khoi-5.xlsx"
    list_ = address("roll_over_list", ending, 5)
    page = text(clerk.post(list_, {"file": file}))
    clerk.post(list_, {"wanted": wanted(page)})
    assert where(pupil) == "5B"
    assert RollOverPlace.history.filter(student=pupil).latest("history_id").source == "excel"


def test_a_file_without_the_column_is_refused_with_what_to_do(ending, clerk):
    sheet = openpyxl.Workbook()
    sheet.active.append(["Họ và tên", "Ngày sinh"])
    file = io.BytesIO()
    sheet.save(file)
    file.seek(0)
    file.name = "khoi-5.xlsx"
    answer = clerk.post(address("roll_over_list", ending, 5), {"file": file})
    assert answer.status_code == 422
    assert "Không tìm thấy cột" in text(answer)


def test_a_sealed_list_of_another_grade_is_not_taken(ending, clerk):
    placed(ending)
    pupil = ending.school.pupils[0]
    data = {"text": f"{pupil.full_name}, 4A", "school_class": ending.made("5B").pk}
    page = text(clerk.post(address("roll_over_list", ending, 5), data))
    answer = clerk.post(address("roll_over_list", ending, 4), {"wanted": wanted(page)})
    assert answer.status_code == 422
    assert "không còn dùng được" in text(answer)


# -- Applying and undoing ------------------------------------------------------------------------------------


def shown(page):
    return re.search(r'name="previewed" value="([^"]+)"', page)[1]


def test_the_preview_says_what_happens_and_the_password_applies_it(ending, clerk):
    placed(ending)
    page = text(clerk.get(address("roll_over_apply", ending)))
    assert "đưa <strong>10 em</strong> vào lớp mới" in page
    assert "không xếp lớp 2 em hoàn thành chương trình tiểu học;" in page
    data = {"previewed": shown(page)}
    assert clerk.post(address("roll_over_apply", ending), data).status_code == 422
    assert not RollOverApplication.objects.exists()
    answer = clerk.post(address("roll_over_apply", ending), {**data, **CONFIRMED})
    assert answer.url == address("roll_over", ending)
    assert Enrolment.objects.filter(school_class__year=ending.following).count() == 10
    assert "Đã ghi danh sách lớp" in text(clerk.get(answer.url))


def test_the_preview_names_whom_it_leaves_and_each_class_is_ticked_before_it_applies(ending, clerk):
    first, second = ending.school.pupils[:2]
    placed(ending, without=[first, second])
    preview = address("roll_over_apply", ending)
    page = text(clerk.get(preview))
    assert "2 em để lại, chưa xếp lớp" in page
    assert f"Hỏi: Hiệu trưởng {ending.school.bich.full_name}; giáo viên chủ nhiệm" in page
    keys = re.search(r'name="left" value="([^"]+)"', page)[1]
    data = {"previewed": shown(page), **CONFIRMED}
    answer = clerk.post(preview, data)
    assert answer.status_code == 422
    assert "Chưa xác nhận để lại 2 học sinh" in text(answer)
    page = text(clerk.post(preview, {**data, "left": keys}, follow=True))
    assert "Đã ghi · còn 2 em chưa xếp" in page
    assert first.full_name in page
    assert "Để lại, chưa xếp lúc đó" in page
    assert preview not in page


def test_it_is_undone_with_password_and_reason(ending, clerk):
    placed(ending)
    previewed = fingerprint(standing_of(ending.following))
    apply_roll_over(ending.following, by=ending.clerk, previewed=previewed)
    made = RollOverApplication.objects.get()
    undo = address("roll_over_undo", ending, made.pk)
    assert undo in text(clerk.get(address("roll_over", ending)))
    assert "10 em của lần ghi" in text(clerk.get(undo))
    assert "Chưa ghi. Gõ vào ô này." in text(clerk.post(undo, CONFIRMED))
    clerk.post(undo, {"reason": "Xếp nhầm", **CONFIRMED})
    assert RollOverApplication.objects.get().is_undone
    assert "Xếp nhầm" in text(clerk.get(address("roll_over", ending)))


def test_the_principal_records_the_decision_on_a_pupil_who_is_not_assessed(ending):
    pupil = ending.school.pupils[0]
    leave_unassessed(pupil)
    principal = as_(ending.school.bich)
    decision = address("roll_over_decision", ending, pupil.pk)
    assert decision in text(principal.get(address("roll_over", ending)))
    data = {"decision": "up", "note": "Theo kết quả thực hiện KHGDCN", **CONFIRMED}
    assert principal.post(decision, data).url == address("roll_over", ending)
    assert YearOutcome.objects.get(student=pupil).promotion_note == "Theo kết quả thực hiện KHGDCN"


def test_a_decision_on_a_class_that_waits_for_approval_is_refused_on_the_page(ending):
    pupil = ending.school.pupils[0]
    page = text(as_(ending.school.bich).get(address("roll_over_decision", ending, pupil.pk)))
    assert "phê duyệt cả lớp trước" in page


@pytest.mark.parametrize("more", [0, 40])
def test_the_pages_cost_the_same_for_a_few_pupils_and_for_many(
    ending, clerk, django_assert_num_queries, more
):
    add_pupils(ending.school.class_4a, more)
    placed(ending)
    clerk.get(address("roll_over", ending))
    for name, place, statements in (
        ("roll_over", [], 12),
        ("roll_over_grade", [5], 13),
        ("roll_over_apply", [], 13),
    ):
        with django_assert_num_queries(statements):
            clerk.get(address(name, ending, *place))


def test_in_the_new_year_a_pupil_of_grade_5_has_completed_the_programme_and_others_have_left(ending, clerk):
    leaver = ending.school.pupils[0]
    leave(leaver, day=ending.school.year.day_for_roster(), leave_reason="01", by=ending.clerk)
    placed(ending)
    previewed = fingerprint(standing_of(ending.following))
    apply_roll_over(ending.following, by=ending.clerk, previewed=previewed)
    SchoolYear.objects.filter(pk=ending.following.pk).update(state="open")
    pupil = ending.class_5a.enrolments.first().student
    opening = clock.now().replace(year=ending.following.year, month=9, day=7)
    with clock.travelling(opening):
        clerk = as_(ending.clerk)
        assert "Đã hoàn thành chương trình tiểu học" in text(
            clerk.get(reverse("students:pupil", args=[pupil.pk]))
        )
        found = find_pupils(pupil.full_name, by=ending.clerk, most=20).pupils
        labels = {each.pk: each.former_label for each in found}
        assert labels[pupil.pk] == "Đã hoàn thành chương trình tiểu học"
        assert labels[leaver.pk] == "Đã rời trường"
