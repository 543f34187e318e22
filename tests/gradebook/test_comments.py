"""The bank of comments on its pages: who sees, keeps and hides what; and by Excel there and back (issue 5, part 3)."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.history import Source
from accounts.models import Post, Team, User
from gradebook.comment_bank import Entry, Whose, read_bank, shipped, suggestions_for
from gradebook.comment_keeping import CommentRefused, add_comment, hide_shipped, keeping_of
from gradebook.entry import save_results
from gradebook.models import BankComment, HiddenComment
from kimdong.demo import comments as demo
from kimdong.demo.school import DemoSchool
from tests.gradebook.school import change_of, make_school, open_window, resize

pytestmark = pytest.mark.django_db

HEADING = ["Mức độ", "Nội dung nhận xét"]
# Of taking in a file: session, person, powers and rate limit among them.
STATEMENTS = 11
PRAISE = "{tên} tính nhẩm nhanh, trình bày sạch đẹp."


def the_school():
    return make_school(pupils=2)


def signed_in(user):
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def typed(**more):
    return {
        "whose": "own",
        "subject": "TOAN",
        "level": "T",
        "first_grade": "1",
        "last_grade": "5",
        "text": PRAISE,
        **more,
    }


def texts(user, code="TOAN", level="T", grade=4):
    return [text for text, _whose in suggestions_for(user, code, grade)[code][level]]


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title.replace("_", " "))
        for row in rows:
            page.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("nhan-xet.xlsx", kept.getvalue())


def preview(client, file, **more):
    return client.post(reverse("gradebook:comment_upload"), {"whose": "own", "file": file, **more})


def apply(client, shown):
    told = {"wanted": shown.context["token"], "previewed": shown.context["plan"].fingerprint}
    return client.post(reverse("gradebook:comment_upload"), told)


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_finds_the_shipped_bank_to_copy_from_without_a_script(school):
    page = signed_in(school.lan).get(reverse("gradebook:comments"), {"subject": "TOAN"}).content.decode()
    wanted = [entry for entry in shipped() if entry.subject == "TOAN"]
    assert len(wanted) > 30
    assert [entry for entry in wanted if entry.text not in page] == []


def test_a_teacher_begins_with_a_line_that_they_teach(school):
    page = signed_in(school.thu).get(reverse("gradebook:comments")).content.decode()
    assert "Ngoại ngữ 1 · T (Hoàn thành tốt)" in page


def test_a_grade_is_offered_what_is_for_it_only(school):
    fractions = "Em biết quy đồng, rút gọn phân số."
    assert any(text.startswith(fractions) for text in texts(school.lan, level="H", grade=4))
    assert not any(text.startswith(fractions) for text in texts(school.lan, level="H", grade=1))


def test_own_comments_come_first_and_nobody_else_is_offered_them(school):
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)
    assert texts(school.lan)[0] == PRAISE
    assert PRAISE not in texts(school.minh)


def test_the_suggestions_take_one_statement_for_the_rows_and_one_for_what_is_hidden(
    school, django_assert_num_queries
):
    for number in range(20):
        add_comment(Whose.OWN, Entry("TOAN", "T", f"Nhận xét số {number}."), by=school.lan)
    with django_assert_num_queries(2):
        suggestions_for(school.lan, "TOAN", 4)
    with django_assert_num_queries(2):
        assert set(suggestions_for(school.lan, "NLPC", 4)) == {"quality", "general", "specific"}


def test_the_sheet_gets_them_by_level(school):
    answer = signed_in(school.lan).get(reverse("gradebook:comment_suggestions", args=[4, "TOAN"]))
    assert list(answer.json()["TOAN"]) == ["T", "H", "C"]
    assert answer.json()["TOAN"]["T"][0][1] == "shipped"


# ── Keeping ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_teacher_keeps_a_bank_of_their_own(school):
    lan = signed_in(school.lan)
    assert lan.post(reverse("gradebook:comment_new"), typed()).status_code == 302
    row = BankComment.objects.get()
    assert (row.owner, row.history.get().history_user) == (school.lan, school.lan)
    address = reverse("gradebook:comment", args=[row.pk])
    assert lan.post(address, typed(text="Em tính nhanh.", seen=PRAISE)).status_code == 302
    assert BankComment.objects.get().text == "Em tính nhanh."
    assert lan.post(address, typed(seen="Em tính nhanh.", remove="1")).status_code == 302
    assert not BankComment.objects.exists()


def test_another_teachers_own_comment_does_not_exist_for_anybody_else(school):
    row = add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)
    for other in (school.minh, school.hoa):
        assert signed_in(other).get(reverse("gradebook:comment", args=[row.pk])).status_code == 404


def test_the_vice_principal_keeps_the_schools_bank_and_a_teacher_does_not(school):
    told = typed(whose="school")
    assert signed_in(school.lan).post(reverse("gradebook:comment_new"), told).status_code == 403
    assert signed_in(school.hoa).post(reverse("gradebook:comment_new"), told).status_code == 302
    assert PRAISE in texts(school.minh)


def test_a_head_keeps_what_is_for_the_grade_alone(school):
    dung = signed_in(school.dung)
    new = reverse("gradebook:comment_new")
    own_grade = typed(whose="school", first_grade="4", last_grade="4")
    assert dung.post(new, own_grade).status_code == 302
    assert dung.post(new, typed(whose="school")).status_code == 403
    assert texts(school.minh)[0] == PRAISE
    assert PRAISE not in texts(school.ngoc, grade=1)


def test_the_head_of_a_team_of_special_teachers_keeps_the_lines_that_it_teaches(school):
    team = Team.objects.create(name="Tổ bộ môn")
    User.objects.filter(pk=school.thu.pk).update(team=team)
    Post.objects.filter(holder=school.dung).update(team=team)
    kept = keeping_of(User.objects.get(pk=school.dung.pk))
    assert (kept.grades_of("NN1"), kept.grades_of("TOAN"), kept.grades_of("quality")) == ((4,), (), ())


def test_a_shipped_comment_is_hidden_for_everybody_and_shown_again(school):
    first = next(entry for entry in shipped() if entry.subject == "TOAN")
    hoa = signed_in(school.hoa)
    assert hoa.post(reverse("gradebook:comment_shipped", args=[first.mark, "hide"])).status_code == 302
    assert first.text not in texts(school.lan)
    page = hoa.get(reverse("gradebook:comments"), {"subject": "TOAN"}).content.decode()
    assert "đang ẩn" in page
    assert hoa.post(reverse("gradebook:comment_shipped", args=[first.mark, "show"])).status_code == 302
    assert first.text in texts(school.lan)


def test_a_shipped_comment_that_the_school_rewrites_gives_way_to_it(school):
    first = next(entry for entry in shipped() if entry.subject == "TOAN")
    hoa = signed_in(school.hoa)
    address = f"{reverse('gradebook:comment_new')}?whose=school&from={first.mark}"
    assert first.text in hoa.get(address).content.decode()
    assert hoa.post(address, typed(whose="school", replaces=first.mark)).status_code == 302
    offered = texts(school.lan)
    assert PRAISE in offered
    assert first.text not in offered


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"text": " "}, "còn trống"),
        ({"text": "{ten} học tốt."}, "Không hiểu chỗ điền «{ten}»"),
        ({"text": "{tên học tốt."}, "mở mà không đóng"),
        ({"text": "a" * 501}, "hãy bớt 1 kí tự"),
        ({"level": "Đ"}, "Toán có các mức T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành)"),
        ({"first_grade": "4", "last_grade": "2"}, "Khối ghi từ nhỏ đến lớn"),
    ],
)
def test_a_bad_comment_is_refused_with_its_remedy_and_stays_typed(school, told, words):
    answer = signed_in(school.lan).post(reverse("gradebook:comment_new"), typed(**told))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BankComment.objects.exists()


def test_a_comment_stands_once_in_a_bank(school):
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.minh)
    with pytest.raises(CommentRefused, match="đã có trong ngân hàng"):
        add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(school):
    row = add_comment(Whose.SCHOOL, Entry("TOAN", "T", "Em tính nhanh."), by=school.hoa)
    answer = signed_in(school.hoa).post(
        reverse("gradebook:comment", args=[row.pk]), typed(whose="school", seen="Em tính chậm.")
    )
    assert answer.status_code == 422
    assert "Người khác vừa sửa" in answer.content.decode()
    row.refresh_from_db()
    assert row.text == "Em tính nhanh."


# ── On the sheet, without a script ──────────────────────────────────────────────────────────────────────────


def test_what_is_odd_in_a_comment_stands_at_its_cell_and_one_for_everybody_above_the_table(school):
    resize(school, 6)
    open_window(school)
    first, second = school.pupils[:2]
    told = [f"Em hay giúp {second.full_name}, là cô bé ngoan.", *["Em chăm học."] * 5]
    ref = school.sheet("TOAN")
    changes = [
        change_of(ref, pupil, "comment", text) for pupil, text in zip(school.pupils, told, strict=True)
    ]
    save_results(ref, changes, by=school.lan, source=Source.PAGE)
    assert first.gender == "male"
    address = reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])
    for how in ({}, {"read": "1"}):
        page = signed_in(school.lan).get(address, how).content.decode()
        assert "là tên bạn khác trong lớp" in page
        assert "«cô bé» nói về nữ, mà em là nam." in page
        assert "5 trên 6 em có cùng một nhận xét" in page


def test_the_demo_has_comments_of_the_school_of_a_grade_head_and_of_a_teacher(school):
    for person, names in (
        (school.hoa, {"username": "phohieutruong"}),
        (school.dung, {"second_username": "khoitruong4"}),
        (school.lan, {"username": "gvcn.4e"}),
    ):
        User.objects.filter(pk=person.pk).update(**names)
    demo.load(DemoSchool(1, clock.now(), str))
    assert set(BankComment.objects.values_list("owner", flat=True)) == {None, school.lan.pk}
    assert texts(school.lan, level="H")[0].startswith("{tên} đã cẩn thận hơn")


# ── Excel ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_dry_run_shows_each_comment_and_writes_nothing(school):
    lan = signed_in(school.lan)
    file = workbook(
        Toán=[
            ["Nhận xét môn Toán"],
            [],
            HEADING,
            ["T", PRAISE],
            ["Chưa hoàn thành", "Em cần luyện tập thêm."],
        ],
        Phẩm_chất_chủ_yếu=[[*HEADING, "Khối"], ["đạt", "Em biết giúp bạn.", "1-2"]],
        Ghi_chú=[["Đọc trước khi điền"]],
    )
    shown = preview(lan, file)
    assert shown.status_code == 200
    plan = shown.context["plan"]
    assert [(step.entry.subject, step.entry.level, step.entry.grades) for step in plan.steps] == [
        ("TOAN", "T", ""),
        ("TOAN", "C", ""),
        ("quality", "Đ", "1-2"),
    ]
    page = shown.content.decode()
    assert "Trang «Toán», hàng 4" in page
    assert "Ghi chú" in page
    assert not BankComment.objects.exists()
    assert apply(lan, shown).status_code == 302
    assert BankComment.objects.filter(owner=school.lan).count() == 3
    assert BankComment.history.filter(source="excel", history_user=school.lan).count() == 3


def test_one_bad_row_keeps_all_of_them_out_and_each_is_told_its_cell(school):
    file = workbook(
        Toán=[
            [*HEADING, "Khối"],
            ["T", PRAISE],
            ["Đ", "Em học được."],
            ["H", "{tuổi} học được."],
            ["T", PRAISE],
            ["", "Em học được."],
            ["C", "Em cần cố gắng.", "9"],
        ],
        Võ_thuật=[HEADING, ["T", "Em đá cao."]],
    )
    shown = preview(signed_in(school.lan), file)
    page = shown.content.decode()
    assert shown.status_code == 422
    for words in (
        "Trang «Toán», hàng 3, cột A «Mức độ»",
        "Trang «Toán», hàng 4, cột B «Nội dung nhận xét»: Không hiểu chỗ điền",
        "Nhận xét này đã có ở hàng 2",
        "hàng 6, cột A «Mức độ»: Mức đạt được còn trống",
        "Khối «9» không hiểu được",
        "Trang «Võ thuật»: Tên trang không phải tên môn học",
    ):
        assert words in page
    assert "token" not in shown.context
    assert not BankComment.objects.exists()


def test_a_level_in_merged_cells_counts_for_each_row(school):
    book = openpyxl.Workbook()
    book.active.title = "Toán"
    for row in (HEADING, ["H", "Em làm đúng bài."], [None, "Em cần tính nhanh hơn."]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    kept = io.BytesIO()
    book.save(kept)
    shown = preview(signed_in(school.lan), SimpleUploadedFile("a.xlsx", kept.getvalue()))
    assert [step.entry.level for step in shown.context["plan"].steps] == ["H", "H"]


@pytest.mark.parametrize("which", ["own", "school"])
def test_what_was_downloaded_uploads_back_and_changes_nothing(school, which):
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE, 1, 2), by=school.hoa)
    add_comment(Whose.SCHOOL, Entry("quality", "Đ", "=Em ngoan.", 3, 3), by=school.hoa)
    hoa = signed_in(school.hoa)
    answer = hoa.get(reverse("gradebook:comment_file", args=[which]))
    content = b"".join(answer.streaming_content)
    assert len(openpyxl.load_workbook(io.BytesIO(content)).sheetnames) == 17
    shown = preview(hoa, SimpleUploadedFile("a.xlsx", content), whose=which, replaces="on")
    assert shown.context["plan"].steps == ()
    assert "Không có gì để nạp" in shown.content.decode()


def test_what_the_file_leaves_out_is_taken_out_only_where_the_person_says_so(school):
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)
    add_comment(Whose.OWN, Entry("TV", "T", "Em đọc hay."), by=school.lan)
    lan = signed_in(school.lan)
    apply(lan, preview(lan, workbook(Toán=[HEADING, ["H", "Em làm đúng bài."]])))
    assert BankComment.objects.count() == 3
    shown = preview(lan, workbook(Toán=[HEADING, ["H", "Em làm đúng bài."]]), replaces="on")
    assert "Bỏ khỏi ngân hàng: 1 nhận xét" in shown.content.decode()
    apply(lan, shown)
    assert set(BankComment.objects.values_list("text", flat=True)) == {"Em làm đúng bài.", "Em đọc hay."}


def test_in_the_schools_bank_shipped_comments_left_out_are_hidden_and_named_ones_come_back(school):
    hoa = signed_in(school.hoa)
    mine = [entry for entry in shipped() if entry.subject == "DD"]
    hide_shipped(mine[0], by=school.hoa)
    file = workbook(Đạo_đức=[HEADING, [mine[0].level, mine[0].text], ["T", PRAISE]])
    shown = preview(hoa, file, whose="school", replaces="on")
    assert apply(hoa, shown).status_code == 302
    offered = [each.entry.text for each in read_bank(school.lan, subjects=["DD"])]
    assert offered == [PRAISE, mine[0].text]
    assert HiddenComment.objects.count() == len(mine) - 1


def test_a_head_may_not_take_in_comments_for_other_grades(school):
    dung = signed_in(school.dung)
    shown = preview(dung, workbook(Toán=[HEADING, ["T", PRAISE]]), whose="school")
    assert shown.status_code == 422
    assert "tổ của thầy cô giữ nhận xét của khối 4" in shown.content.decode()
    shown = preview(dung, workbook(Toán=[[*HEADING, "Khối"], ["T", PRAISE, 4]]), whose="school")
    assert apply(dung, shown).status_code == 302


def test_a_bank_that_changed_after_the_dry_run_is_shown_again(school):
    lan = signed_in(school.lan)
    shown = preview(lan, workbook(Toán=[HEADING, ["T", PRAISE]]))
    add_comment(Whose.OWN, Entry("TOAN", "T", PRAISE), by=school.lan)
    assert apply(lan, shown).status_code == 409
    assert apply(signed_in(school.minh), shown).status_code == 422, "sealed for cô Lan"


def test_a_file_that_is_no_workbook_is_refused_in_words(school):
    shown = preview(signed_in(school.lan), SimpleUploadedFile("a.xlsx", b"MZ\x00"))
    assert shown.status_code == 422
    assert shown.context["form"].errors["file"]


@pytest.mark.parametrize("count", [1, 100])
def test_a_hundred_comments_are_taken_in_with_as_many_statements_as_one(
    school, django_assert_num_queries, count
):
    lan = signed_in(school.lan)
    shown = preview(lan, workbook(Toán=[HEADING, *(["T", f"Em làm bài {n}."] for n in range(count))]))
    told = {"wanted": shown.context["token"], "previewed": shown.context["plan"].fingerprint}
    with django_assert_num_queries(STATEMENTS):
        lan.post(reverse("gradebook:comment_upload"), told)
    assert BankComment.objects.count() == count
