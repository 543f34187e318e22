"""What looks odd in a comment and is pointed out at its cell, never refused: names, gender words, places left. Pure.

static/js/sheet/comment_checks.js says the same while one types; a browser test compares the two.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradebook.comment_places import FULL, GIVEN, Gender, places_left
from students.names import clean, search_key, split_name, without_tones

# As many pupils as have to share a comment before it is worth a word, and more than half of the class.
FEWEST_ALIKE = 5

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?:^|[.!?…:;\n])[\s«»\"“”'(]*$")
_GIRL = (
    *("cô bé", "bé gái", "bạn gái", "con gái", "cô gái", "cô học trò", "nữ sinh", "học sinh nữ"),
    *("cô ấy", "chị ấy", "cô ta", "chị ta"),
)
_BOY = (
    *(
        "cậu bé",
        "chú bé",
        "bé trai",
        "bạn trai",
        "con trai",
        "chàng trai",
        "cậu học trò",
        "nam sinh",
        "học sinh nam",
    ),
    *("cậu ấy", "anh ấy", "cậu ta", "anh ta"),
)
# Of others, not of the pupil: «giúp các bạn gái».
_OTHERS = r"(?<!các )(?<!những )(?<!nhiều )(?<!mấy )"
# «tiếng Anh» is no pupil called Anh.
_NO_NAME_AFTER = frozenset({"tiếng", "nước", "người", "môn"})
# At the beginning of a sentence every word has a capital: it is a name before a word that follows a subject.
_AFTER_A_SUBJECT = frozenset(
    [
        "đã",
        "đang",
        "cần",
        "chưa",
        "có",
        "còn",
        "rất",
        "luôn",
        "nên",
        "là",
        "hãy",
        "học",
        "biết",
        "đọc",
        "viết",
        "hiểu",
        "nắm",
        "làm",
        "tiến",
        "tham",
        "chăm",
    ]
)
_AFTER_ANY_SUBJECT = frozenset(["đã", "đang", "cần", "chưa", "còn", "luôn", "nên", "là", "hãy"])
_PRONOUNS = frozenset({"em", "con", "bạn"})
# Before the pupil's own name; «bạn» may be said of a friend from elsewhere.
_OF_THE_PUPIL = frozenset({"em", "con"})
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|ng?|nh|p|t)?"
)
# Of words so long one other letter is a slip; of «Nhi» and «Nội» it is another word.
_SHORTEST_SLIP = 4

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pupil:
    """`gender` as the record has it: "male", "female" or ""."""

    full_name: str
    gender: str


@dataclass(frozen=True, slots=True)
class _Name:
    """Words with capitals that may be somebody's name. `begins`: the first stands at the beginning of a sentence.

    `before` is the word in front of them, in small letters.
    """

    words: tuple[str, ...]
    before: str
    follower: str
    begins: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)


class ClassNames:
    """The names of a class: what is remarked on a comment depends on who else there is."""

    def __init__(self, full_names: Sequence[str]) -> None:
        self._by_tail: dict[Key, set[str]] = defaultdict(set)
        for name in full_names:
            words = _words(name)
            for length in range(1, len(words) + 1):
                self._by_tail[_key(words[-length:])].add(name)

    def others(self, words: Sequence[str], own: str) -> list[str]:
        """Whose name ends with these words, but the pupil's own."""
        return sorted(self._by_tail.get(_key(words), set()) - {own})

    def remarks(self, text: str, pupil: Pupil) -> tuple[str, ...]:
        """Sentences on one comment; () where all is well."""
        text = unicodedata.normalize("NFC", text)
        return tuple(
            filter(
                None,
                dict.fromkeys(
                    (
                        *_left(text),
                        *self._on_names(text, pupil),
                        *_on_capitals(text, pupil),
                        *_on_gender(text, pupil),
                    )
                ),
            )
        )

    def _on_names(self, text: str, pupil: Pupil) -> Iterator[str]:
        own = _words(pupil.full_name)
        for readings in _names_in(text):
            said = (self._on_name(name, own, pupil) for name in readings)
            yield from [remark for remark in said if remark is not None][:1]

    def _on_name(self, name: _Name, own: Sequence[str], pupil: Pupil) -> str | None:
        """A remark, "" for the pupil's own name, None for words that are nobody's."""
        tail = own[-len(name.words) :]
        if _key(tail) == _key(name.words):
            return ""
        others = self.others(name.words, pupil.full_name)
        if others and (not name.begins or name.follower in _AFTER_A_SUBJECT):
            return f"«{name.text}» là tên bạn khác trong lớp ({', '.join(others)}), không phải tên em."
        if _is_unmarked(name, tail) or _is_slip(name, tail):
            return f"Tên em là «{' '.join(tail)}», ở đây viết «{name.text}»."
        return None


def _is_unmarked(name: _Name, tail: Sequence[str]) -> bool:
    """The pupil's name but for its marks. At the beginning «Hiểu biết» is no Hiếu, but «Bang chăm» is Bằng."""
    if _folded(tail) != _folded(name.words):
        return False
    has_no_marks = name.text.lower() == _folded(name.words)
    return (
        not name.begins
        or name.follower in _AFTER_ANY_SUBJECT
        or (has_no_marks and name.follower in _AFTER_A_SUBJECT)
    )


