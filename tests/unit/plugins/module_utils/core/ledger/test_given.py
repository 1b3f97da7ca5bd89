# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task gives is refused with the record and the key that are wrong, or kept in one form."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal

RIGHT = {"kind": "custom", "stage": "done", "subject": "1815"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("1815", r"records\[1\] has to be a dictionary"),
        ({**RIGHT, "subjekt": "1"}, r"records\[1\] has no 'subjekt'; did you mean subject\?"),
        ({**RIGHT, "zzz": "1"}, r"records\[1\] has no 'zzz'; it has kind, stage"),
        ({**RIGHT, "subject": " "}, r"records\[1\].subject is empty"),
        ({**RIGHT, "subject": ["1"]}, r"records\[1\].subject is list"),
        ({**RIGHT, "subject": True}, r"records\[1\].subject is bool"),
        ({**RIGHT, "subject": "x" * 1001}, r"records\[1\].subject has 1,001 characters"),
        ({**RIGHT, "kind": "leave"}, "records\\[1\\].kind is 'leave'"),
        ({**RIGHT, "stage": "over"}, "records\\[1\\].stage is 'over'"),
        ({**RIGHT, "asked": ["x"]}, r"records\[1\].asked has to be a dictionary"),
        ({**RIGHT, "asked": {5: "x"}}, "the name '5' is no text"),
        ({**RIGHT, "asked": {"a": float("nan")}}, "what JSON does not have"),
        ({**RIGHT, "asked": {"a": [{"b": {"client_secret": "hunter2"}}]}}, r"records\[1\].asked.a\[0\].b.client_secret looks like a secret"),
        ({**RIGHT, "asked": {"Password": "hunter2"}}, "asked.Password looks like a secret"),
        ({**RIGHT, "operations": {"plane": "x"}}, "operations has to be a list"),
        ({**RIGHT, "operations": ["x"]}, r"records\[1\].operations\[0\] has to be a dictionary with plane, verb, id, what"),
        ({**RIGHT, "operations": [{"plan": "x"}]}, r"operations\[0\] has no 'plan'; did you mean plane\?"),
        ({**RIGHT, "verdicts": ["x"]}, "verdicts has to be a dictionary by the names of the planes"),
        ({**RIGHT, "verdicts": {"account": "proven"}}, "verdicts.account has to be a dictionary with verdict, why"),
        ({**RIGHT, "verdicts": {"account": {"verdikt": "proven"}}}, "did you mean verdict"),
        ({**RIGHT, "verdicts": {"subject": {}}}, "'subject' is no name for one of the planes"),
        ({**RIGHT, "verdicts": {"An account": {}}}, "'An account' is no name"),
        ({**RIGHT, "times": {"left_at": "yesterday"}}, "times.left_at: 'yesterday' is no point in time"),
        ({**RIGHT, "times": {"left_at": 5}}, "times.left_at: '5' is no point in time"),
        ({**RIGHT, "times": {"digest": "2026-11-24T10:00:00Z"}}, "'digest' is no name for one of the times"),
        ({**RIGHT, "note": "x" * 99_990}, r"about '1815' takes 100,1\d\d bytes, more than 100,000"),
        ({**RIGHT, "note": "\u00fc" * 20_000}, "bytes, more than 100,000"),
    ],
)
def test_what_is_refused(wrong, said):
    with pytest.raises(InvalidInput, match=said) as error:
        normal([RIGHT, wrong])
    assert "hunter2" not in str(error.value)


def test_what_is_nested_too_deeply_is_refused():
    deep = {}
    for _dummy in range(5000):
        deep = {"a": deep}
    with pytest.raises(InvalidInput, match="nested too deeply"):
        normal([{**RIGHT, "asked": deep}])


def test_numbers_that_were_meant_as_names_and_times_in_one_spelling():
    [made] = normal(
        [
            {
                **RIGHT,
                "subject": 1815,
                "asked": {"token": True, "password": "", "days": 90},
                "operations": [{"plane": "account", "id": 7}],
                "verdicts": {"account": {"verdict": "proven"}},
                "times": {"left_at": "2026-12-01T00:00:00+01:00", "proven_at": "2026-11-30t23:00:05.120", "started_at": ""},
            }
        ]
    )
    assert made["subject"] == "1815"
    assert made["asked"] == {"token": True, "password": "", "days": 90}
    assert made["operations"] == [{"plane": "account", "verb": "", "id": "7", "what": ""}]
    assert made["verdicts"] == {"account": {"verdict": "proven", "why": ""}}
    assert made["times"] == {"left_at": "2026-11-30T23:00:00Z", "proven_at": "2026-11-30T23:00:05.12Z"}


def test_what_a_server_said_is_kept_without_its_secrets():
    said = "403 for Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    [record] = normal([{"kind": "leaver", "stage": "failed", "subject": "1", "note": said, "verdicts": {"account": {"verdict": "unproven", "why": said}}}])
    assert "eyJ" not in str(record)
    assert record["note"] == record["verdicts"]["account"]["why"]
    assert record["note"].startswith("403 for Authorization")
