"""Recognise and convert Vietnamese typed for old fonts: TCVN3 (.VnTime) and VNI (VNI-Times). Pure.

Such text looks right in its font and is something else as Unicode: «NguyÔn V¨n Thµnh» is Nguyễn Văn Thành. A cell
counts as old only when all of it reads as Vietnamese in the old encoding and some word of it does not as it is;
what stands in Latin letters of other languages, or has a single letter beyond Latin-1, does not. The tables are
those of TrizenX/viparse and duydev/vietnamese-conversion (both MIT), written here by their letters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from students.names import TONES, clean, search_key

TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¸¶·¹»¾¼½ÆÇÊÈÉËÌÐÎÏÑÒÕÓÔÖ×ÝØÜÞßãáâäåèæçéêíëìîïóñòôõøö÷ùúýûüþ",
        "ĂÂÊÔƠƯĐăâêôơưđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ",
        strict=True,
    )
)
VNI_LETTERS = dict(zip("ñöôòæóîÑÖÔÒÆÓÎ", "đươịỉĩỵĐƯƠỊỈĨỴ", strict=True))
CIRCUMFLEX, BREVE = "\u0302", "\u0306"
VNI_MARKS = (
    dict(zip("øûõùï", TONES, strict=True))
    | {letter: CIRCUMFLEX + tone for letter, tone in zip("àåãáä", TONES, strict=True)}
    | {letter: BREVE + tone for letter, tone in zip("èúüéë", TONES, strict=True)}
    | {"â": CIRCUMFLEX, "ê": BREVE}
)
"""The second letter of a pair of VNI, as what it puts on the first."""

VNI_MARKED = frozenset("aeiouyôö")
WORD = re.compile("[A-Za-z\u00a1-\u00ff]+")
WORD_OR_NOT = re.compile(f"{WORD.pattern}|.", re.DOTALL)
PDF_LETTERS = {"\u2212": "\u00ad", "\u2219": "\u00b7"}
SUBSTITUTED = re.compile("[\u2212\u2219](?=[A-Za-z\u00a1-\u00ff])|(?<=[A-Za-z\u00a1-\u00ff])[\u2212\u2219]")
BEYOND_LATIN_1 = re.compile("[^\u0000-\u00ff]")
BEYOND_ASCII = re.compile("[\u00a1-\u00ff]")
SIGN = re.compile("[\u00a1-\u00bf×÷]")
ONSET = "b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x"
NUCLEUS = (
    "a|ai|ao|au|ay|ă|â|âu|ây|e|eo|ê|êu|i|ia|iê|iêu|iu|o|oa|oai|oao|oay|oă|oe|oeo|oi|oo|ô|ôi|ơ|ơi|u|ua|uâ|uây|uê|ui|"
    "uô|uôi|uơ|uy|uya|uyê|uyu|ư|ưa|ưi|ươ|ươi|ươu|ưu|y|yê|yêu"
)
SYLLABLE = re.compile(f"({ONSET})?({NUCLEUS})(c|ch|m|n|ng|nh|p|t)?")
BARE_SYLLABLE = re.compile(search_key(SYLLABLE.pattern))
VIETNAMESE = frozenset("abcdefghijklmnopqrstuvwxyz") | set("".join(TCVN3.values()).lower())
SHORT_FORM = re.compile("[bcdđghklmnpqrstvx]+")
TONED = frozenset(TCVN3[letter] for letter in TCVN3 if TCVN3[letter].islower()) - frozenset("ăâêôơưđ")
"""The letters that TCVN3 has as small ones only."""
ENOUGH_WORDS = 2
TCVN3_NAME, VNI_NAME = "TCVN3/.VnTime", "VNI/VNI-Times"


@dataclass(frozen=True, slots=True)
class OldText:
    """A text in an old encoding: `index` of it among those looked at, what it means, and the encoding's name."""

    index: int
    meaning: str
    encoding: str


@dataclass(frozen=True, slots=True)
class OldFonts:
    """What was found among the texts of a file: the first old text, and how many there are."""

    first: OldText
    count: int


def find_old_fonts(texts: Iterable[str]) -> OldFonts | None:
    """Whether the texts of a file (cells as typed, not cleaned) are in an old encoding; None for Unicode.

    One word with a sign in it («V¨n») is enough; of words of mere letters («Hä») it takes two different ones, since
    a foreign name may look like one.
    """
    found: list[OldText] = []
    words: set[str] = set()
    has_sign = False
    for index, text in enumerate(texts):
        old = _old_words(text)
        if old is None:
            continue
        encoding, its_words, meaning = old
        found.append(OldText(index, meaning, encoding))
        words |= its_words
        has_sign = has_sign or any(SIGN.search(word) for word in its_words)
    if has_sign or len(words) >= ENOUGH_WORDS:
        return OldFonts(found[0], len(found))
    return None


