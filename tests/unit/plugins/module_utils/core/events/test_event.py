# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One shape for all events: required fields, one order, bounded texts, an id that is the same whenever an entry is read."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import (
    CORE,
    FIELDS,
    finished,
    key,
    shown,
)
from hypothesis import given
from hypothesis import strategies as st

FULL = {
    "timestamp": "2026-11-24T10:00:00.123Z",
    "action": "user.create",
    "user": "ann@example.com",
    "status": "failure",
    "error_code": "409",
    "scim_type": "uniqueness",
    "detail": "already there",
    "resource_type": "User",
    "resource_id": "17",
    "external_id": "e1",
    "idp": "okta",
    "request_id": "r1",
    "duration_ms": 12,
    "host": "idp1",
    "unit": "scim-sync.service",
    "source": "json",
    "record_id": "7",
}


def test_an_event_has_its_fields_in_one_order_and_no_empty_ones():
    made = finished({**FULL, "group": "", "idp": None, "duration_ms": 12.0}, source="other")
    assert list(made) == [name for name in FIELDS if name in FULL and name != "idp"]
    assert made == {name: value for name, value in FULL.items() if name != "idp"}


@pytest.mark.parametrize("lacking", [{"timestamp": ""}, {"timestamp": "soon"}, {"action": ""}, {"action": "user"}, {"action": "door.close"}])
def test_without_time_or_action_it_is_none(lacking):
    assert finished({**FULL, **lacking}, source="json") is None
    assert finished(None, source="json") is None


def test_source_time_and_record_come_from_the_container_where_the_fields_have_none():
    made = finished({"action": "User.Create", "status": "won"}, source="key_value", timestamp=1795478400000000, record_id="9")
    assert made == {
        "timestamp": "2026-11-24T00:00:00.000Z",
        "action": "user.create",
        "status": "unknown",
        "resource_type": "User",
        "source": "key_value",
        "record_id": "9",
    }
    assert finished(FULL, source="x", timestamp="2020-01-01T00:00:00Z", record_id="9") == FULL


def test_code_and_keyword_come_from_the_detail_of_a_failure():
    answer = 'StatusCode: Conflict; Web Response: {"scimType":"uniqueness","detail":"there","status":"409"}'
    made = finished({"timestamp": 1, "action": "user.create", "status": "failure", "detail": answer}, source="entra")
    assert (made["error_code"], made["scim_type"]) == ("409", "uniqueness")
    made = finished({"timestamp": 1, "action": "user.create", "status": "success", "detail": answer}, source="entra")
    assert "error_code" not in made
    assert "scim_type" not in made


def test_the_default_output_is_the_core_and_raw_comes_only_by_name():
    event = finished(FULL, source="json", raw={"token": "abc", "user": "ann"})
    assert shown(event, None) == {name: FULL[name] for name in CORE if name in FULL}
    assert list(shown(event, ())) == ["timestamp", "action", "user", "status"]
    assert shown(event, ["all"]) == FULL
    assert shown(event, ["raw", "status"]) == {"status": "failure", "raw": {"token": "********", "user": "ann"}}
    assert "raw" in shown(event, ["all", "raw"])
    with pytest.raises(InvalidInput, match="fields: colour is no field"):
        shown(event, ["status", "colour"])


def test_texts_are_bounded_and_can_be_encoded():
    made = finished({**FULL, "user": "x" * 5000, "detail": "\ud800" + "y" * 10_000, "idp": {"a": [1]}, "duration_ms": 10**400}, source="json")
    assert len(made["user"]) == 1000
    assert len(made["detail"]) == 4000
    assert made["detail"].startswith("\ufffdy")
    assert made["idp"] == '{"a":[1]}'
    assert "duration_ms" not in made
    json.dumps(made).encode()
    json.dumps(made, ensure_ascii=False).encode()


def test_secrets_go_from_every_field():
    dirty = {name: "token=abc123" for name in FULL if name not in ("timestamp", "action", "status", "duration_ms", "resource_type")}
    made = finished({**FULL, **dirty}, source="json", raw="Authorization: Bearer abc.def-123456")
    assert "abc" not in json.dumps(made)
    assert made["raw"] == "Authorization: ********"


def test_the_key_is_the_same_for_one_entry_and_another_for_any_other():
    assert len(key(FULL)) == 32
    assert key(FULL) == key(dict(reversed(FULL.items())))
    assert key({**FULL, "host": "other", "duration_ms": 3, "raw": "x", "group": ""}) == key(FULL)
    others = {key({**FULL, name: "2026-11-24T10:00:00.124Z"}) for name in ("timestamp", "source", "idp", "action", "user", "record_id", "detail")}
    others.add(key({**{name: value for name, value in FULL.items() if name != "user"}, "group": FULL["user"]}))
    assert len(others | {key(FULL)}) == 9


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_two_events_share_a_key_by_moving_text_between_fields(left, right):
    assert (key({**FULL, "user": left, "idp": right}) == key({**FULL, "user": right, "idp": left})) == (left == right)
