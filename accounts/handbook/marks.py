"""Of the gradebook: orders, entering, progress, the year's results."""

from accounts.handbook.entries import Entry
from accounts.powers import Action, Role

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "biết sổ mở từ giờ nào tới giờ nào",
        "mở «Lệnh mở, khoá sổ», hoặc «Lịch mở, khoá sổ» theo tháng. Giờ khoá cũng hiện trên đầu mọi trang.",
        (Action.SEE_ORDERS,),
        "gradebook:lock_calendar",
    ),
    Entry(
        "mở sổ, khoá sổ, gia hạn",
        "mở «Lệnh mở, khoá sổ», bấm «Lệnh mở nhập» hoặc «Lệnh khoá sổ», chọn thời điểm, phạm vi, giờ, bấm «Xem "
        "trước», kí bằng mật khẩu. Một người chưa kịp: «Gia hạn cho một giáo viên». Tới giờ lệnh tự có hiệu lực.",
        (Action.ISSUE_ORDER,),
        "gradebook:orders",
    ),
    Entry(
        "ghi nhận đã thực hiện lệnh",
        "mở lệnh ở «Lệnh mở, khoá sổ», bấm «Thực hiện». Lệnh tự có hiệu lực tới giờ; ghi nhận là để hồ sơ có "
        "người chịu trách nhiệm.",
        (Action.CARRY_OUT_ORDER,),
        "gradebook:orders",
    ),
    Entry(
        "báo giờ nhập cho tổ, nhắc người còn thiếu",
        "mở «Thông báo, nhắc tổ»: gửi thông báo khi có lệnh mở, nhắc đúng người còn ô thiếu, kèm «Lời nhắn thêm».",
        (Action.REMIND_TEACHERS,),
        "gradebook:team_reminders",
    ),
    Entry(
        "nhập điểm, mức đạt được, nhận xét",
        "mở sổ ở «Sổ của tôi trong năm học», gõ thẳng vào ô; từng ô tự lưu. Nhập bằng Excel: «Tải Excel», điền, "
        "nạp lại, xem trước rồi ghi; mọi sổ trong một tệp: «Excel các sổ của tôi».",
        (Action.ENTER_SHEET, Action.SEE_SHEET),
        "approvals:tasks",
    ),
    Entry(
        "sửa chỗ mà sổ cảnh báo",
        "mở sổ, bấm «Đến ô cần xem (F8)»: sửa giá trị, hoặc «Ghi lí do (F4)» khi giá trị đúng. Cảnh báo không "
        "ngăn lưu.",
        (Action.ENTER_SHEET,),
        "approvals:tasks",
    ),
    Entry(
        "xem sổ của một lớp, một em",
        "mở «Lớp và học sinh», bấm tên lớp, bấm «Sổ của lớp»; bấm một em để xem mọi môn ở bốn thời điểm. Bấm một "
        "ô để xem ai nhập, lúc nào, đã đổi mấy lần.",
        (Action.SEE_SHEET,),
        "students:classes",
    ),
    Entry(
        "biết còn thiếu ô nào, của em nào",
        "mở «Tiến độ nhập», chọn thời điểm, bấm một ô còn thiếu: trang nêu từng em, từng ô. Tải Excel được.",
        (Action.SEE_PROGRESS,),
        "gradebook:progress",
    ),
    Entry(
        "biết đã khoá sổ được chưa",
        "mở «Tiến độ nhập», bấm «Sẵn sàng khoá sổ?»: còn thiếu gì, cảnh báo nào chưa xem, của ai. In, tải Excel "
        "được.",
        (Action.SEE_READINESS,),
        "gradebook:readiness",
    ),
    Entry(
        "ghi hình thức đánh giá của học sinh khuyết tật",
        "mở trang của em, bấm «Hình thức đánh giá», chọn nội dung, thời điểm, ghi số, ngày quyết định của Hiệu "
        "trưởng, bấm «Ghi». Ô được miễn đóng lại trong sổ, không tính là thiếu.",
        (Action.ARRANGE_ASSESSMENT,),
        "students:classes",
    ),
    Entry(
        "chép năm học trước Thông tư 27 từ học bạ giấy",
        "mở trang của em, bấm «Năm học trước Thông tư 27», chọn năm học, khối, chép trang học bạ, ghi ở «Theo học bạ "
        "giấy» số nào. Nhiều em: «Nạp từ Excel». Học bạ in trang ấy theo mẫu cũ; sửa bản chép phải có lí do, bản cũ "
        "còn trong lịch sử.",
        (Action.KEEP_OLD_YEARS,),
        "students:classes",
    ),
    Entry(
        "xét kết quả năm học của lớp",
        "mở «Kết quả năm học», mở lớp: xem từng em, đề cử «Học sinh Tiêu biểu», đề nghị em chưa hoàn thành, rồi "
        "xác nhận cả lớp. Bị trả lại thì việc hiện ở «Việc của tôi».",
        (Action.PROPOSE_OUTCOMES, Action.SEE_OUTCOMES),
        "gradebook:year_ends",
    ),
    Entry(
        "ghi kết quả kiểm tra lại, rèn luyện trong hè",
        "mở «Kết quả năm học», mở em chờ đánh giá bổ sung, nhập lại môn chưa đạt ở sổ đánh giá bổ sung, rồi gửi "
        "lại kết quả của em.",
        (Action.PROPOSE_OUTCOMES,),
        "gradebook:year_ends",
    ),
    Entry(
        "ghi thư khen, khen thưởng của cấp trên",
        "mở «Kết quả năm học», mở lớp, mở em ở «Từng học sinh», ghi khen. Ghi nhầm thì rút lại, có lí do.",
        (Action.COMMEND,),
        "gradebook:year_ends",
    ),
    Entry(
        "rà soát kết quả năm học",
        "mở «Kết quả năm học», mở lớp «Chờ Phó Hiệu trưởng rà soát». Còn ô trống ở thời điểm nào đã mở thì chưa rà "
        "soát xong được, trang nêu từng em, từng ô. Đủ và đúng thì xác nhận đã rà soát; còn sai thì «Trả lại giáo viên "
        "chủ nhiệm», ghi vì sao.",
        (Action.REVIEW_OUTCOMES, Action.SEE_OUTCOMES),
        "gradebook:year_ends",
    ),
    Entry(
        "phê duyệt kết quả, quyết định ngoại lệ",
        "mở «Kết quả năm học», mở lớp «Chờ Hiệu trưởng phê duyệt»: quyết định từng đề nghị ngoại lệ, rồi phê "
        "duyệt cả lớp, có mật khẩu. Sổ sửa sau đó làm kết quả khác đi: «Mở lại quyết định về em này».",
        (Action.APPROVE_OUTCOMES, Action.SEE_OUTCOMES),
        "gradebook:year_ends",
    ),
    Entry(
        "xem kết quả năm học, danh sách lên lớp, khen thưởng",
        "mở «Kết quả năm học», chọn lớp, hoặc một danh sách ở «Danh sách»; danh sách in, tải Excel được.",
        (Action.SEE_OUTCOMES,),
        "gradebook:year_ends",
        (Role.CLERK, Role.GRADE_HEAD, Role.INSPECTOR),
    ),
    Entry(
        "soạn, ban hành quyết định kết quả, khen thưởng",
        "mở «Kết quả năm học», bấm «Quyết định, giấy khen», bấm «Soạn quyết định»: danh sách lấy từ kết quả đã "
        "phê duyệt. Chỉ Hiệu trưởng «Ban hành». Kết quả đổi sau đó thì soạn quyết định sửa đổi từ trang của quyết "
        "định cũ.",
        (Action.DRAFT_DECISIONS,),
        "gradebook:decisions",
    ),
    Entry(
        "dùng, giữ ngân hàng nhận xét của mình",
        "mở «Ngân hàng nhận xét»: thêm câu của mình, nạp từ Excel. Ở sổ, chọn câu rồi sửa cho đúng từng em.",
        (Action.USE_COMMENTS,),
        "gradebook:comments",
    ),
    Entry(
        "giữ ngân hàng nhận xét của trường",
        "mở «Ngân hàng nhận xét», chọn ngân hàng của trường: thêm, sửa, bỏ câu, nạp từ Excel. Tổ trưởng giữ môn, "
        "khối tổ mình dạy.",
        (Action.KEEP_COMMENTS,),
        "gradebook:comments",
    ),
)