def _old_words(text: str) -> tuple[str, set[str], str] | None:
    """(encoding, words that are Vietnamese only in it, meaning of the text), or None."""
    typed = _composed(text)
    if not BEYOND_ASCII.search(typed) or BEYOND_LATIN_1.search(typed):
        return None
    words = [word for word in WORD.findall(typed) if not word.isascii()]
    strange = {word for word in words if not _may_be_unicode(word)}
    for encoding, decode in DECODERS.items():
        meant = {word: decode(word) for word in words}
        telling = {word for word in strange if _is_syllable(meant[word]) and re.search("[A-Za-z]", word)}
        if telling and all(
            _is_syllable(each) or SHORT_FORM.fullmatch(each.lower()) for each in meant.values()
        ):
            return encoding, telling, _meaning(typed, encoding)
    return None


@dataclass(frozen=True, slots=True)
class Converted:
    """The texts of a file in Unicode: `meanings` by place among them, `guessed` the places decided by the others.

    A text that is Vietnamese both ways («Thó» is itself, and «Thú») goes with its column, else with the file.
    """

    encoding: str
    first: OldText
    meanings: Mapping[int, str]
    guessed: frozenset[int]


def convert_old_fonts(texts: Sequence[str], columns: Sequence[Hashable]) -> Converted | None:
    """What the texts of a file mean where they are in an old encoding; None for Unicode.

    `columns`: in which column each stands.
    """
    found = find_old_fonts(texts)
    if found is None:
        return None
    encoding = found.first.encoding
    certain = {place: old[2] for place, text in enumerate(texts) if (old := _old_words(text))}
    votes = Counter(dict.fromkeys(columns, 0))
    votes.update(columns[place] for place in certain)
    votes.subtract(
        column for text, column in zip(texts, columns, strict=True) if BEYOND_LATIN_1.search(_composed(text))
    )
    guessed = {
        place: _meaning(_composed(text), encoding)
        for place, text in enumerate(texts)
        if place not in certain and _is_either(text) and (votes[columns[place]] or sum(votes.values())) > 0
    }
    guessed = {place: meaning for place, meaning in guessed.items() if meaning != clean(texts[place])}
    doubtful = frozenset(place for place in guessed if _may_all_be_unicode(texts[place]))
    return Converted(encoding, found.first, certain | guessed, doubtful)


def _may_all_be_unicode(text: str) -> bool:
    words = [word for word in WORD.findall(_composed(text)) if not word.isascii()]
    return all(map(_may_be_unicode, words))


def _composed(text: str) -> str:
    """The text in NFC, with the letters that copying out of a PDF puts for two of TCVN3's: minus for ư, dot for ã."""
    return SUBSTITUTED.sub(lambda match: PDF_LETTERS[match[0]], unicodedata.normalize("NFC", text))


def _is_either(text: str) -> bool:
    """True for letters of Latin-1 beyond ASCII: of an old encoding, or of Unicode."""
    return BEYOND_ASCII.search(text) is not None and not BEYOND_LATIN_1.search(_composed(text))


def _meaning(typed: str, encoding: str) -> str:
    decode = DECODERS[encoding]
    meaning = clean("".join(map(decode, WORD_OR_NOT.findall(typed))))
    return _with_capitals(meaning, typed) if encoding == TCVN3_NAME else meaning


def _with_capitals(meaning: str, typed: str) -> str:
    """TCVN3 has no capitals with a tone, .VnTimeH drew them from small letters: the plain letters say what is meant."""
    plain = re.findall("[A-Za-z]+", typed)
    if "".join(plain).isupper() and any(len(word) > 1 for word in plain):
        return meaning.upper()
    words = meaning.split(" ")
    small = [word for word in words if word[0].islower()]
    if len(words) > 1 and len(small) < len(words) and all(word[0] in TONED for word in small):
        return " ".join(word[0].upper() + word[1:] for word in words)
    return meaning


def is_vietnamese(text: str) -> bool:
    """True for a text whose words beyond ASCII are nearly all built as Vietnamese in Unicode is."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    return sum(map(_may_be_unicode, words)) >= 0.9 * len(words)


def _may_be_unicode(word: str) -> bool:
    """True for a word of Vietnamese letters that is built as a syllable, or of consonants only («HĐND»)."""
    letters = clean(word).lower()
    is_built_so = BARE_SYLLABLE.fullmatch(search_key(word)) or SHORT_FORM.fullmatch(letters)
    return set(letters) <= VIETNAMESE and is_built_so is not None and "\u00ad" not in word


def _from_tcvn3(word: str) -> str:
    return "".join(TCVN3.get(letter, letter) for letter in word)


def _from_vni(word: str) -> str:
    """A pair of vowel and mark is one letter; other letters beyond ASCII stand alone."""
    decoded: list[str] = []
    for place, letter in enumerate(word):
        is_mark = letter.lower() in VNI_MARKS and word[place - 1 : place].lower() in VNI_MARKED
        if is_mark:
            decoded.append(VNI_MARKS[letter.lower()])
        else:
            decoded.append(VNI_LETTERS.get(letter, letter))
    return unicodedata.normalize("NFC", "".join(decoded))


def _is_syllable(word: str) -> bool:
    """True for what may be a Vietnamese syllable; which vowel bears the tone does not count, two tones do."""
    parts = unicodedata.normalize("NFD", word.lower())
    bare = "".join(part for part in parts if part not in TONES)
    return len(parts) - len(bare) <= 1 and SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


DECODERS = {TCVN3_NAME: _from_tcvn3, VNI_NAME: _from_vni}
