"""The handbook: of each role everything that it may do, as «muốn … thì …» (PLAN III.2, IV).

Data only. A guide (`accounts.guides`) shows the day's work with pictures; this says the rest, in words. An entry is
read by whom the table of powers gives the first of its acts, unless it names its roles: who may see what others do is
not told to do it. A test asks an entry of every act of every role, so that a new act is not forgotten here. Words in
«…» are controls and headings: a test looks for each of them in the program.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.powers import RULES, Action, Area, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """«Muốn `want` thì `how`», for the acts that it is about; `page` is the name of an address without arguments."""

    want: str
    how: str
    acts: tuple[Action, ...]
    page: str = ""
    roles: tuple[Role, ...] = ()

    @property
    def area(self) -> Area:
        return RULES[self.acts[0]].area

    def is_for(self, role: Role) -> bool:
        return role in (self.roles or RULES[self.acts[0]].who)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a role may do in one part of the system."""

    label: str
    entries: tuple[Entry, ...]


_TEACHERS = (Role.HOMEROOM, Role.SUBJECT)
_LEADERS = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)
_OFFICE = (*_LEADERS, Role.CLERK)

_DAILY = (
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
        (*_OFFICE, Role.GRADE_HEAD),
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

_PUPILS = (
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
        _LEADERS,
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

_MARKS = (
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

_CORRECTIONS = (
    Entry(
        "sửa giá trị khi sổ đã khoá",
        "mở sổ đã khoá, chọn ô, lập phiếu; ghi «Lí do», «Thêm minh chứng», bấm «Gửi phiếu». Tổ trưởng cho ý kiến, "
        "Phó Hiệu trưởng phê chuẩn, văn thư ghi vào sổ. Bị yêu cầu bổ sung thì việc về lại «Việc của tôi».",
        (Action.PROPOSE_CORRECTION,),
        "approvals:requests",
        _TEACHERS,
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
        _OFFICE,
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

_BOOKS = (
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
        (*_OFFICE, Role.GRADE_HEAD, Role.INSPECTOR),
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

_PEOPLE = (
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
        _OFFICE,
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

_SUPERVISION = (
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
        _LEADERS,
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

ENTRIES: tuple[Entry, ...] = (
    *_DAILY,
    *_PUPILS,
    *_MARKS,
    *_CORRECTIONS,
    *_BOOKS,
    *_PEOPLE,
    *_SUPERVISION,
)


def handbook_of(role: Role) -> list[Chapter]:
    """The chapters of a role, in the order of the table of powers; STAFF: what everybody with an account may do."""
    mine = [entry for entry in ENTRIES if entry.is_for(role)]
    return [Chapter(area.label, found) for area in Area if (found := _in(area, mine))]


def pages_of(roles: Collection[Role]) -> set[str]:
    """The pages to which the handbook of one of these roles leads: each opens for the role."""
    return {entry.page for entry in ENTRIES if any(entry.is_for(role) for role in roles)}


def _in(area: Area, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.area is area)
