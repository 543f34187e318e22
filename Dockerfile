# Kim Đồng for production: web server, worker and migrations from one image (see docker-compose.yml).
# Debian 12 and Python 3.11, as in the tests.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.txt

FROM python:3.11-slim-bookworm
COPY deploy/system-packages.txt /tmp/
RUN apt-get update \
 && xargs -a /tmp/system-packages.txt apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /tmp/system-packages.txt
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin kimdong \
 && install --directory --owner kimdong --group kimdong --mode 0750 /var/lib/kimdong /var/lib/kimdong/files
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/kimdong
WORKDIR /srv/kimdong
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    KIMDONG_MODE=production KIMDONG_FILES=/var/lib/kimdong/files KIMDONG_BIND=0.0.0.0:8000 XDG_CACHE_HOME=/tmp
RUN python -m compileall -q /srv/kimdong
USER kimdong
CMD ["gunicorn", "--config", "kimdong/gunicorn.py", "kimdong.wsgi"]
