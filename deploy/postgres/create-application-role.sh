#!/bin/bash
# Run once by the postgres image, on an empty data folder. The application owns its database and is no
# superuser, so that grants and triggers hold against it.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --set password="$(</run/secrets/application_password)" <<'SQL'
CREATE ROLE kimdong LOGIN PASSWORD :'password';
CREATE DATABASE kimdong OWNER kimdong;
SQL
