"""The forms of a document's version and of the board's members: turn what was typed into values, decide nothing."""

import datetime
import uuid
from typing import Any

from django import forms

from accounts import clock
from accounts.day_fields import DayInput
from accounts.models import User
from accounts.training import in_service
from approvals.announcement_forms import TOO_LONG, UNREADABLE, TextField, clean_file, has_words
from approvals.documents import Member, Paper, leaders
from approvals.evidence import CleanFile
from approvals.models import BoardMember, DocumentVersion, KeptDocument
from gradebook.number_register import next_decision_number

BOARD_TITLE = "Về việc thành lập Ban quản lí Hệ thống cơ sở dữ liệu (CSDL) nhà trường"
BOARD_TEXT = (
    "Ban quản lí Hệ thống CSDL quản lí, vận hành, bảo mật Hệ thống CSDL của nhà trường; kiểm tra, đôn đốc cán bộ, giáo "
    "viên, nhân viên cập nhật dữ liệu đầy đủ, chính xác, đúng thời hạn theo Kế hoạch quản lí và sử dụng Hệ thống CSDL; "
    "xử lí sự cố và báo cáo theo quy định. Nhiệm vụ cụ thể của từng thành viên do Trưởng ban phân công."
)
FIRST_ROWS = 5
MORE_ROWS = 3
MOST_ROWS = 20


