"""A mark sheet of the demo school in the browser: an empty sheet in an entry period of its own, and who sits at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, StorageState, expect

from tests.stack import Stack
from tests.stories.people import log_in

# At the year's end Toán and Tiếng Việt have a mark in every grade. The demo year opens it last, so that whole
# sheets are blank; where it is open already (a demo loaded from April on) two in five still are.
PERIOD, PERIOD_LABEL = "CN", "Cuối năm học"
SECONDS = 10_000  # ms: what a busy machine may take

BLANK_SHEETS = """
    SELECT c.id, c.name, l.id, l.code FROM students_schoolclass c
    JOIN gradebook_subjectline l ON l.year_id = c.year_id AND l.grade_level = c.grade_level
    WHERE c.year_id = (SELECT max(year) FROM students_schoolyear) AND l.code IN ('TOAN', 'TV') AND NOT EXISTS (
        SELECT 1 FROM gradebook_subjectresult r JOIN students_enrolment e ON e.student_id = r.student_id
        WHERE r.line_id = l.id AND r.period = %s AND e.school_class_id = c.id)
    ORDER BY l.code, c.name
"""
SHUT_THE_PERIOD = """
    UPDATE gradebook_entrywindow SET closes_at = greatest(opens_at, now())
    WHERE period = %s AND year_id = (SELECT max(year) FROM students_schoolyear)
        AND (%s = 0 OR school_class_id = %s) AND closes_at > now() RETURNING id
"""
OPEN_FOR_A_CLASS = """
    WITH paper AS (
        INSERT INTO gradebook_entryorder
            (number, dated, kind, year_id, period, school_class_id, text, opens_at, closes_at, signed_by_id)
        SELECT 'mở riêng ' || c.id || ' ' || clock_timestamp(), current_date, 'open', c.year_id, %s, c.id,
            'Mở nhập cho một lớp', now() - interval '1 hour', now() + interval '30 days', u.id
        FROM students_schoolclass c, accounts_user u WHERE c.id = %s AND u.username = 'hieutruong'
        RETURNING *)
    INSERT INTO gradebook_entrywindow (order_id, year_id, period, school_class_id, opens_at, closes_at)
    SELECT id, year_id, period, school_class_id, opens_at, closes_at FROM paper RETURNING id
"""
HAND_OVER = """
    WITH line AS (
        UPDATE gradebook_teachingassignment SET teacher_id = (SELECT id FROM accounts_user WHERE username = %s)
        WHERE school_class_id = %s AND line_id = %s RETURNING id)
    UPDATE students_homeroomassignment SET teacher_id = (SELECT id FROM accounts_user WHERE username = %s)
    WHERE school_class_id = %s RETURNING (SELECT id FROM line)
"""
PUPILS = """
    SELECT s.id, s.full_name FROM students_enrolment e JOIN students_student s ON s.id = e.student_id
    WHERE e.school_class_id = %s AND now()::date BETWEEN e.starts_on AND coalesce(e.ends_on, 'infinity')
    ORDER BY e.position, s.sort_key, s.id
