"""Pages of accounts. allauth's views under our own addresses, and only those that are open."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts import views
from accounts.views import choose_password, google, leaving, passwords, registration, sessions, two_step
from core.limits import public_write

urlpatterns = [
    path("home", views.home_of_role, name="home_of_role"),
    path("language", views.set_language, name="set_language"),
    # One's own account, for every role.
    path("account/", views.account, name="account"),
    path("account/email", views.change_email, name="change_email"),
    path("account/email/confirm/<str:key>", views.confirm_change_of_email, name="confirm_change_of_email"),
    re_path(r"^photos/(?P<slug>[-\w]+)/(?P<digest>[0-9a-f]{64})\.webp$", views.photo, name="photo"),
    path("account/confirm", two_step.Confirm.as_view(), name="account_reauthenticate"),
    path("account/confirm/code", two_step.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("account/confirm/passkey", two_step.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/two-step", two_step.two_step, name="mfa_index"),
    path("account/two-step/app", two_step.AddApp.as_view(), name="mfa_activate_totp"),
    path("account/two-step/app/remove", two_step.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/two-step/codes", two_step.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "account/two-step/codes/new", two_step.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path("account/two-step/passkeys/new", two_step.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/two-step/passkeys/<int:pk>", two_step.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path(
        "account/two-step/passkeys/<int:pk>/remove",
        two_step.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("account/password", passwords.account_password, name="account_password"),
    path("account/close", leaving.account_close, name="account_close"),
    # Where one stands afterwards, signed out.
    path("account/deactivated", leaving.account_deactivated, name="account_deactivated"),
    path("account/closed", leaving.account_closed, name="account_closed"),
    path("account/sessions", sessions.sessions, name="sessions"),
    path("account/sessions/end-others", sessions.end_others, name="sessions_end_others"),
    path("account/sessions/<int:session_id>/end", sessions.end, name="session_end"),
    path("login", public_write(allauth.login), name="account_login"),
    path("login/code", public_write(two_step.Code.as_view()), name="mfa_authenticate"),
    path("login/passkey", public_write(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("login/google", google.to_google, name="google_login"),
    path("login/google/back", google.back_from_google, name="google_callback"),
    path("login/inactive", allauth.account_inactive, name="account_inactive"),
    path("logout", allauth.logout, name="account_logout"),
    path("signup", public_write(registration.signup), name="account_signup"),
    path("signup/professional", public_write(registration.signup_professional), name="signup_professional"),
    path("join/<str:token>", public_write(registration.join), name="join"),
    path("password/choose", public_write(choose_password.choose_password), name="choose_password"),
    path("password/forgot", public_write(allauth.password_reset), name="account_reset_password"),
    path("password/forgot/sent", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        public_write(passwords.ChooseNewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "email/confirm",
        public_write(registration.confirmation_sent),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^email/confirm/(?P<key>[-:\w]+)$",
        public_write(registration.confirm_email),
        name="account_confirm_email",
    ),
    path("unlock/<str:token>", passwords.account_unlock, name="account_unlock"),
    # The addresses that staff know for their pages in the admin; more in config/urls.py.
    path(
        "it/medical-professionals",
        RedirectView.as_view(pattern_name="admin:accounts_professional_changelist"),
    ),
    path("it/", RedirectView.as_view(pattern_name="admin:index")),
]
