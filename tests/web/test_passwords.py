"""The page on which people choose a password."""

from datetime import timedelta

import pytest

from slotkeeper.domain.passwords import LENGTH_MAX, LIFETIME, Purpose
from slotkeeper.edge.parts import Parts
from slotkeeper.services import passwords
from tests.support.client import Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor

EMAIL = "doc@example.com"
PAGE = "/account/password"
GOOD = "outatime 1985"


async def invited(tenant: Tenant) -> str:
    """Invite somebody and return the token of the link."""
    made = await tenant.api.created("/app/invite", {"email": EMAIL, "name": "Doc <Brown>"})
    return str(made["invitation_url"].partition("token=")[2])


async def forgot(parts: Parts, tenant: Tenant) -> str:
    """Make a link for somebody who forgot a password, as the mail will hold it."""
    async with parts.database.transaction() as tx:
        token = await passwords.ask_for_reset(tx, tenant.app_id, EMAIL)
    assert token is not None
    return token


async def knows(parts: Parts, tenant: Tenant, password: str) -> bool:
    async with parts.database.transaction() as tx:
        found = await passwords.find_person(tx, tenant.app_id, email=EMAIL, password=password)
    return found is not None


def form(token: str, password: str = GOOD, repeated: str | None = None) -> dict[str, str]:
    again = password if repeated is None else repeated
    return {"token": token, "password": password, "repeated": again}


async def verified(tenant: Tenant) -> str | None:
    [doc] = await tenant.api.found("/resources")
    stamp: str | None = doc["email_verified"]
    return stamp


async def test_who_is_invited_chooses_a_password_once(
    visitor: Visitor, tenant: Tenant, parts: Parts
) -> None:
    token = await invited(tenant)
    await visitor.open(PAGE, token=token)  # looking, as mail scanners do, uses up nothing
    page = await visitor.open(PAGE, token=token)
    assert page.status == 200
    assert "Welcome to Hill Valley" in page.text
    assert "Hello Doc <Brown>, you have been invited." in page.text
    assert [each["value"] for each in page.all("input", type="email")] == [EMAIL]
    hidden = {each["name"]: each["value"] for each in page.all("input", type="hidden")}

    answer = await visitor.send(PAGE, {**hidden, "password": GOOD, "repeated": GOOD})

    assert answer.status_code == 303
    assert "Your password is set" in (await visitor.open(answer.headers["location"])).text
    assert await knows(parts, tenant, GOOD)
    assert await verified(tenant) is None, "the app saw the link as well"
    again = await visitor.send(PAGE, form(token, "another password"))
    assert again.status_code == 404
    assert await knows(parts, tenant, GOOD)
    assert (await visitor.open(PAGE, token=token)).status == 404


async def test_who_forgot_a_password_chooses_another_and_proves_the_address(
    visitor: Visitor, tenant: Tenant, parts: Parts
) -> None:
    await tenant.resource(email=EMAIL, password="the old one")
    one, two = await forgot(parts, tenant), await forgot(parts, tenant)
    page = await visitor.open(PAGE, token=one)
    assert "Choose a new password" in page.text
    assert "this is for your account with Hill Valley" in page.text

    assert (await visitor.send(PAGE, form(one))).status_code == 303

    assert await knows(parts, tenant, GOOD)
    assert not await knows(parts, tenant, "the old one")
    assert await verified(tenant) == "2030-05-06T08:00:00+0000"
    assert (await visitor.send(PAGE, form(two))).status_code == 404, "every link ends with it"


@pytest.mark.parametrize(
    ("password", "repeated", "problem"),
    [
        ("1234567", None, "at least 8 characters"),
        ("", None, "at least 8 characters"),
        ("x" * (LENGTH_MAX + 1), None, f"at most {LENGTH_MAX} characters"),
        (GOOD, GOOD.upper(), "not the same"),
    ],
)
async def test_a_password_that_does_not_do_is_asked_for_again(
    visitor: Visitor,
    tenant: Tenant,
    parts: Parts,
    password: str,
    repeated: str | None,
    problem: str,
) -> None:
    token = await invited(tenant)
    answer = await visitor.send(PAGE, form(token, password, repeated))
    assert answer.status_code == 422
    assert problem in answer.text
    assert not await knows(parts, tenant, password)
    assert (await visitor.send(PAGE, form(token, "12345678"))).status_code == 303
    assert await knows(parts, tenant, "12345678")


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_link_works_until_its_time_is_over(
    visitor: Visitor, tenant: Tenant, parts: Parts, clock: TestClock, purpose: Purpose
) -> None:
    token = await invited(tenant)
    if purpose is Purpose.RESET:
        token = await forgot(parts, tenant)
    clock.advance(LIFETIME[purpose] - timedelta(seconds=1))
    assert (await visitor.open(PAGE, token=token)).status == 200
    clock.advance(timedelta(seconds=1))
    page = await visitor.open(PAGE, token=token)
    assert page.status == 404
    assert "This link does not work any more" in page.text
    assert (await visitor.send(PAGE, form(token))).status_code == 404
    assert not await knows(parts, tenant, GOOD)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 40, "x" * 9000])
async def test_a_token_that_nobody_made_leads_nowhere(visitor: Visitor, token: str) -> None:
    assert (await visitor.open(PAGE, token=token)).status == 404
    assert (await visitor.send(PAGE, form(token))).status_code == 404
    assert (await visitor.send(PAGE, {})).status_code == 404


async def test_a_deleted_resource_chooses_nothing(
    visitor: Visitor, tenant: Tenant, parts: Parts
) -> None:
    token = await invited(tenant)
    [doc] = await tenant.api.found("/resources")
    order = tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    await tenant.api.created("/bookings", order)
    await tenant.api.delete(f"/resources/{doc['id']}")
    assert (await visitor.open(PAGE, token=token)).status == 404
    assert (await visitor.send(PAGE, form(token))).status_code == 404
