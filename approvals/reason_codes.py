"""Why a value has to be corrected: the short list of the form, for the register's counts (PLAN IV.5, IV.6). Pure."""

from gradebook.labels import Labelled


class ReasonCode(Labelled):
    WRONG_FIGURE = "wrong_figure", "Nhập nhầm điểm, nhầm mức"
    WRONG_PUPIL = "wrong_pupil", "Nhầm học sinh"
    WRONG_PLACE = "wrong_place", "Nhầm cột, nhầm thời điểm"
    LEFT_OUT = "left_out", "Bỏ sót, chưa ghi"
    MARKED_AGAIN = "marked_again", "Chấm phúc tra, kiểm tra lại bài"
    WRONG_COMMENT = "wrong_comment", "Nhận xét chưa đúng"
    LATE_LEAVE = "late_leave", "Giấy xin phép nghỉ nộp sau"
    FORMER_SCHOOL = "former_school", "Kết quả mang từ trường cũ"
    OTHER = "other", "Lí do khác"


def codes_about(*, roll: bool) -> list[ReasonCode]:
    """Those that the form offers: a roll has no marks and no comments, a sheet no leave."""
    return [code for code in ReasonCode if code not in (_OF_SHEETS if roll else _OF_ROLLS)]


_OF_SHEETS = frozenset(
    {ReasonCode.WRONG_FIGURE, ReasonCode.MARKED_AGAIN, ReasonCode.WRONG_COMMENT, ReasonCode.FORMER_SCHOOL}
)
_OF_ROLLS = frozenset({ReasonCode.LATE_LEAVE})
