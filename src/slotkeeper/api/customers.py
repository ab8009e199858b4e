"""Customers over HTTP: a copy of everything about one, and being forgotten.

The address is in the body and not in the path, which ends up in logs.
"""

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import AppKey
from slotkeeper.api.booking_orders import actor_of
from slotkeeper.api.route import ApiRoute, SearchRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.customers import CustomerData, NamedCustomer, ShownErasure
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import customers

router = APIRouter(prefix="/customers", tags=["Customers"], route_class=ApiRoute)


async def export_customer(request: Request, caller: AppKey, body: NamedCustomer) -> Response:
    """Get all that is held about a customer: bookings with their logs, events, waiting lists."""
    return data(await customers.export(transaction_of(request), caller.app_id, body.email))


@router.post("/erase", responses=answers(Data[ShownErasure]))
async def erase_customer(request: Request, caller: AppKey, body: NamedCustomer) -> Response:
    """Take a person out of everything; the time of their bookings stays as it is.

    Nothing of it can be undone.
    """
    tx, vault = transaction_of(request), parts_of(request).vault
    erased = await customers.erase(tx, vault, caller.app_id, body.email, actor=actor_of(caller))
    return data({**erased.counts, "bookings_ahead": erased.ahead})


# An answer that is kept for repeated requests would be one more place that holds the data.
router.add_api_route(
    "/export",
    export_customer,
    methods=["POST"],
    responses=answers(Data[CustomerData]),
    route_class_override=SearchRoute,
)
