"""Of supervision: inspections, logs, powers, backups, personal data."""

from accounts.handbook.entries import LEADERS, Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "giải trình nội dung kiểm tra ở sổ của mình",
        "mở nội dung ở «Việc của tôi», đọc, ghi «Giải trình». Kết luận phải sửa thì có việc «Lập phiếu sửa» cho "
        "tới khi gửi phiếu.",
        (Action.ANSWER_FINDING, Action.SEE_INSPECTION),
        "approvals:inspections",
        (Role.STAFF,),
    ),
    Entry(
        "xem quyết định khen thưởng, xử lí về mình",
        "mở «Kiểm tra hồ sơ», bấm «Khen thưởng, xử lí vi phạm»: mỗi người thấy quyết định về chính mình.",
        (Action.SEE_STAFF_DECISION,),
        "approvals:staff_decisions",
        (Role.STAFF,),
    ),
    Entry(
        "trả lời đối chiếu số liệu hằng tháng",
        "mở «Đối chiếu số liệu», xem «Số liệu của tôi», xác nhận đúng hoặc «Báo sai khác», nêu rõ «Chỗ nào sai "
        "khác». Tháng chưa hết mà đã xác nhận thì hết tháng phải xác nhận lại.",
        (Action.ANSWER_RECONCILIATION, Action.SEE_RECONCILIATION),
        "approvals:reconciliations",
        (Role.STAFF,),
    ),
    Entry(
        "kiểm tra hồ sơ sổ sách",
        "mở «Kiểm tra hồ sơ», «Mở đợt kiểm tra», chọn thời điểm, lớp, bốc thăm em. Mở sổ, chọn ô, ghi nhận; «Yêu "
        "cầu giải trình»; rồi «Kết luận». Hết thì «Kết thúc đợt kiểm tra», in biên bản.",
        (Action.INSPECT, Action.SEE_INSPECTION),
        "approvals:inspections",
    ),
    Entry(
        "xem quyết định khen thưởng, xử lí vi phạm của cán bộ",
        "mở «Kiểm tra hồ sơ», bấm «Khen thưởng, xử lí vi phạm»: từng quyết định, căn cứ vào nội dung kiểm tra "
        "nào.",
        (Action.SEE_STAFF_DECISION,),
        "approvals:staff_decisions",
        (Role.VICE_PRINCIPAL,),
    ),
    Entry(
        "ghi, thu hồi quyết định khen thưởng, xử lí vi phạm",
        "mở «Khen thưởng, xử lí vi phạm», bấm «Ghi quyết định». Đã kết luận vi phạm mà không xử lí thì ghi «Không "
        "xử lí», có lí do. Thu hồi được, có lí do.",
        (Action.DECIDE_ON_STAFF, Action.SEE_STAFF_DECISION),
        "approvals:staff_decisions",
    ),
    Entry(
        "xem đối chiếu, báo cáo tháng của văn thư",
        "mở «Đối chiếu số liệu», chọn đợt: ai đã xác nhận, sai khác nào, đã giải quyết thế nào; «báo cáo tháng» "
        "in được.",
        (Action.SEE_RECONCILIATION, Action.SEE_MONTHLY_REPORT),
        "approvals:reconciliations",
        LEADERS,
    ),
    Entry(
        "mở đợt đối chiếu, giải quyết sai khác, lập báo cáo tháng",
        "mở «Đối chiếu số liệu», «Mở đợt đối chiếu». Có sai khác thì ghi «Đã giải quyết thế nào» hoặc «Hỏi lại "
        "giáo viên». Đủ trả lời hoặc hết hạn thì «Kết thúc đợt đối chiếu», in «báo cáo tháng».",
        (Action.KEEP_RECONCILIATION, Action.SEE_RECONCILIATION, Action.SEE_MONTHLY_REPORT),
        "approvals:reconciliations",
    ),
    Entry(
        "biết dữ liệu có an toàn không",
        "mở «Sao lưu»: dòng đầu ghi an toàn hay chưa, phải làm gì. «Hướng dẫn sao lưu, khôi phục» ở cùng trang.",
        (Action.SEE_BACKUPS,),
        "accounts:backups",
    ),
    Entry(
        "sao lưu trước một việc lớn",
        "mở «Sao lưu», bấm «Sao lưu ngay», đợi «An toàn». Khoá sổ, lên lớp thì máy tự sao lưu trước và sau.",
        (Action.MAKE_BACKUP,),
        "accounts:backups",
    ),
    Entry(
        "biết máy chủ có khoẻ không",
        "mở «Tình trạng hệ thống»: ổ đĩa, máy nền, chứng chỉ, đồng hồ, phiên bản; dòng nào không tốt thì có cách "
        "làm.",
        (Action.SEE_SYSTEM_STATE,),
        "accounts:system",
    ),
    Entry(
        "đổi mật khẩu quản trị, xem nhật kí quản trị",
        "mở «Tài khoản quản trị»: sau mỗi đợt nhập và sau 60 ngày bấm «Đổi mật khẩu quản trị», đưa phiếu tận tay "
        "văn thư. «Nhật kí quản trị» ghi mọi việc văn thư đã làm.",
        (Action.SUPERVISE_CLERK,),
        "accounts:admin_account",
    ),
    Entry(
        "biết ai đã xem, đã tải gì",
        "mở «Nhật kí truy cập», lọc người, việc, ngày; «Xuất Excel» được. Giữ ít nhất 12 tháng, không ai sửa "
        "được.",
        (Action.SEE_ACCESS_LOG,),
        "accounts:access_log",
    ),
    Entry(
        "biết ai đã đổi gì",
        "mở «Nhật kí thay đổi»: theo người, ngày; ở trang của em, của lớp: theo em, lớp; «So hai thời điểm». Mã "
        "nhật kí trên sổ in kiểm tra được ở đây.",
        (Action.SEE_AUDIT_TRAIL,),
        "approvals:audit",
    ),
    Entry(
        "biết trường xử lí dữ liệu cá nhân vào việc gì, có yêu cầu, sự cố nào",
        "mở «Sổ mục đích xử lí dữ liệu cá nhân»; các thẻ «Yêu cầu», «Sự cố», «Thời hạn lưu» ở đầu trang.",
        (Action.SEE_DATA_PROTECTION,),
        "approvals:purposes",
    ),
    Entry(
        "ghi mục đích xử lí, yêu cầu của phụ huynh, sự cố dữ liệu",
        "mở «Sổ mục đích xử lí dữ liệu cá nhân»: «Thêm mục đích»; ở «Yêu cầu» và «Sự cố» ghi ngay khi "
        "nhận, khi phát hiện. Hạn trả "
        "lời và 72 giờ báo sự cố hiện ở «Việc của tôi».",
        (Action.KEEP_DATA_PROTECTION,),
        "approvals:purposes",
    ),
    Entry(
        "quyết định yêu cầu về dữ liệu cá nhân, kết thúc sự cố",
        "mở việc ở «Việc của tôi» hoặc thẻ «Yêu cầu», «Sự cố»: ghi quyết định kèm lí do; sự cố kết thúc "
        "thì ghi kết luận.",
        (Action.DECIDE_DATA_REQUEST,),
        "approvals:data_requests",
    ),
    Entry(
        "đưa một người bản sao dữ liệu của chính họ",
        "mở yêu cầu đã được chấp nhận, bấm «Tải bản sao dữ liệu», gõ mật khẩu; tệp có bảng Excel cho người đọc.",
        (Action.EXPORT_PERSON,),
        "approvals:data_requests",
    ),
    Entry(
        "xoá phần đã quá thời hạn lưu",
        "mở «Thời hạn lưu»: chỉ phần quy định cho xoá mới có nút, lịch sử không bao giờ bị xoá.",
        (Action.REMOVE_EXPIRED,),
        "approvals:retention",
    ),
)
