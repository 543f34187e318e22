"""Of people and accounts: posts, assignments, sign-in."""

from accounts.handbook.entries import OFFICE, Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "đổi mật khẩu, thay điện thoại, đăng xuất máy khác",
        "mở «Tài khoản của tôi»: «Đổi mật khẩu», «Đổi sang máy khác», «Lập mười mã mới, bỏ mã cũ», «Xem các "
        "phiên». Mất điện thoại thì dùng mã dự phòng, hoặc nhờ văn thư, Ban giám hiệu đặt lại.",
        (Action.KEEP_OWN_SIGN_IN, Action.SEE_PERSON),
        "accounts:me",
        (Role.STAFF,),
    ),
    Entry(
        "giúp người không đăng nhập được",
        "mở «Tài khoản», bấm tên người ấy: «Mở khoá» khi gõ sai nhiều lần, đặt lại xác thực hai lớp khi mất điện "
        "thoại, làm phiếu mới khi quên mật khẩu. Đưa phiếu tận tay.",
        (Action.RELEASE_LOCK, Action.RESET_SECOND_FACTOR, Action.KEEP_ACCOUNT),
        "accounts:people",
    ),
    Entry(
        "xem, đóng, mở lại tài khoản",
        "mở «Tài khoản», bấm tên. Người rời trường: đóng tài khoản, trang nêu việc phải giao lại trước. Tài khoản "
        "đã đóng mở lại được; việc đã làm vẫn giữ tên.",
        (Action.SEE_ACCOUNTS, Action.KEEP_ACCOUNT),
        "accounts:people",
    ),
    Entry(
        "cấp tài khoản mới",
        "mở «Tài khoản», «Thêm tài khoản» hoặc «Nạp từ Excel», rồi chọn người, «Làm phiếu cho người đã chọn», in "
        "và đưa tận tay. Chức vụ, lớp do Ban giám hiệu giao sau.",
        (Action.CREATE_ACCOUNTS,),
        "accounts:people",
    ),
    Entry(
        "xem hồ sơ, chức vụ, phân công của một người",
        "mở «Cán bộ», bấm tên: chức vụ hiện nay, «Lịch sử phân công», quyền xem được cấp thêm.",
        (Action.SEE_STAFF, Action.SEE_PERSON),
        "gradebook:staff",
        OFFICE,
    ),
    Entry(
        "cập nhật hồ sơ cán bộ",
        "mở «Cán bộ», bấm tên, bấm «Sửa hồ sơ». Quyền không đổi theo.",
        (Action.EDIT_STAFF,),
        "gradebook:staff",
    ),
    Entry(
        "giao, kết thúc chức vụ của Ban giám hiệu, văn thư, người kiểm tra",
        "mở «Cán bộ», bấm tên, bấm «Giao chức vụ», ghi ngày bắt đầu. Không ai tự giao chức vụ cho mình.",
        (Action.APPOINT,),
        "gradebook:staff",
    ),
    Entry(
        "giao chức vụ tổ (khối) trưởng",
        "mở «Cán bộ», bấm tên, bấm «Giao chức vụ», chọn tổ hoặc khối, ghi ngày bắt đầu.",
        (Action.APPOINT_HEAD,),
        "gradebook:staff",
    ),
    Entry(
        "phân công chủ nhiệm, giảng dạy, dạy thay",
        "mở «Phân công», chọn lớp, bấm «Phân công» ở việc chưa có ai; hoặc «Nạp từ Excel» cho cả trường. Nghỉ "
        "dài: mở người ấy ở «Cán bộ», bấm «Giao dạy thay tất cả».",
        (Action.ASSIGN,),
        "gradebook:class_staff",
    ),
    Entry(
        "cho xem thêm ngoài chức vụ, thu hồi",
        "mở «Quyền xem cấp thêm», bấm «Cấp quyền», chọn người hoặc nhóm, được xem gì, tới ngày nào, lí do. Chỉ để "
        "xem. Thu hồi bất cứ lúc nào.",
        (Action.GRANT,),
        "gradebook:grants",
    ),
    Entry(
        "xem quyền, lần đăng nhập, bảo mật của mọi tài khoản",
        "mở «Tổng quan tài khoản»: ai có quyền gì, vào lần cuối bao giờ, ai chưa bật xác thực hai lớp, chưa tập "
        "huấn.",
        (Action.SEE_OVERVIEW,),
        "accounts:overview",
    ),
    Entry(
        "biết ai chưa tập huấn",
        "mở «Tập huấn»: tỉ lệ từng tổ, cột «Còn thiếu» nêu tên.",
        (Action.SEE_TRAINING,),
        "accounts:training",
    ),
    Entry(
        "ghi nhận tập huấn",
        "mở «Tập huấn», ghi «Nội dung tập huấn», «Ngày tập huấn», «Người tập huấn», đánh dấu người đã dự, bấm "
        "«Ghi nhận đã tập huấn». Không ai tự ghi cho mình.",
        (Action.RECORD_TRAINING,),
        "accounts:training",
    ),
)
