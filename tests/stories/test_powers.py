"""A teacher is ill: for today the class is a substitute's to enter, and the teacher is refused with words."""

import re

from playwright.sync_api import Browser, expect

from tests.stack import Stack
from tests.stories.people import log_in
from tests.stories.sheets import SECONDS, Desk, blank_sheets

TEACHERS = """
    SELECT t.username, t.id, t.full_name, s.username, s.full_name || ' (' || s.staff_code || ')', s.full_name
    FROM gradebook_teachingassignment a JOIN accounts_user t ON t.id = a.teacher_id
    JOIN accounts_user s ON s.username = 'gvbm.tinhoc.1'
    WHERE a.school_class_id = %s AND a.line_id = %s
"""


def test_a_class_handed_to_a_substitute_for_today(chromium: Browser, application: Stack):
    sheet = next(blank_sheets(application))
    teacher, teacher_id, teacher_name, substitute, offered, substitute_name = application.fetch(
        TEACHERS, sheet.class_id, sheet.line_id
    )[0]

    at_home = Desk(sheet, log_in(chromium, application, teacher).page)
    at_home.open()
    expect(at_home.cell(0, "mark")).to_be_visible(timeout=SECONDS)

    leader = log_in(chromium, application, "phohieutruong")
    leader.go(f"/gradebook/staff/{teacher_id}/")
    leader.page.get_by_role("link", name="Giao dạy thay tất cả").click()
    today = leader.page.get_by_label("Từ ngày").input_value()
    leader.page.get_by_label("Người dạy thay").select_option(label=offered)
    leader.page.get_by_label("Đến ngày").fill(today)
    leader.page.get_by_label("Lí do").fill("Nghỉ ốm")
    leader.page.get_by_role("button", name="Giao dạy thay").click()
    expect(leader.page.get_by_role("heading", level=1, name=teacher_name)).to_be_visible(timeout=SECONDS)
    expect(leader.page.get_by_text(f"{substitute_name} làm thay").first).to_be_visible()

    desk = Desk(sheet, log_in(chromium, application, substitute).page)
    desk.open()
    desk.enter(0, "mark", "9")
    desk.save()
    assert sheet.stored(0, "mark") == 9

    at_home.enter(1, "mark", "8")
    at_home.press("Control+s")
    expect(at_home.page.get_by_text(re.compile("giáo viên được phân công")).first).to_be_visible(
        timeout=SECONDS
    )
    assert sheet.stored(1, "mark") is None
    at_home.open()
    expect(at_home.cell(1, "mark")).to_have_count(0)
    assert not [*at_home.complaints, *desk.complaints, *leader.complaints]