class VersionForm(forms.Form):
    """Number, date, what it is about, its file. `by_clerk`: on whose behalf; the board's decision has its words too."""

    name = forms.CharField(
        label="Tên văn bản trong danh sách",
        max_length=200,
        error_messages={
            "required": "Chưa có tên. Ghi tên ngắn gọn của văn bản.",
            "max_length": f"Tên dài {TOO_LONG}",
            **UNREADABLE,
        },
    )
    number = forms.CharField(
        label="Số, kí hiệu",
        max_length=60,
        error_messages={
            "required": "Chưa có số. Ghi số, kí hiệu trên văn bản, ví dụ 05/KH-TH.",
            "max_length": f"Số, kí hiệu dài {TOO_LONG}",
            **UNREADABLE,
        },
    )
    dated = forms.DateField(
        label="Ngày kí",
        widget=DayInput(),
        error_messages={
            "required": "Chưa có ngày kí. Ghi ngày trên văn bản.",
            "invalid": "Ngày kí chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/09/2026.",
        },
    )
    title = forms.CharField(
        label="Trích yếu",
        max_length=300,
        error_messages={
            "required": "Chưa có trích yếu. Ghi văn bản nói về việc gì.",
            "max_length": f"Trích yếu dài {TOO_LONG}",
            **UNREADABLE,
        },
    )
    text = TextField(
        label="Nhiệm vụ của Ban (Điều 2)",
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"max_length": f"Nội dung dài {TOO_LONG}", **UNREADABLE},
    )
    note = forms.CharField(
        label="Thay đổi so với bản trước",
        required=False,
        max_length=500,
        error_messages={"max_length": f"Ghi chú dài {TOO_LONG}", **UNREADABLE},
    )
    on_behalf_of = forms.ModelChoiceField(
        label="Đưa lên thay",
        queryset=User.objects.none(),
        empty_label="Chọn người có thẩm quyền",
        required=False,
        error_messages={
            "invalid_choice": "Người này không trong Ban giám hiệu hôm nay. Chọn trong danh sách."
        },
    )
    file = forms.FileField(
        label="Tệp PDF",
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput({"accept": ".pdf"}),
        help_text="Bản đã kí, quét thành một tệp PDF, tối đa 10 MB và 50 trang.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, document: KeptDocument, by_clerk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document.pk or document.kind != KeptDocument.Kind.OTHER:
            del self.fields["name"]
        if not document.is_board:
            del self.fields["text"]
        else:
            self.fields["file"].help_text = (
                "Không bắt buộc: hệ thống in quyết định từ những gì ghi ở đây. Kí, đóng dấu xong thì quét bản đã kí, "
                "thêm thành bản mới."
            )
        if document.pk is None:
            del self.fields["note"]
        if by_clerk:
            self.fields["on_behalf_of"].queryset = leaders()  # type: ignore[attr-defined]
        else:
            del self.fields["on_behalf_of"]

    def clean_title(self) -> str:
        return has_words(self.cleaned_data["title"], "Trích yếu")

    def clean_name(self) -> str:
        return has_words(self.cleaned_data["name"], "Tên")

    def clean_file(self) -> CleanFile | None:
        return clean_file(self.cleaned_data["file"])

    def clean_token(self) -> uuid.UUID:
        """A form without a token is one of its own."""
        return self.cleaned_data["token"] or uuid.uuid4()

    def paper(self, members: tuple[Member, ...]) -> Paper:
        values = self.cleaned_data
        return Paper(
            number=values["number"],
            dated=values["dated"],
            title=values["title"],
            note=values.get("note", ""),
            file=values["file"],
            text=values.get("text", ""),
            members=members,
            on_behalf_of=values.get("on_behalf_of"),
        )


class MemberForm(forms.Form):
    """One row of the board; a row without a person says nothing."""

    person = forms.ChoiceField(
        label="Họ và tên",
        required=False,
        error_messages={"invalid_choice": "Người này không còn ở trường. Chọn trong danh sách."},
    )
    role = forms.ChoiceField(
        label="Nhiệm vụ",
        choices=BoardMember.Role.choices,
        required=False,
        error_messages={"invalid_choice": "Nhiệm vụ chưa đúng. Chọn trong danh sách."},
    )
    starts_on = forms.DateField(
        label="Từ ngày",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm."},
    )
    ends_on = forms.DateField(
        label="Đến hết ngày",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm."},
    )

    def __init__(self, *args: Any, people: dict[str, User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = people
        names = [(key, f"{each.full_name} ({each.username})") for key, each in people.items()]
        self.fields["person"].choices = [("", "Để trống"), *names]  # type: ignore[attr-defined]

    def member(self, dated: datetime.date) -> Member | None:
        """Whose first day was left out begins on the day of the decision."""
        values = self.cleaned_data
        person = self._people.get(values.get("person", ""))
        if person is None:
            return None
        return Member(
            person,
            values["role"] or BoardMember.Role.MEMBER.value,
            values["starts_on"] or dated,
            values["ends_on"],
        )


MemberFormSet = forms.formset_factory(
    MemberForm, extra=0, max_num=MOST_ROWS, validate_max=True, absolute_max=MOST_ROWS
)


def staff() -> dict[str, User]:
    return {str(each.pk): each for each in in_service().order_by("sort_key", "pk")}


def first_values(document: KeptDocument, last: DocumentVersion | None) -> dict[str, Any]:
    """A new version begins with what the last one says."""
    begun: dict[str, Any] = {"token": uuid.uuid4()}
    if document.is_board:
        begun |= {"title": BOARD_TITLE, "text": BOARD_TEXT, "dated": clock.today()}
    if document.is_board and last is None:
        begun["number"] = next_decision_number(clock.today())
    return begun if last is None else {**begun, "title": last.title, "text": last.text or BOARD_TEXT}


def first_rows(last: DocumentVersion | None) -> list[dict[str, Any]]:
    """The members of the last decision, and some empty rows."""
    rows: list[dict[str, Any]] = [
        {
            "person": str(each.person_id),
            "role": each.role,
            "starts_on": each.starts_on,
            "ends_on": each.ends_on,
        }
        for each in (last.members.all() if last else ())
    ]
    if rows:
        more = [{"role": BoardMember.Role.MEMBER.value} for _each in range(MORE_ROWS)]
        return [*rows, *more][:MOST_ROWS]
    roles = [BoardMember.Role.HEAD, BoardMember.Role.DEPUTY, BoardMember.Role.SECRETARY]
    rest = FIRST_ROWS + MORE_ROWS - len(roles)
    return [{"role": role.value} for role in (*roles, *[BoardMember.Role.MEMBER] * rest)]
