"""The forms about personal data: turn what was typed into values, decide nothing."""

from typing import Any

from django import forms
from django.utils.text import slugify

from accounts import clock
from approvals.data_incidents import Found, Notice, Told
from approvals.data_requests import Asked
from approvals.data_rules import NOTIFIED, PurposeText, RequestKind
from approvals.inspection_forms import WordsField, day_field
from approvals.models import DataIncident, ProcessingPurpose
from students.models import Student

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

    def __init__(self, *args: Any, purpose: ProcessingPurpose | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._code = purpose.code if purpose else ""
        if purpose is None:
            del self.fields["why"]

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
    """An incident; `incident` is one that is told more of, whose discovery stays as it was written."""

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

    def __init__(self, *args: Any, incident: DataIncident | None, **kwargs: Any) -> None:
        if incident is not None:
            kwargs["initial"] = {
                name: getattr(incident, name)
                for name in ("what", "categories", "people", "consequences", "measures", "contact")
            }
        super().__init__(*args, **kwargs)
        if incident is not None:
            for name in ("discovered_at", "discovered_by", "happened"):
                del self.fields[name]

    def found(self) -> Found:
        values = self.cleaned_data
        return Found(**{name: values[name] for name in ("happened", "discovered_at", "discovered_by")})

    def told(self) -> Told:
        values = self.cleaned_data
        names = ("what", "categories", "people", "consequences", "measures", "contact")
        return Told(**{name: values[name] for name in names})


class NoticeForm(forms.Form):
    """To whom the school has told an incident."""

    to = WordsField(label="Cơ quan nhận", rows=0, most=200)
    at = _moment_field("Thông báo lúc")
    how = WordsField(
        label="Số văn bản, cách gửi",
        rows=0,
        most=200,
        help_text="Ví dụ: 12/CV-THKĐ, gửi qua cổng và bưu điện.",
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
