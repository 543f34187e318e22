"""Health checks of docker-compose.yml: `healthcheck.py web` and `healthcheck.py worker`. Exit status 0 is well."""

import http.client
import os
import sys
from pathlib import Path

import psycopg

SECONDS_BETWEEN_SIGNS_OF_LIFE = 60  # procrastinate's workers give one every 10 seconds


def web_answers() -> bool:
    """Whether this container's web server may be given work, asked as the proxy would ask."""
    host = os.environ["KIMDONG_HOSTS"].split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.OK:
        sys.stderr.write(answer.read(2000).decode())  # `docker inspect` shows it
    return answer.status == http.HTTPStatus.OK


def worker_lives() -> bool:
    """Whether a worker has given a sign of life in the queue of late."""
    address = Path(os.environ["DATABASE_URL_FILE"]).read_text(encoding="utf-8").strip()
    with psycopg.connect(address, connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [SECONDS_BETWEEN_SIGNS_OF_LIFE],
        ).fetchone()
    return row is not None and row[0] > 0


if __name__ == "__main__":
    sys.exit(0 if {"web": web_answers, "worker": worker_lives}[sys.argv[1]]() else 1)
