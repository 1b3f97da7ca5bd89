# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records as workflows give them to the evidence."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.record import record
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import subject_of


def test_a_record_holds_what_was_given_and_nothing_else():
    made = record(
        "leaver",
        "done",
        "1815",
        operations=[{"plane": "account", "verb": "deactivate", "id": 7, "what": None, "value": "ada@example.com"}],
        verdicts={"account": {"verdict": "proven", "why": "inactive", "read": {"userName": "ada@example.com"}}},
        times={"left_at": "2026-11-30T23:00:00Z", "proven_at": ""},
    )
    assert made["operations"] == [{"plane": "account", "verb": "deactivate", "id": "7", "what": ""}]
    assert made["verdicts"] == {"account": {"verdict": "proven", "why": "inactive"}}
    assert made["times"] == {"left_at": "2026-11-30T23:00:00Z"}
    assert "ada" not in str(made)


@pytest.mark.parametrize(
    ("kind", "stage", "subject", "said"),
    [("leave", "done", "1", "kind"), ("leaver", "over", "1", "stage"), ("leaver", "done", "", "no subject")],
)
def test_what_nobody_could_find_again_is_refused(kind, stage, subject, said):
    with pytest.raises(InvalidInput, match=said):
        record(kind, stage, subject)


@pytest.mark.parametrize(
    ("keys", "subject"),
    [
        ({"external_id": "1815", "id": "x", "user_name": "ada"}, "1815"),
        ({"external_id": "", "id": "x", "user_name": "ada"}, "id:x"),
        ({"user_name": "ada"}, "ada"),
        ({}, ""),
    ],
)
def test_a_subject_is_the_least_personal_name(keys, subject):
    assert subject_of(**keys) == subject
