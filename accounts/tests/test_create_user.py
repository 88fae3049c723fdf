from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts import services
from accounts.models import Role, User
from accounts.tests import people
from core.errors import Refused

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_lower_case_and_verified_when_vouched_for():
    user = services.create_user(email=" Eva@People.TEST ", password=people.PASSWORD)
    address = EmailAddress.objects.get(user=user)
    assert user.email == address.email == "eva@people.test"
    assert address.primary and address.verified


@pytest.mark.parametrize("role", list(Role))
def test_only_staff_roles_may_enter_the_admin(role):
    assert people.user(role).is_staff == (role in {Role.IT_ADMIN, Role.MEDICAL_ADMIN})


@pytest.mark.parametrize(
    ("fields", "code", "attr"),
    [
        ({"email": "taken@people.test"}, "email_taken", "email"),
        ({"email": "TAKEN@people.test"}, "email_taken", "email"),
        ({"email": "no address"}, "invalid", "email"),
        ({"email": ""}, "blank", "email"),
        ({"timezone": "Mars/Base"}, "unknown_zone", "timezone"),
        ({"role": "king"}, "invalid_choice", "role"),
        ({"language": "xx"}, "invalid_choice", "language"),
        ({"password": "12345678"}, "password_too_common", "password"),
        ({"password": "Kx7-b"}, "password_too_short", "password"),
        ({"name": "x" * 121}, "max_length", "name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(fields, code, attr):
    people.user(email="taken@people.test")
    with pytest.raises(Refused) as refused:
        people.user(**fields)
    assert (refused.value.code, refused.value.attr) == (code, attr)
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_slugs_of_namesakes_differ():
    assert [people.professional("José Peña").slug for _ in range(3)] == [
        "jose-pena",
        "jose-pena-2",
        "jose-pena-3",
    ]


def test_a_professional_needs_the_role_and_a_known_zone():
    with pytest.raises(Refused) as refused:
        people.professional(user=people.user())
    assert refused.value.code == "wrong_role"
    with pytest.raises(Refused) as refused:
        people.professional(timezone="Mars/Base")
    assert refused.value.attr == "timezone"
