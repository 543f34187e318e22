"""gunicorn's worker, with two things of our own: patience with slow clients, and a page for what is no HTTP.

gunicorn gives a connection to one of its few threads with the first byte, and the thread waits for the rest: eight slow
telephones would stop the server. Here a request waits in the kernel, watched by the poller, until it has come whole.
Of an answer a thread waits for as long as the client takes it; who takes next to nothing is given up.
"""

import re
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

PAGE = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Yêu cầu không hợp lệ</title></head><body>'
    "<h1>Máy chủ không hiểu yêu cầu này</h1><p>Địa chỉ quá dài, hoặc trình duyệt gửi đi nội dung không đúng chuẩn. "
    'Chưa có gì được lưu.</p><p><a href="/">Về trang đầu</a></p></body></html>'
).encode()
HEAD = (
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
    "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\nContent-Length: {}\r\n\r\n"
)


MOST_WAITED_FOR = 64 * 1024
"""Bytes of a request, head and body: any save of a sheet. Of a longer one (files) a thread reads the rest."""
SECONDS_OF_SILENCE = 20
"""After which a thread gives up a client that has begun to send files."""
SECONDS_WITHOUT_PROGRESS = 30
SEND_BUFFER = 128 * 1024
"""A thread gives up a client that takes nothing of an answer for so long. The kernel lets it go on once a third of the
buffer, which it doubles, is free. Measured: who takes 6 kB a second is served to the end (20 MB in an hour, as the
proxy has it); who takes 1 kB a second or nothing is given up after half a minute to a minute and a half, as the
last bytes that fit into the buffer count as progress twice."""
_ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)


class Worker(ThreadWorker):
    def accept(self, listener: Any) -> None:
        """The limits are the listening socket's, which each connection inherits."""
        for option, seconds in (
            (socket.SO_RCVTIMEO, SECONDS_OF_SILENCE),
            (socket.SO_SNDTIMEO, SECONDS_WITHOUT_PROGRESS),
        ):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", seconds, 0))
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """To a thread; or back to the poller, which closes it after `keepalive` seconds, while it is incomplete."""
        if not self.alive or _has_come(conn):
            conn.begun = None
            super().enqueue_req(conn)
            return
        begun = getattr(conn, "begun", None) or time.monotonic()
        conn.begun, conn.timeout = begun, begun + self.cfg.keepalive
        conn.sock.setblocking(False)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Ends the connection of a client that takes nothing of its answer: what was not sent is thrown away, and the
        main thread, which closes it, has nothing to wait for."""
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:
            self.log.warning("Gave up %s, which took nothing of its answer.", (conn.client or ("",))[0])
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("@ii", 1, 0))
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)
            return False

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        # Django never sees such a request, so its 400 page cannot answer it.
        self.log.warning("Request that is no HTTP from %s: %s", (addr or ("",))[0], type(exc).__name__)
        try:
            util.write_nonblock(client, HEAD.format(len(PAGE)).encode() + PAGE)
        except OSError:
            self.log.debug("It was gone before the answer.")


def _has_come(conn: Any) -> bool:
    """Whether a thread will not have to wait; if so or not, the poller is told from how many bytes on to look again."""
    if conn.initialized and conn.parser.unreader.buf.getvalue():
        return True  # read along with the request before it
    try:
        here = conn.sock.recv(MOST_WAITED_FOR, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        wanted = _length(here)
        has_ended = not here or len(here) == getattr(conn, "bytes_here", 0)
    except BlockingIOError:
        here, wanted, has_ended = b"", 1, False
    except OSError:
        return True  # broken: the thread finds out
    has_come = has_ended or len(here) >= wanted
    conn.bytes_here = 0 if has_come else len(here)
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1 if has_come else wanted)
    return has_come


def _length(here: bytes) -> int:
    """How many bytes the request has at least, by what has come of it; no more than are waited for. Who asks first
    whether to send a body is answered by a thread."""
    head, end, _body = here.partition(b"\r\n\r\n")
    if not end:
        return min(len(here) + 1, MOST_WAITED_FOR)
    told = None if _ASKS_FIRST.search(head) else _LENGTH.search(head + b"\r\n")
    return min(len(head) + len(end) + int(told[1] if told else 0), MOST_WAITED_FOR)
