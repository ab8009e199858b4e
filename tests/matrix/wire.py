"""What clients were seen to send that no document would let them, and what becomes of it.

The table is the source of ``docs/compatibility.md``; ``test_wire`` has at least one test for each
row, named after it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quirk:
    """``sent`` by the clients ``who``; ``done`` is what the server does with it."""

    name: str
    who: str
    sent: str
    done: str


JS, PY, PHP, OTHER = "JavaScript SDK", "python-timekit", "PHP SDK", "others"

QUIRKS = (
    Quirk(
        "slash_at_the_end",
        f"{JS}, {OTHER}",
        "`POST /calendars/`, `POST /bookings/:id/reschedule/`",
        "the same as without the slash, and no redirect",
    ),
    Quirk(
        "snake_case",
        JS,
        "camelCase keys rewritten at every depth: `all_day`, `disable_email`, `meta.my_key`",
        "both spellings are taken; keys of your own stay as they arrive",
    ),
    Quirk("empty_include", PY, "`?include=`", "includes nothing"),
    Quirk(
        "missing_ampersand",
        PY,
        "`?limit=50&page=1include=`",
        "the digits at the front count: page 1",
    ),
    Quirk("empty_search", PY, "`&search=`", "finds everything"),
    Quirk(
        "raw_search",
        JS,
        "`search=locations.uuid:…;services.uuid:…`, with `;` or `%3B`",
        "both terms must hold",
    ),
    Quirk("empty_array", PHP, "the body `[]` where an object is meant", "an empty object"),
    Quirk("no_body", OTHER, "PUT without a body", "an empty object"),
    Quirk(
        "bare_array",
        f"{JS}, {PY}",
        "`PUT /projects/:id/resources` with a list as the body",
        "the new list; `{resources: […]}` too",
    ),
    Quirk("delete_with_body", f"{JS}, {OTHER}", "DELETE with a body", "the body is ignored"),
    Quirk("get_with_body", "Ruby", "GET with a body", "the body is ignored"),
    Quirk(
        "get_with_content_type",
        PY,
        "`Content-Type: application/json` on a GET without a body",
        "no complaint about the JSON that is not there",
    ),
    Quirk("unknown_keys", OTHER, "keys that nobody knows", "they are ignored"),
    Quirk("accept_text_plain", OTHER, "`Accept: text/plain`", "the answer is JSON"),
    Quirk(
        "statuses",
        OTHER,
        "they take 200, 201 and 204 for success and nothing else",
        "no other status tells success",
    ),
    Quirk(
        "errors_by_field",
        OTHER,
        "they read `errors` in a 422",
        "what is wrong with a request is told there by field; a taken time, a full class and an "
        "impossible action are one sentence in `error`",
    ),
    Quirk(
        "paging_beside_data",
        JS,
        "it takes `data` apart from all keys beside it",
        "counts and addresses of pages stand beside `data`",
    ),
    Quirk(
        "last_page",
        "Pipedream",
        "it follows `next_page_url` until that is null",
        "null on the last page",
    ),
    Quirk(
        "test_mode_in_pages",
        "booking.js",
        "it reads the header `Timekit-TestMode` in pages of other origins",
        "the header is exposed to them, and sent for test keys only",
    ),
    Quirk(
        "put_for_delete",
        PY,
        "`PUT /projects/:id/resources/:resource_id`",
        "405 in JSON; nothing changes",
    ),
    Quirk(
        "bulk_at_the_wrong_address",
        PY,
        "`{bookings: […]}` to `/bookings`",
        "4xx in JSON; nothing is booked",
    ),
    Quirk("patch", PY, "PATCH on a resource, project or booking", "the same as PUT"),
    Quirk(
        "headers_of_the_sdk",
        JS,
        "`Timekit-App`, `Timekit-Timezone` and formats of times in the letters of PHP's `date()`",
        "times are read and written so",
    ),
    Quirk(
        "service_by_id",
        JS,
        "`getService` throws before it sends anything",
        "the request itself works",
    ),
    Quirk(
        "hours_as_numbers_or_texts",
        f"{PHP}, {OTHER}",
        '`allow_hours` from `9` to `17`, or from `"09:00"` to `"17:00"`',
        "both are taken, and given back as they came",
    ),
    Quirk(
        "constraints_without_parameters",
        PHP,
        "`block_weekends` with `[]`",
        "the same as `{}`, and given back in a form that can be sent again",
    ),
)
