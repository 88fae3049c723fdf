"""Settings, all from the environment: strict, and safe where nothing is said. See .env.example."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

from config import admin_look, api, logs, parts
from config.database import database_from_url
from payments.gateways.origins import of_checkouts

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- The installation ------------------------------------------------------------------------------
EMBEDDED = env.bool("VICITA_EMBEDDED", False)
DEBUG = env.bool("DEBUG", False)
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# These three: `core.keys` says what is wrong with them, where a process starts.
FIELD_KEYS = env.str("FIELD_KEYS", "")
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", "")
AUDIT_KEY = env.str("AUDIT_KEY", "")
# The seals of the audit are appended here too, best on a disk that whoever has the database cannot write to.
AUDIT_SEALS_FILE = env.str(
    "AUDIT_SEALS_FILE",
    str(env.path("VICITA_VAR", BASE_DIR / "var") / "audit-seals.jsonl") if EMBEDDED else "",
)
SANDBOX_SECRET = env.str("SANDBOX_SECRET", "")

_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", [_public.hostname or "", *(["localhost", "127.0.0.1"] if EMBEDDED else [])]
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Apps ------------------------------------------------------------------------------------------
INSTALLED_APPS, MIDDLEWARE = parts.APPS, parts.MIDDLEWARE
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.page",
            ]
        },
    }
]

# --- Data ------------------------------------------------------------------------------------------
DATABASES = {
    "default": database_from_url(
        env.str("DATABASE_URL"), pool_size=env.int("DATABASE_POOL_SIZE", 20), field_keys=FIELD_KEYS
    )
}
# The folder of pg_dump, pg_restore and psql, for backups; empty: wherever programs are.
PG_BIN = env.str("PG_BIN", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vicita",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "live.layer.ChannelLayer",
        "CONFIG": {
            # The layer waits a second for news: redis-py's own patience is longer, or quiet connections would end.
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2, "socket_timeout": 15}],
            "prefix": "vicita.live",
        },
    }
}

# --- People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_of_role"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True  # one address: a new one takes the place of the old one
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.second_factor.forms.ConfirmPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
# So many wrong passwords for one account, or from one address, and nobody gets another try for that time.
LOCKOUT_FAILURES = env.int("LOCKOUT_FAILURES", 5)
LOCKOUT_FAILURES_PER_ADDRESS = env.int("LOCKOUT_FAILURES_PER_ADDRESS", 30)
LOCKOUT_MINUTES = env.int("LOCKOUT_MINUTES", 15)
# Beside allauth's own limits of sign-in; wrong passwords are counted by `accounts.lockout`.
ACCOUNT_RATE_LIMITS = {
    "refresh_token": "120/m/ip",
    "second_factor": "5/5m/key,20/d/key",
    "reset_password": "20/m/ip,5/h/key",
    "signup": "20/m/ip,10/h/key",
}
# Signing in with Google: both or neither.
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", "")
SOCIALACCOUNT_ADAPTER = "accounts.social.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": GOOGLE_CLIENT_SECRET}],
        "SCOPE": ["openid", "email", "profile"],
        "OAUTH_PKCE_ENABLED": True,
    }
}
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.SingleUseRefreshStrategy"  # noqa: S105  (a class)
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
HEADLESS_JWT_ROTATE_REFRESH_TOKEN = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "accounts.second_factor.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_factor.forms.CodeForm",
    "reauthenticate": "accounts.second_factor.forms.ConfirmCodeForm",
    "activate_totp": "accounts.second_factor.forms.AddAppForm",
    "add_webauthn": "accounts.second_factor.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.second_factor.forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.second_factor.forms.PasskeyForm",
    "login_webauthn": "accounts.second_factor.forms.PasskeyLoginForm",
    "reauthenticate_webauthn": "accounts.second_factor.forms.ConfirmPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A code that is typed slowly, or by a clock half a minute off, still counts; each counts once (accounts.second_factor).
MFA_TOTP_TOLERANCE = 1
# Who works in these reaches nothing before a second factor is set up.
SECOND_FACTOR_ROLES = frozenset(env.list("SECOND_FACTOR_ROLES", ["agent", "medical_admin", "it_admin"]))
# Nobody finds or books a professional who registered before staff have approved the practice.
PROFESSIONALS_NEED_APPROVAL = env.bool("PROFESSIONALS_NEED_APPROVAL", not EMBEDDED)

# --- Language and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "core.storage.StaticFiles"
        if env.bool("STATIC_MANIFEST", not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Only what pages ask for is compressed: a third of the time of collecting, on every first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our pages
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "webp", "woff", "woff2", "gz", "br", "map"]

# --- API -------------------------------------------------------------------------------------------
REST_FRAMEWORK = api.REST_FRAMEWORK
DRF_STANDARDIZED_ERRORS = api.DRF_STANDARDIZED_ERRORS
SPECTACULAR_SETTINGS = api.SPECTACULAR_SETTINGS
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# Views that take a file say how large (core.uploads); it stays in memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# Writes of one address where no sign-in is asked for: pages and API together.
PUBLIC_WRITE_RATE = env.str("PUBLIC_WRITE_RATE", "30/m")
# Their reads of free times: two months of many services are a long answer.
PUBLIC_READ_RATE = env.str("PUBLIC_READ_RATE", "120/m")
# Reports of one address that says it is a gateway.
WEBHOOK_RATE = env.str("WEBHOOK_RATE", "600/m")

# --- Admin -----------------------------------------------------------------------------------------
UNFOLD = admin_look.UNFOLD

# Whoever sends it (Authorization: Bearer ...) reads /metrics; empty: nobody does.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- Work behind the pages -------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,  # a request never waits for a broker to come back
    "visibility_timeout": 300,
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Mail ------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.str("EMAIL_URL", "")
MAILBOX_DIR = env.path("VICITA_VAR", BASE_DIR / "var") / "mail" if EMBEDDED else None
if EMAIL_CONFIG:
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = (
        "notifications.mailbox.MailboxBackend" if EMBEDDED else "django.core.mail.backends.smtp.EmailBackend"
    )
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Vicita <no-reply@vicita.example>")

# --- Payments and video ----------------------------------------------------------------------------
PAYMENT_GATEWAYS = env.list("PAYMENT_GATEWAYS", ["sandbox"] if EMBEDDED else [])
GATEWAY_TIMEOUT_SECONDS = env.float("GATEWAY_TIMEOUT_SECONDS", 10.0)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
STRIPE_CURRENCIES: list[str] = env.list("STRIPE_CURRENCIES", [])  # empty: all that Stripe takes
STRIPE_API_URL = env.str("STRIPE_API_URL", "https://api.stripe.com")
MERCADOPAGO_ACCESS_TOKEN = env.str("MERCADOPAGO_ACCESS_TOKEN", "")
MERCADOPAGO_WEBHOOK_SECRET = env.str("MERCADOPAGO_WEBHOOK_SECRET", "")
MERCADOPAGO_CURRENCY = env.str("MERCADOPAGO_CURRENCY", "")  # that of the account's country
MERCADOPAGO_API_URL = env.str("MERCADOPAGO_API_URL", "https://api.mercadopago.com")
WOMPI_PUBLIC_KEY = env.str("WOMPI_PUBLIC_KEY", "")
WOMPI_PRIVATE_KEY = env.str("WOMPI_PRIVATE_KEY", "")
WOMPI_INTEGRITY_SECRET = env.str("WOMPI_INTEGRITY_SECRET", "")
WOMPI_EVENTS_SECRET = env.str("WOMPI_EVENTS_SECRET", "")
WOMPI_API_URL = env.str("WOMPI_API_URL", "")  # empty: that of its keys, test or production
WOMPI_CHECKOUT_URL = env.str("WOMPI_CHECKOUT_URL", "https://checkout.wompi.co/p/")
MEETING_PROVIDER = env.str("MEETING_PROVIDER", "builtin")
ICE_SERVERS: list[str] = env.list("STUN_URLS", [])
TURN_URLS: list[str] = env.list("TURN_URLS", [])
TURN_SECRET = env.str("TURN_SECRET", "")

# --- Safety ----------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", HTTPS)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
_ws_origin = ("wss://" if HTTPS else "ws://") + _public.netloc
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, _ws_origin],
        "media-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [
            SELF,
            *(["https://accounts.google.com"] if GOOGLE_CLIENT_ID else []),
            *of_checkouts(
                PAYMENT_GATEWAYS,
                stripe_api=STRIPE_API_URL,
                mercadopago_api=MERCADOPAGO_API_URL,
                mercadopago_currency=MERCADOPAGO_CURRENCY,
                wompi_checkout=WOMPI_CHECKOUT_URL,
            ),
        ],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY = "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=()"

# --- Logs ------------------------------------------------------------------------------------------
LOGGING = logs.at_level(env.str("LOG_LEVEL", "INFO"))
