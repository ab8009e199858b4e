"""The search for free time over HTTP."""

from tests.support.client import Tenant


async def test_slots_lie_within_the_hours_of_the_project_and_around_bookings(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    project = await tenant.project(
        doc["id"],
        availability_constraints=[{"allow_hours": {"start": 9, "end": 12}}],
    )
    start, end = "2030-05-07T10:00:00+02:00", "2030-05-07T11:00:00+02:00"
    await tenant.api.created("/bookings", tenant.order(doc["id"], start, end))

    answer = await tenant.widget.post(
        "/availability",
        {
            "project_id": project["id"],
            "output_timezone": "Europe/Copenhagen",
            "from": "2030-05-07",
            "to": "2030-05-08",
        },
    )

    assert answer.status_code == 200
    who = [{"id": doc["id"], "name": "Doc", "timezone": "Europe/Copenhagen"}]
    assert answer.json()["data"] == [
        {
            "start": f"2030-05-07T{start}:00:00+02:00",
            "end": f"2030-05-07T{end}:00:00+02:00",
            "resources": who,
        }
        for start, end in (("09", "10"), ("11", "12"))
    ]
