"""What stands between the right password and being signed in, beside allauth's own stages."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from django.http import HttpResponse


class ChooseOwnPassword(LoginStage):
    """Whoever came with a temporary password chooses one of their own: until then nobody is signed in."""

    key = "choose_own_password"
    urlname = "choose_password"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is None or user.temporary_password_until is None:
            return None, True
        self.state["opened_with"] = user.get_session_auth_hash()
        return headed_redirect_response(self.urlname), True
