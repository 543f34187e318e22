"""One settings file; everything that differs between machines comes from the environment.

The variables are those of `kimdong/environment.py`; a bad one stops the start with its remedy.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accounts.school import issuer
from kimdong import version
from kimdong.environment import BadEnvironmentError, read_environment

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    ENVIRONMENT = read_environment(os.environ)
except BadEnvironmentError as problem:
    raise ImproperlyConfigured(str(problem)) from problem

MODE = ENVIRONMENT.mode
IS_DEMO = MODE == "demo"
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
DATA_KEYS = ENVIRONMENT.data_keys
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "simple_history",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "procrastinate.contrib.django",
    "accounts",
    "students",
    "gradebook",
    "approvals",
    "reports",
    "kimdong",
]

MIDDLEWARE = [
    "kimdong.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kimdong.safe_answers.SafeAnswersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before anything looks into the session, which is in the database.
    "kimdong.status.MachinesFirstMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.idle_lock.IdleLockMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.private_pages.PrivatePagesMiddleware",
    "accounts.refusals.RefusalLogMiddleware",
    "accounts.confirmation.ConfirmationMiddleware",
    "students.closed_years.ClosedYearMiddleware",
    "accounts.rotation.RotationMiddleware",
    # Last: turns the answer to a locked attempt, whichever view gave it, into the page that says until when.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kimdong.urls"
WSGI_APPLICATION = "kimdong.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # The cached loader also outside DEBUG is Django's default; named here because the page budget rests on it.
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "approvals.frame.frame",
            ],
        },
    },
]

_options: dict[str, Any] = dict(ENVIRONMENT.connection_options)
if MODE != "test":
    # A pool per process: a new connection costs more than the whole page (design.md, section 5).
    # Threads are fewer than connections, so only a database that is gone makes one wait for a connection (seconds): not
    # long, for all others wait behind it. The pool's own tries to reconnect, each twice as long after the last, end
    # early, so that whoever comes when the database is back tries at once.
    _options["pool"] = {"min_size": 1, "max_size": 10, "timeout": 4, "reconnect_timeout": 2}
DATABASES = {
    "default": {
        **ENVIRONMENT.database,
        "OPTIONS": _options,
        # The pool asks a connection whether it lives: after a restart of PostgreSQL no page meets a dead one.
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": f"{ENVIRONMENT.database['NAME']}_test"},
    }
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# Without guardian's backend: its rows alone must not answer `has_perm`, accounts.permissions asks them together with
# the dated Grant (docs/decisions/0009). So its system check, which misses the backend, is silenced.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.account_state.AccountBackend",
]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
# Nobody acts without an account: guardian's stand-in for visitors is not created.
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if MODE == "test":
    # Argon2 is slow on purpose; the tests log in thousands of times and test the hasher once, by name.
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
    ]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough"},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotPredictable"},
    {"NAME": "accounts.passwords.NotTheLast"},
]
# Ends an entry round for the administrator's password (rule R61); accounts may not import the gradebook.
ENTRY_ROUND_CLOSED = "gradebook.windows.last_round_closed"
# What pages of accounts call the school, whose years they may not import either.
NAME_OF_THE_SCHOOL = "students.years.name_of_the_school"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "approvals:tasks"
LOGOUT_REDIRECT_URL = "accounts:login"

# django-axes stands before every password check and hears every failure; what is counted, and how long a lock
# lasts, is accounts/lockout.py (docs/decisions/0007).
AXES_HANDLER = "accounts.lockout.SignInGuard"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.lock_page"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_CLIENT_IP_CALLABLE = "accounts.refusals.client_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# A second factor: one step of 30 s early or late, and no creeping further; failures are counted with the passwords'.
OTP_TOTP_ISSUER = issuer
OTP_TOTP_SYNC = False
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_STATIC_THROTTLE_FACTOR = 0

LANGUAGE_CODE = "vi"
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["kimdong.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.files / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What libraries bring along is not served: everything a page loads lies in static/, with its licence.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
MEDIA_ROOT = ENVIRONMENT.files / "private"
STORAGES = {
    # Evidence and printed books: outside the web root, handed out by permission-checked views only.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "kimdong.static_files.StaticFiles",
    },
}
# In tests there is no collectstatic step; the files are served from where they lie. They are looked for when asked
# for: every test's client makes its middleware anew, and listing them all each time is a sixth of what a page costs.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A homeroom sheet of 50 pupils × 18 columns with its versions, as a plain form, has about 1,900 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: a link in a message must find the person logged in, and pages already open keep their tokens.
CSRF_COOKIE_SAMESITE = "Lax"
# A working day; and gone with the browser, for the staff room's computer.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Without a sign of life the screen locks; pages of administration sooner (TCVN 14423, level 2; rule R62).
IDLE_SECONDS = 15 * 60
IDLE_ADMIN_SECONDS = 5 * 60
CSRF_FAILURE_VIEW = "accounts.refusals.csrf_failure"
# TLS ends at our proxy, which replaces X-Forwarded-For by the browser's address (deploy/Caddyfile).
BEHIND_PROXY = ENVIRONMENT.behind_tls
if ENVIRONMENT.behind_tls:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # The browser itself then refuses such a cookie from another host of the domain, or without TLS.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# Evidence: what a phone camera makes, and scans.
EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
EVIDENCE_MAX_FILES = 5
# A whole request: all evidence at once and a little. Fields other than files have the limit further up.
UPLOAD_MAX_BYTES = EVIDENCE_MAX_BYTES * EVIDENCE_MAX_FILES + 2 * 1024 * 1024

# Finished books are signed where the school has a certificate (reports/pdf_signing.py).
SIGNING = ENVIRONMENT.signing

# Where the certificate of the school's address is asked for: the name, host and port. None without TLS.
TLS = ENVIRONMENT.tls

VERSION = version.VERSION

# Statements that take so long are logged, without values (kimdong/slow_statements.py); 0: none.
SLOW_SECONDS = ENVIRONMENT.slow_ms / 1000

# Whoever shows it may read /metrics; "": nobody.
METRICS_TOKEN = ENVIRONMENT.metrics_token

# Encrypted backups, made and proven by the worker (kimdong/backup): off unless a repository is named.
BACKUPS = ENVIRONMENT.backups

# The daily mail about waiting tasks, by the worker: off unless a mail server is named. Nothing else is ever mailed.
MAIL = ENVIRONMENT.mail
START_PAGE = f"{ENVIRONMENT.address}/"
if MAIL is not None:
    PROCRASTINATE_IMPORT_PATHS = ["approvals.digest_tasks"]
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.is_tls_from_the_start, not MAIL.is_tls_from_the_start
    EMAIL_TIMEOUT = 20
    DEFAULT_FROM_EMAIL = MAIL.sender

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "kimdong.log_lines.JsonLines"},
    },
    "filters": {"no_fault_of_ours": {"()": "kimdong.log_lines.NoFaultOfOurs"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if MODE == "production" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING" if MODE == "test" else "INFO"},
    "loggers": {
        # Its own words about each attempt, name and address: ours are in the access log.
        "axes": {"level": "ERROR"},
        # Whoever scans the internet asks for any name.
        "django.security.DisallowedHost": {"filters": ["no_fault_of_ours"]},
        "procrastinate": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
