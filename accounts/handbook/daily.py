"""Of every day: what waits, questions, announcements, documents."""

from accounts.handbook.entries import OFFICE, Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "biết hôm nay phải làm gì",
        "mở «Việc của tôi»: việc gấp đứng trước, mỗi việc ghi hạn. Bấm tên việc để làm; làm xong thì việc tự hết. "
        "Số ở trình đơn là số việc còn chờ.",
        (Action.SEE_OWN_TASKS,),
        "approvals:tasks",
    ),
    Entry(
        "biết ai được làm gì",
        "mở «Ai được làm gì»: bảng ấy là bảng mà hệ thống dùng để cho phép hoặc từ chối. Trang bị từ chối cũng "
        "ghi ai làm được.",
        (Action.SEE_HANDBOOK,),
        "accounts:powers",
    ),
    Entry(
        "hỏi, báo lỗi phần mềm",
        "bấm «Hỏi, báo sự cố» ở cuối trang đang vướng, ghi «Nội dung», chọn nơi nhận ở «Gửi tới», bấm «Gửi». Trả "
        "lời hiện ở «Việc của tôi»; chưa rõ thì «Hỏi thêm», xong thì «Đóng».",
        (Action.ASK, Action.SEE_INQUIRY),
        "approvals:inquiry_new",
        (Role.STAFF,),
    ),
    Entry(
        "đọc thông báo",
        "mở «Thông báo». Thông báo chưa đọc nằm ở «Việc của tôi» cho tới khi mở.",
        (Action.SEE_ANNOUNCEMENT,),
        "approvals:announcements",
        (Role.STAFF,),
    ),
    Entry(
        "tìm kế hoạch, quyết định, văn bản của trường",
        "mở «Văn bản của trường»: mỗi văn bản có bản hiện hành và các bản cũ.",
        (Action.SEE_DOCUMENTS,),
        "approvals:documents",
    ),
    Entry(
        "theo dõi các câu hỏi, sự cố của trường",
        "mở «Hỏi đáp, sự cố», lọc theo trạng thái: «Mới», «Đã tiếp nhận», «Đã trả lời». Mỗi việc ghi ai đang giữ, "
        "chờ từ bao giờ.",
        (Action.SEE_INQUIRY,),
        "approvals:inquiries",
        (*OFFICE, Role.GRADE_HEAD),
    ),
    Entry(
        "xử lí câu hỏi, sự cố gửi tới mình",
        "mở việc ở «Chờ tôi xử lí», bấm «Tiếp nhận» rồi «Trả lời». Vượt thẩm quyền thì «Chuyển Hiệu trưởng»; lỗi "
        "phần mềm thì tổ trưởng bấm «Chuyển văn thư», văn thư báo công ty rồi «Ghi nhận đã gửi đơn vị kĩ thuật».",
        (Action.HANDLE_INQUIRY,),
        "approvals:inquiries",
    ),
    Entry(
        "giải quyết việc được chuyển lên",
        "mở việc ở «Chờ tôi xử lí», đọc ý kiến người chuyển, rồi «Trả lời», hoặc «Chuyển văn thư» kèm ý kiến.",
        (Action.DECIDE_INQUIRY,),
        "approvals:inquiries",
    ),
    Entry(
        "gửi thông báo, biết ai đã đọc, ai đã xem",
        "mở «Thông báo», bấm «Gửi thông báo», chọn người nhận. Trang của thông báo nêu ai chưa đọc. Gửi nhầm thì "
        "thu hồi, có lí do; bản cũ vẫn lưu.",
        (Action.ANNOUNCE, Action.SEE_ANNOUNCEMENT),
        "approvals:announcements",
        (Role.PRINCIPAL, Role.GRADE_HEAD),
    ),
    Entry(
        "xem các thông báo đã gửi trong trường",
        "mở «Thông báo»: mỗi thông báo ghi người gửi, người nhận, còn ai chưa đọc.",
        (Action.SEE_ANNOUNCEMENT,),
        "approvals:announcements",
        (Role.VICE_PRINCIPAL, Role.CLERK),
    ),
    Entry(
        "đưa văn bản của trường lên, lập Ban quản lí CSDL",
        "mở «Văn bản của trường», thêm văn bản kèm tệp PDF. Có bản mới thì mở văn bản cũ, lưu bản mới; bản cũ vẫn "
        "đọc được. Quyết định về Ban quản lí hỏi mật khẩu khi lưu.",
        (Action.KEEP_DOCUMENTS,),
        "approvals:documents",
    ),
)
