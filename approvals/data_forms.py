"""The forms about personal data: turn what was typed into values, decide nothing."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.text import slugify

from accounts import clock
from approvals.data_incidents import Discovery, Found, IncidentChanged, Notice, Told, seen_of
from approvals.data_requests import Asked
from approvals.data_rules import NOTIFIED, PurposeText, RequestKind
from approvals.data_workflow import IncidentState
from approvals.inspection_forms import WordsField, day_field
from approvals.models import DataIncident, ProcessingPurpose
from students.models import Student

TOLD_OF_INCIDENT = tuple(each.name for each in fields(Told))
_MOMENT = "%Y-%m-%dT%H:%M"


def _moment_field(label: str, **kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[_MOMENT, "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            "required": f"Chưa có {label.lower()}.",
            "invalid": f"{label} chưa đúng. Ghi ngày và giờ, ví dụ 05/11/2026 07:00.",
        },
        **kwargs,
    )


def _choice(label: str, **kwargs: Any) -> forms.ChoiceField:
    wrong = f"{label} chưa đúng. Chọn trong danh sách."
    return forms.ChoiceField(
        label=label, error_messages=dict.fromkeys(("required", "invalid_choice"), wrong), **kwargs
    )


SAME, OTHER = "same", "other"


class PurposeForm(forms.Form):
    """One line of the register; of one that is reworded also why."""

    title = WordsField(label="Mục đích", rows=0, most=200)
    categories = WordsField(label="Dữ liệu", rows=3, most=1000)
    basis = WordsField(
        label="Căn cứ", rows=2, most=500, help_text="Điều, khoản của văn bản; hoặc sự đồng ý của ai."
    )
    recipients = WordsField(label="Ai nhận, ai xem", rows=2, most=1000)
    kept_for = WordsField(label="Lưu đến khi nào", rows=0, most=300)
    needs_consent = forms.BooleanField(
        label="Cần người đại diện (và học sinh từ 7 tuổi) đồng ý",
        required=False,
        help_text="Đánh dấu thì mỗi lớp có thêm một cột ở «Phiếu đồng ý».",
    )
    why = WordsField(label="Vì sao sửa", rows=0, most=300)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    meaning = forms.ChoiceField(
        label="Phiếu đồng ý đã ghi",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            "Chọn một: chỉ chữa lỗi chính tả thì giữ phiếu, đổi nghĩa thì phải lấy phiếu lại.",
        ),
    )

    def __init__(self, *args: Any, purpose: ProcessingPurpose | None, pupils: int = 0, **kwargs: Any) -> None:
        """`pupils`: of so many a slip given to the words as they stand is on record."""
        super().__init__(*args, **kwargs)
        self._code = purpose.code if purpose else ""
        if purpose is None:
            del self.fields["why"], self.fields["seen"]
        if not pupils:
            del self.fields["meaning"]
            return
        choices = [
            (SAME, f"Chỉ chữa lỗi chính tả, nghĩa không đổi: giữ phiếu của {pupils} em"),
            (OTHER, f"Đổi nghĩa: phiếu của {pupils} em hết hiệu lực, phải lấy phiếu lại"),
        ]
        self.fields["meaning"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_spelling(self) -> bool:
        return bool(self.cleaned_data.get("meaning") == SAME)

    def told(self) -> PurposeText:
        values = self.cleaned_data
        return PurposeText(
            code=self._code
            or slugify(values["title"].replace("đ", "d").replace("Đ", "D"))[:40]
            or "muc-dich",
            **{name: values[name] for name in ("title", "categories", "basis", "recipients", "kept_for")},
            needs_consent=values["needs_consent"],
        )


class RequestForm(forms.Form):
    """What somebody asks of the data of one person, whom the page has found before."""

    kind = _choice("Yêu cầu gì", choices=RequestKind.pairs(), widget=forms.RadioSelect)
    requester = WordsField(label="Người yêu cầu", rows=0, most=150)
    relation = WordsField(
        label="Quan hệ với người có dữ liệu",
        rows=0,
        most=100,
        help_text="Ví dụ: mẹ, người giám hộ, chính mình.",
    )
    identity = WordsField(
        label="Đã xác minh bằng",
        rows=0,
        most=200,
        help_text="Ví dụ: căn cước và giấy khai sinh, xem trực tiếp. Không ghi số giấy tờ ở đây.",
    )
    text = WordsField(label="Nội dung yêu cầu", rows=4)
    received_on = day_field("Ngày nhận")

    def asked(self, subject: Any) -> Asked:
        values = self.cleaned_data
        return Asked(
            kind=RequestKind(values["kind"]),
            subject=subject,
            **{name: values[name] for name in ("requester", "relation", "identity", "text", "received_on")},
        )


def first_request(subject: Any) -> dict[str, Any]:
    """What the form of a new request begins with."""
    is_pupil = isinstance(subject, Student)
    own = {} if is_pupil else {"requester": subject.full_name, "relation": "chính mình"}
    return {"received_on": clock.today(), **own}


class IncidentForm(forms.Form):
    """An incident; `incident` is one that is told more of: its discovery changes while it is open, for a reason."""

    discovered_at = _moment_field("Phát hiện lúc", help_text="72 giờ tính từ lúc này.")
    discovered_by = WordsField(label="Ai phát hiện, bằng cách nào", rows=0, most=300)
    happened = WordsField(label="Xảy ra khi nào, ở đâu", rows=0, most=300)
    what = WordsField(label="Chuyện gì đã xảy ra", rows=4, most=3000)
    categories = WordsField(
        label="Dữ liệu bị ảnh hưởng", rows=3, help_text="Loại dữ liệu; có dữ liệu nhạy cảm không."
    )
    people = forms.IntegerField(
        label="Số người bị ảnh hưởng",
        min_value=0,
        max_value=100_000,
        help_text="Chưa rõ thì ghi số ước tính, bổ sung sau.",
        error_messages={
            "required": "Chưa có số người. Chưa rõ thì ghi số ước tính.",
            "invalid": "Số người ghi bằng chữ số, ví dụ 35.",
        },
    )
    consequences = WordsField(label="Hậu quả đã có, có thể có", rows=3)
    measures = WordsField(label="Biện pháp đã làm, sẽ làm", rows=4, most=3000)
    contact = WordsField(label="Người liên hệ của trường", rows=0, most=200)
    discovery_why = WordsField(
        label="Vì sao sửa lúc phát hiện",
        rows=0,
        most=70,
        required=False,
        help_text="Chỉ ghi khi sửa ngày, giờ phát hiện.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, incident: DataIncident | None, **kwargs: Any) -> None:
        self._incident = incident
        is_open = incident is None or incident.state == IncidentState.OPEN
        if incident is not None:
            kwargs["initial"] = {name: getattr(incident, name) for name in TOLD_OF_INCIDENT} | {
                "discovered_at": incident.discovered_at,
                "seen": seen_of(incident),
            }
        super().__init__(*args, **kwargs)
        unasked = {"discovery_why", "seen"} if incident is None else {"discovered_by", "happened"}
        for name in unasked if is_open else unasked | {"discovered_at", "discovery_why"}:
            del self.fields[name]

    def found(self) -> Found:
        values = self.cleaned_data
        return Found(**{name: values[name] for name in ("happened", "discovered_at", "discovered_by")})

    def told(self) -> Told:
        return Told(**{name: self.cleaned_data[name] for name in TOLD_OF_INCIDENT})

    def discovery(self) -> Discovery | None:
        """Where another minute was typed than the one that the page showed."""
        typed, incident = self.cleaned_data.get("discovered_at"), self._incident
        if (
            typed is None
            or incident is None
            or typed == incident.discovered_at.replace(second=0, microsecond=0)
        ):
            return None
        return Discovery(typed, self.cleaned_data["discovery_why"])

    def clash(self, changed: IncidentChanged) -> list[tuple[str, Any]]:
        """What stands in the fields where something else is typed here; a second save writes over it, knowingly."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": seen_of(changed.stands)}
        differing = [
            (str(self.fields[name].label), getattr(changed.stands, name))
            for name in TOLD_OF_INCIDENT
            if getattr(changed.stands, name) != self.cleaned_data[name]
        ]
        self.add_error(None, changed.message)
        return differing


class NoticeForm(forms.Form):
    """To whom the school has told an incident."""

    to = WordsField(label="Cơ quan nhận", rows=0, most=200)
    at = _moment_field("Thông báo lúc")
    how = WordsField(
        label="Số văn bản, cách gửi",
        rows=0,
        most=200,
        help_text="Ví dụ: 12/CV-TH, gửi qua cổng và bưu điện.",
    )
    late_reason = WordsField(
        label="Lí do thông báo muộn",
        rows=2,
        most=1000,
        required=False,
        help_text="Bắt buộc khi đã quá 72 giờ.",
    )

    def notice(self) -> Notice:
        values = self.cleaned_data
        return Notice(values["to"], values["at"], values["how"], values["late_reason"])


def first_notice() -> dict[str, Any]:
    return {"to": NOTIFIED, "at": clock.stamp()}
