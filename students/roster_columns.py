"""The headings of pupil lists, as the sector database, the vendors and the schools write them (domain 6).

Folded as by header_search.folded_heading(), best first. Where a list has two columns for one field, the
second is read only for the fields of FILLED_FROM_SECOND; else it is reported as not used.
"""

from students.header_search import Synonyms

NAME_SETS = (
    frozenset({"full_name"}),
    frozenset({"family_and_middle", "given_name"}),
    frozenset({"family_name", "given_name"}),
)


def _of(names: tuple[str, ...], *words: str) -> tuple[str, ...]:
    """What is said of a person, before or behind what the person is called: "sdt me", "sdt cua me", "me sdt"."""
    forms = ("{word} {name}", "{word} cua {name}", "{name} {word}")
    return tuple(form.format(word=word, name=name) for word in words for name in names for form in forms)


SYNONYMS: Synonyms = {
    "ordinal": ("stt", "tt", "so tt", "so thu tu", "thu tu"),
    "full_name": (
        "ho va ten", "ho ten", "ho va ten hoc sinh", "ho ten hoc sinh", "ho va ten hs", "ho ten hs",
        "ten hoc sinh", "hoten",
    ),
    "family_and_middle": (
        "ho va dem", "ho dem", "ho va ten dem", "ho ten dem", "ho va chu dem", "ho chu dem", "ho lot",
        "ho va ten lot", "ho va lot", "ho va chu lot", "ho chu lot",
    ),
    "family_name": ("ho",),
    "middle_name": ("ten dem", "dem", "chu dem", "ten lot", "lot", "chu lot", "ten chu dem"),
    "given_name": ("ten", "dem va ten", "ten dem va ten", "chu dem va ten", "lot va ten", "ten lot va ten"),
    "birth_date": (
        "ngay sinh", "ngay thang nam sinh", "ngaysinh", "sinh ngay", "nam sinh", "ns", "ngay sinh dd mm yyyy",
        "ngay sinh hoc sinh", "dob", "ntns", "n sinh",
    ),
    "birth_day": ("ngay sinh ngay", "ngay thang nam sinh ngay"),
    "birth_month": ("ngay sinh thang", "ngay thang nam sinh thang", "thang sinh"),
    "birth_year": ("ngay sinh nam", "ngay thang nam sinh nam"),
    "gender": ("gioi tinh", "gioitinh", "phai", "gioi", "nam nu", "gender", "gt"),
    "female_mark": ("nu", "gioi tinh nu", "phai nu", "hoc sinh nu", "hs nu"),
    "class_name": (
        "lop", "ten lop", "lop hoc", "tenlop", "lop dang hoc", "hoc lop", "nhom lop", "khoi hoc nhom lop", "ma lop",
    ),
    "grade": ("khoi hoc", "khoi", "khoi lop"),
    "moet_id": (
        "ma dinh danh bo gd dt", "ma dinh danh bo gddt", "ma dinh danh bo giao duc va dao tao", "ma moet",
        "ma dinh danh", "dinh danh", "ma so dinh danh", "ma bo", "ma dinh danh bo gd dt tren csdl nganh",
        "ma hoc sinh tren csdl nganh", "ma dinh danh hoc sinh",
    ),
    "national_id": (
        "so dinh danh ca nhan", "ma dinh danh ca nhan", "ma dinh danh cong dan", "so ddcn", "so dinh danh",
        "so can cuoc cong dan", "so cccd", "cccd", "so can cuoc", "ma so dinh danh ca nhan",
        "so dinh danh ca nhan cccd",
    ),
    "school_code": ("ma hoc sinh", "ma hs", "ma so hoc sinh", "mahs", "mahocsinh", "student code"),
    "register_no": (
        "so dang bo", "dang bo", "ma so dang bo", "so db", "sodb", "sdb", "so danh bo", "so dang bo hoc sinh",
    ),
    "ethnic_code": ("dan toc", "dan toc theo giay khai sinh", "dantoc", "ma dan toc"),
    "religion_code": ("ton giao", "ma ton giao", "tongiao"),
    "nationality": ("quoc tich", "ma quoc tich", "quoctich"),
    "birth_place": ("noi sinh chi tiet", "noi sinh", "noisinh"),
    "origin": ("que quan", "nguyen quan", "que quan chi tiet"),
    "home_address": (
        "cho o hien nay", "noi o hien nay", "noi o", "cho o", "dia chi hien nay", "dia chi", "noi cu tru",
        "dia chi lien he",
    ),
    "permanent": (
        "noi thuong tru", "thuong tru", "dia chi thuong tru", "ho khau thuong tru", "hktt", "dia chi hktt", "ho khau",
    ),
    "permanent_detail": ("thuong tru so nha duong", "so nha duong thuong tru", "dia chi chi tiet thuong tru"),
    "permanent_hamlet": (
        "thuong tru to dan pho thon", "to thon hktt", "to thon thuong tru", "thon xom hktt", "thon xom thuong tru",
    ),
    "permanent_ward": (
        "thuong tru xa phuong", "xa phuong thuong tru", "xa phuong hktt", "phuong xa hktt", "phuong xa thuong tru",
    ),
    "permanent_district": (
        "thuong tru huyen quan", "quan huyen thuong tru", "quan huyen hktt", "huyen quan hktt", "huyen quan thuong tru",
    ),
    "permanent_province": (
        "thuong tru tinh thanh pho", "tinh thanh pho thuong tru", "tinh thanh pho hktt", "tinh hktt",
        "tinh thuong tru",
    ),
    "email": ("email", "e mail", "thu dien tu", "thu dien tu lien he", "email lien he", "email phu huynh"),
    "phone": (
        "sdt lien he", "so dien thoai lien he", "dien thoai lien he", "sdt", "so dien thoai", "dien thoai",
        "sdt phu huynh", "so dien thoai phu huynh", "dien thoai phu huynh", "sdt phhs", "sdt cha me",
    ),
    "parents": (
        "ho ten cha me", "ho va ten cha me", "cha me", "ho ten bo me", "ho va ten bo me", "bo me", "ten cha me",
    ),
    "father_name": (
        "ho va ten cha", "ho ten cha", "ten cha", "ho va ten bo", "ho ten bo", "ten bo", "cha ho va ten",
        "cha ho ten", "bo ho va ten", "bo ho ten", "cha", "bo",
    ),
    "father_birth_year": (
        "nam sinh cha", "nam sinh bo", "ngay sinh cha", "ngay sinh bo", "cha nam sinh", "bo nam sinh",
        "cha ngay sinh", "bo ngay sinh",
    ),
    "father_job": (
        "nghe nghiep cha", "nghe nghiep bo", "nghe cha", "nghe bo", "cha nghe nghiep", "bo nghe nghiep",
        "nghe nghiep cua cha", "cha nghe", "bo nghe",
    ),
    "father_phone": _of(("cha", "bo"), "sdt", "so dien thoai", "dien thoai"),
    "father_workplace": _of(("cha", "bo"), "noi lam viec", "noi cong tac"),
    "mother_name": ("ho va ten me", "ho ten me", "ten me", "me ho va ten", "me ho ten", "me"),
    "mother_birth_year": ("nam sinh me", "ngay sinh me", "me nam sinh", "me ngay sinh"),
    "mother_job": ("nghe nghiep me", "nghe me", "me nghe nghiep", "nghe nghiep cua me", "me nghe"),
    "mother_phone": _of(("me",), "sdt", "so dien thoai", "dien thoai"),
    "mother_workplace": _of(("me",), "noi lam viec", "noi cong tac"),
    "guardian_name": (
        "ho va ten nguoi giam ho", "ho ten nguoi giam ho", "nguoi giam ho", "ten nguoi giam ho",
        "nguoi giam ho ho va ten", "nguoi giam ho ho ten", "giam ho ho ten",
    ),
    "guardian_relation": (
        "quan he cua nguoi giam ho", "quan he cua nguoi giam ho voi hoc sinh", "quan he nguoi giam ho",
        "quan he voi hoc sinh", "nguoi giam ho quan he", "giam ho quan he",
    ),
    "guardian_birth_year": _of(("nguoi giam ho", "giam ho"), "nam sinh", "ngay sinh"),
    "guardian_job": _of(("nguoi giam ho", "giam ho"), "nghe nghiep", "nghe"),
    "guardian_phone": _of(("nguoi giam ho", "giam ho"), "sdt", "so dien thoai", "dien thoai"),
    "guardian_workplace": _of(("nguoi giam ho", "giam ho"), "noi lam viec", "noi cong tac"),
    "policy_code": (
        "dien chinh sach", "doi tuong chinh sach", "che do chinh sach", "doi tuong cs", "ma dien chinh sach",
    ),
    "disability_code": ("loai khuyet tat", "dang khuyet tat", "khuyet tat", "ma loai khuyet tat"),
    "disability_level": ("muc do khuyet tat", "muc khuyet tat"),
    "disability_certificate_no": (
        "so giay xac nhan khuyet tat", "so giay xac nhan kt", "giay xac nhan khuyet tat", "so giay khuyet tat",
    ),
    "disability_certificate_on": ("ngay cap giay xac nhan khuyet tat", "ngay cap giay xac nhan kt"),
    "is_exempt_from_assessment": ("khuyet tat khong danh gia", "hs khuyet tat khong danh gia", "kt khong danh gia"),
    "exemption_decision_no": ("so quyet dinh khong danh gia", "so quyet dinh mien danh gia"),
    "exemption_decision_on": ("ngay quyet dinh khong danh gia", "ngay quyet dinh mien danh gia"),
    "is_pioneer": ("doi vien", "la doi vien"),
    "pioneer_since": ("ngay vao doi", "ngay ket nap doi"),
    "pioneer_place": ("noi vao doi", "noi ket nap doi"),
    "height_cm": ("chieu cao", "chieu cao cm", "cao cm"),
    "weight_kg": ("can nang", "can nang kg", "nang kg"),
    "measured_on": ("ngay do", "ngay do chieu cao can nang", "ngay can do"),
    "boarding": (
        "loai ban tru", "ban tru noi tru", "ban tru", "an ban tru", "o ban tru", "hoc ban tru", "hoc sinh ban tru",
        "hs ban tru",
    ),
    "status": ("trang thai", "trang thai hs", "trang thai hoc sinh", "tinh trang"),
}  # fmt: skip

# The kind of day boarding stands in a column of its own, beside one of marks, or in the only one.
FILLED_FROM_SECOND = frozenset({"national_id", "class_name", "ethnic_code", "boarding"})

TEXT_LENGTHS = {
    "school_code": 30,
    "register_no": 30,
    "birth_place": 300,
    "origin": 300,
    "home_address": 300,
    "father_name": 150,
    "father_job": 100,
    "mother_name": 150,
    "mother_job": 100,
    "guardian_name": 150,
    "permanent_detail": 200,
    "permanent_hamlet": 100,
    "father_workplace": 150,
    "mother_workplace": 150,
    "guardian_relation": 60,
    "guardian_job": 100,
    "guardian_workplace": 150,
    "disability_certificate_no": 60,
    "exemption_decision_no": 60,
    "pioneer_place": 150,
}
"""Fields that are plain text, with the characters there is room for."""
