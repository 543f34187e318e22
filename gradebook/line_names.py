"""The name of a line on the papers of a class: Ngoại ngữ 1 with the language that the class learns (TT 27/2020)."""

from gradebook.regulation import line_by_code
from students.models import ForeignLanguage, SchoolClass

FOREIGN_LANGUAGE = "NN1"


def name_in(school_class: SchoolClass, code: str) -> str:
    """ "Ngoại ngữ 1 (Tiếng Anh)", where the form has "Ngoại ngữ 1 (……)"; every other line by its own name."""
    name, language = line_by_code(code).name, language_of(school_class)
    return f"{name} ({language})" if code == FOREIGN_LANGUAGE and language else name


def language_of(school_class: SchoolClass) -> str:
    """ "Tiếng Anh"; "" for one that the list of the sector does not name."""
    if school_class.foreign_language == ForeignLanguage.OTHER:
        return ""
    return str(school_class.get_foreign_language_display())
