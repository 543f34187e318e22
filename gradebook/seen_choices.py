"""A form of many choices on one page: only what its writer changed counts, by what the page showed."""

from typing import Any

from django import forms

from students.year_forms import RefusableForm


class SeenChoicesForm(RefusableForm, forms.Form):
    """What somebody else has set since is kept; where both changed one choice, the field says so and nothing is done.

    Every field is added with `show_hidden_initial`.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        clashing = [name for name in self.changed_data if self._was_set_meanwhile(name)]
        if clashing:
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name in clashing:
            self.add_error(name, "Vừa được đặt khác ở nơi khác. Xem lại, chọn rồi lưu lần nữa.")
            self._show_as_stored(name)
        return cleaned

    def _was_set_meanwhile(self, name: str) -> bool:
        field, stored = self.fields[name], self.initial.get(name)
        return name not in self.errors and all(
            field.has_changed(stored, other) for other in (self._shown(name), self[name].data)
        )

    def _shown(self, name: str) -> Any:
        widget = self.fields[name].hidden_widget()
        return widget.value_from_datadict(self.data, self.files, self.add_initial_prefix(name))

    def _show_as_stored(self, name: str) -> None:
        """The next try is judged by what is stored now, of which the message speaks."""
        stored = self.initial.get(name)
        values = stored if isinstance(stored, list) else [stored or ""]
        self.data.setlist(self.add_initial_prefix(name), values)  # type: ignore[attr-defined]  # a copy of the QueryDict
