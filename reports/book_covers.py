"""What stands on the cover of a class's or a teacher's book. No Django, no model, as `reports.book_content`."""

from dataclasses import dataclass

from reports.book_content import ClassTable, Signature

TITLE = "SỔ TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC"
NOBODY = "chưa phân công"


@dataclass(frozen=True, slots=True)
class BookCover:
    """`about`: whose book it is; `facts`: label and value, one line each; the `principal` signs and seals."""

    parent_body: str
    school: str
    title: str
    about: str
    period: str
    school_year: str
    facts: tuple[tuple[str, str], ...]
    principal: Signature

    @property
    def lines(self) -> tuple[str, ...]:
        """What the first page is not whole without."""
        facts = (f"{label}: {value}" for label, value in self.facts)
        when = f"{self.period} – Năm học {self.school_year}"
        return (self.parent_body, self.school, self.title, self.about, when, *facts, self.principal.name)


def cover_of(table: ClassTable) -> BookCover:
    return BookCover(
        parent_body=table.parent_body,
        school=table.school,
        title=TITLE,
        about=f"LỚP {table.class_name}",
        period=table.period,
        school_year=table.school_year,
        facts=(
            ("Giáo viên chủ nhiệm", table.homeroom_teacher or NOBODY),
            ("Sĩ số", pupils_label(len(table.rows), table.girls)),
            ("Tình trạng sổ", table.lock_state),
        ),
        principal=table.principal,
    )


def pupils_label(pupils: int, girls: int) -> str:
    return f"{pupils} học sinh, trong đó nữ: {girls}"
