"""The headings of pupil lists, as the sector database, the vendors and the schools write them (domain 6).

Folded as by header_search.folded_heading(), best first. Where a list has two columns for one field, the
second is read only for the fields of FILLED_FROM_SECOND; else it is reported as not used.
"""

from students.header_search import Synonyms

NAME_SETS = (frozenset({"full_name"}), frozenset({"family_and_middle", "given_name"}))

SYNONYMS: Synonyms = {
    "ordinal": ("stt", "tt", "so tt", "so thu tu", "thu tu"),
    "full_name": (
        "ho va ten", "ho ten", "ho va ten hoc sinh", "ho ten hoc sinh", "ho va ten hs", "ho ten hs",
        "ten hoc sinh", "hoten",
    ),
    "family_and_middle": (
        "ho va dem", "ho dem", "ho va ten dem", "ho ten dem", "ho va chu dem", "ho chu dem", "ho lot",
        "ho va ten lot", "ho va lot", "ho",
    ),
    "given_name": ("ten",),
    "birth_date": (
        "ngay sinh", "ngay thang nam sinh", "ngaysinh", "sinh ngay", "nam sinh", "ns", "ngay sinh dd mm yyyy",
        "ngay sinh hoc sinh", "dob",
    ),
    "gender": ("gioi tinh", "gioitinh", "phai", "gioi", "nam nu", "gender"),
    "female_mark": ("nu", "gioi tinh nu", "phai nu", "hoc sinh nu", "hs nu"),
    "class_name": (
        "lop", "ten lop", "lop hoc", "tenlop", "lop dang hoc", "hoc lop", "nhom lop", "khoi hoc nhom lop", "ma lop",
    ),
    "grade": ("khoi hoc", "khoi", "khoi lop"),
    "moet_id": (
        "ma dinh danh bo gd dt", "ma dinh danh bo gddt", "ma dinh danh bo giao duc va dao tao", "ma moet",
        "ma dinh danh", "dinh danh", "ma so dinh danh", "ma bo", "ma dinh danh bo gd dt tren csdl nganh",
        "ma hoc sinh tren csdl nganh",
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
    "birth_place": ("noi sinh chi tiet", "noi sinh", "noisinh"),
    "origin": ("que quan", "nguyen quan", "que quan chi tiet"),
    "home_address": (
        "cho o hien nay", "noi o hien nay", "noi o", "cho o", "dia chi hien nay", "dia chi", "noi cu tru",
        "dia chi lien he", "dia chi thuong tru", "ho khau thuong tru", "noi thuong tru", "thuong tru",
    ),
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
    "mother_name": ("ho va ten me", "ho ten me", "ten me", "me ho va ten", "me ho ten", "me"),
    "mother_birth_year": ("nam sinh me", "ngay sinh me", "me nam sinh", "me ngay sinh"),
    "mother_job": ("nghe nghiep me", "nghe me", "me nghe nghiep", "nghe nghiep cua me", "me nghe"),
    "guardian_name": (
        "ho va ten nguoi giam ho", "ho ten nguoi giam ho", "nguoi giam ho", "ten nguoi giam ho",
        "nguoi giam ho ho va ten", "nguoi giam ho ho ten", "giam ho ho ten",
    ),
    "policy_code": (
        "dien chinh sach", "doi tuong chinh sach", "che do chinh sach", "doi tuong cs", "ma dien chinh sach",
    ),
    "disability_code": ("loai khuyet tat", "dang khuyet tat", "khuyet tat", "ma loai khuyet tat"),
    "status": ("trang thai", "trang thai hs", "trang thai hoc sinh", "tinh trang"),
}  # fmt: skip

FILLED_FROM_SECOND = frozenset({"national_id", "class_name", "ethnic_code"})

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
}
"""Fields that are plain text, with the characters there is room for."""
