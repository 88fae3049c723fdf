"""Whoever is told no leaves a row that says so, with the code of the answer: by whom, where, about what."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.tests import people
from bookings.tests.factories import make_confirmed, make_user
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
IT_PAGES = ["/admin/accounts/user/", "/admin/health/", "/admin/audit/"]
MEDICAL_PAGES = ["/admin/accounts/patient/", "/admin/bookings/booking/", "/admin/payments/payment/"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def refusals_of(user: User):
    rows = AuditEvent.objects.filter(action="refused", actor_id=user.pk).order_by("id")
    return [(row.route, row.facts["code"]) for row in rows]


def test_staff_without_a_second_factor_reach_nothing_and_each_try_stays():
    new = User.objects.create_user("new@people.test", role=Role.IT_ADMIN, is_staff=True)
    client = signed_in(new)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/accounts/user/").status_code == 302
    assert client.get("/api/v1/auth/me").status_code == 403
    code = "second_factor_required_for_role"
    assert refusals_of(new) == [
        ("admin:index", code),
        ("admin:accounts_user_changelist", code),
        ("api_me", code),
    ]


@pytest.mark.parametrize(("role", "pages"), [(Role.MEDICAL_ADMIN, IT_PAGES), (Role.IT_ADMIN, MEDICAL_PAGES)])
def test_neither_administration_opens_the_pages_of_the_other(role, pages):
    user = people.user(role)
    client = signed_in(user)
    assert [client.get(page).status_code for page in pages] == [403] * len(pages)
    assert [code for _route, code in refusals_of(user)] == ["permission_denied"] * len(pages)


def test_patients_and_professionals_find_no_admin():
    for role in (Role.PATIENT, Role.PROFESSIONAL, Role.AGENT):
        user = people.user(role)
        assert signed_in(user).get("/admin/accounts/patient/").status_code in {302, 404}
        assert signed_in(user).get("/admin/accounts/patient/", follow=True).status_code == 404
        assert ("admin:login", "not_found") in refusals_of(user)


def test_a_patient_at_anothers_appointment():
    booking, other = make_confirmed(), make_user()
    client = signed_in(other)
    assert client.get(f"/api/v1/bookings/{booking.pk}").status_code == 404
    assert client.get(f"/video-room/{booking.pk}/").status_code == 404
    assert client.post(f"/api/v1/bookings/{booking.pk}/cancel").status_code == 404
    assert {code for _route, code in refusals_of(other)} == {"not_found"}
    rows = AuditEvent.objects.filter(action="refused")
    assert {row.object_id for row in rows} == {str(booking.pk)}
    assert not any(row.subjects for row in rows)  # nothing of anybody was shown


def test_a_professional_at_a_patient_of_another_practice():
    booking, other = make_confirmed(), people.professional()
    assert signed_in(other.user).get(f"/doctor/patients/{booking.patient_id}/").status_code == 404
    assert refusals_of(other.user) == [("doctor_patient", "not_found")]
