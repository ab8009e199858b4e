"""Instants as the caller writes and reads them: zone and format of one request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from slotkeeper.domain.errors import InvalidInput, UnknownZone
from slotkeeper.domain.php_dates import format_php
from slotkeeper.domain.phrases import NotUnderstood, parse_instant
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.edge.parts import transaction_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The zone and the formats in which one request writes and wants its instants.

    ``asked_zone`` is the zone of the header, None without one. The API documentation of
    types and formatting names headers and query parameters for all three.
    """

    now: datetime
    asked_zone: Zone | None
    output_format: str | None
    input_format: str | None

    @property
    def zone(self) -> Zone:
        """Return the zone of the answer; UTC unless the request says otherwise."""
        return self.asked_zone or find_zone("UTC")

    def show(self, moment: datetime, *, zone: Zone | None = None) -> str:
        """Return an instant as text, in ``zone`` or that of the request."""
        local = moment.astimezone((zone or self.zone).info)
        if self.output_format:
            return format_php(local, self.output_format)
        return local.isoformat(timespec="seconds")

    def read(self, field: str, text: object) -> datetime:
        """Return the instant that a field of the request means; refuse what means none."""
        try:
            return parse_instant(
                str(text), now=self.now, zone=self.zone.info, input_format=self.input_format
            )
        except NotUnderstood:
            message = f"The {field} is not a valid date."
            raise InvalidInput({field: [message]}) from None


def stamp(moment: datetime) -> str:
    """Return when a thing was made or changed, in the form of those fields: no colon.

    >>> from datetime import UTC
    >>> stamp(datetime(2017, 12, 19, 7, 37, 36, tzinfo=UTC))
    '2017-12-19T07:37:36+0000'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


async def _times(request: Request) -> Times:
    name = _said(request, "Timezone")
    try:
        zone = find_zone(name) if name else None
    except UnknownZone:
        raise InvalidInput({"timezone": ["The timezone must be a valid zone."]}) from None
    return Times(
        now=transaction_of(request).now,
        asked_zone=zone,
        output_format=_said(request, "OutputTimestampFormat"),
        input_format=_said(request, "InputTimestampFormat"),
    )


def _said(request: Request, name: str) -> str | None:
    """Return what the request says under ``name``, with or without the prefix.

    A query parameter counts before a header. ``Timezone`` alone is not read: the name is
    too common to belong to this API.
    """
    prefixed = f"Timekit-{name}"
    names = (prefixed,) if name == "Timezone" else (prefixed, name)
    for source in (request.query_params, request.headers):
        for each in names:
            if value := source.get(each):
                return str(value)
    return None


AskedTimes = Annotated[Times, Depends(_times)]
