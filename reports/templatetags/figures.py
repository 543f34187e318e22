"""The figures of a row as HTML: a table has a thousand, and a template takes ten times as long."""

from collections.abc import Iterator

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.words import grouped
from reports.figures import ShownCell, ShownRow

register = template.Library()
register.filter(grouped)


@register.filter
def figure_cells(row: ShownRow) -> SafeString:
    """The cells behind the label. What is no figure is said in words to who cannot see its sign."""
    return mark_safe("".join(_cells(row)))  # noqa: S308 - figures and signs of our own; words and addresses are escaped


def _cells(row: ShownRow) -> Iterator[str]:
    for cell in row.cells:
        if cell.column.is_words:
            yield f"<td>{escape(cell.words)}</td>"
        elif cell.url:
            yield f'<td class="num"><a href="{escape(cell.url)}">{cell.words}</a></td>'
        elif cell.is_missing:
            yield f'<td class="num is-missing">{_spoken(cell, "chưa có số liệu")}</td>'
        elif not cell.is_asked:
            yield f'<td class="num">{_spoken(cell, "mẫu không yêu cầu")}</td>'
        else:
            kind = "num is-zero" if cell.words == "0" else "num"
            yield f'<td class="{kind}">{cell.words}</td>'


def _spoken(cell: ShownCell, words: str) -> str:
    return f'<span aria-hidden="true">{cell.words}</span><span class="visually-hidden">{words}</span>'
