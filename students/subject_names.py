"""The subjects and activities of primary school in official spelling, and how files write them (R88). Pure."""

import re

from students.names import search_key

SUBJECT_NAMES = (
    "Tiếng Việt",
    "Toán",
    "Ngoại ngữ 1",
    "Đạo đức",
    "Tự nhiên và Xã hội",
    "Lịch sử và Địa lí",
    "Khoa học",
    "Tin học",
    "Công nghệ",
    "Giáo dục thể chất",
    "Âm nhạc",
    "Mĩ thuật",
    "Hoạt động trải nghiệm",
    "Tiếng dân tộc",
)
"""As the programme of 2018 spells them (domain 3): "Mĩ thuật", "Địa lí" with i."""

SYNONYMS = {
    "Tiếng Việt": ("tv", "tviet", "t viet"),
    "Ngoại ngữ 1": (
        "ngoai ngu",
        "tieng anh",
        "anh van",
        "anh",
        "nn",
        "nn1",
        "ngoai ngu 1 tieng anh",
        "ngoai ngu tieng anh",
    ),
    "Đạo đức": ("dd",),
    "Tự nhiên và Xã hội": ("tn xh", "tnxh", "tn va xh", "tu nhien xa hoi"),
    "Lịch sử và Địa lí": (
        "lich su va dia ly",
        "lich su dia li",
        "lich su dia ly",
        "ls dl",
        "lsdl",
        "ls va dl",
        "su dia",
    ),
    "Khoa học": ("kh",),
    "Tin học": ("th cn tin hoc", "tin hoc va cong nghe tin hoc", "thcn tin hoc", "tin"),
    "Công nghệ": ("th cn cong nghe", "tin hoc va cong nghe cong nghe", "thcn cong nghe", "cn"),
    "Giáo dục thể chất": ("gdtc", "the duc", "gd the chat"),
    "Âm nhạc": ("nghe thuat am nhac", "an", "nhac"),
    "Mĩ thuật": ("my thuat", "nghe thuat mi thuat", "nghe thuat my thuat", "mt"),
    "Hoạt động trải nghiệm": ("hdtn", "hd trai nghiem", "hoat dong trai nghiem hdtn"),
    "Tiếng dân tộc": ("tieng dan toc thieu so", "tieng dtts", "tdt"),
}


def canonical_subject(text: str) -> str | None:
    """Return the official name of the subject that `text` means, or None. "TH-CN (Tin học)" gives "Tin học"."""
    return _MEANINGS.get(_folded(text))


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", search_key(text)))


_MEANINGS = {_folded(name): name for name in SUBJECT_NAMES} | {
    synonym: name for name, synonyms in SYNONYMS.items() for synonym in synonyms
}
