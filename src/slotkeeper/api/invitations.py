"""Invitations over HTTP."""

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import Includes
from slotkeeper.api.resource_views import shown_resource
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.resources import Invite, ShownInvited
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.services import account_mails, invitations

router = APIRouter(tags=["Resources"], route_class=ApiRoute)


async def invite(
    request: Request, caller: AppKey, body: Invite, includes: Includes, times: AskedTimes
) -> Response:
    """Invite somebody by e-mail address, or once more who is in the app already.

    They get a mail with the address at which they choose a password. The answer is the resource
    of that person, with that address.
    """
    tx, vault = transaction_of(request), parts_of(request).vault
    invited = await invitations.invite(tx, caller.app_id, body.given())
    await account_mails.send_link(tx, vault, invited.token)
    shown = await shown_resource(
        tx, vault, caller.app_id, invited.resource, includes=includes, times=times
    )
    address = f"{public_url(request)}/account/password?token={invited.token}"
    return data({**shown, "invitation_url": address}, 201)


# The clients post to one, the documentation is named after the other.
for _path, _name in (("/app/invite", "invite"), ("/apps/invite", "invite_to_app")):
    router.add_api_route(
        _path,
        invite,
        methods=["POST"],
        name=_name,
        status_code=201,
        responses=answers(Data[ShownInvited], 201),
    )
