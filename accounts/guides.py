"""The short guide of each role: the day's work of the plan in a few steps, each with a picture (PLAN III.2, IV).

Data only. To add a step, add one row and run `make guides`, which makes the pictures and fingerprints anew. Words in
«…» are controls and headings: the browser test opens the step's page as that role and looks for each of them.
"""

import re
from dataclasses import dataclass

from accounts.powers import Role

# All pictures have one size: the page loads without jumping, and nothing needs to be read to know it.
PICTURE_WIDTH, PICTURE_HEIGHT = 1056, 500


@dataclass(frozen=True, slots=True)
class Step:
    """What to do on one page. `{…}` in the address stands for a thing of the demo school, chosen by the test.

    `shows` is a CSS selector of what the picture begins with; empty: the head of the page.
    """

    slug: str
    title: str
    address: str
    words: str
    shows: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The controls and headings that the words name."""
        return tuple(re.findall("«(.+?)»", self.words))

    @property
    def link(self) -> str:
        """The address where it is the same for everybody."""
        return "" if "{" in self.address else self.address


@dataclass(frozen=True, slots=True)
class Guide:
    role: Role
    intro: str
    steps: tuple[Step, ...]

    def picture(self, step: Step) -> str:
        return f"guides/{self.name_of(step)}.webp"

    def name_of(self, step: Step) -> str:
        return f"{self.role.value}-{step.slug}"


_TASKS_WORDS = "Trang đầu gom việc chờ mình. Bấm tên việc để làm; làm xong thì việc tự hết. "
_ASK = Step(
    "ask",
    "Không rõ hoặc gặp lỗi thì hỏi",
    "/approvals/inquiries/new/",
    "Bấm «Hỏi, báo sự cố» ở cuối bất kì trang nào. Ghi «Nội dung», chọn nơi nhận ở «Gửi tới», "
    "bấm «Gửi». Có trả lời thì "
    "báo ở «Việc của tôi».",
    "form",
)
_POWERS = Step(
    "powers",
    "Biết ai được làm gì",
    "/accounts/powers/",
    "Bảng «Ai được làm gì» cho biết mỗi vai trò được làm gì, với lớp nào. Trang bị từ chối cũng ghi rõ ai làm được.",
)
_SIGN_IN = Step(
    "sign-in",
    "Giữ tài khoản của mình",
    "/accounts/me/",
    "Chức vụ này bắt buộc xác thực hai lớp. Thay điện thoại: «Đổi sang máy khác». Sắp hết mã dự phòng: "
    "«Lập mười mã mới, bỏ mã cũ». Nghi lộ mật khẩu: «Đổi mật khẩu» ngay. "
    "Thư nhắc việc tắt sẵn: muốn bật, nhờ quản trị máy chủ đặt KIMDONG_SMTP_URL (README).",
)
_ANSWER_WORDS = "Đọc câu hỏi và trang người hỏi đang mở. Ghi «Nội dung» rồi bấm «Gửi trả lời». "

GUIDES: tuple[Guide, ...] = (
    Guide(
        Role.PRINCIPAL,
        "Quyết định mở, khoá sổ; theo dõi tiến độ; giải quyết việc được chuyển lên.",
        (
            Step(
                "tasks",
                "Xem việc của ngày",
                "/",
                _TASKS_WORDS + "Đang có đợt nhập thì tiến độ của các khối hiện ngay ở «Việc của tôi».",
            ),
            Step(
                "orders",
                "Xem các lệnh đã ban hành",
                "/gradebook/orders/",
                "Ở «Lệnh mở, khoá sổ», mỗi văn bản có trạng thái và giờ. Bấm «Lệnh mở nhập» hoặc «Lệnh "
                "khoá sổ» để lập lệnh "
                "mới.",
            ),
            Step(
                "order",
                "Ban hành lệnh mở nhập",
                "/gradebook/orders/new/?kind=open",
                "Chọn «Thời điểm đánh giá», «Phạm vi», giờ «Từ» và «Đến», rồi bấm «Xem trước». Trang sau "
                "cho biết lệnh mở cho "
                "bao nhiêu lớp, lúc đó mới kí. Hết giờ hệ thống tự khoá.",
            ),
            Step(
                "progress",
                "Theo dõi tiến độ",
                "/gradebook/progress/",
                "«Tiến độ nhập» cho biết sổ nào đủ, đang hay chưa nhập, theo lớp, giáo viên, môn; bấm một ô còn thiếu "
                "để xem tên từng em. Trước khi khoá, «Sẵn sàng khoá sổ?» nêu còn thiếu gì, của ai.",
            ),
            Step(
                "inquiries",
                "Giải quyết việc được chuyển lên",
                "/approvals/inquiries/?who=waiting",
                "Câu hỏi, sự cố vượt thẩm quyền của tổ trưởng, văn thư nằm ở «Chờ tôi xử lí». Mở ra, ghi "
                "trả lời hoặc chuyển "
                "lại văn thư kèm ý kiến.",
            ),
            Step(
                "training",
                "Kiểm tra tập huấn",
                "/accounts/training/",
                "Trang «Tập huấn» so số người đã tập huấn với 100%. Cột «Còn thiếu» nêu tên người chưa dự.",
            ),
            _POWERS,
            _SIGN_IN,
        ),
    ),
    Guide(
        Role.VICE_PRINCIPAL,
        "Phê chuẩn việc sửa điểm khi có minh chứng; kiểm tra dữ liệu sau mỗi đợt; theo dõi tập huấn.",
        (
            Step(
                "tasks",
                "Xem phiếu đang chờ",
                "/",
                _TASKS_WORDS
                + "Phiếu chờ phê chuẩn đứng dưới «Phiếu đề nghị sửa», phiếu chờ lâu nhất đứng trước.",
            ),
            Step(
                "request",
                "Phê chuẩn hoặc từ chối một phiếu",
                "/approvals/requests/{filed}/",
                "So giá trị cũ, giá trị đề nghị trong «Các ô đề nghị sửa» với ảnh minh chứng. Ghi «Ý kiến» "
                "(bắt buộc khi từ "
                "chối), rồi bấm «Phê chuẩn» hoặc «Từ chối».",
                "form",
            ),
            Step(
                "requests",
                "Tra cứu các phiếu",
                "/approvals/requests/",
                "Lọc theo «Chờ tôi» hoặc theo trạng thái. Phiếu đã xong vẫn giữ đủ minh chứng và diễn biến.",
            ),
            Step(
                "progress",
                "Kiểm tra sau mỗi đợt nhập",
                "/gradebook/progress/",
                "«Tiến độ nhập» chỉ ra lớp, môn, giáo viên còn thiếu; bấm một ô còn thiếu để xem tên từng em, ô đã đủ "
                "để mở sổ. «Sẵn sàng khoá sổ?» là báo cáo trước khi khoá, in và tải Excel được.",
            ),
            Step(
                "training",
                "Ghi nhận tập huấn",
                "/accounts/training/",
                "Ghi «Nội dung tập huấn», «Ngày tập huấn», «Người tập huấn», đánh dấu những người đã dự "
                "rồi bấm «Ghi nhận đã "
                "tập huấn». Không ai tự ghi cho mình.",
                "form",
            ),
            _POWERS,
            _SIGN_IN,
        ),
    ),
    Guide(
        Role.CLERK,
        "Nạp danh sách học sinh, thực hiện phiếu đã phê chuẩn, in sổ, giải đáp và báo đơn vị kĩ thuật.",
        (
            Step(
                "import",
                "Nạp danh sách học sinh",
                "/students/import/",
                "Chọn «Năm học» và «Tệp danh sách», bấm «Tải lên và xem trước». Chưa ghi gì: trang sau nêu "
                "từng dòng sẽ thêm, "
                "đổi hay bị từ chối.",
            ),
            Step(
                "classes",
                "Đối chiếu sĩ số",
                "/students/classes/",
                "«Lớp và học sinh» có sĩ số, số nữ, giáo viên chủ nhiệm của từng lớp. Bấm tên lớp để xem danh sách.",
            ),
            Step(
                "request",
                "Thực hiện phiếu đã phê chuẩn",
                "/approvals/requests/{approved}/",
                "Đọc các giá trị sẽ ghi, rồi bấm «Thực hiện». Hệ thống ghi đúng giá trị Phó Hiệu trưởng đã "
                "phê chuẩn, không "
                "ghi ô nào khác.",
                "form",
            ),
            Step(
                "prints",
                "In sổ và học bạ",
                "/reports/prints/",
                "Chọn «Loại sổ», «In cho» (một lớp, cả khối hoặc toàn trường), «Thời điểm đánh giá», bấm «Đặt in». "
                "Máy chủ in nền; xong thì tải tệp PDF ở danh sách bên dưới, rồi ghi số bản giấy ở trang của bản in.",
            ),
            Step(
                "inquiries",
                "Nhận câu hỏi, sự cố",
                "/approvals/inquiries/?who=waiting",
                "Việc chờ nằm ở «Chờ tôi xử lí», cũ nhất cần làm trước; việc «Gấp» được đánh dấu.",
            ),
            Step(
                "inquiry",
                "Trả lời hoặc chuyển tiếp",
                "/approvals/inquiries/{at_clerk}/",
                _ANSWER_WORDS
                + "Vượt thẩm quyền thì «Chuyển Hiệu trưởng»; lỗi phần mềm thì báo công ty rồi bấm «Ghi nhận đã "
                "gửi đơn vị kĩ thuật».",
                "form",
            ),
            Step(
                "training",
                "Ghi nhận tập huấn",
                "/accounts/training/",
                "Ghi «Nội dung tập huấn», «Ngày tập huấn», «Người tập huấn», đánh dấu những người đã dự "
                "rồi bấm «Ghi nhận đã "
                "tập huấn».",
                "form",
            ),
            _SIGN_IN,
        ),
    ),
    Guide(
        Role.GRADE_HEAD,
        "Báo giờ nhập cho tổ, đôn đốc, giải đáp thắc mắc của giáo viên trong tổ.",
        (
            Step(
                "orders",
                "Xem giờ mở, giờ khoá",
                "/gradebook/orders/",
                "«Lệnh mở, khoá sổ» ghi giờ bắt đầu và kết thúc của mỗi đợt. Báo cho cả tổ; giờ này cũng "
                "hiện trên đầu mọi "
                "trang.",
            ),
            Step(
                "progress",
                "Đôn đốc tổ nhập đủ",
                "/gradebook/progress/",
                "«Tiến độ nhập» của khối, theo lớp, giáo viên, môn: bấm một ô còn thiếu để xem tên từng em và ô còn "
                "thiếu; «Sẵn sàng khoá sổ?» gom lại trước khi khoá.",
            ),
            Step(
                "inquiries",
                "Xem câu hỏi của tổ",
                "/approvals/inquiries/?who=waiting",
                "Câu hỏi giáo viên trong tổ gửi tới nằm ở «Chờ tôi xử lí», kèm thời gian đã chờ.",
            ),
            Step(
                "inquiry",
                "Trả lời hoặc chuyển tiếp",
                "/approvals/inquiries/{at_head}/",
                _ANSWER_WORDS
                + "Lỗi phần mềm thì «Chuyển văn thư»; vượt thẩm quyền thì «Chuyển Hiệu trưởng».",
                "form",
            ),
            Step(
                "tasks",
                "Sổ của chính mình",
                "/",
                "Tổ trưởng vẫn nhập sổ của lớp mình: mở từ «Sổ của tôi trong năm học».",
            ),
        ),
    ),
    Guide(
        Role.HOMEROOM,
        "Nhập điểm, nhận xét, phẩm chất và năng lực của lớp; sai sau khi khoá thì đề nghị sửa.",
        (
            Step(
                "tasks",
                "Xem sổ cần nhập",
                "/",
                _TASKS_WORDS + "Mọi sổ của mình ở bốn thời điểm nằm trong «Sổ của tôi trong năm học».",
            ),
            Step(
                "class",
                "Xem danh sách lớp",
                "/students/classes/{own_class}/",
                "Đối chiếu «Họ và tên», «Ngày sinh», «Mã định danh». Sai thì báo văn thư; sổ của lớp ở "
                "cuối trang, nút «Sổ của "
                "lớp».",
            ),
            Step(
                "sheet",
                "Nhập điểm và nhận xét",
                "/gradebook/sheets/{own_class}/TOAN/{period}/",
                "Gõ thẳng vào ô, Enter xuống dòng; từng ô tự lưu, hoặc bấm «Lưu». Dán được cả cột từ "
                "Excel. «Phím tắt» ở cuối "
                "trang.",
            ),
            Step(
                "traits",
                "Nhập phẩm chất và năng lực",
                "/gradebook/sheets/{own_class}/NLPC/{period}/",
                "Mỗi phẩm chất, năng lực ghi T, Đ hoặc C. Cũng tự lưu, và tải được bằng «Tải Excel» để "
                "điền rồi nạp lại.",
            ),
            Step(
                "request",
                "Đề nghị sửa khi sổ đã khoá",
                "/approvals/requests/{draft}/",
                "Lập phiếu từ trang sổ đã khoá. Ghi «Lí do», thêm ảnh ở «Thêm minh chứng», bấm «Gửi "
                "phiếu». Phó Hiệu trưởng "
                "phê chuẩn, văn thư ghi vào sổ.",
                "form",
            ),
            _ASK,
        ),
    ),
    Guide(
        Role.SUBJECT,
        "Nhập kết quả môn mình dạy ở các lớp được phân công; sai sau khi khoá thì đề nghị sửa.",
        (
            Step(
                "tasks",
                "Xem sổ cần nhập",
                "/",
                _TASKS_WORDS + "Sổ của từng lớp nằm trong «Sổ của tôi trong năm học».",
            ),
            Step(
                "sheet",
                "Nhập mức đạt được và nhận xét",
                "/gradebook/sheets/{taught_class}/NN1/{period}/",
                "Gõ thẳng vào ô; từng ô tự lưu, hoặc bấm «Lưu». «Phím tắt» ở cuối trang.",
            ),
            Step(
                "upload",
                "Nhập bằng Excel",
                "/gradebook/sheets/{taught_class}/NN1/{period}/upload/",
                "Tải sổ về bằng «Tải Excel», điền, chọn lại ở «Tệp kết quả» và bấm «Tải lên và xem trước». "
                "Xem xong mới ghi.",
            ),
            Step(
                "requests",
                "Đề nghị sửa khi sổ đã khoá",
                "/approvals/requests/?who=mine",
                "Mở sổ đã khoá, lập phiếu từ các ô cần sửa, kèm minh chứng. Theo dõi ở «Phiếu đề nghị "
                "sửa», mục «Của tôi».",
            ),
            _ASK,
        ),
    ),
    Guide(
        Role.INSPECTOR,
        "Xem, không sửa: tiến độ, sổ, phiếu đề nghị và quyền hạn.",
        (
            Step(
                "tasks",
                "Bắt đầu từ trang đầu",
                "/",
                "«Việc của tôi» cho biết đợt nhập đang mở và tiến độ của các khối.",
            ),
            Step(
                "progress",
                "Kiểm tra tiến độ",
                "/gradebook/progress/",
                "«Tiến độ nhập»: chọn thời điểm ở trên; ô còn thiếu nêu tên từng em, ô đã đủ mở sổ. Cột «Cả lớp» cộng "
                "mọi sổ của lớp.",
            ),
            Step(
                "classes",
                "Xem lớp",
                "/students/classes/",
                "«Lớp và học sinh» có sĩ số và danh sách. Thông tin nhạy cảm của học sinh không hiện với "
                "người kiểm tra.",
            ),
            Step(
                "requests",
                "Đọc các phiếu đề nghị sửa",
                "/approvals/requests/",
                "«Phiếu đề nghị sửa» giữ mọi lần sửa sau khi khoá: ai đề nghị, minh chứng nào, ai phê "
                "chuẩn, ai thực hiện.",
            ),
            _POWERS,
        ),
    ),
)


def guide_of(role: str) -> Guide | None:
    return next((guide for guide in GUIDES if guide.role == role), None)
