"""Charts as SVG, made here: stacked bars of shares, and bars of bands. No script, no picture from elsewhere.

Lengths are percent of the width, texts have their size in pixels: a chart fits a telephone without shrinking. Parts
differ by pattern and letter, not by colour alone; colours come from tokens.css. To a screen reader a chart is one
picture with a title and a sentence: its table, which every chart has beside it, tells the numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

ROW, LABEL, BAR = 44, 14, 16
"""Pixels: from row to row, of the label's baseline, of a bar's height."""
LETTER_FROM = 7.0
"""Percent of the width from which on a part is wide enough for its letter."""
LETTERS_OF_A_TELEPHONE = 42
BAND_ROW, BANDS_FROM, BANDS_WIDE = 26, 18.0, 54.0
"""Pixels from band to band; percent where their bars begin, and how wide the longest is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its letter, its words for the legend, its look (`part-1` to `part-5`, app.css), how many."""

    letter: str
    words: str
    look: str
    number: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. `said`: its numbers in short, at the right of the label."""

    label: str
    parts: tuple[Part, ...]
    said: str

    @property
    def total(self) -> float:
        return sum(part.number for part in self.parts)


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a chart of bands: `said` stands at the end of its bar."""

    label: str
    number: int
    said: str
    look: str = "part-1"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with what a page shows around it. `legend`: (look, letter, words)."""

    pk: str
    title: str
    svg: SafeString
    legend: tuple[tuple[str, str, str], ...] = ()


def stacked(pk: str, title: str, said: str, bars: Sequence[Bar], *, whole: float | None = None) -> Chart:
    """Each bar as long as the width, or as its total in `whole`. `pk` tells the chart from others of the page; `said`
    is the sentence in its place for who cannot see it."""
    legend: dict[str, tuple[str, str, str]] = {}
    for bar in bars:
        for part in bar.parts:
            legend.setdefault(part.look, (part.look, part.letter, part.words))
    picture = _Picture(pk, title, said, ROW * len(bars), tuple(legend), _is_long(bars))
    return Chart(pk, title, picture.drawn(_stacked_rows(pk, bars, whole)), tuple(legend.values()))


def _is_long(bars: Iterable[Bar]) -> bool:
    """Whether label and numbers do not stand side by side on a telephone."""
    return any(len(bar.label) + len(bar.said) > LETTERS_OF_A_TELEPHONE for bar in bars)


def _stacked_rows(pk: str, bars: Iterable[Bar], whole: float | None) -> Iterator[str]:
    for number, bar in enumerate(bars):
        top = number * ROW
        yield f'<text class="chart-label" x="0" y="{top + LABEL}">{escape(bar.label)}</text>'
        yield f'<text class="chart-said" x="100%" y="{top + LABEL}">{escape(bar.said)}</text>'
        places = spans([part.number for part in bar.parts], whole)
        for part, (begin, width) in zip(bar.parts, places, strict=True):
            if width:
                yield _rect(pk, part.look, begin, width, top + 22)
            if width >= LETTER_FROM:
                yield (
                    f'<text class="chart-letter on-{part.look}" x="{begin + width / 2:.2f}%" y="{top + 34}">'
                    f"{escape(part.letter)}</text>"
                )


def spans(numbers: Sequence[float], whole: float | None = None) -> list[tuple[float, float]]:
    """Of each number where its part begins and how wide it is, in percent with two decimals. They touch, and make
    100 together; of `whole`, its share. All nothing where there is nothing."""
    whole = sum(numbers) if whole is None else whole
    if not whole:
        return [(0.0, 0.0)] * len(numbers)
    ends = [0.0]
    reached = 0.0
    for number in numbers:
        reached += number
        ends.append(round(100 * reached / whole, 2))
    return [(begin, round(end - begin, 2)) for begin, end in pairwise(ends)]


def bands(pk: str, title: str, said: str, rows: Sequence[Band]) -> Chart:
    """A bar a band, the longest as wide as there is room."""
    looks = tuple(dict.fromkeys(each.look for each in rows))
    picture = _Picture(pk, title, said, BAND_ROW * len(rows), looks)
    return Chart(pk, title, picture.drawn(_band_rows(pk, rows)))


def _band_rows(pk: str, rows: Sequence[Band]) -> Iterator[str]:
    most = max((each.number for each in rows), default=0)
    for number, each in enumerate(rows):
        top = number * BAND_ROW
        width = round(BANDS_WIDE * each.number / most, 2) if most else 0.0
        yield f'<text class="chart-label" x="0" y="{top + 17}">{escape(each.label)}</text>'
        if width:
            yield _rect(pk, each.look, BANDS_FROM, width, top + 5)
        yield (
            f'<text class="chart-end" x="{BANDS_FROM + width + 1.5:.2f}%" y="{top + 17}">{escape(each.said)}</text>'
        )


def _rect(pk: str, look: str, begin: float, width: float, top: int) -> str:
    """The fill as an attribute: in a style sheet the pattern's address would be the sheet's."""
    fill = f' fill="url(#{pk}-{look})"' if look in _PATTERNS else ""
    return (
        f'<rect class="{look}" x="{begin:.2f}%" y="{top}" width="{width:.2f}%" height="{BAR}"{fill}></rect>'
    )


_PATTERNS = {
    "part-2": '<path class="chart-ink" d="M-2 2l4-4M0 8l8-8M6 10l4-4"></path>',
    "part-3": '<path class="chart-ink" d="M0 2h8M0 6h8"></path>',
    "part-4": '<path class="chart-low-ink" d="M0 0l8 8M8 0l-8 8"></path>',
}
"""By look, drawn on a square of 8 pixels; a look without a pattern is filled by its class."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """What stands around the rows of a chart."""

    pk: str
    title: str
    said: str
    height: int
    looks: tuple[str, ...]
    is_long: bool = False

    def drawn(self, rows: Iterable[str]) -> SafeString:
        """Of our own words and numbers; names are escaped where they are put in."""
        patterns = "".join(
            f'<pattern id="{self.pk}-{look}" width="8" height="8" patternUnits="userSpaceOnUse">{_PATTERNS[look]}'
            "</pattern>"
            for look in self.looks
            if look in _PATTERNS
        )
        named = f"{self.pk}-title {self.pk}-said"
        return mark_safe(  # noqa: S308 - see above
            f'<svg class="chart{" is-long" if self.is_long else ""}" width="100%" height="{self.height}" role="img" '
            f'aria-labelledby="{named}"><title id="{self.pk}-title">{escape(self.title)}</title>'
            f'<desc id="{self.pk}-said">{escape(self.said)}</desc><defs>{patterns}</defs>{"".join(rows)}</svg>'
        )
