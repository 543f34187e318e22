"""Why a value has to be corrected: the short list of the form, for the register's counts (PLAN IV.5, IV.6). Pure."""

from enum import StrEnum


class ReasonCode(StrEnum):
    WRONG_FIGURE = "wrong_figure"
    WRONG_PUPIL = "wrong_pupil"
    WRONG_PLACE = "wrong_place"
    LEFT_OUT = "left_out"
    MARKED_AGAIN = "marked_again"
    WRONG_COMMENT = "wrong_comment"
    LATE_LEAVE = "late_leave"
    FORMER_SCHOOL = "former_school"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


def codes_about(*, roll: bool) -> list[ReasonCode]:
    """Those that the form offers: a roll has no marks and no comments, a sheet no leave."""
    return [code for code in ReasonCode if code not in (_OF_SHEETS if roll else _OF_ROLLS)]


_OF_SHEETS = frozenset(
    {ReasonCode.WRONG_FIGURE, ReasonCode.MARKED_AGAIN, ReasonCode.WRONG_COMMENT, ReasonCode.FORMER_SCHOOL}
)
_OF_ROLLS = frozenset({ReasonCode.LATE_LEAVE})
_LABELS = {
    ReasonCode.WRONG_FIGURE: "Nhập nhầm điểm, nhầm mức",
    ReasonCode.WRONG_PUPIL: "Nhầm học sinh",
    ReasonCode.WRONG_PLACE: "Nhầm cột, nhầm thời điểm",
    ReasonCode.LEFT_OUT: "Bỏ sót, chưa ghi",
    ReasonCode.MARKED_AGAIN: "Chấm phúc tra, kiểm tra lại bài",
    ReasonCode.WRONG_COMMENT: "Nhận xét chưa đúng",
    ReasonCode.LATE_LEAVE: "Giấy xin phép nghỉ nộp sau",
    ReasonCode.FORMER_SCHOOL: "Kết quả mang từ trường cũ",
    ReasonCode.OTHER: "Lí do khác",
}
