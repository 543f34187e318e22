"""«Tình trạng hệ thống»: what the system runs on, line by line, each with what to do when it is not well.

For the clerk, who has no other sight of the server: each remedy names who does it, and what to tell them.
"""

import datetime
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import Final

import django
from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from accounts import certificates, clock, disks, seal_check
from accounts.background import has_live_worker
from accounts.backups import ASLEEP, WAKE_IT, Health, Standing, read_health
from accounts.certificates import Lifetime
from accounts.disks import Room, room_of_files
from accounts.models import DiskReading
from accounts.queue_state import HOURS_LOOKED_BACK, QueueState, read_queue
from accounts.words import grouped

SLOW_ANSWER_MS: Final = 200
READING_TOO_OLD: Final = datetime.timedelta(hours=1)
WAITS_TOO_LONG: Final = datetime.timedelta(minutes=15)
CLOCKS_APART, CLOCKS_FAR_APART = datetime.timedelta(seconds=2), datetime.timedelta(seconds=60)
SERVED_SHORTLY, SERVED_ALMOST_OVER = datetime.timedelta(days=21), datetime.timedelta(days=3)
"""Whoever renews by himself has done it long before; of a short life it is a fifth, and a twentieth."""
SIGNING_SHORTLY, SIGNING_ALMOST_OVER = datetime.timedelta(days=60), datetime.timedelta(days=7)
ADMIN: Final = "Nhờ người quản trị máy chủ"
_DATABASE = "SELECT clock_timestamp()"
_SIZE = "SELECT pg_database_size(current_database()), current_setting('server_version')"


class State(StrEnum):
    """The kinds of templates/_state.html, worst first."""

    BAD = "refused"
    WATCH = "warning"
    UNKNOWN = "neutral"
    GOOD = "ok"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    State.BAD: "Phải xử lí ngay",
    State.WATCH: "Cần để ý",
    State.UNKNOWN: "Không đọc được",
    State.GOOD: "Tốt",
}


@dataclass(frozen=True, slots=True)
class Line:
    """`to_do` is empty where all is well; `url` leads to the page that knows more."""

    name: str
    state: State
    value: str
    to_do: str = ""
    url: str = ""
    word: str = ""

    @property
    def state_word(self) -> str:
        return self.word or self.state.word


def read_state() -> list[Line]:
    """Nine statements at most, however much there is; and up to two seconds for a certificate that is not served."""
    health, is_awake = read_health(), has_live_worker()
    return [
        *_database(),
        _data_key(),
        *_disks(health, is_awake=is_awake),
        _backups(health, is_awake=is_awake),
        _queue(read_queue(), is_awake=is_awake),
        *_certificates(),
        _version(),
    ]


# -- The database and the clocks ---------------------------------------------------------------------------


