"""What users do with mail templates."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.template import Template, template
from slotkeeper.domain.wordings import WORDINGS
from slotkeeper.notifications import sandbox
from slotkeeper.storage import templates
from slotkeeper.storage.transaction import Transaction

Use = TypeVar("Use")

_SEARCHED: Mapping[str, Callable[[Template, str], bool]] = {
    "slug": lambda each, value: each.slug == value,
    "name": lambda each, value: value.casefold() in each.wording.name.casefold(),
}
_ORDERED: Mapping[str, Callable[[Template], str]] = {
    "slug": lambda each: each.slug,
    "name": lambda each: each.wording.name,
}


async def list_templates(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Template]:
    """Return one page of the app's templates; there are as many as there are kinds of mail."""
    changed = await templates.find_all(tx, app_id)
    found = [template(slug, wording, changed.get(slug)) for slug, wording in WORDINGS.items()]
    for field, value in asked.terms:
        matches = _known(_SEARCHED, field, "search")
        found = [each for each in found if matches(each, value)]
    if asked.order is not None:
        found.sort(key=_known(_ORDERED, asked.order, "orderBy"), reverse=asked.descending)
    return Page(found[asked.offset : asked.offset + asked.limit], len(found))


async def get(tx: Transaction, app_id: UUID, slug: str) -> Template:
    """Return a template as the app has it."""
    if slug not in WORDINGS:
        raise NotFound("Template")
    changed = await templates.find_all(tx, app_id)
    return template(slug, WORDINGS[slug], changed.get(slug))


async def change(
    tx: Transaction,
    app_id: UUID,
    slug: str,
    *,
    subject: str | None,
    body: str | None,
    enabled: bool | None,
) -> None:
    """Change the given parts of a template for the app; None leaves a part as it is.

    Raises InvalidInput, which names the line, for a part that no mail could be made of.
    """
    check(subject=subject, body=body)
    await get(tx, app_id, slug)
    await templates.save(tx, app_id, slug, subject=subject, body=body, enabled=enabled)


def check(**parts: str | None) -> None:
    """Refuse parts of a template that cannot be filled in."""
    errors: dict[str, list[str]] = {}
    for name, text in parts.items():
        try:
            sandbox.check(text or "")
        except sandbox.Unusable as fault:
            errors[name] = [f"The {name} cannot be used: {fault}."]
    if errors:
        raise InvalidInput(errors)


async def reset(tx: Transaction, app_id: UUID, slug: str) -> None:
    """Give a template back the words that every app has, and switch it on."""
    await get(tx, app_id, slug)
    await templates.delete(tx, app_id, slug)


def _known(uses: Mapping[str, Use], field: str, parameter: str) -> Use:
    if field not in uses:
        message = f"The field {field[:60]} is not known; known: {', '.join(uses)}."
        raise InvalidInput({parameter: [message]})
    return uses[field]
