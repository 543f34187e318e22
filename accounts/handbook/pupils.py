"""Of classes and pupils: records, lists, attendance, movements, the year, consents."""

from accounts.handbook.entries import LEADERS, Entry
from accounts.powers import Action

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "xem danh sách lớp, mở một em",
        "mở «Lớp và học sinh», bấm tên lớp, bấm tên em. Biết tên hay mã thì gõ ở ô tìm trên đầu trang, không cần "
        "dấu.",
        (Action.SEE_CLASS, Action.SEE_PUPIL),
        "students:classes",
    ),
    Entry(
        "xem dân tộc, tôn giáo, khuyết tật, sức khoẻ, diện chính sách",
        "mở trang của em, hoặc «Hồ sơ học sinh» cho cả lớp. Mỗi lần xem được ghi vào nhật kí truy cập.",
        (Action.SEE_SENSITIVE,),
        "students:records",
    ),
    Entry(
        "hoàn thiện hồ sơ, ghi chiều cao, cân nặng",
        "mở «Hồ sơ học sinh»: cột «Còn thiếu» nêu mục nào. Bấm «Sửa» ở mục của em; chiều cao, cân nặng ghi cho cả "
        "lớp ở «Ghi chiều cao, cân nặng».",
        (Action.EDIT_RECORD,),
        "students:records",
    ),
    Entry(
        "ghi mã định danh, số đăng bộ",
        "mở trang của em, bấm «Sửa» ở mục mã số. Em chưa có mã của Bộ: «Cấp mã tạm», khi có mã thật thì ghi đè.",
        (Action.KEEP_PUPIL_IDS,),
        "students:classes",
    ),
    Entry(
        "nạp danh sách học sinh",
        "mở «Nạp danh sách», chọn năm học và tệp, bấm «Tải lên và xem trước». Trang nêu từng dòng thêm, đổi, bị "
        "từ chối và cách chữa; đúng rồi mới ghi. Trước đó nên «Sao lưu ngay».",
        (Action.IMPORT_ROSTERS,),
        "students:import",
    ),
    Entry(
        "tải danh sách học sinh ra Excel",
        "mở «Lớp và học sinh», bấm «Xuất Excel». Tệp có dữ liệu cá nhân: lần tải được ghi, hỏi mật khẩu.",
        (Action.EXPORT_ROSTERS,),
        "students:classes",
    ),
    Entry(
        "điểm danh, xác nhận tháng",
        "mở «Điểm danh», chọn buổi, đánh dấu em vắng, bấm «Lưu». Hết tháng bấm «Xác nhận tháng», hạn hết ngày 03 "
        "tháng sau. Sổ tháng đã khoá mà sai thì «Lập phiếu đề nghị sửa buổi này».",
        (Action.CALL_ROLL,),
        "students:attendance",
    ),
    Entry(
        "xem điểm danh, số ngày nghỉ",
        "mở «Điểm danh», bấm tên lớp: theo ngày, theo tháng, hoặc «Số ngày nghỉ» theo từng thời điểm đánh giá. "
        "Tháng in được, «Xuất Excel» được.",
        (Action.SEE_ATTENDANCE,),
        "students:attendance",
    ),
    Entry(
        "biết lớp nào chưa điểm danh, chưa xác nhận tháng",
        "mở «Điểm danh»: lớp còn buổi chưa điểm danh hôm nay đứng trước; «Chưa xác nhận, phải xem lại» nêu từng "
        "tháng.",
        (Action.FOLLOW_ATTENDANCE,),
        "students:attendance",
    ),
    Entry(
        "xem tuần học, ngày nghỉ, ngày học bù",
        "mở «Năm học», bấm năm: «Lịch từng tháng» ghi từng ngày, «Các lớp của năm học» ghi từng lớp.",
        (Action.SEE_YEAR,),
        "students:years",
    ),
    Entry(
        "chuẩn bị năm học, ghi ngày nghỉ, đổi buổi học",
        "mở «Năm học», lập năm mới, rồi «Ngày nghỉ, học bù», «Đổi buổi học», «Môn học, bộ quy định». «Việc còn "
        "thiếu» nêu điều gì còn phải có trước khi Hiệu trưởng mở năm học.",
        (Action.PREPARE_YEAR,),
        "students:years",
    ),
    Entry(
        "lập, đổi tên, bỏ lớp",
        "mở «Năm học», bấm năm, tới «Các lớp của năm học». Lớp đã có học sinh thì không bỏ được, chỉ đổi tên.",
        (Action.KEEP_CLASSES,),
        "students:years",
    ),
    Entry(
        "biết còn thiếu gì để mở năm học",
        "mở «Năm học», bấm năm đang chuẩn bị, bấm «Việc còn thiếu»: làm từ trên xuống, mỗi dòng có liên kết, có "
        "người làm.",
        (Action.SEE_OPENING,),
        "students:years",
    ),
    Entry(
        "mở năm học",
        "mở «Năm học», bấm năm, bấm «Việc còn thiếu», xem đủ rồi bấm «Mở năm học». Từ ngày ghi ở đó mọi trang làm "
        "việc theo năm mới.",
        (Action.OPEN_YEAR,),
        "students:years",
    ),
    Entry(
        "đóng năm học, mở lại năm đã đóng",
        "mở «Năm học», bấm năm, bấm «Đóng năm học»: trang nêu việc còn phải xong, của ai. Năm đã đóng chỉ xem và "
        "in. «Mở lại năm học» phải ghi lí do và hạn đóng lại.",
        (Action.CLOSE_YEAR,),
        "students:years",
    ),
    Entry(
        "theo dõi việc lên lớp, xếp lớp năm mới",
        "mở «Xếp lớp năm mới»: em nào chưa có kết quả phê duyệt, lớp nào đã xếp, các lần ghi danh sách lớp.",
        (Action.SEE_ROLL_OVER,),
        "gradebook:roll_overs",
        LEADERS,
    ),
    Entry(
        "xếp lớp năm mới, ghi danh sách lớp",
        "mở «Xếp lớp năm mới», lập lớp theo đề xuất, xếp em, bấm «Xem trước và ghi». Em chưa có kết quả được để "
        "lại, ghi sau. Ghi nhầm thì «Hoàn tác danh sách lớp».",
        (Action.ROLL_OVER, Action.SEE_ROLL_OVER),
        "gradebook:roll_overs",
    ),
    Entry(
        "xem bàn giao lớp",
        "mở «Bàn giao lớp»: lớp nào đã kí, đã nhận, còn chờ ai. Biên bản in được.",
        (Action.SEE_HANDOVER,),
        "gradebook:handovers",
    ),
    Entry(
        "bàn giao lớp cuối năm, nhận lớp đầu năm",
        "mở «Bàn giao lớp», mở lớp: ghi «Nét nổi bật», «Hạn chế», «Cần giúp đỡ» của từng em, bấm «Kí bàn giao». "
        "Lớp năm mới: đọc phần «Nhận từ năm trước» rồi tiếp nhận.",
        (Action.WRITE_HANDOVER, Action.RECEIVE_HANDOVER),
        "gradebook:handovers",
    ),
    Entry(
        "kí bàn giao thay giáo viên chủ nhiệm đã rời trường",
        "mở «Bàn giao lớp», mở lớp, bấm «ghi và kí bàn giao thay», ghi «Lí do kí thay giáo viên chủ nhiệm».",
        (Action.SIGN_HANDOVER_IN_PLACE,),
        "gradebook:handovers",
    ),
    Entry(
        "xem biến động, sĩ số một ngày bất kì",
        "mở «Biến động sĩ số»; «Sĩ số theo ngày» tính sĩ số từng lớp ở ngày chọn. Cả hai tải Excel được.",
        (Action.SEE_MOVEMENTS,),
        "students:movements",
    ),
    Entry(
        "ghi học sinh chuyển đến, chuyển đi, đổi lớp, thôi học",
        "chuyển đến: «Biến động sĩ số», «Học sinh mới chuyển đến». Em đang học: mở trang của em, bấm «Biến động», "
        "chọn loại, ghi ngày và giấy tờ. Ghi nhầm thì «Huỷ biến động», có lí do.",
        (Action.RECORD_MOVEMENTS,),
        "students:movements",
    ),
    Entry(
        "xem phiếu đồng ý về dữ liệu cá nhân, em nào còn thiếu",
        "mở «Phiếu đồng ý», chọn lớp: mỗi em ghi mục nào «Được phép», «Không đồng ý», chưa có phiếu. "
        "«Còn thiếu của ai» nêu "
        "từng em.",
        (Action.SEE_CONSENTS,),
        "approvals:consents",
    ),
    Entry(
        "phát, ghi phiếu đồng ý của cả lớp, hoặc ghi một em rút lại",
        "mở «Phiếu đồng ý», chọn lớp. «In phiếu phát cho cha mẹ» in mỗi em một tờ để trống. Thu phiếu về thì ghi "
        "«Ngày kí phiếu», chọn ở cột «Phiếu» của từng em rồi lưu một lần. Em từ 7 tuổi có ý kiến của chính em. Rút "
        "lại thì mở trang của em, chọn «Rút lại đồng ý đã cho», bấm «Ghi phiếu».",
        (Action.RECORD_CONSENTS,),
        "approvals:consents",
    ),
)
