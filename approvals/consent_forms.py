"""The forms of consents: a class's slips in one table, or one word of one pupil."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from accounts import clock
from approvals.data_consents import ClassConsents, Giver, PupilConsents, Said, Slip, Word, signers_of
from approvals.inspection_forms import WordsField, day_field
from approvals.models import Consent, ProcessingPurpose

NONE, ALL, EACH, MISSING, SKIP = "", "all", "each", "missing", "skip"
EVERY: Final = ((NONE, "Chọn ở từng em"), (MISSING, "Đồng ý các mục còn thiếu, mọi em còn thiếu"))
EVERY_SIGNER: Final = (
    ("", "Chọn ở từng em"),
    ("mẹ", "Mẹ"),
    ("cha", "Cha"),
    ("người giám hộ", "Người giám hộ"),
)
OTHER: Final = "Người đại diện khác (tên trên phiếu)"


@dataclass(slots=True)
class Choice:
    """A purpose in a pupil's row: what was ticked of representative and child."""

    purpose: ProcessingPurpose
    representative: bool
    child: bool


@dataclass(slots=True)
class Row:
    """One pupil of the class, as the form shows and reads it."""

    number: int
    pupil: PupilConsents
    signers: list[str]
    slip: str = NONE
    signer: str = ""
    seen: str = ""
    choices: Sequence[Choice] = ()
    error: str = ""

    def give(self, slip: str, signer: str) -> None:
        """What is chosen for the whole class, where the row itself says nothing else."""
        if slip and self.slip == NONE and (self.pupil.missing or self.is_late):
            self.slip = slip
        if signer and not self.signer:
            self.signer = next((each for each in self.signers if each.endswith(f"({signer})")), "")

    @property
    def is_late(self) -> bool:
        """Whether something was written of the pupil after the page was opened."""
        return self.seen != str(self.pupil.last)

    @property
    def summary(self) -> str:
        """What stands, in a word: «Đủ phiếu», «Thiếu 4», «Chưa có phiếu»."""
        missing = len(self.pupil.missing)
        if not missing:
            return "Đủ phiếu"
        return "Chưa có phiếu" if missing == len(self.pupil.cells) else f"Thiếu {missing} mục"


class SlipsForm(forms.Form):
    """The slips of a class. Rows are those of the database's roster, never of the request; what was typed stays."""

    said_on = day_field("Ngày kí phiếu")
    paper = WordsField(
        label="Phiếu lưu ở", rows=0, most=200, help_text="Ví dụ: hồ sơ lớp 4A, tủ văn phòng, ngăn 2."
    )

    every = forms.ChoiceField(
        label="Phiếu của cả lớp",
        choices=EVERY,
        required=False,
        help_text="Em chưa nộp thì chọn «Không ghi em này» ở dòng của em.",
        error_messages={"invalid_choice": "Chọn lại phiếu của cả lớp trong danh sách."},
    )
    every_signer = forms.ChoiceField(
        label="Người kí của cả lớp",
        choices=EVERY_SIGNER,
        required=False,
        help_text="Dùng cho em chưa chọn người kí.",
        error_messages={"invalid_choice": "Chọn lại người kí của cả lớp trong danh sách."},
    )

    def __init__(self, data: Any, shown: ClassConsents) -> None:
        name = shown.school_class.name
        initial = {
            "said_on": clock.today(),
            "paper": f"Hồ sơ lớp {name}, năm học {shown.school_class.year.label}",
        }
        super().__init__(data, initial=initial)
        self.rows = [_row(number, pupil, data) for number, pupil in enumerate(shown.pupils, start=1)]
        self.slips: list[Slip] = []

    def clean_said_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["said_on"]
        if day > clock.today():
            raise forms.ValidationError("Ngày kí phiếu chưa tới. Ghi ngày trên phiếu.")
        return day

    def clean(self) -> dict[str, Any]:
        for row in self.rows:
            row.give(self.cleaned_data.get("every", ""), self.cleaned_data.get("every_signer", ""))
            if row.slip in (NONE, SKIP):
                continue
            if row.slip not in (ALL, EACH, MISSING):
                row.error = "Chọn lại ở cột «Phiếu»."
            elif not row.signer:
                row.error = "Chưa chọn người kí phiếu."
            else:
                self.slips.append(_slip(row))
        wrong = [row.pupil.student.full_name for row in self.rows if row.error]
        if wrong:
            self.add_error(None, f"Dòng chưa đúng: {', '.join(wrong)}. Chưa ghi phiếu nào.")
        elif not self.slips:
            self.add_error(None, "Chưa ghi phiếu của em nào. Chọn ở cột «Phiếu» của từng em đã nộp.")
        return super().clean() or {}

    def clash(self, message: str, students: frozenset[int]) -> None:
        """Marks the rows that were written since the page was opened; a second save writes over them, knowingly."""
        for row in self.rows:
            if row.pupil.student.pk in students:
                row.error = "Vừa được ghi sau khi trang này mở. Bấm Lưu lần nữa để ghi theo phiếu này."
                row.seen = str(row.pupil.last)
        self.add_error(None, message)

    def refuse(self, message: str, rows: Mapping[int, str]) -> None:
        """Says at each row that cannot be written why, and what to do."""
        for row in self.rows:
            row.error = rows.get(row.pupil.student.pk, "")
        self.add_error(None, message)