def _database() -> Iterator[Line]:
    """A database that does not answer shows no page at all but the one that says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # what a new connection costs is not the answer's time
        before, began = timezone.now(), perf_counter()
        cursor.execute(_DATABASE)
        told = cursor.fetchone()[0]
        seconds = perf_counter() - began
        cursor.execute(_SIZE)
        size, release = cursor.fetchone()
    ms = seconds * 1000
    value = f"PostgreSQL {release} trả lời trong {_decimal(ms)} ms; dữ liệu chiếm {filesizeformat(size)}"
    if ms < SLOW_ANSWER_MS:
        yield Line("Cơ sở dữ liệu", State.GOOD, value)
    else:
        what = (
            "Máy chủ đang chậm. Đợi vài phút rồi mở lại trang này; vẫn chậm thì báo người quản trị máy chủ."
        )
        yield Line("Cơ sở dữ liệu", State.WATCH, value, what)
    yield _clocks(told - (before + datetime.timedelta(seconds=seconds / 2)))


def _clocks(apart: datetime.timedelta) -> Line:
    """`apart`: how far the database's clock is ahead of this machine's."""
    seconds = abs(apart.total_seconds())
    value = f"Cơ sở dữ liệu và máy chủ web lệch nhau {_decimal(seconds)} giây"
    what = (
        f"{ADMIN} bật tự chỉnh giờ (NTP) trên các máy: giờ khoá sổ tính theo cơ sở dữ liệu, mã xác thực hai lớp theo "
        "máy chủ web."
    )
    if abs(apart) < CLOCKS_APART:
        return Line("Đồng hồ", State.GOOD, value)
    return Line("Đồng hồ", State.WATCH if abs(apart) < CLOCKS_FAR_APART else State.BAD, value, what)


def _data_key() -> Line:
    with connection.cursor() as cursor:
        cursor.execute(seal_check.statement())
        fault = seal_check.fault(cursor.fetchall())
    name = "Khoá dữ liệu (số định danh, điện thoại, dân tộc, khuyết tật)"
    if not fault:
        return Line(name, State.GOOD, "Mở được mọi cột đã mã hoá")
    what = (
        f"{ADMIN} đặt lại tệp khoá dữ liệu cất trong két của trường, rồi khởi động lại web và máy nền. "
        f"Máy báo: {fault}."
    )
    return Line(name, State.BAD, "Không mở được các cột đã mã hoá", what)


# -- Disks -------------------------------------------------------------------------------------------------


def _disks(health: Health, *, is_awake: bool) -> Iterator[Line]:
    yield _disk("Ổ đĩa của tệp (minh chứng, sổ đã in)", room_of_files())
    if settings.BACKUPS is None:
        return
    name = "Ổ đĩa của kho sao lưu"
    if disks.is_elsewhere(settings.BACKUPS.repository):
        yield Line(
            name,
            State.UNKNOWN,
            "Kho ở máy khác, hệ thống không đo được",
            f"{ADMIN} xem chỗ trống ở máy giữ kho.",
        )
        return
    reading = DiskReading.objects.filter(place=DiskReading.Place.BACKUPS).first()
    if reading is None or reading.read_at < clock.stamp() - READING_TOO_OLD:
        since = "chưa đo lần nào" if reading is None else f"lần đo cuối {_moment(reading.read_at)}"
        yield Line(name, State.UNKNOWN, f"Do máy nền đo: {since}", f"{ADMIN} xem máy nền có chạy không.")
        return
    if not reading.total and health.proven is None:
        # The folder is made by the first backup.
        if not is_awake:
            yield Line(name, State.UNKNOWN, f"Do máy nền đo: chưa đo, {ASLEEP.lower()}", f"{WAKE_IT}.")
            return
        yield Line(name, State.UNKNOWN, "Do máy nền đo: chưa đo, đợi bản sao lưu đầu tiên")
        return
    room = Room(reading.total, reading.free or 0) if reading.total else None
    yield _disk(name, room, measured=f", đo lúc {_moment(reading.read_at)}")


def _disk(name: str, room: Room | None, measured: str = "") -> Line:
    if room is None:
        return Line(name, State.UNKNOWN, "Thư mục không mở được", f"{ADMIN} kiểm tra thư mục có đó không.")
    free, total = filesizeformat(room.free), filesizeformat(room.total)
    value = f"Còn trống {free} trong {total} ({_decimal(100 * room.share)} %){measured}"
    if room.is_almost_gone:
        what = f"{ADMIN} thêm chỗ trong hôm nay: đầy ổ thì không lưu, không in, không sao lưu được nữa."
        return Line(name, State.BAD, value, what)
    if room.is_short:
        return Line(name, State.WATCH, value, f"{ADMIN} dọn hoặc thêm ổ đĩa trong tuần này.")
    return Line(name, State.GOOD, value)


# -- Backups and the queue ---------------------------------------------------------------------------------


def _backups(health: Health, *, is_awake: bool) -> Line:
    """In the words of the page «Sao lưu», which says what to do; without a worker nothing is done there either."""
    proven = health.proven
    value = "Chưa có bản nào khôi phục thử đúng"
    if proven is not None and proven.made_at and proven.proven_at:
        value = (
            f"Bản số {proven.pk}, dữ liệu lúc {_moment(proven.made_at)}, khôi phục thử đúng lúc "
            f"{_moment(proven.proven_at)}"
        )
    url = reverse("accounts:backups")
    if not is_awake and health.standing != Standing.OFF:
        state, word = (State.BAD, "Chưa an toàn") if health.is_red else (State.WATCH, ASLEEP)
        return Line(
            "Sao lưu",
            state,
            f"{value}; {ASLEEP.lower()}",
            f"{WAKE_IT} trong hôm nay, rồi mở trang «Sao lưu».",
            url,
            word,
        )
    if health.standing == Standing.GOOD:
        return Line("Sao lưu", State.GOOD, value, url=url, word="An toàn")
    state, word = (State.BAD, "Chưa an toàn") if health.is_red else (State.WATCH, "Cần thêm nơi thứ hai")
    return Line("Sao lưu", state, value, "Mở trang «Sao lưu», làm theo mục «Phải làm gì».", url, word)


def _queue(queue: QueueState, *, is_awake: bool) -> Line:
    name = "Máy nền (in, nạp danh sách, sao lưu)"
    parts = [
        "Đang chạy" if is_awake else "Không chạy",
        f"{grouped(queue.waiting)} việc đang chờ"
        + (f", chờ lâu nhất {_span(queue.oldest)}" if queue.oldest else ""),
        f"{grouped(queue.failed)} việc hỏng trong {HOURS_LOOKED_BACK} giờ qua",
    ]
    value = "; ".join(parts)
    if not is_awake:
        what = (
            f"{ADMIN} khởi động lại máy nền (worker); việc đang chờ không mất, máy nền chạy lại thì làm tiếp."
        )
        return Line(name, State.BAD, value, what)
    if queue.oldest is not None and queue.oldest > WAITS_TOO_LONG:
        what = f"Đợi nếu đang in cả trường. Nếu không, {ADMIN.lower()} xem nhật kí máy nền, hoặc chạy thêm một máy nền."
        return Line(name, State.WATCH, value, what)
    if queue.failed:
        what = f"Xem việc của mình có cần làm lại không; {ADMIN.lower()} tìm các dòng ERROR trong nhật kí máy nền."
        return Line(name, State.WATCH, value, what)
    return Line(name, State.GOOD, value)


# -- Certificates and the version --------------------------------------------------------------------------


def _certificates() -> Iterator[Line]:
    if settings.TLS is not None:
        name = f"Chứng chỉ của địa chỉ {settings.TLS[0]}"
        found = certificates.served()
        if found is None:
            what = f"{ADMIN} xem ngày hết hạn ở ổ khoá của trình duyệt; đặt KIMDONG_TLS_ADDRESS để trang này tự đọc."
            yield Line(name, State.UNKNOWN, "Máy chủ web không hỏi được chứng chỉ", what)
        else:
            life = found.ends - found.begins
            limits = min(SERVED_SHORTLY, life / 5), min(SERVED_ALMOST_OVER, life / 20)
            what = f"{ADMIN} gia hạn: hết hạn thì trình duyệt chặn trang của trường."
            yield _certificate(name, found, limits, what)
    if settings.SIGNING is not None:
        name, found = "Chứng chỉ kí số của trường", certificates.signing()
        if found is None:
            what = f"{ADMIN} kiểm tra KIMDONG_SIGNING_CERTIFICATE, mật khẩu của nó, requirements-signing.txt."
            yield Line(name, State.UNKNOWN, "Tệp chứng chỉ không mở được", what)
        else:
            what = "Trường gia hạn với nhà cung cấp, rồi nhờ người quản trị máy chủ thay tệp chứng chỉ."
            yield _certificate(name, found, (SIGNING_SHORTLY, SIGNING_ALMOST_OVER), what)


def _certificate(
    name: str, found: Lifetime, limits: tuple[datetime.timedelta, datetime.timedelta], what: str
) -> Line:
    left = found.ends - clock.stamp()
    if left < datetime.timedelta(0):
        return Line(name, State.BAD, f"Đã hết hạn lúc {_moment(found.ends)}", what)
    value = f"Hết hạn lúc {_moment(found.ends)}, còn {_span(left)}"
    if left < limits[1]:
        return Line(name, State.BAD, value, what)
    return Line(name, State.WATCH, value, what) if left < limits[0] else Line(name, State.GOOD, value)


def _version() -> Line:
    value = f"Kim Đồng {settings.VERSION}, Django {django.get_version()}, Python {platform.python_version()}"
    return Line("Phiên bản phần mềm", State.GOOD, value, word="Đang chạy")


# -- Words -------------------------------------------------------------------------------------------------


def _moment(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}"


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _span(span: datetime.timedelta) -> str:
    """In the largest unit that it fills: "3 ngày", "2 giờ", "5 phút", "dưới 1 phút"."""
    for seconds, unit in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if span.total_seconds() >= seconds:
            return f"{int(span.total_seconds() // seconds)} {unit}"
    return "dưới 1 phút"
