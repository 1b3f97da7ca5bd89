# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.module_utils.summary import headline


def failed(*messages, unchanged=0):
    failures = [{"kind": "User", "key": "ada", "msg": message} for message in messages]
    return headline({"failures": failures, "counts": {"unchanged": unchanged, "failed": len(failures), "not_attempted": 0}})


def test_a_failure_is_told_with_the_name_of_whom_it_hit():
    assert failed("no more licences", unchanged=2) == "1 of 3 failed, the others are done: User 'ada': no more licences"


def test_a_name_that_the_reason_begins_with_is_not_said_twice():
    assert failed("User 'ada' exists", unchanged=1) == "1 of 2 failed, the others are done: User 'ada' exists"


def test_where_everything_failed_nothing_is_called_done():
    assert failed("no", "no") == "2 of 2 failed: User 'ada': no; User 'ada': no"


def test_what_was_not_attempted_is_not_called_done():
    result = {
        "failures": [{"kind": "User", "key": "ada", "msg": "no"}],
        "not_attempted": [{"kind": "User", "key": "bob", "msg": "max_failures is 1"}],
        "counts": {"create": 3, "failed": 1, "not_attempted": 7},
    }
    assert headline(result) == "1 of 11 failed, 7 were not attempted (max_failures is 1): User 'ada': no"
