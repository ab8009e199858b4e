"""Mail templates over HTTP."""

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.templates import (
    Preview,
    PreviewTemplate,
    ShownTemplate,
    UpdateTemplate,
)
from slotkeeper.api.times import stamp
from slotkeeper.domain.template import Template
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.services import template_previews, templates
from slotkeeper.services.mail_drafts import Desk, Person

router = APIRouter(prefix="/templates", tags=["Templates"], route_class=ApiRoute)


@router.get("", responses=answers(ListOf[ShownTemplate]))
async def list_templates(request: Request, caller: AppKey, asked: AskedListing) -> Response:
    """List the mail templates of the app."""
    page = await templates.list_templates(transaction_of(request), caller.app_id, asked)
    return paged(request, asked, page, _shown)


@router.get("/{slug}", responses=answers(Data[ShownTemplate]))
async def get_template(request: Request, caller: AppKey, slug: str) -> Response:
    """Get one mail template."""
    return data(_shown(await templates.get(transaction_of(request), caller.app_id, slug)))


@router.put("/{slug}", status_code=204, responses=answers(None, 204))
async def update_template(
    request: Request, caller: AppKey, slug: str, body: UpdateTemplate
) -> Response:
    """Change a mail template, or give it back the words that every app has."""
    tx = transaction_of(request)
    if body.reset:
        await templates.reset(tx, caller.app_id, slug)
    else:
        await templates.change(
            tx, caller.app_id, slug, subject=body.subject, body=body.body, enabled=body.enabled
        )
    return empty()


@router.post("/{slug}/preview", responses=answers(Data[Preview]))
async def preview_template(
    request: Request, caller: AppKey, slug: str, body: PreviewTemplate
) -> Response:
    """Show what a mail would say, with words that are tried out; nothing is sent or kept."""
    # From whom it comes is not shown.
    desk = Desk(vault=parts_of(request).vault, site=public_url(request), sender=Person("", ""))
    letter = await template_previews.preview(
        transaction_of(request),
        desk,
        caller.app_id,
        slug,
        subject=body.subject,
        body=body.body,
        language=body.language,
        booking_id=body.booking_id,
    )
    return data({"subject": letter.subject, "html": letter.html, "text": letter.text})


def _shown(template: Template) -> dict[str, object]:
    return {
        "slug": template.slug,
        "name": template.wording.name,
        "subject": template.subject,
        "body": template.body,
        "enabled": template.enabled,
        "default_subject": template.wording.subject,
        "default_body": template.wording.body,
        "updated_at": stamp(template.updated_at) if template.updated_at else None,
    }
