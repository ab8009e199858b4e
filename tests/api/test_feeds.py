"""Feeds over HTTP: making and managing their addresses, and reading them."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from tests.notifications.reading import Read, read
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.support.people import person

from slotkeeper.domain.feed import OF_ONE_MAX
from slotkeeper.edge.parts import Parts

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
FULL, BUSY = {"details": "full"}, {"details": "busy"}


async def feed_of(tenant: Tenant, resource_id: str, **given: Json) -> Json:
    return await tenant.api.created("/feeds", {"resource_id": resource_id, **FULL, **given})


async def opened(tenant: Tenant, feed: Json, **headers: str) -> httpx.Response:
    """Read a feed as a calendar program does: without a key."""
    url = httpx.URL(feed["url"])
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return await tenant.api.http.get(url.path, headers=named)


async def events_in(tenant: Tenant, feed: Json) -> list[Read]:
    answer = await opened(tenant, feed)
    assert answer.status_code == 200, answer.text
    found: list[Read] = read(answer.content).walk("VEVENT")
    return found


# --- Making and managing


async def test_post_feeds_gives_an_address_that_calendar_programs_read(tenant: Tenant) -> None:
    doc = await tenant.resource(name="Doc Brown")
    made = await feed_of(tenant, doc["id"])
    assert made == {
        "id": made["id"],
        "resource_id": doc["id"],
        "project_id": None,
        "details": "full",
        "url": made["url"],
        "created_at": "2030-05-06T08:00:00+0000",
        "last_read_at": None,
    }
    assert made["url"].startswith("http://slotkeeper.test/feeds/")
    answer = await opened(tenant, made)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = read(answer.content)
    assert (calendar["method"], calendar["x-wr-calname"]) == ("PUBLISH", "Doc Brown")
    assert calendar["name"] == "Doc Brown"
    assert calendar["refresh-interval"].dt == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"details": "full"}, "resource_id"),
        ({"resource_id": "{resource}", "project_id": "{project}", **FULL}, "resource_id"),
        ({"resource_id": "{resource}"}, "details"),
        ({"resource_id": "{resource}", "details": "most"}, "details"),
        ({"resource_id": "x", **FULL}, "resource_id"),
    ],
)
async def test_post_feeds_refuses_what_it_cannot_show(
    tenant: Tenant, body: Json, field: str
) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    known = {"{resource}": doc["id"], "{project}": project["id"]}
    answer = await tenant.api.post("/feeds", {key: known.get(body[key], body[key]) for key in body})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


async def test_a_resource_has_a_limited_number_of_feeds(tenant: Tenant) -> None:
    doc = await tenant.resource()
    for _ in range(OF_ONE_MAX):
        await feed_of(tenant, doc["id"])
    answer = await tenant.api.post("/feeds", {"resource_id": doc["id"], **FULL})
    assert answer.status_code == 422
    other = await tenant.resource()
    await feed_of(tenant, other["id"])


async def test_feeds_are_listed_found_and_deleted(tenant: Tenant, clock: TestClock) -> None:
    doc, marty = await tenant.resource(), await tenant.resource()
    project = await tenant.project(doc["id"])
    of_doc = await feed_of(tenant, doc["id"])
    clock.now += timedelta(seconds=1)
    of_marty = await feed_of(tenant, marty["id"])
    clock.now += timedelta(seconds=1)
    of_project = await tenant.api.created("/feeds", {"project_id": project["id"], **BUSY})
    assert await tenant.api.found("/feeds") == [of_doc, of_marty, of_project]
    assert await tenant.api.found(f"/feeds?search=resource.id:{marty['id']}") == [of_marty]
    assert await tenant.api.found(f"/feeds?search=project_id:{project['id']}") == [of_project]
    assert await tenant.api.found(f"/feeds/{of_doc['id']}") == of_doc
    assert (await tenant.api.delete(f"/feeds/{of_doc['id']}")).status_code == 204
    assert (await opened(tenant, of_doc)).status_code == 404
    assert (await tenant.api.delete(f"/feeds/{of_doc['id']}")).status_code == 404
    assert (await opened(tenant, of_marty)).status_code == 200


async def test_a_person_has_feeds_of_their_own_and_of_nothing_else(tenant: Tenant) -> None:
    doc = await person(tenant, "doc@example.com")
    marty = await person(tenant, "marty@example.com")
    shared = await tenant.project(doc.resource_id, marty.resource_id)
    mine = await doc.created("/feeds", FULL)
    assert mine["resource_id"] == doc.resource_id
    assert await doc.found("/feeds") == [mine]
    assert await marty.found("/feeds") == []
    assert (await marty.get(f"/feeds/{mine['id']}")).status_code == 404
    assert (await marty.delete(f"/feeds/{mine['id']}")).status_code == 404
    theirs = await doc.post("/feeds", {"resource_id": marty.resource_id, **FULL})
    assert theirs.status_code == 404
    of_all = await doc.post("/feeds", {"project_id": shared["id"], **FULL})
    assert (of_all.status_code, list(of_all.json()["errors"])) == (422, ["project_id"])


async def test_ids_of_another_app_are_ids_of_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    theirs = await other_tenant.resource()
    project = await other_tenant.project(theirs["id"])
    for named in ({"resource_id": theirs["id"]}, {"project_id": project["id"]}):
        assert (await tenant.api.post("/feeds", {**named, **FULL})).status_code == 404


async def test_the_secret_is_found_by_its_digest_and_stored_sealed(
    tenant: Tenant, parts: Parts
) -> None:
    doc = await tenant.resource()
    made = await feed_of(tenant, doc["id"])
    secret = httpx.URL(made["url"]).path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(secret) == 40
    async with parts.database.transaction() as tx:
        [row] = await tx.dicts("SELECT * FROM feeds WHERE id = %s", (UUID(made["id"]),))
    stored = b" ".join(
        each if isinstance(each, bytes) else str(each).encode() for each in row.values()
    )
    assert secret.encode() not in stored


async def test_feeds_go_with_what_they_are_of(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    feeds = [
        await feed_of(tenant, doc["id"]),
        await tenant.api.created("/feeds", {"project_id": project["id"], **FULL}),
    ]
    await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    await tenant.api.delete(f"/projects/{project['id']}")
    assert (await opened(tenant, feeds[1])).status_code == 404
    await tenant.api.delete(f"/resources/{doc['id']}")  # booked, so something of it is left
    assert (await opened(tenant, feeds[0])).status_code == 404
    assert await tenant.api.found("/feeds") == []


# --- Reading


async def test_a_secret_that_nobody_has_leads_nowhere(tenant: Tenant) -> None:
    for secret in ("x", "x" * 40, "x" * 5000, "%00", "..%2f.."):
        answer = await tenant.api.http.get(f"/feeds/{secret}.ics")
        assert answer.status_code == 404, secret


async def test_a_feed_is_not_sent_again_until_something_changes(
    tenant: Tenant, clock: TestClock
) -> None:
    doc = await tenant.resource()
    calendar = doc["calendars"][0]["id"]
    feed = await feed_of(tenant, doc["id"])
    tags: list[str] = []

    async def is_new() -> bool:
        answer = await opened(tenant, feed, If_None_Match=tags[-1] if tags else '"x"')
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["etag"].startswith('W/"')
        tags.append(answer.headers["etag"])
        assert (answer.status_code == 304) == (not answer.content)
        return answer.status_code == 200

    assert await is_new()
    assert not await is_new()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    assert await is_new()
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert await is_new()
    span = {"start": NINE, "end": TEN}
    event = await tenant.api.created("/events", {"calendar_id": calendar, "what": "a", **span})
    assert await is_new()
    for change in ({"what": "b"}, {"rsvp": "tentative"}, {"busy": False}, {"rsvp": "declined"}):
        await tenant.api.put(f"/events/{event['id']}", change)
        assert await is_new(), change
    await tenant.api.put(f"/resources/{doc['id']}", {"name": "Emmett"})
    assert await is_new()
    rule = {"rrule": "FREQ=DAILY", "timezone": "Europe/Paris"}
    series = await tenant.api.created(
        "/events", {"calendar_id": calendar, "what": "s", **span, **rule}
    )
    assert await is_new()
    instead = {"series_id": series["id"], "recurrence_id": "2030-05-08T09:00:00Z"}
    later = {"start": "2030-05-08T12:00:00Z", "end": "2030-05-08T13:00:00Z"}
    moved = await tenant.api.created(
        "/events", {"calendar_id": calendar, "what": "m", **later, **instead}
    )
    assert await is_new()
    await tenant.api.delete(f"/events/{moved['id']}")
    assert await is_new()
    other = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(other["id"], NINE, TEN))
    assert not await is_new(), "what is of others changes nothing"
    clock.now += timedelta(days=1)
    assert await is_new(), "the window moves on"


async def test_whatever_a_feed_shows_otherwise_is_another_version(
    tenant: Tenant, clock: TestClock
) -> None:
    """After each step, of the two who may be booked and the project, in full and busy alone."""
    doc, room = await tenant.resource(), await tenant.resource()
    project = await tenant.project(doc["id"], room["id"])
    owners: list[Json] = [{"resource_id": doc["id"]}, {"resource_id": room["id"]}]
    owners.append({"project_id": project["id"]})
    feeds = [
        await tenant.api.created("/feeds", {**of, **details})
        for of in owners
        for details in (FULL, BUSY)
    ]
    known: dict[str, httpx.Response] = {}
    changes: list[int] = []

    async def see() -> int:
        """Look at every feed; return how many show something else than before."""
        changed = 0
        for feed in feeds:
            answer = await opened(tenant, feed)
            before = known.get(feed["id"])
            known[feed["id"]] = answer
            if before is None or before.content == answer.content:
                continue
            changed += 1
            assert before.headers["etag"] != answer.headers["etag"], (feed, answer.text)
        changes.append(changed)
        return changed

    async def book(day: int, *, both: bool, **given: Json) -> str:
        hours = (f"2030-05-{day:02}T{hour:02}:00:00+00:00" for hour in (9, 10))
        order = tenant.order(None if both else doc["id"], *hours, project_id=project["id"], **given)
        served = {"resources": [doc["id"], room["id"]]} if both else {}
        return str((await tenant.api.created("/bookings", {**order, **served}))["id"])

    await see()
    for both in (False, True):
        first = await book(7 + both, both=both)
        assert await see() == (6 if both else 4)
        await tenant.api.put(f"/bookings/{first}", {"meta": {"seen": True}})
        await see()
        await tenant.api.put(f"/bookings/{first}/cancel")
        assert await see() == (6 if both else 4)
        asked = await book(9 + both, both=both, graph="confirm_decline")
        assert await see() == (3 if both else 2), "a request takes no time"
        await tenant.api.put(f"/bookings/{asked}/confirm")
        assert await see() == (6 if both else 4)
        await tenant.api.delete(f"/bookings/{asked}")
        await see()
        paid = await book(11 + both, both=both, graph="instant_payment")
        assert await see() == (6 if both else 4)
        clock.advance(timedelta(minutes=59))
        assert await see() == (6 if both else 4), "a hold runs out, and nothing is written"
        await tenant.api.put(f"/bookings/{paid}/cancel")
        await see()
    await tenant.api.put(f"/resources/{doc['id']}", {"name": "Emmett"})
    assert await see() >= 1
    await tenant.api.put(f"/projects/{project['id']}", {"name": "Time travel"})
    assert await see() == 2
    assert await see() == 0


async def test_a_feed_tells_when_it_was_changed_and_is_kept_from_search_engines(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    answer = await opened(tenant, await feed_of(tenant, doc["id"]))
    assert answer.headers["last-modified"] == "Mon, 06 May 2030 08:00:00 GMT"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


async def test_it_is_noted_to_the_minute_when_a_feed_was_read(
    tenant: Tenant, clock: TestClock
) -> None:
    doc = await tenant.resource()
    feed = await feed_of(tenant, doc["id"])
    tag = (await opened(tenant, feed)).headers["etag"]
    path = f"/feeds/{feed['id']}"
    assert (await tenant.api.found(path))["last_read_at"] == "2030-05-06T08:00:00+0000"
    clock.now += timedelta(seconds=59)
    await opened(tenant, feed, If_None_Match=tag)
    assert (await tenant.api.found(path))["last_read_at"] == "2030-05-06T08:00:00+0000"
    clock.now += timedelta(seconds=1)
    assert (await opened(tenant, feed, If_None_Match=tag)).status_code == 304
    assert (await tenant.api.found(path))["last_read_at"] == "2030-05-06T08:01:00+0000"


async def test_head_tells_the_same_without_the_body(tenant: Tenant) -> None:
    doc = await tenant.resource()
    feed = await feed_of(tenant, doc["id"])
    answer = await tenant.api.http.head(httpx.URL(feed["url"]).path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == (await opened(tenant, feed)).headers["etag"]


async def test_who_is_forgotten_is_in_no_feed(tenant: Tenant) -> None:
    """The rest of what is in feeds is tested with the service; this is a promise on its own."""
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    order = tenant.order(
        doc["id"],
        NINE,
        TEN,
        project_id=project["id"],
        what="Repair for Marty McFly",
        where="9303 Lyon Drive",
        description="Phone: 555-4823",
        customer={"name": "Marty McFly", "email": "marty@example.com", "phone": "555-4823"},
    )
    await tenant.api.created("/bookings", order)
    event = {"calendar_id": doc["calendars"][0]["id"], "start": TEN, "end": "2030-05-07T11:00:00Z"}
    guests = {"participants": ["marty@example.com"]}
    await tenant.api.created("/events", {**event, "what": "Concert", **guests})
    feeds = [
        await feed_of(tenant, doc["id"]),
        await tenant.api.created("/feeds", {"project_id": project["id"], **FULL}),
    ]
    personal = ("Marty", "marty", "555-4823", "Lyon")
    before = [await opened(tenant, each) for each in feeds]
    assert all("Marty McFly" in each.text for each in before)
    await tenant.api.post("/customers/erase", {"email": "marty@example.com"})
    for feed, old in zip(feeds, before, strict=True):
        answer = await opened(tenant, feed, If_None_Match=old.headers["etag"])
        assert answer.status_code == 200, "who has the old one gets the new one"
        assert not [each for each in personal if each in answer.text]
        assert "DTSTART:20300507T090000Z" in answer.text, "the time stays taken"
