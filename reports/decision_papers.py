"""A decision on results on paper (Nghị định 30/2020), and the certificates that follow from one (rules R46, R48).

A draft shows the lists as they stand now, without number and day; an issued one in the words in which it was issued,
with a note at a line that no longer holds.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from accounts.clock import today
from accounts.words import grouped
from gradebook.decided_anew import amending_of, marked_lines
from gradebook.decision_lists import AWARD, AWARD_REASON, Line, Part, amended_by, parts_of, read_draft
from gradebook.decision_rules import DecisionKind, DecisionState
from gradebook.models import ResultsDecision
from gradebook.year_end_lists import Kind
from gradebook.year_rules import rules_of
from reports.amending_grounds import grounds_of_amending
from reports.book_content import Signature
from reports.signatories import read_signatories
from students.models import SchoolClass
from students.paper_dates import long_date

DECISION = "reports/print/decision.html"
CERTIFICATES = "reports/print/certificates.html"


@dataclass(frozen=True, slots=True)
class DecisionPaper:
    """All that stands on the paper.

    `grounds_anew`: of one that amends, what the amending rests on; `amending`: the later ones that amend this one.
    """

    decision: ResultsDecision
    parts: tuple[Part, ...]
    signature: Signature
    grounds_anew: tuple[str, ...] = ()
    amending: tuple[ResultsDecision, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.decision.label} – {self.decision.title} năm học {self.decision.year.label}"

    @property
    def is_draft(self) -> bool:
        return self.decision.is_draft

    @property
    def was_withdrawn(self) -> bool:
        return self.decision.state == DecisionState.WITHDRAWN

    @property
    def day(self) -> str:
        return long_date(self.decision.dated)

    @property
    def bases(self) -> tuple[str, ...]:
        """The grounds: of the year's own rules (R1) those in force on the paper's day; of a draft, today."""
        return rules_of(self.decision.year).bases_on(self.decision.dated or today())

    @property
    def on_whose_word(self) -> str:
        group = self.decision.school_class
        return f"giáo viên chủ nhiệm lớp {group.name}" if group else "giáo viên chủ nhiệm các lớp"

    @property
    def amends(self) -> str:
        """«Quyết định số … ngày …; …» that it amends; "" of one that amends none."""
        return "; ".join(each.dated_label for each in self._amended)

    @property
    def amends_in_short(self) -> str:
        """The same without the days, for the heading."""
        return "; ".join(each.label for each in self._amended)

    @property
    def _amended(self) -> tuple[ResultsDecision, ...]:
        return amended_by(line for part in self.parts for line in part.lines)

    @property
    def amended_note(self) -> str:
        """On the first page of one that was amended since."""
        told = "; ".join(each.dated_label for each in self.amending)
        return f"Ghi chú khi in: sửa đổi, thay thế một phần bởi {told}." if told else ""

    @property
    def only_strikes(self) -> bool:
        """Whether it decides nothing of anybody but takes back what an earlier one said."""
        return bool(self.struck) and not self.pupils

    @property
    def about(self) -> str:
        """Trích yếu, without the year."""
        if self.only_strikes and self.decision.kind == DecisionKind.AWARDS:
            return "Về việc thu hồi giấy khen, huỷ nội dung khen thưởng học sinh"
        return self.decision.about

    @property
    def articles(self) -> tuple[str, ...]:
        """What is decided of those on its lists and of those it strikes off earlier ones; who carries it out."""
        first, *rest = _ARTICLES[DecisionKind(self.decision.kind)](self)
        if not self.amends:
            return (first, *rest)
        kind = DecisionKind(self.decision.kind)
        told = [first] if self.pupils else []
        if self.struck:
            told.append(
                f"{_TAKES_BACK[kind]} {grouped(self.struck)} học sinh tại {self.amends} (có danh sách kèm theo)."
            )
        rest_stays = f"ác nội dung khác của {self.amends} giữ nguyên hiệu lực."
        if self.only_strikes:
            told.append(f"C{rest_stays}")
            return " ".join(told), _AFTER_TAKING_BACK[kind], _LAST_OF_A_LIST
        told.append(f"Nội dung về các em có ghi chú trong danh sách được sửa đổi, thay thế; c{rest_stays}")
        return (" ".join(told), *rest[:-1], _LAST_OF_A_LIST)

    @property
    def lists(self) -> tuple[Part, ...]:
        """Those that are not empty."""
        return tuple(part for part in self.parts if part.lines)

    def count(self, kind: Kind) -> int:
        return sum(len(part.lines) for part in self.parts if part.kind is kind and not part.is_struck)

    @property
    def pupils(self) -> int:
        """Those of whom something is decided; `struck` are those of whom it only takes something back."""
        return len({line.student.pk for part in self.parts if not part.is_struck for line in part.lines})

    @property
    def struck(self) -> int:
        return len({line.student.pk for part in self.parts if part.is_struck for line in part.lines})


def read_decision_paper(decision: ResultsDecision) -> DecisionPaper:
    """`decision` comes with year, class and who issued it. Statements independent of the pupils."""
    lines = read_draft(decision).shown if decision.is_draft else marked_lines(decision)
    amending = amending_of(decision) if decision.is_issued else ()
    return DecisionPaper(
        decision,
        parts_of(lines, decision.kind),
        _signature(decision),
        grounds_of_amending(decision, lines),
        amending,
    )


def _signature(decision: ResultsDecision) -> Signature:
    signatories = read_signatories([])
    if decision.issued_by and decision.dated:
        return signatories.approval(decision.year, decision.issued_by, decision.dated)
    return signatories.principal(decision.year, min(today(), decision.year.ends_on))


# -- What the articles say ---------------------------------------------------------------------------------

_LAST = (
    "Quyết định này có hiệu lực kể từ ngày kí. Phó Hiệu trưởng, các tổ (khối) trưởng, giáo viên chủ nhiệm, văn thư và "
    "học sinh có tên ở Điều 1 chịu trách nhiệm thi hành Quyết định này./."
)
_LAST_OF_A_LIST = _LAST.replace("có tên ở Điều 1", "có tên trong danh sách kèm theo")
_TAKES_BACK = {
    DecisionKind.RESULTS: "Huỷ nội dung về kết quả, lên lớp của",
    DecisionKind.SUMMER: "Huỷ nội dung kiểm tra lại, rèn luyện trong hè của",
    DecisionKind.AWARDS: "Thu hồi giấy khen, huỷ nội dung khen thưởng đối với",
}
_AFTER_TAKING_BACK = {
    DecisionKind.RESULTS: (
        "Giáo viên chủ nhiệm thông báo riêng cho cha mẹ học sinh; văn thư sửa hồ sơ, học bạ của học sinh theo kết quả "
        "đã phê duyệt lại."
    ),
    DecisionKind.SUMMER: (
        "Giáo viên chủ nhiệm thông báo riêng cho cha mẹ học sinh; Phó Hiệu trưởng điều chỉnh kế hoạch kiểm tra lại, "
        "rèn luyện trong hè."
    ),
    DecisionKind.AWARDS: (
        "Giáo viên chủ nhiệm thông báo riêng cho học sinh, cha mẹ học sinh, thu lại giấy khen đã trao (nếu có) và nộp "
        "văn thư; văn thư ghi việc thu hồi vào sổ cấp giấy khen."
    ),
}
_AFTER_RESULTS = (
    "Giáo viên chủ nhiệm thông báo riêng kết quả cho cha mẹ học sinh, giúp đỡ học sinh theo kế hoạch đã duyệt; văn thư "
    "in, lưu trữ học bạ của học sinh theo quy định."
)
_IN_SUMMER = (
    "Phó Hiệu trưởng xây dựng kế hoạch, tổ chức đánh giá bổ sung; giáo viên chủ nhiệm, giáo viên bộ môn hướng dẫn, "
    "giúp đỡ học sinh, phối hợp với cha mẹ học sinh và báo cáo kết quả để Hiệu trưởng xét lên lớp."
)
_PRIZES = "Phần thưởng kèm theo giấy khen (nếu có) thực hiện theo quy định hiện hành."


def _of_results(paper: DecisionPaper) -> tuple[str, ...]:
    told = _counted(
        (paper.count(Kind.PROMOTED), "học sinh được lên lớp"),
        (paper.count(Kind.COMPLETED), "học sinh hoàn thành chương trình tiểu học"),
        (paper.count(Kind.STAYING), "học sinh không được lên lớp"),
    )
    first = (
        f"Công nhận kết quả đánh giá giáo dục năm học {paper.decision.year.label} của {grouped(paper.pupils)} học sinh "
        f"{paper.decision.scope}, trong đó: {told} (có danh sách kèm theo)."
    )
    return first, _AFTER_RESULTS, _LAST


def _of_the_summer(paper: DecisionPaper) -> tuple[str, ...]:
    told = _counted(
        (paper.count(Kind.RETEST), "học sinh phải kiểm tra lại (đánh giá bổ sung)"),
        (paper.count(Kind.TRAINING), "học sinh phải rèn luyện phẩm chất, năng lực"),
    )
    first = f"Trong hè năm học {paper.decision.year.label}, {paper.decision.scope} có: {told} (có danh sách kèm theo)."
    return first, _IN_SUMMER, _LAST


def _of_awards(paper: DecisionPaper) -> tuple[str, ...]:
    titles = Counter(_told(line, AWARD) for part in paper.parts if not part.is_struck for line in part.lines)
    told = _counted(*((number, title) for title, number in titles.items()))
    first = (
        f"Tặng giấy khen của Hiệu trưởng cho {grouped(paper.pupils)} học sinh {paper.decision.scope} có thành tích "
        f"trong học tập và rèn luyện năm học {paper.decision.year.label}, gồm: {told} (có danh sách kèm theo)."
    )
    return first, _PRIZES, _LAST


def _counted(*counts: tuple[int, str]) -> str:
    return (
        "; ".join(f"{grouped(number)} {words}" for number, words in counts if number)
        or "không có học sinh nào"
    )


_ARTICLES = {
    DecisionKind.RESULTS: _of_results,
    DecisionKind.SUMMER: _of_the_summer,
    DecisionKind.AWARDS: _of_awards,
}


def _told(line: Line, heading: str) -> str:
    return dict(line.told)[heading]


# -- Certificates ------------------------------------------------------------------------------------------

_MOST_CLASSES_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Certificate:
    """One pupil's; `size` is that of the name: a long one is set smaller, on one line where it can be."""

    student_id: int
    name: str
    class_name: str
    title: str
    reason: str

    @property
    def size(self) -> str:
        letters = len(self.name)
        return "name-l" if letters <= 26 else "name-m" if letters <= 42 else "name-s"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Those of some classes of an issued decision on awards, class by class."""

    decision: ResultsDecision
    by_class: tuple[tuple[str, tuple[Certificate, ...]], ...]
    signature: Signature

    @property
    def title(self) -> str:
        names = [name for name, _certificates in self.by_class]
        scope = f"lớp {', '.join(names)}" if len(names) <= _MOST_CLASSES_NAMED else f"{len(names)} lớp"
        return f"Giấy khen {scope} năm học {self.decision.year.label}"

    @property
    def school(self) -> str:
        return self.decision.year.school_name.upper()

    @property
    def day(self) -> str:
        return long_date(self.decision.dated)

    @property
    def all(self) -> tuple[Certificate, ...]:
        return tuple(each for _name, certificates in self.by_class for each in certificates)


def read_certificates(decision: ResultsDecision, school_class: SchoolClass | None) -> Certificates:
    """`decision` is issued; of one class where it is given. Three statements, nine more where results were re-opened.

    Whose line no longer holds gets none.
    """
    lines = [line for line in marked_lines(decision) if not line.since and not line.is_struck]
    if school_class is not None:
        lines = [line for line in lines if line.school_class.pk == school_class.pk]
    groups = groupby(lines, key=lambda line: line.school_class.name)
    return Certificates(
        decision,
        tuple((name, tuple(_certificate(line) for line in rows)) for name, rows in groups),
        _signature(decision),
    )


def _certificate(line: Line) -> Certificate:
    return Certificate(
        line.student.pk,
        line.student.full_name,
        line.school_class.name,
        _told(line, AWARD),
        _told(line, AWARD_REASON),
    )
