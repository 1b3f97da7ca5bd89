# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was planned and never told."""

from __future__ import annotations

import json

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.unfinished import Unfinished
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    leaver,
    lines_of,
)


def test_a_plan_is_unfinished_until_something_is_told_of_it():
    unfinished = Unfinished()
    again = leaver("3", "planned", kind="mover", asked={"folder": "/hr"})
    for line in lines_of([leaver("1", "planned"), leaver("2", "planned"), leaver("1", "failed"), leaver("3"), again]):
        unfinished.feed(json.loads(line))
    assert unfinished.plans == {"2": {"kind": "leaver", "folder": ""}, "3": {"kind": "mover", "folder": "/hr"}}