def _is_slip(name: _Name, tail: Sequence[str]) -> bool:
    """The pupil's name but for one letter: «Tiến Ahn», «em An» of an Anh."""
    pairs = [(_folded([own]), _folded([said])) for own, said in zip(tail, name.words, strict=False)]
    other = [(own, said) for own, said in pairs if own != said]
    if len(tail) != len(name.words) or len(other) != 1 or not _is_near(*other[0]):
        return False
    ((own, said),) = other
    if len(pairs) > 1:
        return len(own) != len(said) or sorted(own) == sorted(said) or len(own) >= _SHORTEST_SLIP
    # One word is looked at only where it is no word at all, or can be nobody but the pupil.
    is_slip = len(own) != len(said) or sorted(own) == sorted(said)
    return is_slip and (not _SYLLABLE.fullmatch(said) or name.before in _OF_THE_PUPIL)


def _is_near(one: str, other: str) -> bool:
    """One letter left out, put in, taken for another, or two side by side in each other's place."""
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, others = one[start:], other[start:]
    is_swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or is_swapped


def _left(text: str) -> Iterator[str]:
    for place in places_left(text):
        yield f"Còn chỗ chưa điền: «{place}»."


def _on_capitals(text: str, pupil: Pupil) -> Iterator[str]:
    """The full name in small letters; a given name alone is too often a common word."""
    name = clean(pupil.full_name)
    if " " not in name:
        return
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
        if found[0] != name and found[0] != name.upper():
            yield f"Tên riêng phải viết hoa: «{name}»."


def _on_gender(text: str, pupil: Pupil) -> Iterator[str]:
    if pupil.gender not in list(Gender):
        return
    is_boy = pupil.gender == Gender.MALE
    for words in _GIRL if is_boy else _BOY:
        if re.search(rf"{_OTHERS}(?<!\w){words}(?!\w)", text, re.IGNORECASE):
            yield f"«{words}» nói về {'nữ' if is_boy else 'nam'}, mà em là {'nam' if is_boy else 'nữ'}."


def _names_in(text: str) -> Iterator[list[_Name]]:
    """Runs of words with capitals; one that begins a sentence is read as a whole, then without its first word."""
    words = list(_WORD.finditer(text))
    index = 0
    while index < len(words):
        end = index
        while end < len(words) and words[end][0][0].isupper() and (end == index or _touch(text, words, end)):
            end += 1
        if end == index:
            index += 1
            continue
        run = tuple(word[0] for word in words[index:end])
        follower = words[end][0] if end < len(words) and _touch(text, words, end) else ""
        before = words[index - 1][0].lower() if index and _touch(text, words, index) else ""
        if _SENTENCE_END.search(text[: words[index].start()]):
            is_pronoun = run[0].lower() in _PRONOUNS
            whole = [] if is_pronoun else [_Name(run, before, follower, begins=len(run) == 1)]
            rest = [_Name(run[1:], run[0].lower(), follower, begins=False)] if len(run) > 1 else []
            yield [*whole, *rest]
        elif before not in _NO_NAME_AFTER and run[0].lower() not in _PRONOUNS:
            yield [_Name(run, before, follower, begins=False)]
        index = end


def _touch(text: str, words: Sequence[re.Match[str]], index: int) -> bool:
    """Whether nothing but a blank parts the word from the one before."""
    return text[words[index - 1].end() : words[index].start()] == " "


def _words(name: str) -> list[str]:
    return clean(name).split()


def _key(words: Sequence[str]) -> Key:
    """Alike however the tone is placed: Hoà is Hòa."""
    return tuple(without_tones(word) for word in words)


def _folded(words: Sequence[str]) -> str:
    return search_key(" ".join(words))


# ── The same for everybody ────────────────────────────────────────────────────────────────────────────


def alike(comments: Sequence[tuple[Pupil, str]]) -> int:
    """How many pupils of the class have one and the same comment, if that is most of them; else 0.

    A comment in which only the name differs is the same.
    """
    counted = Counter(_bare(pupil, text) for pupil, text in comments if text.strip())
    most = max(counted.values(), default=0)
    return most if most >= FEWEST_ALIKE and 2 * most > len(comments) else 0


def alike_words(number: int, label: str, pupils: int) -> str:
    return (
        f"Cột «{label}»: {number} trên {pupils} em có cùng một nhận xét. Nhận xét nên nói về sự tiến bộ của riêng từng "
        "em (TT 27/2020, Điều 4)."
    )


def _bare(pupil: Pupil, text: str) -> str:
    """The comment without the pupil's own name, blanks and capitals aside."""
    bare = clean(text)
    for name, place in ((clean(pupil.full_name), FULL), (split_name(pupil.full_name)[1], GIVEN)):
        bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", place, bare)
    return bare.lower().rstrip(" .").replace(FULL, GIVEN)
