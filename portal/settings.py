"""All settings of Punctual, grouped; what differs between machines is read from the environment beside its use.

Every variable read here stands in `.env.example` with a sentence. `portal/checks.py` examines the result at start.
"""

from email.utils import parseaddr
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from portal.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

# FOO or FOO_FILE: a secret may be mounted as a file. The file .env is for people, not for servers.
env = Environment()
env.read_env(BASE_DIR / ".env")

# --- Mode ---------------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# Demonstration mode: sign-in hints, the style guide, relaxed transport security. Refused with foreign hosts.
DEMO = env.bool("DEMO", default=False)
LOCAL = DEBUG or DEMO
SECRET_KEY = env.str("SECRET_KEY", default="only-for-local-use-never-for-a-server" if LOCAL else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# The one address that mails and receipts link to; never taken from a request.
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")
SITE_NAME = "Punctual"
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- Applications ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.apps.DeskConfig",  # django.contrib.admin with our AdminSite
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "portal.apps.PortalConfig",
    "tickets",
    "sla",
    "accounts",
]

MIDDLEWARE = [
    "portal.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.OnceMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
            "builtins": ["portal.templatetags.ui", "portal.templatetags.forms"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'punctual.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction takes the write lock when it begins, so two writers wait instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;PRAGMA cache_size=-20000;"
            "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
        ),
    }
    # A file for tests too: threads and processes of a race test then meet the locks that the product meets.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# --- Cache and queue ------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # A queue in a file of its own: no server, several processes. Nothing rests on it: the database knows all work.
    CELERY_BROKER_URL = f"sqla+sqlite:///{VAR_DIR / 'queue.sqlite3'}"

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "portal.lease:LeaseScheduler"
CELERY_TIMEZONE = "UTC"

# --- People and sign-in ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.identity.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:start"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "accounts.identity.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = 60 * 60 * 12
ACCOUNT_RATE_LIMITS = False  # ours count in the database: accounts/identity/domain/sign_in.py
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_FORMS = {
    "login": "accounts.identity.forms.SignInForm",
    "reset_password": "accounts.identity.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.identity.forms.NewPasswordForm",
    "change_password": "accounts.identity.forms.ChangePasswordForm",
    "user_token": "accounts.identity.forms.ResetLinkForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Transport and browser security ---------------------------------------------------------------------------------

if not LOCAL:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^live$", r"^ready$"]  # asked by the machine itself, without TLS
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Named as in Django 6, which brings the same setting.
SECURE_CSP = {
    "default-src": ["'self'"], "img-src": ["'self'", "data:"], "object-src": ["'none'"], "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"], "form-action": ["'self'"],
}  # fmt: skip
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- Languages and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # storage and arithmetic; people see their own zone

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "portal.static_files.StaticFiles"
    },
}
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_MB", default=20) * 1024 * 1024

# Root-cause analyses: published within so many business days of the ticket's region, counted from the solving.
ANALYSIS_BUSINESS_DAYS = env.int("ANALYSIS_BUSINESS_DAYS", default=5)

# --- Mail -----------------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Punctual Support <support@punctual.example>")
# Where mails come back to; each mail has an address of its own before the “@”, behind a plus sign.
MAIL_BOUNCES = env.str("MAIL_BOUNCES", default=f"bounces@{parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}")
# Set to hold back all mail, for instance after a restore: rows wait, nothing is lost.
MAIL_HELD = env.bool("MAIL_HELD", default=False)

# What signs the addresses that answers by mail go to: name → secret. The first signs, all are accepted. To change it,
# put a new one in front (`REPLY_KEYS=k2:…,k1:…`) and drop the old one when nobody answers old mails any more.
REPLY_KEYS = dict(entry.split(":", 1) for entry in env.list("REPLY_KEYS", default=[f"k1:reply-{SECRET_KEY}"]))

# --- Mail in --------------------------------------------------------------------------------------------------------

# Mailboxes to read, as imaps://user:password@host/INBOX or imap+tls://…; several are separated by spaces.
IMAP_URLS = env.str("IMAP_URL", default="").split()
# A web hook of a provider, by django-anymail: its name there (mailgun, postmark …) and what proves its calls.
MAIL_WEBHOOK = env.str("MAIL_WEBHOOK", default="")
ANYMAIL = {
    name: value
    for name, value in {
        "WEBHOOK_SECRET": env.str("MAIL_WEBHOOK_SECRET", default=""),
        "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAIL_WEBHOOK_SIGNING_KEY", default=""),
        "MANDRILL_WEBHOOK_KEY": env.str("MAIL_WEBHOOK_SIGNING_KEY", default=""),
    }.items()
    if value
}
# The name under which our own mail server writes Authentication-Results: only its verdict proves a sender.
MAIL_AUTHSERV_ID = env.list("MAIL_AUTHSERV_ID", default=[])
# Without such a server: whether the address in From counts all the same. Anybody can write any address there.
MAIL_TRUST_SENDER = env.bool("MAIL_TRUST_SENDER", default=LOCAL)
# Further addresses that lead to our mailboxes; mail from them is our own.
MAIL_ALIASES = env.list("MAIL_ALIASES", default=[])
MAIL_MAX_BYTES = env.int("MAIL_MAX_MB", default=30) * 1024 * 1024

# --- Phone ----------------------------------------------------------------------------------------------------------

# How many call-backs a region's desk can make in the same half hour.
CALL_LINES = env.int("CALL_LINES", default=2)

# --- Chat -----------------------------------------------------------------------------------------------------------

CHATS_PER_AGENT = env.int("CHATS_PER_AGENT", default=4)
CHAT_WAIT_MINUTES = env.int("CHAT_WAIT_MINUTES", default=10)
CHAT_QUIET_MINUTES = env.int("CHAT_QUIET_MINUTES", default=15)

# --- API ------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.identity.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.lib.rest.TablePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.lib.rest.strict.StrictJSON"],
    "DEFAULT_PAGINATION_CLASS": "portal.lib.rest.Cursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["portal.lib.rest.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": "600/min", "write": "120/min", "bad_token": "60/min"},
    "EXCEPTION_HANDLER": "portal.lib.rest.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Punctual API",
    "DESCRIPTION": "Tickets, the promises on them, and the account that bought them.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TierEnum": "accounts.core.enums.Tier.choices",
        "SeatStateEnum": "accounts.core.enums.SeatState.choices",
        "PriorityEnum": "sla.core.enums.Priority.choices",
        "ClockKindEnum": "sla.core.enums.ClockKind.choices",
        "ClockStateEnum": "tickets.core.api.shapes.STATES",
        "CheckInRuleEnum": "sla.core.enums.CheckInRule.choices",
        "StatusEnum": "tickets.core.enums.Status.choices",
        "MessageKindEnum": "tickets.core.enums.MessageKind.choices",
        "Level3StateEnum": "tickets.core.api.shapes.LEVEL_3_STATES",
        "ReportStateEnum": "tickets.analyses.api.analyses.STATES",
        "NewMessageKindEnum": "tickets.core.api.shapes.STAFF_KINDS",
    },
}

# --- Logs -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"facts": {"()": "portal.lib.logs.FactFormatter"}},
    "filters": {"not of readiness": {"()": "portal.lib.logs.NotOfReadiness"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "facts"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # A line for each of the thousands of jobs a day would bury the lines that matter.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ["kombu", "celery.app.trace", "celery.beat", "celery.worker.strategy", "celery.apps.worker"]
    }
    | {"django.request": {"filters": ["not of readiness"]}},
}
