# Kim Đồng for production: web server, worker and migrations from one image (see docker-compose.yml).
# Debian 12 and Python 3.11, as in the tests.
FROM python:3.11-slim-bookworm AS packages
# requirements-signing.txt where finished books are signed (deploy/signing.yml).
ARG REQUIREMENTS=requirements.txt
WORKDIR /packages
COPY requirements.txt requirements-signing.txt ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement "$REQUIREMENTS"

FROM python:3.11-slim-bookworm
COPY deploy/system-packages.txt /tmp/
RUN apt-get update \
 && xargs -a /tmp/system-packages.txt apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /tmp/system-packages.txt
# Backups need the programs of the very version of the database (docker-compose.yml); Debian has older ones.
COPY --from=postgres:18-bookworm /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/lib/postgresql/18/bin/
COPY --from=postgres:18-bookworm /usr/lib/*-linux-gnu/libpq.so.5* /usr/lib/postgresql/18/lib/
RUN echo /usr/lib/postgresql/18/lib >/etc/ld.so.conf.d/000-postgresql.conf && ldconfig \
 && /usr/lib/postgresql/18/bin/pg_dump --version && /usr/lib/postgresql/18/bin/pg_restore --version && restic version
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin kimdong \
 && install --directory --owner kimdong --group kimdong --mode 0750 \
    /var/lib/kimdong /var/lib/kimdong/files /var/lib/kimdong/backups
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/kimdong
WORKDIR /srv/kimdong
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    KIMDONG_MODE=production KIMDONG_FILES=/var/lib/kimdong/files KIMDONG_BIND=0.0.0.0:8000 XDG_CACHE_HOME=/tmp
RUN python -m compileall -q /srv/kimdong
USER 10001
CMD ["gunicorn", "--config", "kimdong/gunicorn.py", "kimdong.wsgi"]
