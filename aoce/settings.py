"""The portal's settings: one file, every value that differs between installations an environment variable.

``MODE=embedded`` (the default) is a whole portal on one machine: SQLite, filesystem broker, mail to files.
``MODE=production`` has no defaults for what must be chosen or kept secret, and fails at start without it.
"""

import sqlite3
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("MODE", default="embedded")
if MODE not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"MODE is {MODE!r}. Set it to 'embedded' or 'production'.")
PRODUCTION = MODE == "production"


def required(name: str, embedded: object) -> object:
    """Return a variable that production must set; the embedded mode has a default for it."""
    if not PRODUCTION:
        return env.str(name, default=embedded)
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Production does not start without it; see docs/operations.md.")
    return value


# --- Where things are ---------------------------------------------------------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = str(required("SITE_URL", f"http://localhost:{env.str('PORT', default='8000')}")).rstrip("/")


def embedded_secret() -> str:
    """Return this data folder's own secret key, made on the first start (embedded mode only)."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret.key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = required("SECRET_KEY", "") or embedded_secret()
ALLOWED_HOSTS = str(required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")).split(",")

# --- Apps: the floors, ground floor last ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "reports",
    "actionplans",
    "learning",
    "meetings",
    "roadmap",
    "partners",
    "aoce.common",
    "django_prose_editor",
    "js_asset",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "auditlog",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "aoce.common.middleware.RefusalsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "partners.middleware.NetworkMiddleware",
]

ROOT_URLCONF = "aoce.urls"
WSGI_APPLICATION = "aoce.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "crispy_forms.templatetags.crispy_forms_filters",
                "aoce.common.templatetags.portal",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aoce.common.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Database, cache, broker ----------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url_config(str(required("DATABASE_URL", f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers wait for each other instead of failing; readers never wait (WAL).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
    if sqlite3.sqlite_version_info < (3, 35):
        raise ImproperlyConfigured(f"SQLite {sqlite3.sqlite_version} is too old. The portal needs 3.35 or newer.")
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    CELERY_BROKER_URL = REDIS_URL
    # A task that outlives this is handed out again; it is well above the longest time limit.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 5}
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
    }
    CELERY_BROKER_URL = "filesystem://"
    BROKER_DIR = DATA_DIR / "broker"
    for folder in ("messages", "control", "processed"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {
    "reminders.plan": {"task": "roadmap.plan_reminders", "schedule": SWEEP_SECONDS},
    "reminders.send": {"task": "roadmap.send_reminders", "schedule": SWEEP_SECONDS},
    "mail.sweep": {"task": "common.sweep_mail", "schedule": SWEEP_SECONDS},
    "jobs.sweep": {"task": "common.sweep_jobs", "schedule": SWEEP_SECONDS},
    "needs.forget": {"task": "meetings.forget_needs", "schedule": 3600 * 6},
    "surveys.empty": {"task": "learning.empty_surveys", "schedule": 3600 * 6},
}
# While no worker runs, what beat asks for does not pile up: the next one that comes asks for the same.
for _entry in CELERY_BEAT_SCHEDULE.values():
    _entry["options"] = {"expires": max(60, 2 * SWEEP_SECONDS)}

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_pages:networks"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "partners.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_DISPLAY = "partners.accounts.user_display"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_ADAPTER = "partners.accounts.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {}
OIDC_ORIGINS = []
if env.str("OIDC_SERVER_URL", default=""):
    OIDC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(env.str("OIDC_SERVER_URL")))]
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "sso",
                "name": env.str("OIDC_NAME", default="Single sign-on"),
                "client_id": env.str("OIDC_CLIENT_ID"),
                "secret": env.str("OIDC_SECRET"),
                "settings": {"server_url": env.str("OIDC_SERVER_URL")},
            }
        ]
    }

# --- Languages ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# The interface's complete languages. Networks and people choose among them; texts and names may be in any language.
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["aoce.formats"]

# --- Mail -----------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "AoCE portal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whom people write to about accessibility and privacy; a mailbox that somebody reads.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default=parseaddr(str(DEFAULT_FROM_EMAIL))[1])
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
# A mail claimed longer ago than this belongs to a worker that is gone: longer than any try can last.
MAIL_CLAIM_SECONDS = env.int("MAIL_CLAIM_SECONDS", default=900)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_URL = required("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.email_url_config(str(EMAIL_URL)))
    EMAIL_BACKEND = "aoce.common.smtp.OutcomeEmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap/css", BASE_DIR / "node_modules/bootstrap/dist/css"),
    ("sofia-sans", BASE_DIR / "node_modules/@fontsource-variable/sofia-sans"),
    ("htmx", BASE_DIR / "node_modules/htmx.org/dist"),
]
NODE_MODULES = BASE_DIR / "node_modules"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "files"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aoce.common.staticfiles.PortalStaticStorage"},
}
if env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT", default=None),
            "default_acl": "private",
            "querystring_auth": True,
        },
    }
# The reverse proxy hands out private files itself when it is named here (nginx: X-Accel-Redirect).
ACCEL_PREFIX = env.str("ACCEL_PREFIX", default="")
#: So many days after a survey closed, its raw answers are deleted.
SURVEY_KEEP_DAYS = env.int("SURVEY_KEEP_DAYS", default=180)
#: From which hour on, in each network's time zone, the reminders of a day go out.
REMINDER_HOUR = env.int("REMINDER_HOUR", default=6)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=25) * 1024 * 1024
UPLOAD_MAX_PAGES = env.int("UPLOAD_MAX_PAGES", default=100)
UPLOAD_REPORT_TYPES = env.list("UPLOAD_REPORT_TYPES", default=["pdf", "docx", "odt"])
UPLOAD_SCAN_TYPES = env.list("UPLOAD_SCAN_TYPES", default=["pdf", "jpg", "png", "heic"])
UPLOAD_DOCUMENT_TYPES = env.list("UPLOAD_DOCUMENT_TYPES", default=["pdf", "docx", "odt", "xlsx", "pptx"])
UPLOAD_LIST_TYPES = env.list("UPLOAD_LIST_TYPES", default=["xlsx", "csv"])
CLAMD_URL = env.str("CLAMD_URL", default="")
# Four files of the largest size and a form around them; above it the answer is 413.
REQUEST_MAX_BYTES = UPLOAD_MAX_BYTES * 4 + 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Safety ---------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Single sign-on begins with a form that is answered by a redirect to the other server.
        "form-action": [SELF, *OIDC_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "aoce.common.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
WHITENOISE_MAX_AGE = 3600
# Compressed already, or (source maps) asked for by nobody but a developer.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
# The user's e-mail is unique by a constraint that ignores case, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
