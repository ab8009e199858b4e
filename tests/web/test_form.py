"""Forms made of ``customer_fields``: what they ask, what they keep, what they refuse."""

import pytest

from slotkeeper.web.fields import TitlePart, fields_of
from tests.support.client import Json, Tenant
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

FIELDS: Json = {
    "email": {"title": "Mail", "format": "email", "required": True},
    "name": {"title": "Name", "required": True, "split_name": True, "prefilled": "Marty McFly"},
    "phone": {"title": "Phone", "format": "tel"},
    "comment": {"title": "Anything else", "format": "textarea"},
    "location": {"title": "Where to"},
    "year": {"title": "Year", "format": "select", "enum": ["1955", "1985"], "required": True},
    "extras": {"title": "Extras", "format": "checkbox", "enum": ["Flux", "Hover"]},
    "terms": {"title": "I agree to ((the terms, https://example.com/t))", "format": "checkbox",
              "required": True},
    "hint": {"title": "See ((our site,https://example.com)) and ((x,javascript:alert(1)))",
             "format": "label"},
    "plan": {"title": "Plan", "prefilled": "Basic", "readonly": True},
    "source": {"prefilled": "newsletter", "hidden": True, "required": True},
}  # fmt: skip


async def form_of(tenant: Tenant, visitor: Visitor, fields: Json, **query: str) -> tuple[str, Page]:
    address = await page_of(tenant, customer_fields=fields)
    page = await visitor.open(address, **query)
    return address, await visitor.open(page.link("09:00"))


async def only_booking(tenant: Tenant) -> Json:
    (booking,) = await tenant.api.found("/bookings?include=attributes")
    return booking


async def test_fields_are_asked_in_the_order_of_the_project(
    tenant: Tenant, visitor: Visitor
) -> None:
    _, page = await form_of(tenant, visitor, FIELDS)
    labels = [" ".join(each.text.split()) for each in page.elements if each.tag in {"label"}]
    assert labels == [
        "Mail",
        "First name",
        "Last name",
        "Phone optional",
        "Anything else optional",
        "Where to optional",
        "Year",
        "Flux",
        "Hover",
        "I agree to the terms",
        "Plan optional",
    ]
    for label in page.all("label"):
        if label.get("for"):
            assert [each for each in page.elements if each.get("id") == label["for"]]
    assert page.one("input", name="customer.email")["type"] == "email"
    assert page.one("input", name="customer.phone")["autocomplete"] == "tel"
    assert page.one("input", name="customer.source")["type"] == "hidden"
    assert page.one("input", name="customer.first_name")["value"] == "Marty"
    assert "readonly" in page.one("input", name="customer.plan").attributes


async def test_links_of_a_title_are_links_unless_they_might_be_scripts(
    tenant: Tenant, visitor: Visitor
) -> None:
    _, page = await form_of(tenant, visitor, FIELDS)
    assert page.link("the terms") == "https://example.com/t"
    assert page.link("our site") == "https://example.com"
    assert not [each for each in page.all("a") if "javascript" in each["href"]]


async def test_answers_are_kept_with_the_booking_as_the_official_widget_sends_them(
    tenant: Tenant, visitor: Visitor
) -> None:
    address, page = await form_of(tenant, visitor, FIELDS)
    form = page.form(
        customer_email=" marty@example.com ",
        customer_phone="555 0100",
        customer_comment="Bring\nthe car",
        customer_location="Clock tower",
        customer_year="1955",
        customer_extras=["Flux", "Hover"],
        customer_terms="true",
    )
    await visitor.books(address, form)

    booking = await only_booking(tenant)
    customer = booking["attributes"]["customer"]
    assert customer["name"] == "Marty McFly"
    assert customer["email"] == "marty@example.com"
    assert customer["phone"] == "555 0100"
    meta = booking["customers"][0]["meta"]
    assert meta == {
        "first_name": "Marty",
        "last_name": "McFly",
        "comment": "Bring\r\nthe car" if "\r" in meta["comment"] else "Bring\nthe car",
        "location": "Clock tower",
        "where": "Clock tower",
        "year": "1955",
        "extras": ["Flux", "Hover"],
        "terms": ["true"],
        "plan": "Basic",
        "source": "newsletter",
    }
    info = booking["attributes"]["event_info"]
    assert info["where"] == "Clock tower"
    assert info["description"].replace("\r", "") == (
        "Phone: 555 0100\n"
        "Anything else: Bring\nthe car\n"
        "Where to: Clock tower\n"
        "Year: 1955\n"
        "Extras: Flux, Hover\n"
        "I agree to the terms: true\n"
        "Plan: Basic\n"
        "Source: newsletter\n"
    )


