"""What a search for slots is asked, read from a project and a request."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.limits import Limits, Unit
from slotkeeper.domain.slot_policy import PAST_MINUTES_MAX, SlotPolicy, merged, slot_policy
from slotkeeper.domain.slots import Mode
from slotkeeper.domain.zones import find_zone, minute_floor

NOW = datetime(2030, 5, 6, 8, 20, 30, tzinfo=UTC)
"""A moment inside a minute inside an hour, so that every rounding shows."""

FIRST = minute_floor(NOW) + 1
"""The first whole minute that is not before now."""


def policy(zone: str = "UTC", now: datetime = NOW, **settings: Any) -> SlotPolicy:
    given = {key.removesuffix("_"): value for key, value in settings.items()}
    return slot_policy(given, now=now, zone=find_zone(zone))


def refused(zone: str = "UTC", **settings: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        policy(zone, **settings)
    return refusal.value.errors


def minute(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text))


# What counts: the request, else the project.


@pytest.mark.parametrize(
    ("stored", "asked", "result"),
    [
        ({}, {}, {}),
        ({"length": "1 hour"}, {}, {"length": "1 hour"}),
        ({}, {"length": "1 hour"}, {"length": "1 hour"}),
        ({"length": "1 hour"}, {"length": "2 hours"}, {"length": "2 hours"}),
        ({"buffer": "5 minutes"}, {"buffer": None}, {"buffer": "5 minutes"}),
        ({"buffer": None}, {}, {}),
        ({"length": None}, {}, {"length": None}),
        ({}, {"length": None}, {"length": None}),
        ({"length": "1 hour"}, {"length": None}, {"length": "1 hour"}),
        ({"length": None}, {"length": "1 hour"}, {"length": "1 hour"}),
        ({"round_to_nearest_hour": True}, {"round_to_nearest_hour": False},
         {"round_to_nearest_hour": False}),
        ({"buffer": "5 minutes"}, {"buffer": 0}, {"buffer": 0}),
    ],
)  # fmt: skip
def test_a_request_overrides_its_project_and_null_says_nothing_but_for_a_length(
    stored: dict[str, object], asked: dict[str, object], result: dict[str, object]
) -> None:
    assert merged(stored, asked) == result


_SETTINGS = st.dictionaries(
    st.sampled_from(["length", "from", "to", "buffer", "mode"]), st.none() | st.text(max_size=3)
)


@given(_SETTINGS)
def test_a_project_sent_back_as_a_request_changes_nothing(stored: dict[str, object]) -> None:
    """The official widget does that: it merges the project into its own request."""
    assert merged(stored, stored) == merged(stored, {})


# The defaults of the documentation.


def test_without_settings_it_is_an_hour_long_at_random_from_now_for_four_weeks() -> None:
    found = policy()

    assert found.mode is Mode.ROUNDROBIN_RANDOM
    assert found.ignore_all_day_events is False
    assert found.search.length == 60
    assert found.search.step is None
    assert (found.search.buffer_before, found.search.buffer_after) == (0, 0)
    assert found.search.window == (minute("2030-05-06T09:00Z"), minute("2030-06-03T08:20Z") + 1)


def test_nothing_is_offered_before_this_minute_is_over() -> None:
    assert policy().search.earliest == FIRST
    assert policy(from_="-1 hour").search.earliest == FIRST


# Where the window starts.


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("UTC", "09:00"),
        ("Asia/Kolkata", "08:30"),  # 13:50 there, and 14:00 is half past in UTC
        ("Asia/Kathmandu", "09:15"),  # a quarter of an hour
        ("Australia/Eucla", "09:15"),
        ("America/St_Johns", "08:30"),
        ("Africa/Monrovia", "09:00"),
    ],
)
def test_a_relative_start_is_rounded_up_to_the_full_hour_of_the_wall(zone: str, start: str) -> None:
    assert policy(zone).search.window[0] == minute(f"2030-05-06T{start}Z")


def test_a_start_on_the_hour_stays() -> None:
    found = policy(now=datetime(2030, 5, 6, 8, 0, tzinfo=UTC))

    assert found.search.window[0] == minute("2030-05-06T08:00Z")


@pytest.mark.parametrize("no", [False, 0, "0", "false"])
@pytest.mark.parametrize("key", ["round_to_nearest_hour", "round_to_next_hour"])
def test_rounding_can_be_switched_off_under_both_names(key: str, no: Any) -> None:
    assert policy(**{key: no}).search.window[0] == FIRST


@pytest.mark.parametrize(
    ("closest", "start"),
    [("15 minutes", "08:30"), ("30 minutes", "08:30"), ("1 hour", "09:00"), ("20 minutes", "08:40"),
     (None, "09:00"), ("", "09:00")],
)  # fmt: skip
def test_the_closest_interval_counts_before_the_hour(closest: str | None, start: str) -> None:
    found = policy(closest_time_interval=closest, round_to_nearest_hour=True)

    assert found.search.window[0] == minute(f"2030-05-06T{start}Z")


def test_an_exact_start_stays_exact() -> None:
    assert policy(from_="2030-05-07T10:10:00+02:00").search.window[0] == minute("2030-05-07T08:10Z")


def test_a_start_within_a_minute_begins_with_the_next_one() -> None:
    assert policy(from_="2030-05-07T10:10:01+00:00").search.window[0] == minute("2030-05-07T10:11Z")


def test_a_past_start_anchors_the_grid_but_not_farther_back_than_a_year() -> None:
    assert policy(from_="2030-05-05T10:10:00Z").search.window[0] == minute("2030-05-05T10:10Z")
    assert policy(from_="1970-01-01T00:00:00Z").search.window[0] == FIRST - PAST_MINUTES_MAX


# Where it ends.


def test_the_end_counts_from_now_and_not_from_the_start() -> None:
    found = policy(from_="3 days", to="3 days 2 weeks")

    assert found.search.window == (minute("2030-05-09T09:00Z"), minute("2030-05-23T08:20Z") + 1)


def test_day_words_are_days_of_the_zone() -> None:
    found = policy("America/Los_Angeles", from_="tomorrow", to="tomorrow 2 hours")

    assert found.search.window[0] == minute("2030-05-07T07:00Z")


def test_six_months_from_now_is_the_farthest_end() -> None:
    latest = datetime(2030, 11, 6, 8, 20, 30, tzinfo=UTC)

    assert policy(to=latest.isoformat()).search.window[1] == minute("2030-11-06T08:21Z")
    assert policy(to="6 months").search.window[1] == minute("2030-11-06T08:21Z")
    beyond = (latest + timedelta(seconds=1)).isoformat()
    assert refused(to=beyond) == {"to": ["The to may not be more than 6 months from now."]}


def test_an_end_at_the_start_is_an_empty_window_and_an_earlier_one_is_refused() -> None:
    found = policy(from_="2030-05-07T10:00:00Z", to="2030-05-07T10:00:00Z")

    assert found.search.window == (minute("2030-05-07T10:00Z"), minute("2030-05-07T10:00Z"))
    errors = refused(from_="2030-05-07T10:00:00Z", to="2030-05-07T09:59:59Z")
    assert errors == {"to": ["The to must be a date after from."]}


def test_a_start_rounded_beyond_the_end_leaves_an_empty_window() -> None:
    start, end = policy(from_="now", to="10 minutes").search.window

    assert start == end


# Lengths, steps, buffers.


def test_a_null_length_means_the_free_time_itself() -> None:
    assert policy(length=None).search.length is None


@pytest.mark.parametrize(
    ("text", "minutes"), [("15 minutes", 15), ("1 hours", 60), ("1 hour 30 minutes", 90)]
)
def test_length_and_step_are_durations_in_words(text: str, minutes: int) -> None:
    found = policy(length=text, timeslot_increments=text)

    assert (found.search.length, found.search.step) == (minutes, minutes)


@pytest.mark.parametrize(
    ("buffer", "before", "after"),
    [
        ("15 minutes", 15, 15),
        ("0 minutes", 0, 0),
        (None, 0, 0),
        ("", 0, 0),
        ({"before": "10 minutes", "after": "5 minutes"}, 10, 5),
        ({"after": "5 minutes"}, 0, 5),
        ({}, 0, 0),
        ([], 0, 0),
        ({"before": None, "after": ""}, 0, 0),
    ],
)
def test_a_buffer_is_one_duration_for_both_sides_or_one_for_each(
    buffer: object, before: int, after: int
) -> None:
    search = policy(buffer=buffer).search

    assert (search.buffer_before, search.buffer_after) == (before, after)


@pytest.mark.parametrize(
    ("gap", "minutes"),
    [("15 minutes", 15), ("1.5 hours", 90), ("0 minutes", 0), (0, 0), (None, 0), ("", 0)],
)
def test_a_gap_is_a_duration(gap: object, minutes: int) -> None:
    assert policy(minimum_gap=gap).search.gap == minutes


def test_limits_come_along_and_a_request_replaces_them_whole() -> None:
    stored: dict[str, Any] = {"limits": {"resource": {"day": 8}, "project": {"week": 20}}}

    assert policy(**stored).limits == Limits(resource={Unit.DAY: 8}, project={Unit.WEEK: 20})
    assert merged(stored, {"limits": None}) == stored
    asked = merged(stored, {"limits": {"resource": {"month": 5}}})
    assert policy(limits=asked["limits"]).limits == Limits(resource={Unit.MONTH: 5})
    assert policy().limits == Limits()


def test_what_is_wrong_with_limits_is_said_under_its_dotted_name() -> None:
    errors = refused(limits={"resource": {"day": 0}, "projects": {}}, length="soon")

    assert errors.keys() == {"limits.resource.day", "limits.projects", "length"}
    assert errors["limits.resource.day"] == [
        "The limits.resource.day must be a whole number from 1."
    ]


@pytest.mark.parametrize(
    ("value", "ignored"),
    [(True, True), (1, True), ("true", True), (False, False), (0, False), ("false", False)],
)
def test_all_day_events_are_ignored_on_request(value: object, ignored: bool) -> None:
    assert policy(ignore_all_day_events=value).ignore_all_day_events is ignored


@pytest.mark.parametrize("mode", list(Mode))
def test_a_mode_is_known_in_any_case(mode: Mode) -> None:
    assert policy(mode=mode.upper()).mode is mode


def test_unknown_settings_are_nobodys_business() -> None:
    assert policy(future="2 weeks", fakingit=True) == policy()


# What is wrong is said, all of it at once.


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "roundrobin_fair"),
        ("mode", 7),
        ("length", "soon"),
        ("length", "0 minutes"),
        ("length", True),
        ("length", []),
        ("length", "-1 hour"),
        ("timeslot_increments", "0 minutes"),
        ("timeslot_increments", {}),
        ("buffer", "a bit"),
        ("buffer", {"before": "a bit"}),
        ("buffer", True),
        ("buffer", ["15 minutes"]),
        ("from", "whenever"),
        ("from", {"a": 1}),
        ("to", "whenever"),
        ("to", "9999999999 years"),
        ("closest_time_interval", "nearly"),
        ("minimum_gap", "a bit"),
        ("minimum_gap", ["15 minutes"]),
        ("limits", 8),
        ("limits", "8 a day"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_under_its_own_name(field: str, value: Any) -> None:
    assert refused(**{field: value}).keys() == {field}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    errors = refused(mode="x", length="x", from_="x", to="x", buffer="x", timeslot_increments="x")

    assert errors.keys() == {"mode", "length", "from", "to", "buffer", "timeslot_increments"}
    assert errors["from"][0].startswith("The from is not a valid timestamp or relative time: ")
    assert errors["mode"] == ["The selected mode is invalid."]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=4,
)
_KEYS = st.sampled_from(
    [
        "mode",
        "length",
        "from",
        "to",
        "buffer",
        "timeslot_increments",
        "round_to_nearest_hour",
        "round_to_next_hour",
        "ignore_all_day_events",
        "closest_time_interval",
        "minimum_gap",
        "limits",
    ]
)


@given(st.dictionaries(_KEYS, _JSON))
def test_whatever_is_sent_is_understood_or_refused(settings: dict[str, object]) -> None:
    try:
        found = slot_policy(settings, now=NOW, zone=find_zone("Europe/Paris"))
    except InvalidInput as refusal:
        named = {field.partition(".")[0] for field in refusal.errors}
        assert named <= {*settings, "from", "to"}
    else:
        assert found.search.window[0] <= found.search.window[1]
