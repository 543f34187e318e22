"""gunicorn's settings, for demo and production: `gunicorn --config kimdong/gunicorn.py kimdong.wsgi`.

KIMDONG_BIND is the address (127.0.0.1:8000 unless set), KIMDONG_WEB_WORKERS the number of processes.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import gunicorn

from kimdong.start import environment_or_exit

_environment = environment_or_exit(os.environ)
bind = _environment.bind

# A page is half waiting for the database: two threads keep a core busy, four carry a burst. Each process
# has a pool of at most 10 connections (settings), so two leave room in PostgreSQL's 100 for workers.
worker_class = "kimdong.web_worker.Worker"
workers = _environment.web_workers
threads = 4

# Not preloaded: the connection pool has threads, and they do not survive a fork.
preload_app = False

# No page takes this long (books are printed by the worker); a process that does is stuck.
timeout = 60
# Before that, PostgreSQL gives up what hangs: the page says that it was busy, and no thread or lock is lost to it.
raw_env = [f"KIMDONG_STATEMENT_SECONDS={os.environ.get('KIMDONG_STATEMENT_SECONDS', '45')}"]
graceful_timeout = 15
keepalive = 15
# By the kernel's sendfile a thread would wait for a slow client without end; piece by piece it gives up: web_worker.py.
sendfile = False

_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  (gunicorn names the file)

# Where the processes count requests for /metrics, if anybody may read it: in memory, gone with the server.
_counts = None
if os.environ.get("KIMDONG_METRICS_TOKEN") or os.environ.get("KIMDONG_METRICS_TOKEN_FILE"):
    _counts = tempfile.mkdtemp(prefix="kimdong-counts-", dir=_memory)
    raw_env.append(f"KIMDONG_COUNTS={_counts}")

# Heartbeat files in memory: on a busy disk a healthy process would look stuck.
worker_tmp_dir = _memory

# In production only the proxy reaches this server (docker-compose.yml publishes no port of it).
forwarded_allow_ips = "*" if os.environ.get("KIMDONG_BEHIND_TLS") == "1" else "127.0.0.1"

# The remote control of gunicorn 25 would write into the home folder, which production mounts read-only.
control_socket_disable = True

# Which server this is, and its version, is nobody's business outside.
gunicorn.SERVER = "kimdong"
gunicorn.SERVER_SOFTWARE = "kimdong"

# An address with all filters of a list is longer than gunicorn's 4,094; what is longer still is no page of ours.
limit_request_line = 8190

accesslog = "-"
if os.environ.get("KIMDONG_MODE") == "production":
    logger_class = "kimdong.gunicorn_log.Lines"
# Elsewhere a plain line. Without the query string and the referrer: names of pupils are searched there.
access_log_format = '%({x-forwarded-for}i)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
chdir = str(Path(__file__).resolve().parent.parent)


def post_worker_init(_worker: Any) -> None:
    """What was loaded at the start stays: the collector of garbage need not walk it again in the middle of a page."""
    gc.collect()
    gc.freeze()


def on_exit(_server: Any) -> None:
    if _counts:
        shutil.rmtree(_counts, ignore_errors=True)
