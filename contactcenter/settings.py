"""Every setting comes from the environment; what is unsafe outside DEBUG is refused by `contactcenter.checks`.

A `.env` file beside `manage.py` is read if there is one; the real environment wins over it.
Docs of each variable: docs/settings.md.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from contactcenter.admin_menu import UNFOLD  # noqa: F401 - the admin site reads it here
from contactcenter.api.conf import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - and the API these

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")


def flag(name: str, *, default: bool = False) -> bool:
    """A yes or no; anything else stops the start, where a lenient reader would have guessed "no"."""
    text = env.str(name, default=str(default)).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name} should be 1 or 0, not {text!r}")


def number(name: str, *, default: float) -> float:
    """A number; anything else stops the start with the name of the variable."""
    text = env.str(name, default=str(default))
    try:
        return float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} should be a number, not {text!r}") from None


DEV_SECRET_KEY = "development-only-not-secret"  # checks.py refuses it outside DEBUG and SANDBOX

DEBUG = flag("DEBUG")
# A drill, a demo or a test: the exchange stands in for the carrier and nobody in the database is real.
SANDBOX = flag("KINDLINE_SANDBOX")
SECRET_KEY = env.str("SECRET_KEY", default=DEV_SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# The address the carrier (and a browser) reaches us by. Signatures are checked against it, never against the Host
# header, which a proxy may rewrite.
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

PLIVO_AUTH_ID = env.str("PLIVO_AUTH_ID", default="")
PLIVO_AUTH_TOKEN = env.str("PLIVO_AUTH_TOKEN", default="")
PLIVO_LIVE_API = "https://api.plivo.com"
EXCHANGE_API = "http://127.0.0.1:9400"  # where `python -m exchange` listens
PLIVO_API_BASE = env.str("PLIVO_API_BASE", default=EXCHANGE_API if SANDBOX else PLIVO_LIVE_API).rstrip("/")
PLIVO_TIMEOUT_S = number("PLIVO_TIMEOUT_S", default=5)
# A media file the carrier can fetch and loop while a caller waits; 25 s or so, since the place is told after it.
HOLD_MUSIC_URL = env.str("HOLD_MUSIC_URL", default=f"{PUBLIC_BASE_URL}/static/audio/hold.wav")

INSTALLED_APPS = [
    "daphne",  # `runserver` serves sockets as well
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "contactcenter",
    "core",
    "crm",
    "knowledgebase",
    "scheduling",
    "floor",
    "ivr",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "contactcenter.middleware.content_security_policy",
]

ROOT_URLCONF = "contactcenter.urls"
WSGI_APPLICATION = "contactcenter.wsgi.application"
ASGI_APPLICATION = "contactcenter.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "contactcenter" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "contactcenter.navigation.links",
            ]
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'kindline.sqlite3'}")
if not DATABASE_URL.startswith(("sqlite://", "postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL should begin with sqlite:// or postgres://")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # Row locks do not exist here and are silently ignored: IMMEDIATE makes every write transaction exclusive from
    # its first statement, which is what the guarded updates rely on.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
    }
else:
    # A pool instead of CONN_MAX_AGE: under ASGI the latter leaks a connection a request (docs/performance.md).
    # Checked on the way out, or every caller after a restart of the database would meet a dead connection.
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": int(number("DATABASE_POOL", default=8))}
# Only a process of one thread (a drill, a worker) may keep its connection for good.
_database["CONN_MAX_AGE"] = None if flag("DATABASE_KEEP_OPEN") else 0

# With a REDIS_URL "something changed" travels by Redis, else by the database itself (core.live has the three ways).
REDIS_URL = env.str("REDIS_URL", default="")

# How alerts leave the house; without it they stand in the worker's output. They hold figures, never anybody's name.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="kindline@localhost")
EMAIL_TIMEOUT = 10

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "contactcenter" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"  # stored so; shown in the agency's own zone (core.models.Agency.time_zone)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # also the home of the default database
WHITENOISE_USE_FINDERS = DEBUG or SANDBOX

RECORDINGS_DIR = env.str("RECORDINGS_DIR", default=str(BASE_DIR / "var" / "recordings"))

SECURE = not (DEBUG or SANDBOX)
SECURE_SSL_REDIRECT = SECURE and flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_TLS_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600  # a shift
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
