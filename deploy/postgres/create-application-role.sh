#!/bin/bash
# Run once by the postgres image, on an empty data folder. The owner migrates and is no superuser, so that triggers
# hold against it; the application logs in as another role still, which owns nothing: it can switch no trigger off, and
# `manage.py grant_application_role` lets it write everything but history. A third restores backups for trial into databases
# of its own and does not get into the school's.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner_password="$(</run/secrets/owner_password)" --set password="$(</run/secrets/application_password)" \
    --set proof_password="$(</run/secrets/proof_password)" <<'SQL'
CREATE ROLE kimdong LOGIN PASSWORD :'owner_password';
CREATE ROLE kimdong_app LOGIN PASSWORD :'password';
CREATE ROLE kimdong_proof LOGIN CREATEDB PASSWORD :'proof_password';
CREATE DATABASE kimdong OWNER kimdong;
REVOKE CONNECT ON DATABASE kimdong FROM PUBLIC;
GRANT CONNECT ON DATABASE kimdong TO kimdong_app;
SQL
