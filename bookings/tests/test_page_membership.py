"""Plans on the pages of whoever buys them: found, bought, seen, renewed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import bought, make_member, make_plan
from payments.models import Attempt, Payment
from payments.sandbox import services as company
from payments.sandbox.models import SandboxCheckout

pytestmark = pytest.mark.django_db
MINE = "/me/membership"


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def plan():
    return make_plan(make_service(make_professional(always_open=True), slug="talk"), times=4)


@pytest.fixture
def luz():
    return make_member()


@pytest.fixture
def member(client, luz):
    client.force_login(luz, backend="accounts.backends.AccountBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page_of(plan):
    return f"/p/{plan.professional.slug}/plans/{plan.pk}/"


def in_checkout(response):
    """At the company, where the browser was led; the answer of the page that it leads back to."""
    checkout = SandboxCheckout.objects.get(pk=urlsplit(response["Location"]).path.split("/")[3])
    return checkout, urlsplit(checkout.return_url).path


def test_anybody_reads_what_a_plan_is_and_the_sign_in_leads_back(client, plan):
    page = client.get(page_of(plan), headers={"accept-language": "en"}).content.decode()
    assert "Follow-up" in page
    assert f'href="/login?next={page_of(plan)}"' in page
    assert f"{page_of(plan)}buy" not in page
    pressed = client.post(page_of(plan) + "buy", HTTP_REFERER="http://testserver" + page_of(plan))
    assert pressed["Location"] == f"/login?next={page_of(plan)}"
    assert not Membership.objects.exists()


def test_it_is_bought_paid_and_there(member, luz, plan):
    assert "Buy for" in member.get(page_of(plan)).content.decode()
    checkout, back = in_checkout(member.post(page_of(plan) + "buy"))
    company.pay(checkout_id=checkout.pk)
    membership = Membership.objects.get(user=luz, plan=plan)
    assert member.get(back)["Location"] == f"{MINE}#plan-{membership.pk}"
    page = member.get(MINE).content.decode()
    assert "Valid now" in page
    assert "4 of 4 left" in page
    assert f'href="/me/receipts/{Payment.objects.get().pk}/"' in page


def test_a_declined_payment_is_said_and_can_be_tried_again(member, plan):
    checkout, back = in_checkout(member.post(page_of(plan) + "buy"))
    company.decline(checkout_id=checkout.pk)
    page = member.get(back, follow=True).content.decode()
    assert "was declined" in page
    membership = Membership.objects.get()
    assert "/sandbox/checkout/" in member.post(f"{MINE}/{membership.pk}/pay")["Location"]


def test_what_is_on_its_way_is_not_paid_twice_and_the_page_looks_again(member, luz, plan):
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    payment = Payment.objects.get()
    Attempt.objects.create(
        payment=payment,
        number=1,
        reference="R-1",
        gateway="sandbox",
        status="open",
        processing_at=timezone.now(),
    )
    page = member.get(MINE).content.decode()
    assert "is on its way" in page
    assert f"{membership.pk}/pay" not in page
    assert 'hx-trigger="every 10s"' in page


def test_who_bought_by_mistake_lets_it_go(member, luz, plan):
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    member.post(f"{MINE}/{membership.pk}/let-go")
    page = member.get(MINE)
    assert (page.context["current"], page.context["past"]) == ([], [])
    assert Payment.objects.get().status == "closed"


def test_it_is_renewed_early_and_goes_on_where_it_ends(member, luz, plan):
    first = bought(luz, plan)
    assert "goes on from there" in member.get(page_of(plan)).content.decode()
    assert "Renew: 1 month more" in member.get(MINE).content.decode()
    checkout, back = in_checkout(member.post(page_of(plan) + "buy"))
    waiting = Membership.objects.exclude(pk=first.pk).get()
    # There is one renewal to pay, not another one to begin.
    assert [card.can_renew for card in member.get(MINE).context["current"]] == [False, False]
    company.pay(checkout_id=checkout.pk)
    member.get(back)
    cards = {card.membership.pk: card for card in member.get(MINE).context["current"]}
    assert cards[waiting.pk].membership.starts_at == first.ends_at
    assert (cards[first.pk].can_renew, cards[waiting.pk].can_renew) == (False, True)


def test_what_is_over_stands_apart_and_can_be_bought_again_while_it_is_sold(member, luz, plan):
    membership = bought(luz, plan)
    month = timedelta(days=40)
    Membership.objects.update(
        starts_at=membership.starts_at - month, ends_at=timezone.now() - timedelta(days=1)
    )
    page = member.get(MINE)
    assert [card.membership for card in page.context["past"]] == [membership]
    assert "Buy again" in page.content.decode()
    type(plan).objects.update(is_offered=False)
    assert "Buy again" not in member.get(MINE).content.decode()


def test_whose_practice_takes_only_its_patients_is_told_so(member, plan):
    policy = plan.professional.policy
    policy.patients_only = True
    policy.save()
    page = member.get(page_of(plan)).content.decode()
    assert "For patients of this practice" in page
    assert member.post(page_of(plan) + "buy")["Location"] == page_of(plan)
    assert not Membership.objects.exists()


def test_a_professional_reads_that_plans_are_for_patients(client, plan):
    client.force_login(plan.professional.user)
    page = client.get(page_of(plan), headers={"accept-language": "en"}).content.decode()
    assert "bought with a patient’s account" in page


def test_nobody_elses_plan_is_seen_or_paid(member, plan):
    other = services.subscribe(user=make_member("other@example.org"), plan_id=plan.pk)
    for verb in ("pay", "let-go"):
        assert member.post(f"{MINE}/{other.pk}/{verb}").status_code == 404
    assert member.get(MINE).context["current"] == []


def test_back_from_the_checkout_a_stranger_learns_nothing_but_that_it_came(client, luz, plan):
    services.subscribe(user=luz, plan_id=plan.pk)
    payment = Payment.objects.get()
    page = client.get(f"/paid/{payment.pk}/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Follow-up" not in page.content.decode()
    assert f'href="{MINE}"' in page.content.decode()


def test_the_page_costs_the_same_for_many(member, luz):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            member.get(MINE)
        return len(captured)

    def buy(number):
        for _n in range(number):
            bought(luz, make_plan())
            over = bought(luz, make_plan())
            Membership.objects.filter(pk=over.pk).update(cancelled_at=timezone.now())

    buy(1)
    one = queries()
    buy(3)
    assert queries() == one
