"""The Excel shapes of the sector database: which columns, under which headings, in which order (domain.md 6). Pure.

A column whose `field` is "" is one that the school does not keep: it stays empty, and the page says so. The pupil list
has its columns at the letters that are known of the sector's own file (D name, S to AB addresses, BK to BR parents);
those between follow the order of the API's description of 26/10/2020, and readers go by the headings.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Content(StrEnum):
    """What a row of a shape is about: a pupil; a pupil's line at a period, or at both periods of a term; a pupil's
    competencies and qualities."""

    PUPILS = "pupils"
    MARKS = "marks"
    TERM = "term"
    TRAITS = "traits"


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    field: str = ""
    width: int = 14


@dataclass(frozen=True, slots=True)
class Shape:
    """`sheet`: the name of the only sheet; of marks "" for a sheet a subject. `with_lists`: dictionaries follow."""

    slug: str
    title: str
    about: str
    content: Content
    columns: tuple[Column, ...]
    sheet: str = ""
    with_lists: bool = False

    @property
    def lacking(self) -> tuple[str, ...]:
        """Headings of the columns that stay empty."""
        return tuple(column.heading.replace("\n", " ") for column in self.columns if not column.field)

    @property
    def is_of_a_period(self) -> bool:
        return self.content is not Content.PUPILS


# -- Pupils ------------------------------------------------------------------------------------------------

_PUPIL_LIST: Final = (
    Column("STT", "ordinal", 5),
    Column("Mã lớp*", "class_name", 8),
    Column("Mã học sinh*", "code", 14),
    Column("Họ tên*", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Giới tính", "gender", 8),
    Column("Trạng thái HS", "status", 16),
    Column("Ngày nhập trạng thái", "status_day", 12),
    Column("Dân tộc", "ethnic_group", 12),
    Column("Tôn giáo", "religion", 12),
    Column("Quốc tịch", "nationality", 12),
    Column("Loại khuyết tật", "disability", 18),
    Column("Học sinh khuyết tật không đánh giá", "is_not_assessed", 10),
    Column("Số định danh cá nhân", "national_id", 15),
    Column("Khu vực"),
    Column("Tỉnh/Thành phố\n(Theo địa chỉ thường trú)", "permanent_province", 20),
    Column("Quận/Huyện\n(Theo địa chỉ thường trú)", "permanent_district", 16),
    Column("Xã/Phường\n(Theo địa chỉ thường trú)", "permanent_ward", 20),
    Column("Tổ/Thôn/Xóm (Theo địa chỉ thường trú)", "permanent_hamlet", 20),
    Column("Tỉnh/Thành phố\n(Theo quê quán)", "origin_province", 20),
    Column("Quận/Huyện\n(Theo quê quán)", "origin_district", 16),
    Column("Xã/Phường\n(Theo quê quán)", "origin_ward", 20),
    Column("Tổ/Thôn/Xóm (Theo quê quán)", "origin_rest", 20),
    Column("Tỉnh/Thành phố\n(Theo nơi sinh)"),
    Column("Quận/Huyện\n(Theo nơi sinh)"),
    Column("Nơi sinh chi tiết", "birth_place", 30),
    Column("Chỗ ở hiện nay", "home_address", 30),
    Column("Số điện thoại liên hệ", "phone", 13),
    Column("Email", "email", 22),
    Column("Số CMND"),
    Column("Ngày cấp CMND"),
    Column("Nơi cấp CMND"),
    Column("Số đăng bộ", "register_no", 12),
    Column("Thứ tự", "position", 7),
    Column("Ngày vào trường", "joined_on", 12),
    Column("Loại nhập học", "entry_kind", 16),
    Column("Chuyển đến từ tỉnh", "came_from", 20),
    Column("Nơi chuyển đi", "destination", 14),
    Column("Chuyển đi đến tỉnh", "went_to", 20),
    Column("Lý do thôi học", "leave_reason", 24),
    Column("Thời điểm rời trường", "left_in", 12),
    Column("Diện chính sách", "policy_group", 24),
    Column("Hộ nghèo", "is_poor", 8),
    Column("Đội viên", "is_pioneer", 8),
    Column("Ngày vào Đội", "pioneer_since", 12),
    Column("Nơi vào Đội", "pioneer_place", 20),
    Column("Loại bán trú", "day_boarding", 20),
    Column("Nội trú", "is_boarder", 8),
    Column("Chiều cao", "height", 8),
    Column("Cân nặng", "weight", 8),
    Column("Nhóm máu"),
    Column("Bệnh về mắt"),
    Column("Biết bơi"),
    Column("Cha dân tộc"),
    Column("Mẹ dân tộc"),
    Column("Học sinh học tiếng dân tộc"),
    Column("Tăng cường tiếng Việt"),
    Column("Hỗ trợ nhà ở"),
    Column("Cấp tiền hằng tháng"),
    Column("Hỗ trợ gạo"),
    Column("Hỗ trợ chi phí học tập"),
    Column("Học lớp mẫu giáo 5 tuổi"),
    Column("Họ tên cha", "father_name", 24),
    Column("Nghề nghiệp cha", "father_job", 14),
    Column("Năm sinh cha", "father_birth_year", 8),
    Column("Số điện thoại cha", "father_phone", 13),
    Column("Họ tên mẹ", "mother_name", 24),
    Column("Nghề nghiệp mẹ", "mother_job", 14),
    Column("Năm sinh mẹ", "mother_birth_year", 8),
    Column("Số điện thoại mẹ", "mother_phone", 13),
    Column("Họ tên người giám hộ", "guardian_name", 24),
    Column("Nghề nghiệp người giám hộ", "guardian_job", 14),
    Column("Năm sinh người giám hộ", "guardian_birth_year", 8),
    Column("Số điện thoại người giám hộ", "guardian_phone", 13),
)

_MINISTRY_LIST: Final = (
    Column("STT", "ordinal", 5),
    Column("Mã định danh Bộ GD&ĐT", "moet_id", 14),
    Column("Họ tên", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Giới tính", "gender", 8),
    Column("Dân tộc", "ethnic_group", 12),
    Column("Trạng thái", "status", 16),
    Column("SĐT liên hệ", "phone", 13),
    Column("Nơi sinh chi tiết", "birth_place", 30),
    Column("Tổ/thôn HKTT", "permanent_hamlet", 20),
    Column("Tỉnh quê quán", "origin_province", 20),
    Column("Phường/Xã quê quán", "origin_ward", 20),
    Column("Chỗ ở hiện nay", "home_address", 30),
    Column("Số CMND"),
    Column("Ngày cấp"),
    Column("Nơi cấp"),
    Column("Tên cha", "father_name", 24),
    Column("Nghề", "father_job", 14),
    Column("Năm sinh", "father_birth_year", 8),
    Column("Tên mẹ", "mother_name", 24),
    Column("Nghề", "mother_job", 14),
    Column("Năm sinh", "mother_birth_year", 8),
    Column("Lớp học", "class_name", 8),
    Column("Khối học", "grade_name", 8),
    Column("Số định danh cá nhân", "national_id", 15),
)

# -- Results -----------------------------------------------------------------------------------------------

_BY_SUBJECT: Final = (
    Column("STT", "ordinal", 5),
    Column("Mã học sinh", "code", 14),
    Column("Họ và tên", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Mức đạt được", "attainment", 10),
    Column("Điểm KTĐK", "mark", 9),
    Column("Mã nhận xét"),
    Column("Nội dung nhận xét", "comment", 60),
    Column("Lớp", "class_name", 8),
)

_FLAT: Final = (
    Column("STT", "ordinal", 5),
    Column("Lớp", "class_name", 8),
    Column("Mã học sinh", "code", 14),
    Column("Họ và tên", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Mức đạt được", "attainment", 10),
    Column("Điểm KTĐK", "mark", 9),
    Column("Mã nhận xét"),
    Column("Nội dung nhận xét", "comment", 60),
    Column("Thời điểm đánh giá", "period", 16),
)

_WIDE: Final = (
    Column("STT", "ordinal", 5),
    Column("Lớp", "class_name", 8),
    Column("Mã định danh Bộ GD&ĐT", "moet_id", 14),
    Column("Họ và tên", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Mức GK", "middle_attainment", 10),
    Column("Nhận xét GK", "middle_comment", 60),
    Column("Mức CK", "attainment", 10),
    Column("Điểm KTĐK", "mark", 9),
    Column("Nhận xét CK", "comment", 60),
)

_TRAITS: Final = (
    Column("STT", "ordinal", 5),
    Column("Lớp", "class_name", 8),
    Column("Mã định danh", "code", 14),
    Column("Họ và tên", "full_name", 26),
    Column("Ngày sinh", "birth_date", 12),
    Column("Nhận xét NL chung", "general", 60),
    Column("Nhận xét NL đặc thù", "specific", 60),
    Column("Nhận xét Phẩm chất", "quality", 60),
    Column("Thời điểm đánh giá", "period", 16),
)

SHAPES: Final = (
    Shape(
        "hoc-sinh",
        "Danh sách học sinh theo mẫu CSDL ngành",
        "Tệp «Filemau-C1-HocSinh»: mỗi em một hàng, kèm các trang danh mục mã.",
        Content.PUPILS,
        _PUPIL_LIST,
        "Sheet1",
        with_lists=True,
    ),
    Shape(
        "hoc-sinh-bo",
        "Danh sách học sinh như Bộ GD&ĐT xuất",
        "25 cột, có mã định danh Bộ GD&ĐT, cha mẹ, lớp, khối.",
        Content.PUPILS,
        _MINISTRY_LIST,
        "Sheet1",
    ),
    Shape(
        "diem-theo-mon",
        "Điểm, mức, nhận xét: mỗi môn một trang",
        "Như tệp của CSDL ngành: mức đạt được, điểm KTĐK ở cột F, nội dung nhận xét.",
        Content.MARKS,
        _BY_SUBJECT,
    ),
    Shape(
        "diem-hang-doc",
        "Điểm, mức, nhận xét: có cột thời điểm",
        "Mỗi môn một trang, mỗi em một hàng, ghi rõ lớp và thời điểm đánh giá.",
        Content.MARKS,
        _FLAT,
    ),
    Shape(
        "diem-hang-ngang",
        "Điểm, mức, nhận xét: giữa kì cạnh cuối kì",
        "Mỗi môn một trang; giữa kì và cuối kì của học kì chứa thời điểm đã chọn nằm trên một hàng.",
        Content.TERM,
        _WIDE,
    ),
    Shape(
        "nang-luc-pham-chat",
        "Nhận xét năng lực, phẩm chất",
        "Mỗi em một hàng: năng lực chung, năng lực đặc thù, phẩm chất.",
        Content.TRAITS,
        _TRAITS,
        "NLPC",
    ),
)


def shape_of(slug: str) -> Shape | None:
    return next((shape for shape in SHAPES if shape.slug == slug), None)
