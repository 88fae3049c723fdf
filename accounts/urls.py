"""Pages of accounts. allauth's views under our own addresses, and only those that are open."""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts import views

urlpatterns = [
    path("home", views.home_of_role, name="home_of_role"),
    path("language", views.set_language, name="set_language"),
    # One's own account, for every role.
    path("account/", views.account, name="account"),
    path("login", allauth.login, name="account_login"),
    path("login/inactive", allauth.account_inactive, name="account_inactive"),
    path("logout", allauth.logout, name="account_logout"),
    path("signup", allauth.signup, name="account_signup"),
    path("password/forgot", allauth.password_reset, name="account_reset_password"),
    path("password/forgot/sent", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("email/confirm", allauth.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^email/confirm/(?P<key>[-:\w]+)$", allauth.confirm_email, name="account_confirm_email"),
    # The address that staff know for the professionals' admin.
    path(
        "it/medical-professionals",
        RedirectView.as_view(pattern_name="admin:accounts_professional_changelist"),
    ),
]
