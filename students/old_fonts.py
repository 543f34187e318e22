"""Recognise Vietnamese typed for old fonts: TCVN3 (.VnTime) and VNI (VNI-Times). Pure; no conversion is written.

Such text looks right in its font and is something else as Unicode: «NguyÔn V¨n Thµnh» is Nguyễn Văn Thành. A cell
counts as old only when all of it reads as Vietnamese in the old encoding and some word of it does not as it is;
what stands in Latin letters of other languages, or has a single letter beyond Latin-1, does not. The tables are
those of TrizenX/viparse and duydev/vietnamese-conversion (both MIT), written here by their letters.
"""

import re
import unicodedata
from collections.abc import Iterable
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
ENOUGH_WORDS = 2


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
    if text.isascii() or not BEYOND_ASCII.search(text):
        return None
    typed = unicodedata.normalize("NFC", text)
    if BEYOND_LATIN_1.search(typed):
        return None
    words = [word for word in WORD.findall(typed) if not word.isascii()]
    strange = {word for word in words if not _may_be_unicode(word)}
    for encoding, decode in (("TCVN3/.VnTime", _from_tcvn3), ("VNI/VNI-Times", _from_vni)):
        meant = {word: decode(word) for word in words}
        telling = {word for word in strange if _is_syllable(meant[word]) and re.search("[A-Za-z]", word)}
        if telling and all(
            _is_syllable(each) or SHORT_FORM.fullmatch(each.lower()) for each in meant.values()
        ):
            return encoding, telling, clean("".join(map(decode, WORD_OR_NOT.findall(typed))))
    return None


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
