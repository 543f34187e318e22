"""Of signatures, books, prints, reports and data that leave."""

from accounts.handbook.entries import OFFICE, Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kí xác nhận sổ THKQGD",
        "mở «Kí sổ THKQGD», bấm «Xem nội dung» từng sổ, đọc, chọn sổ, kí bằng mật khẩu. Sau đó có ô đổi thì chữ "
        "kí hết hiệu lực, hệ thống nhắc kí lại.",
        (Action.SIGN_BOOK, Action.SEE_SIGNATURES),
        "approvals:signatures",
    ),
    Entry(
        "biết sổ nào chưa kí",
        "mở «Kí sổ THKQGD», lọc tổ, giáo viên, lớp; «In danh sách chưa kí» được.",
        (Action.SEE_SIGNATURES,),
        "approvals:signatures",
        (*OFFICE, Role.GRADE_HEAD, Role.INSPECTOR),
    ),
    Entry(
        "nhắc người chưa kí sổ",
        "mở «Kí sổ THKQGD», xem ai còn «Sổ còn phải kí», chọn người, bấm nhắc. Mỗi người mỗi ngày được nhắc một "
        "lần.",
        (Action.REMIND_SIGNERS,),
        "approvals:signatures",
    ),
    Entry(
        "mở sổ, học bạ đã in",
        "mở «In sổ, học bạ»: đợt in, bản in riêng, trạng thái, tệp PDF; «Sổ theo dõi in» cho biết bản nào còn "
        "đúng với sổ.",
        (Action.SEE_PRINTS,),
        "reports:prints",
    ),
    Entry(
        "in sổ THKQGD, học bạ",
        "mở «In sổ, học bạ», chọn «Loại sổ», «In cho», thời điểm, bấm «Đặt in»; máy in nền làm, xong thì tải PDF. "
        "Ghi số bản giấy ở trang của bản in. Sau khi sửa điểm: «Trang phải in lại» ở «Việc của tôi».",
        (Action.PRINT_BOOKS,),
        "reports:prints",
    ),
    Entry(
        "in sổ cá nhân",
        "mở «In sổ cá nhân, phiếu», chọn thời điểm, bấm «Đặt in sổ cá nhân». Sổ chưa khoá thì in ra bản xem "
        "trước.",
        (Action.PRINT_OWN_BOOK,),
        "reports:own_prints",
    ),
    Entry(
        "in phiếu kết quả gửi cha mẹ",
        "mở «In sổ cá nhân, phiếu», tới «Phiếu thông báo kết quả cho cha mẹ học sinh», bấm «Đặt in phiếu»: mỗi em "
        "một tờ.",
        (Action.PRINT_SLIPS,),
        "reports:own_prints",
    ),
    Entry(
        "in quyết định, giấy khen",
        "mở «Quyết định, giấy khen» ở «Kết quả năm học», mở quyết định, bấm «In quyết định» hoặc in giấy khen của "
        "lớp. Chưa ban hành thì in ra dự thảo.",
        (Action.PRINT_PAPERS,),
        "gradebook:decisions",
    ),
    Entry(
        "biết tờ giấy có còn đúng không",
        "quét mã vuông ở chân trang, hoặc gõ mã ở «Kiểm tra bản in»: trang nói bản nào hiện hành, chỗ nào đã đổi.",
        (Action.CHECK_PRINTS,),
        "reports:proof",
    ),
    Entry(
        "xem thống kê kết quả, chuyên cần",
        "mở «Thống kê», chọn nội dung, thời điểm, khối, lớp; bấm một số để xem các em đứng sau số ấy; «So với» "
        "một thời điểm khác.",
        (Action.SEE_STATISTICS,),
        "reports:statistics_start",
    ),
    Entry(
        "xem, in, tải báo cáo của trường",
        "mở «Báo cáo, bản đã chốt», chọn báo cáo, thời điểm. Báo cáo dài do máy in nền vẽ, xong thì tự tải về.",
        (Action.SEE_REPORTS,),
        "reports:reports",
    ),
    Entry(
        "giữ một báo cáo đúng như lúc nộp",
        "mở báo cáo, bấm «Chốt bản này», ghi nhận xét. Sau này «So với số liệu hiện nay» cho biết đã đổi gì.",
        (Action.KEEP_REPORT,),
        "reports:kept_reports",
    ),
    Entry(
        "xuất tệp theo mẫu CSDL ngành",
        "mở «Xuất dữ liệu», chọn loại tệp, năm học, tải về. Đợt gửi CSDL ngành đã chuẩn bị thì tải ở «Dữ liệu gửi "
        "CSDL ngành».",
        (Action.EXPORT_DATA,),
        "reports:exports",
    ),
    Entry(
        "gửi dữ liệu lên CSDL ngành",
        "mở «Dữ liệu gửi CSDL ngành», xem điều gì chưa gửi được, vì sao; bấm «Chuẩn bị dữ liệu gửi CSDL ngành», "
        "tải tệp, gửi, rồi ghi nhận đã gửi.",
        (Action.PREPARE_SYNC,),
        "reports:sync",
    ),
    Entry(
        "lấy toàn bộ dữ liệu của trường",
        "mở «Toàn bộ dữ liệu của trường», bấm «Lập gói mới», gõ mật khẩu; vài phút sau tải tệp ZIP, cất như hồ sơ "
        "mật.",
        (Action.EXPORT_EVERYTHING,),
        "reports:archives",
    ),
)
