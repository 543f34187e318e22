#!/bin/bash
# Run once by the postgres image, on an empty data folder; without containers by hand (docs/cai-dat.md), with the folder of
# secrets and the way to become the superuser named in KIMDONG_SECRETS and AS_POSTGRES.
# The owner migrates and is no superuser, so that triggers hold against it; the application logs in as another role still,
# which owns nothing: it can switch no trigger off, and `manage.py grant_application_role` lets it write everything but
# history. A third restores backups for trial into databases of its own and does not get into the school's. The reader, for
# whoever evaluates by SQL, changes nothing and sees no secret; it cannot log in until it is given a password.
set -euo pipefail
secrets=${KIMDONG_SECRETS:-/run/secrets}
read -ra as_postgres <<<"${AS_POSTGRES:-}"
{
    # Not as arguments, which `ps` shows to everybody on the machine.
    printf "\\\\set %s '%s'\n" owner_password "$(<"$secrets/owner_password")" \
        password "$(<"$secrets/application_password")" proof_password "$(<"$secrets/proof_password")"
    cat <<'SQL'
CREATE ROLE kimdong LOGIN PASSWORD :'owner_password';
CREATE ROLE kimdong_app LOGIN PASSWORD :'password';
CREATE ROLE kimdong_proof LOGIN CREATEDB PASSWORD :'proof_password';
CREATE ROLE kimdong_reader NOLOGIN;
ALTER ROLE kimdong_reader SET default_transaction_read_only = on;
ALTER ROLE kimdong_reader SET statement_timeout = '5min';
CREATE DATABASE kimdong OWNER kimdong;
REVOKE CONNECT ON DATABASE kimdong FROM PUBLIC;
GRANT CONNECT ON DATABASE kimdong TO kimdong_app, kimdong_reader;
SQL
} | "${as_postgres[@]}" psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1