@pytest.mark.parametrize(
    ("answer", "field", "text"),
    [
        ({"customer_email": "marty"}, "customer.email", "e-mail address"),
        ({"customer_email": ""}, "customer.email", "fill this in"),
        ({"customer_first_name": "   "}, "customer.first_name", "fill this in"),
        ({"customer_year": ""}, "customer.year", "one of the options"),
        ({"customer_year": "2015"}, "customer.year", "one of the options"),
        ({"customer_extras": ["Flux", "Plutonium"]}, "customer.extras", "one of the options"),
        ({"customer_terms": ""}, "customer.terms", "tick this box"),
        ({"customer_comment": "x" * 5001}, "customer.comment", "at most 5000 characters"),
    ],
)
async def test_wrong_answers_are_refused_beside_their_field(
    tenant: Tenant, visitor: Visitor, answer: Json, field: str, text: str
) -> None:
    address, page = await form_of(tenant, visitor, FIELDS)
    right = {"customer_email": "a@example.com", "customer_year": "1955", "customer_terms": "true"}
    sent = page.form(**{**right, **answer})
    refused = Page(await visitor.send(f"{address}/book", sent))

    assert refused.status == 422
    wrong = [each for each in refused.elements if each.get("aria-invalid") == "true"]
    assert {each["name"] for each in wrong} == {field}
    described = refused.one("p", id=wrong[0]["aria-describedby"])
    assert text in described.text
    summary = refused.one("div", class_="problem")
    assert text in summary.text
    assert await tenant.api.found("/bookings") == []


async def test_the_longest_answer_is_kept(tenant: Tenant, visitor: Visitor) -> None:
    fields = {**FIELDS, "year": {"title": "Year"}, "terms": {"title": "Terms"}}
    address, page = await form_of(tenant, visitor, fields)
    sent = page.form(customer_email="a@example.com", customer_comment="x" * 5000)
    await visitor.books(address, sent)
    assert (await only_booking(tenant))["customers"][0]["meta"]["comment"] == "x" * 5000


async def test_too_much_text_is_refused_with_a_page(tenant: Tenant, visitor: Visitor) -> None:
    address, page = await form_of(tenant, visitor, FIELDS)
    refused = await visitor.send(f"{address}/book", page.form(customer_comment="x" * 70_000))
    assert Page(refused).status == 413


async def test_the_address_fills_in_fields_and_is_carried_from_page_to_page(
    tenant: Tenant, visitor: Visitor
) -> None:
    query = {"customer.name": "Doc Brown", "customer.year": "1985", "customer.extras": "Hover"}
    fields = {**FIELDS, "name": {"title": "Name"}}
    _, page = await form_of(tenant, visitor, fields, **query)
    assert page.one("input", name="customer.name")["value"] == "Doc Brown"
    assert page.one("option", selected="").text == "1985"
    assert page.one("input", checked="")["value"] == "Hover"


async def test_a_form_that_names_neither_name_nor_address_asks_for_both_all_the_same(
    tenant: Tenant, visitor: Visitor
) -> None:
    _, page = await form_of(tenant, visitor, {"comment": {"title": "Comment"}})
    assert page.one("input", name="customer.name")["required"] == ""
    assert page.one("input", name="customer.email")["required"] == ""


async def test_nul_characters_and_files_count_as_nothing(tenant: Tenant, visitor: Visitor) -> None:
    address, page = await form_of(tenant, visitor, {})
    sent = page.form(customer_name="Mar\x00ty", customer_email="m@example.com")
    await visitor.books(address, sent)
    assert (await only_booking(tenant))["customers"][0]["name"] == "Marty"
    file = {"customer.name": ("name.txt", b"Marty")}
    answer = await visitor.http.post(f"{address}/book", data=page.form(), files=file)
    assert answer.status_code == 409, "an empty form chooses no slot"
    assert "Please choose one of these times" in Page(answer).text


def test_what_an_app_stored_amiss_does_not_break_the_form() -> None:
    amiss: Json = {
        "a": None,
        "b": [],
        "c": {"title": None, "format": 7, "enum": "abc", "prefilled": {"x": 1}, "required": "0"},
        "d": {"format": "select", "enum": [1, None, {}]},
    }
    fields = {field.key: field for field in fields_of(amiss)}
    assert set(fields) == {"name", "email", "c", "d"}
    assert (fields["c"].title, fields["c"].format, fields["c"].required) == ("C", "text", False)
    assert fields["d"].options == ("1",)


def test_a_title_with_links_is_read_in_pieces() -> None:
    (field,) = [each for each in fields_of({"x": {"title": "a ((b, /c)) d"}}) if each.key == "x"]
    assert field.title_parts == [
        TitlePart(text="a "),
        TitlePart(text="b", url="/c"),
        TitlePart(text=" d"),
    ]
