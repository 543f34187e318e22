"""A browser's part of the bench: one keep-alive session that logs in, opens a sheet and saves its cells."""

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from kimdong.demo.accounts import PASSWORD, SECOND_FACTOR_NAMES

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
DEMO_CODE = re.compile(r"data-demo-code>(\d{6})<")


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    seconds: float


@dataclass(slots=True)
class Session:
    """One person's session over one TCP connection."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """One request, timed from its first byte out to its last byte in. Redirects are not followed."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.token, "Referer": self.address}
        begin = time.perf_counter()
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - begin
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(answer.status, content, seconds)

    def get(self, path: str) -> Answer:
        answer = self.ask("GET", path)
        found = TOKEN.search(answer.body.decode("utf-8", "replace"))
        if found:
            self.token = found[1]
        return answer

    def log_in(self, username: str) -> None:
        self.get("/accounts/login/")
        answer = self.post_form("/accounts/login/", username=username, password=PASSWORD)
        if username in SECOND_FACTOR_NAMES:
            shown = DEMO_CODE.search(self.get("/accounts/login/code/").body.decode())
            answer = self.post_form("/accounts/login/code/", code=shown[1] if shown else "")
        if answer.status != 302:
            raise RuntimeError(f"{username} could not log in: HTTP {answer.status}")

    def post_form(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields | {"csrfmiddlewaretoken": self.token}).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def post_json(self, path: str, value: object) -> Answer:
        return self.ask("POST", path, json.dumps(value).encode(), "application/json")
