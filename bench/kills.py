"""Processes killed, a job delivered twice, clients that send half a request: one after the other."""

import signal
import socket
import time
from collections.abc import Sequence
from itertools import cycle
from urllib.parse import urlsplit

import psutil

from bench.faulty import Faults, Step
from bench.inside import inside
from kimdong import embedded_postgres

SLOW_CLIENTS = 40
HALVES = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3000\r\n\r\nusername=",
)
"""Of a head, of a body."""


class Kills(Faults):
    __slots__ = ()

    def steps(self) -> Sequence[Step]:
        return (
            (5, "one web process killed", self.kill_a_web_process),
            (7, "the web server killed whole, started again after 3 s", self.kill_the_web_server),
            (8, "the worker killed in the middle of a book; two take its place", self.kill_the_worker),
            (5, "a job in the queue delivered a second time", self.deliver_twice),
            (5, "PostgreSQL killed, gone for 8 s", self.kill_postgres),
            (8, f"{SLOW_CLIENTS} clients that send half a request", self.slow_clients),
        )

    def kill_a_web_process(self) -> None:
        psutil.Process(self.stack.processes["web"].pid).children()[0].kill()

    def kill_the_web_server(self) -> None:
        children = psutil.Process(self.stack.processes["web"].pid).children(recursive=True)
        self.stack.kill("web")
        for child in children:
            child.kill()
        psutil.wait_procs(children, timeout=5)
        time.sleep(3)
        self.stack.start_web()

    def kill_the_worker(self) -> None:
        self.stack.kill("worker")
        self.stack.start("worker", "manage.py", "work")
        self.stack.start("worker 2", "manage.py", "work")

    def deliver_twice(self) -> None:
        inside(self.stack, "bench.prepared", "deliver_twice")

    def kill_postgres(self) -> None:
        pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        server = psutil.Process(pid)
        gone = [server, *server.children(recursive=True)]
        for process in gone:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(gone, timeout=10)
        time.sleep(8)
        embedded_postgres.start(self.data, self.database, durable=True)

    def slow_clients(self) -> None:
        address = urlsplit(self.stack.address)
        clients = [
            socket.create_connection((address.hostname, address.port)) for _each in range(SLOW_CLIENTS)
        ]
        for client, half in zip(clients, cycle(HALVES), strict=False):
            client.sendall(half)
        time.sleep(5)
        for client in clients:
            client.close()
