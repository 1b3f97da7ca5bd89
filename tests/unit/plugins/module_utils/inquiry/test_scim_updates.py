# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Cloudflare is asked for leaves out nothing that is selected."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import (
    event_from_record,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.sources.cloudflare import (
    identity,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.logs.cloudflare import questions
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.logs.windows import moment_of

BODIES = (
    "",
    "{",
    '{"userName":"Ada@example.com","active":true}',
    '{"userName":"Ada@example.com","active":false}',
    '{"Operations":[{"op":"Replace","path":"active","value":"False"}]}',
    '{"Operations":[{"op":"replace","value":{"active":true}}]}',
    '{"Operations":[{"op":"add","path":"members","value":[{"value":"1"}]}]}',
    '{"Operations":[{"op":"remove","path":"members[value eq \\"1\\"]"}]}',
    '{"displayName":"Staff"}',
)
RECORDS = [
    {
        "logged_at": "2026-11-24T10:00:00Z",
        "idp_id": "1",
        "resource_type": kind,
        "request_method": method,
        "request_body": body,
        "status": status,
        "resource_user_email": "ada@example.com" if named and kind == "USER" else "",
        "resource_group_name": "staff" if named and kind == "GROUP" else "",
    }
    for kind, method, body, status, named in itertools.product(
        ("USER", "GROUP"), ("POST", "PUT", "PATCH", "DELETE"), BODIES, ("SUCCESS", "FAILURE"), (True, False)
    )
    if named or status == "FAILURE"  # what succeeded carries the name
]
EVENTS = [event_from_record("cloudflare", record) for record in RECORDS]


def asked_for(record, filters):
    """Whether Cloudflare would return a record, if it compares letter by letter."""
    return all(record[name] in values for name, values in filters.items())


@pytest.mark.parametrize("status", [(), ("success",), ("failure",), ("success", "failure"), ("warning",), ("failure", "unknown")])
@pytest.mark.parametrize("resource_type", [(), ("User",), ("Group",)])
@pytest.mark.parametrize(
    "names",
    [{}, {"user": ("ADA@example.com",)}, {"user": ("ada@*",)}, {"group": ("Staff",)}, {"user": ("nobody",)}, {"user": ("ada@example.com", "bob")}],
)
def test_nothing_that_is_selected_is_left_out_and_nothing_comes_twice(status, resource_type, names):
    actions = sorted({event["action"] for event in EVENTS})
    assert "user.deactivate" in actions
    assert "group.member.remove" in actions
    for action in [(), ("user.*",), *((one,) for one in actions)]:
        selection = Selection(status=status, resource_type=resource_type, action=action, **names)
        asked = questions(selection)
        for record, event in zip(RECORDS, EVENTS):
            answered = sum(asked_for(record, part) for question in asked for part in question[0])
            assert answered <= 1
            if selection.matches(event):
                assert answered == 1, (record, asked)
                for question in asked:
                    answers = [any(asked_for(record, part) for part in form) for form in question]
                    assert all(answers) or not answers[0]


def test_all_events_are_events():
    assert None not in EVENTS


def test_an_entry_is_known_by_what_it_says_and_not_by_what_is_added_one_day():
    record = RECORDS[0]
    assert identity({**record, "trace_id": "new"}) == identity(record) == event_from_record("cloudflare", record)["record_id"]
    for name in record:
        assert identity({**record, name: "other"}) != identity(record)
    assert record["request_body"] == ""
    assert len(identity(record)) == 32


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00+00:00"),
        ("2026-11-24T10:00:00.123456789Z", "2026-11-24T10:00:00.123456+00:00"),
        ("2026-11-24T12:00:00.5+02:00", "2026-11-24T10:00:00.500000+00:00"),
        ("", None),
        ("yesterday", None),
        (None, None),
        (5, None),
    ],
)
def test_when_an_entry_was_logged(text, seen):
    moment = moment_of({"logged_at": text})
    assert (moment and moment.isoformat()) == seen
