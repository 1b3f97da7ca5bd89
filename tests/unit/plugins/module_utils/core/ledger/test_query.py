# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which records are found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.query import (
    Selection,
    micro,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    leaver,
    lines_of,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def found(**asked):
    selection = Selection(**asked)
    for hour in range(4):
        when = micro(NOON + timedelta(hours=hour))
        one = leaver(str(hour), "done" if hour % 2 else "failed", kind="mover" if hour == 3 else "leaver")
        [line] = lines_of([one], now=when, run={"id": f"r{hour}", "by": "ops"})
        selection.feed(json.loads(line))
    return [int(entry["subject"]) for entry in selection.records], selection.matched


def test_what_is_asked_for():
    assert found() == ([0, 1, 2, 3], 4)
    assert found(kinds=["leaver"]) == ([0, 1, 2], 3)
    assert found(kinds=["leaver", "mover"], stages=["done"]) == ([1, 3], 2)
    assert found(subjects=["2", "7"]) == ([2], 1)
    assert found(run="r1") == ([1], 1)
    assert found(by="ops", newest=2) == ([2, 3], 4)
    assert found(by="nobody") == ([], 0)


def test_windows_that_meet_share_no_record():
    one, three = micro(NOON + timedelta(hours=1)), micro(NOON + timedelta(hours=3))
    assert found(since=one, until=three) == ([1, 2], 2)
    assert found(until=one) == ([0], 1)
    assert found(since=three) == ([3], 1)


def test_the_spelling_of_a_time_sorts_as_time_does():
    assert micro(datetime(2026, 11, 24, 13, 0, 0, 7, timezone(timedelta(hours=1)))) == "2026-11-24T12:00:00.000007Z"
