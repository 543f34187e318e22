"""gunicorn's worker, with a page in Vietnamese for a request that is no HTTP: nothing of what the parser thought."""

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


class Worker(ThreadWorker):
    """Django never sees such a request, so its 400 page cannot answer it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Request that is no HTTP from %s: %s", (addr or ("",))[0], type(exc).__name__)
        try:
            util.write_nonblock(client, HEAD.format(len(PAGE)).encode() + PAGE)
        except OSError:
            self.log.debug("It was gone before the answer.")