"""


@dataclass(frozen=True, slots=True)
class MarkSheet:
    """The blank sheet of one line in one class, open for that class alone."""

    stack: Stack
    class_id: int
    class_name: str
    line_id: int
    code: str
    pupils: list[tuple[int, str]]

    @property
    def path(self) -> str:
        return f"/gradebook/sheets/{self.class_id}/{self.code}/{PERIOD}/"

    @property
    def homeroom_path(self) -> str:
        return f"/gradebook/sheets/{self.class_id}/NLPC/{PERIOD}/"

    def name(self, row: int, column: str) -> str:
        """A cell in names and ids; `column` is a field of the line, or `item.field` of the homeroom sheet."""
        return f"{self.pupils[row][0]}.{column if '.' in column else f'{self.code}.{column}'}"

    def stored(self, row: int, column: str) -> object:
        """The cell in the database; None where the row was never written."""
        student = self.pupils[row][0]
        if "." in column:
            item, _dot, name = column.partition(".")
            found = self.stack.fetch(
                f"SELECT {name} FROM gradebook_traitresult WHERE student_id = %s AND item = %s AND period = %s"  # noqa: S608
                " AND year_id = (SELECT max(year) FROM students_schoolyear)",
                student,
                item,
                PERIOD,
            )
        else:
            found = self.stack.fetch(
                f"SELECT {column} FROM gradebook_subjectresult"  # noqa: S608
                " WHERE student_id = %s AND line_id = %s AND period = %s",
                student,
                self.line_id,
                PERIOD,
            )
        return found[0][0] if found else None

    def lock(self) -> None:
        """The period ends now."""
        assert self.stack.fetch(SHUT_THE_PERIOD, PERIOD, self.class_id, self.class_id)

    def close_in(self, minutes: int) -> None:
        assert self.stack.fetch(
            "UPDATE gradebook_entrywindow SET closes_at = now() + make_interval(mins => %s)"
            " WHERE period = %s AND school_class_id = %s AND closes_at > now() RETURNING id",
            minutes,
            PERIOD,
            self.class_id,
        )

    def hand_over(self, username: str) -> None:
        """From now on somebody else teaches the line in this class, and leads it."""
        assert self.stack.fetch(HAND_OVER, username, self.class_id, self.line_id, username, self.class_id)


def blank_sheets(stack: Stack) -> Iterator[MarkSheet]:
    """One sheet after the other, each opened when it is taken; no two are of one class at one time."""
    stack.fetch(SHUT_THE_PERIOD, PERIOD, 0, 0)
    for class_id, class_name, line_id, code in stack.fetch(BLANK_SHEETS, PERIOD):
        stack.fetch(SHUT_THE_PERIOD, PERIOD, class_id, class_id)
        stack.fetch(OPEN_FOR_A_CLASS, PERIOD, class_id)
        yield MarkSheet(stack, class_id, class_name, line_id, code, stack.fetch(PUPILS, class_id))


@dataclass(slots=True)
class StaffRoom:
    """One teacher, logged in once, to whom a blank sheet after the other is handed over."""

    browser: Browser
    sheets: Iterator[MarkSheet]
    username: str
    session: StorageState
    contexts: list[BrowserContext] = field(default_factory=list)

    def next_sheet(self) -> MarkSheet:
        sheet = next(self.sheets)
        sheet.hand_over(self.username)
        return sheet

    def sit(self, sheet: MarkSheet, *, with_script: bool = True, width: int = 1280) -> "Desk":
        """A browser of the teacher's at the sheet, with nothing kept in it but the session."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 850},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=self.session,
            java_script_enabled=with_script,
        )
        self.contexts.append(context)
        desk = Desk(sheet, context.new_page())
        desk.open()
        return desk

    def leave(self) -> None:
        """Everybody goes; the browsers of a test are closed."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()


def staff_room(browser: Browser, stack: Stack, sheets: Iterator[MarkSheet], username: str) -> StaffRoom:
    """Logs in by the form, once for all desks."""
    person = log_in(browser, stack, username)
    session = person.page.context.storage_state()
    person.page.context.close()
    return StaffRoom(browser, sheets, username, session)


def _has_values(sent: Request) -> bool:
    """Not that somebody is there, which is told to the idle lock."""
    return sent.method == "POST" and not sent.url.endswith("/accounts/seen/")


@dataclass(slots=True)
class Desk:
    """A teacher at a sheet, in one tab. `posts` are the addresses that the page has sent something to."""

    sheet: MarkSheet
    page: Page
    posts: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS)
        self.page.on("request", lambda sent: self.posts.append(sent.url) if _has_values(sent) else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def status(self) -> Locator:
        """The line under the table, as it is seen (a second copy is spoken, a little later)."""
        return self.page.locator("[data-status] > [aria-hidden]")

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.sheet.stack.address}{path or self.sheet.path}")

    def new_tab(self) -> "Desk":
        """Another tab of the same browser, at the same sheet."""
        desk = Desk(self.sheet, self.context.new_page())
        desk.open()
        return desk

    def cell(self, row: int, column: str) -> Locator:
        return self.page.locator(f"[name='c.{self.sheet.name(row, column)}']")

    def note(self, row: int, column: str) -> Locator:
        """What is said of a cell, in the row below its own."""
        return self.page.locator(f"[id='n.{self.sheet.name(row, column)}']")

    def enter(self, row: int, column: str, *keys: str) -> None:
        """Goes to a cell and types over what is there, each text key by key."""
        self.cell(row, column).focus()
        self.press("Control+a")
        for text in keys:
            self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """As from Excel, into the cell that has the focus; a block is looked at and agreed to."""
        self.ask_to_paste(text)
        if re.search(r"\t|\n(?!$)", text):
            self.page.get_by_role("button", name="Dán vào sổ").click()

    def ask_to_paste(self, text: str) -> None:
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

    def clipboard(self) -> str:
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        return self.page.evaluate("navigator.clipboard.readText()")

    def save(self) -> None:
        self.press("Control+s")
        self.is_saved()

    def is_saved(self) -> None:
        """The page says that everything is kept."""
        expect(self.status).to_have_text(re.compile(r"Đã lưu hết lúc \d\d:\d\d\."), timeout=SECONDS)
        expect(self.page.locator("form[data-unsaved]")).to_have_count(0)

    def holds(self, row: int, column: str, value: str) -> None:
        expect(self.cell(row, column)).to_have_value(value, timeout=SECONDS)

    def is_in(self, row: int, column: str) -> None:
        expect(self.cell(row, column)).to_be_focused(timeout=SECONDS)
