"""Ready comments of the demo, the school's and a teacher's own, with places for the pupil's name and gender."""

from accounts import clock
from accounts.history import Source
from accounts.models import User
from gradebook.comment_bank import Entry, Whose
from gradebook.comment_keeping import add_comment
from kimdong.demo.school import DemoSchool

# Who adds, to whose bank, what.
TOLD = (
    ("phohieutruong", Whose.SCHOOL, Entry("TOAN", "T", "{tên} tính nhẩm nhanh, trình bày bài khoa học.")),
    ("phohieutruong", Whose.SCHOOL, Entry("TV", "H", "{tên} đọc to, rõ; cần luyện viết chữ đều nét hơn.")),
    ("phohieutruong", Whose.SCHOOL, Entry("quality", "T", "{tên} lễ phép, biết giúp đỡ bạn trong lớp.")),
    (
        "khoitruong4",
        Whose.SCHOOL,
        Entry("LSDL", "T", "{tên} đọc lược đồ thành thạo, kể hay về quê hương.", 4, 4),
    ),
    (
        "gvcn.4e",
        Whose.OWN,
        Entry("TOAN", "H", "{tên} đã cẩn thận hơn khi đặt tính, cần luyện thêm phép chia."),
    ),
    ("gvcn.4e", Whose.OWN, Entry("quality", "Đ", "{tên} là {cậu bé/cô bé} thật thà, cần mạnh dạn hơn.")),
)


def load(school: DemoSchool) -> None:
    """By the acts that people use."""
    with clock.travelling(school.now):
        for name, whose, entry in TOLD:
            person = User.objects.get_by_natural_key(name)
            add_comment(whose, entry, by=person, source=Source.DEMO)
