"""Whether the school and province that a pupil comes from, or goes to, can be what was meant. Pure."""

import re
from collections.abc import Iterator

from students.administrative_units import province_named
from students.movement_rules import ABROAD
from students.names import search_key

SAME_PROVINCE, OTHER_PROVINCE = "01", "02"
OWN_COUNTRY = ("viet nam", "vietnam", "vn")
_KIND_OF_SCHOOL = re.compile(r"^(truong )?(tieu hoc |th )?")


def against_the_school(name: str, province: str, *, own_name: str, own_province: str) -> str:
    """A school elsewhere may well have our name, but not beside us. "" when nothing speaks against it."""
    if not name or _bare(name) != _bare(own_name) or not _is_one_province(province, own_province):
        return ""
    return f"«{name}» là trường mình. Ghi tên trường kia; trường khác trùng tên thì ghi thêm xã (phường) vào tên."


def against_the_destination(code: str, province: str, *, own_province: str) -> tuple[str, str] | None:
    """The field and why «trong tỉnh», «ngoài tỉnh», «nước ngoài» and the name of the province contradict."""
    named, own = province_named(province), province_named(own_province)
    if not code or not named or not own:
        return None
    if code == ABROAD:
        return "other_province", f"Chuyển ra nước ngoài thì ghi tên nước, không ghi «{province}»."
    if code == SAME_PROVINCE and named != own:
        return "destination_code", f"«{province}» không cùng tỉnh với trường ({own}): chọn «Ngoài tỉnh»."
    if code == OTHER_PROVINCE and named == own:
        merged = "" if _bare(province).endswith(_bare_province(own)) else f" nay thuộc {own},"
        return "destination_code", f"«{province}»{merged} cùng tỉnh với trường: chọn «Trong tỉnh»."
    return None


def about_the_province(province: str, *, is_abroad: bool) -> Iterator[str]:
    """Doubts: a name that no province bears, our own country as a foreign one."""
    if is_abroad and search_key(province) in OWN_COUNTRY:
        yield f"Chuyển ra nước ngoài mà nơi đến ghi «{province}»: ghi tên nước em đến."
    elif province and not is_abroad and not province_named(province):
        yield (
            f"«{province}» không phải tên tỉnh (thành phố) nào của nước ta. Kiểm tra lại; nếu là tên nước hoặc cách "
            "gọi khác thì cứ ghi tiếp."
        )


def _is_one_province(one: str, other: str) -> bool:
    return (province_named(one) or search_key(one)) == (province_named(other) or search_key(other))


def _bare_province(name: str) -> str:
    return re.sub(r"^(thanh pho|tinh) ", "", search_key(name))


def _bare(name: str) -> str:
    return _KIND_OF_SCHOOL.sub("", " ".join(re.findall(r"\w+", search_key(name))))
