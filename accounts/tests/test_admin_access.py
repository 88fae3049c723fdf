from __future__ import annotations

import pytest

from accounts.models import Role, User
from accounts.tests import people

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
PROFESSIONALS = "/admin/accounts/professional/"
PATIENTS = "/admin/accounts/patient/"
BOOKINGS = "/admin/bookings/booking/"
PAYMENTS = "/admin/payments/payment/"
REFUNDS = "/admin/payments/refund/"
REQUESTS = "/admin/bookings/bookingrequest/"
TOKENS = "/admin/accounts/registrationtoken/"
ALL = {USERS, PROFESSIONALS, PATIENTS, BOOKINGS, PAYMENTS, REFUNDS, REQUESTS, TOKENS}
SEEN = {
    Role.IT_ADMIN: {USERS, PROFESSIONALS, TOKENS},
    Role.MEDICAL_ADMIN: {PATIENTS, BOOKINGS, PAYMENTS, REFUNDS, REQUESTS},
}


@pytest.fixture
def it_admin(client):
    admin = people.user(Role.IT_ADMIN, email="it@people.test")
    client.force_login(admin)
    return admin


@pytest.mark.parametrize("role", list(SEEN))
def test_each_role_sees_its_own_lists_and_no_others(client, role):
    client.force_login(people.user(role))
    index = client.get("/admin/").content.decode()
    for address in ALL:
        assert client.get(address).status_code == (200 if address in SEEN[role] else 403)
        assert (address in index) == (address in SEEN[role])


@pytest.mark.parametrize("role", list(SEEN))
def test_nothing_else_is_added_or_deleted_there(client, role):
    client.force_login(people.user(role))
    rows = {USERS: people.user(), PATIENTS: people.patient(people.professional())}
    may = {USERS, TOKENS} if role == Role.IT_ADMIN else set()  # test_admin_letting_in.py
    for address in ALL:
        assert client.get(f"{address}add/").status_code == (200 if address in may else 403)
    for address, row in rows.items():
        client.post(address, {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
        assert client.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        row.refresh_from_db()


@pytest.mark.parametrize("role", [Role.PATIENT, Role.PROFESSIONAL, Role.AGENT])
def test_for_others_there_is_nothing(client, role):
    client.force_login(people.user(role))
    for address in ("/admin/", *ALL):
        assert client.get(address, follow=True).status_code == 404


def test_a_wrongly_set_flag_opens_nothing(client):
    patient = people.user()
    User.objects.filter(pk=patient.pk).update(is_staff=True)
    client.force_login(patient)
    assert client.get(USERS, follow=True).status_code == 404


def test_strangers_are_asked_to_sign_in_on_the_one_page(client):
    answer = client.get(USERS, follow=True)
    assert answer.redirect_chain[-1][0] == f"/login?next={USERS}"


def test_the_address_that_staff_know_leads_to_the_professionals(client, it_admin):
    assert client.get("/it/medical-professionals", follow=True).redirect_chain[-1][0] == PROFESSIONALS


def test_signing_out_of_the_admin(client, it_admin):
    assert client.post("/admin/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_no_password_is_shown_not_even_its_hash(client, it_admin):
    page = client.get(f"{USERS}{it_admin.pk}/change/").content.decode()
    assert it_admin.email in page
    assert it_admin.password not in page
    assert "md5$" not in page


def test_a_form_sent_by_hand_changes_nothing(client, it_admin):
    answer = client.post(f"{USERS}{it_admin.pk}/change/", {"email": "evil@people.test", "is_superuser": "on"})
    assert answer.status_code == 403
    it_admin.refresh_from_db()
    assert (it_admin.email, it_admin.is_superuser) == ("it@people.test", False)


def test_an_account_is_closed_and_opened_again(client, it_admin):
    user = people.user()

    def act(action, *users):
        chosen = {"action": action, "_selected_action": [str(one.pk) for one in users]}
        client.post(USERS, {**chosen, "_confirmed": "1"})
        user.refresh_from_db()
        it_admin.refresh_from_db()
        return user.is_active

    assert act("deactivate", user, it_admin) is False
    assert it_admin.is_active, "nobody locks themselves out"
    assert act("activate", user) is True


def test_medical_administration_closes_no_account(client):
    user = people.user()
    client.force_login(people.user(Role.MEDICAL_ADMIN))
    client.post(USERS, {"action": "deactivate", "_selected_action": [str(user.pk)]})
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.parametrize("address", ["/admin/r/1/1/", "/admin/r/x/no-uuid/"])
def test_rows_have_no_page_on_the_site(client, address):
    client.force_login(people.user(Role.IT_ADMIN), backend="accounts.backends.AccountBackend")
    assert client.get(address).status_code == 404
