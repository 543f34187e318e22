"""Of corrections after the lock."""

from accounts.handbook.entries import OFFICE, TEACHERS, Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "sửa giá trị khi sổ đã khoá",
        "mở sổ đã khoá, chọn ô, lập phiếu; ghi «Lí do», «Thêm minh chứng», bấm «Gửi phiếu». Tổ trưởng cho ý kiến, "
        "Phó Hiệu trưởng phê chuẩn, văn thư ghi vào sổ. Bị yêu cầu bổ sung thì việc về lại «Việc của tôi».",
        (Action.PROPOSE_CORRECTION,),
        "approvals:requests",
        TEACHERS,
    ),
    Entry(
        "đề nghị sửa sổ năm trước của người đã rời trường",
        "mở sổ năm trước của khối từ «Lớp và học sinh», chọn ô, lập phiếu như giáo viên giữ sổ; không tự ghi ý "
        "kiến về phiếu của mình.",
        (Action.PROPOSE_CORRECTION,),
        "approvals:requests",
        (Role.GRADE_HEAD,),
    ),
    Entry(
        "xem, in phiếu của mình, huỷ phiếu chưa phê chuẩn",
        "mở «Phiếu đề nghị sửa», mục «Của tôi»: mỗi phiếu ghi đang chờ ai, hạn ngày nào, diễn biến. «Huỷ phiếu "
        "này» phải ghi lí do khi phiếu đã có số.",
        (Action.SEE_DRAFT, Action.SEE_REQUEST, Action.PRINT_REQUEST),
        "approvals:requests",
        (Role.STAFF,),
    ),
    Entry(
        "tra cứu các phiếu đã gửi",
        "mở «Phiếu đề nghị sửa», lọc theo trạng thái: mỗi phiếu giữ giá trị cũ, giá trị đề nghị, minh chứng, ai "
        "duyệt, ai ghi.",
        (Action.SEE_REQUEST,),
        "approvals:requests",
    ),
    Entry(
        "in phiếu, sổ theo dõi sửa điểm",
        "mở phiếu rồi in; cả năm học: «Sổ theo dõi sửa điểm», lọc lớp, môn, thời gian, in hoặc tải Excel.",
        (Action.PRINT_REQUEST, Action.PRINT_PAPERS),
        "approvals:correction_register",
        OFFICE,
    ),
    Entry(
        "cho ý kiến về phiếu của giáo viên trong tổ",
        "mở phiếu ở «Việc của tôi», ghi «Ý kiến tổ (khối) trưởng». Mỗi người ghi một lần; không ghi thì phiếu vẫn "
        "đi tiếp.",
        (Action.OPINE_ON_REQUEST,),
        "approvals:requests",
    ),
    Entry(
        "phê chuẩn, từ chối, yêu cầu bổ sung",
        "mở phiếu ở «Việc của tôi», so «Các ô đề nghị sửa» với minh chứng, đọc «Thực hiện phiếu thì kéo theo "
        "những gì», ghi «Ý kiến», bấm «Phê chuẩn», «Từ chối» hoặc «Yêu cầu bổ sung». Không ai duyệt phiếu do mình "
        "lập.",
        (Action.DECIDE_REQUEST,),
        "approvals:requests",
    ),
    Entry(
        "đồng ý sửa sau khi đã phê duyệt kết quả của lớp",
        "mở phiếu «Chờ Hiệu trưởng đồng ý» ở «Việc của tôi»: trang nêu kết quả, quyết định nào phải làm lại. Đồng "
        "ý hoặc không, có lí do, có mật khẩu.",
        (Action.CONSENT_TO_REQUEST,),
        "approvals:requests",
    ),
    Entry(
        "ghi vào sổ phiếu đã phê chuẩn",
        "mở phiếu ở «Việc của tôi», bấm «Thực hiện»: hệ thống ghi đúng giá trị đã phê chuẩn. Rồi bấm «Xem có "
        "trang nào phải in lại», in lại, thay tờ cũ.",
        (Action.APPLY_REQUEST,),
        "approvals:requests",
    ),
)
