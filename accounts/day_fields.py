"""Days in forms."""

from django import forms


class DayInput(forms.DateInput):
    """The browser's calendar, which reads and gives yyyy-mm-dd."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_of_search(label: str) -> forms.DateField:
    """From or until which day a list is searched; it may be left empty."""
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput,
        error_messages={"invalid": f"«{label}» chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026."},
    )