def _row(number: int, pupil: PupilConsents, data: Any) -> Row:
    key = pupil.student.pk
    row = Row(number, pupil, [*signers_of(pupil.student), OTHER], seen=str(pupil.last))
    ticked: Mapping[str, Any] = data if data is not None else {}
    if data is not None:
        row.slip = data.get(f"slip-{key}", NONE)
        signer = data.get(f"signer-{key}", "")
        row.signer = signer if signer in row.signers else ""
        row.seen = data.get(f"seen-{key}", row.seen)
    else:
        last = _last_signer(pupil)
        row.signer = last if last in row.signers else (OTHER if len(row.signers) == 1 else "")
    row.choices = [
        Choice(
            cell.purpose,
            representative=_stands(cell.representative)
            if data is None
            else f"by-{key}-{cell.purpose.pk}" in ticked,
            child=_stands(cell.child) if data is None else f"child-{key}-{cell.purpose.pk}" in ticked,
        )
        for cell in pupil.cells
    ]
    return row


def _stands(row: Consent | None) -> bool:
    return row is not None and row.said == Said.GIVEN


def _last_signer(pupil: PupilConsents) -> str:
    """Who signed the newest slip; "" for none."""
    rows = [cell.representative for cell in pupil.cells if cell.representative]
    return max(rows, key=lambda row: row.pk).signer if rows else ""


def _slip(row: Row) -> Slip:
    agrees = row.slip == ALL
    if row.slip == MISSING:
        by = {cell.purpose.pk: True for cell in row.pupil.cells if cell.representative is None}
        by_child = {cell.purpose.pk: True for cell in row.pupil.cells if cell.child is None}
    else:
        by = {each.purpose.pk: agrees or each.representative for each in row.choices}
        by_child = {each.purpose.pk: agrees or each.child for each in row.choices}
    return Slip(
        student_id=row.pupil.student.pk,
        signer=row.signer,
        seen=int(row.seen) if row.seen.isascii() and row.seen.isdigit() else -1,
        representative=by,
        child=by_child,
    )


class WordForm(forms.Form):
    """What one giver says of one purpose; `purposes` are those that the pupil has a word of, or may have."""

    purpose = forms.ChoiceField(label="Mục đích")
    giver = forms.ChoiceField(label="Ai", choices=Giver.choices, widget=forms.RadioSelect)
    said = forms.ChoiceField(
        label="Ý kiến",
        choices=[
            (Said.GIVEN, "Đồng ý"),
            (Said.REFUSED, "Không đồng ý"),
            (Said.WITHDRAWN, "Rút lại đồng ý đã cho"),
        ],
        widget=forms.RadioSelect,
    )
    signer = WordsField(label="Người kí", rows=0, most=200)
    said_on = day_field("Ngày kí phiếu")
    paper = WordsField(label="Phiếu lưu ở", rows=0, most=200)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, purposes: Sequence[ProcessingPurpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._purposes = {str(each.pk): each for each in purposes}
        named = [(key, each.title) for key, each in self._purposes.items()]
        self.fields["purpose"].choices = named  # type: ignore[attr-defined]
        for name in ("purpose", "giver", "said"):
            field = self.fields[name]
            wrong = f"Chưa chọn {str(field.label).lower()}. Chọn trong danh sách."
            field.error_messages |= dict.fromkeys(("required", "invalid_choice"), wrong)

    @property
    def last_seen(self) -> int:
        """The newest row of the pupil that the page showed; -1 where the form does not say."""
        seen: int | None = self.cleaned_data["seen"]
        return -1 if seen is None else seen

    def clash(self, message: str, *, shown: int) -> None:
        """Keeps what was typed; a second save writes it, knowingly. `shown`: the newest row on that page."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": shown}
        self.add_error(None, message)

    def word(self) -> Word:
        values = self.cleaned_data
        names = ("giver", "said", "signer", "said_on", "paper")
        return Word(purpose=self._purposes[values["purpose"]], **{name: values[name] for name in names})
