from __future__ import annotations

from django.urls import path

from accounts.api import leaving, passwords, profile, registration, second_factor, sessions, views

urlpatterns = [
    path("auth/login", views.LoginView.as_view(), name="api_login"),
    path("auth/refresh", views.RefreshView.as_view(), name="api_refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="api_logout"),
    path("auth/forgot-password", passwords.ForgotPasswordView.as_view(), name="api_forgot_password"),
    path("auth/reset-password", passwords.ResetPasswordView.as_view(), name="api_reset_password"),
    path(
        "auth/reset-password-confirm",
        passwords.ResetPasswordConfirmView.as_view(),
        name="api_reset_password_confirm",
    ),
    path("auth/change-password", passwords.ChangePasswordView.as_view(), name="api_change_password"),
    path("auth/register", registration.RegisterView.as_view(), name="api_register"),
    path(
        "auth/register-medical-professional",
        registration.JoinView.as_view(),
        name="api_register_medical_professional",
    ),
    path("auth/verify-email", registration.VerifyEmailView.as_view(), name="api_verify_email"),
    path(
        "auth/resend-verification",
        registration.ResendVerificationView.as_view(),
        name="api_resend_verification",
    ),
    path("auth/login-temporary", registration.LoginTemporaryView.as_view(), name="api_login_temporary"),
    path("me/deactivate", leaving.DeactivateView.as_view(), name="api_deactivate"),
    path("me/close", leaving.CloseView.as_view(), name="api_close"),
    path("auth/me", views.MeView.as_view(), name="api_me"),
    path("auth/totp", second_factor.TotpView.as_view(), name="api_totp"),
    path("auth/recovery-codes", second_factor.RecoveryCodesView.as_view(), name="api_recovery_codes"),
    path("auth/sessions", sessions.SessionsView.as_view(), name="api_sessions"),
    path("auth/sessions/<int:session_id>", sessions.SessionView.as_view(), name="api_session"),
    path("me/profile", profile.MyProfile.as_view(), name="api_my_profile"),
    path("me/email", profile.MyEmail.as_view(), name="api_my_email"),
    path("me/email/confirm", profile.MyEmailConfirm.as_view(), name="api_my_email_confirm"),
    path("me/photo", profile.MyPhoto.as_view(), name="api_my_photo"),
]
