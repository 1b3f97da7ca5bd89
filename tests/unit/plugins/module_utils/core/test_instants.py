# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time, however a service writes them (RFC 7643 section 2.3.5)."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.instants import instant


@pytest.mark.parametrize(
    "same",
    ["2020-01-01T00:00:00Z", "2020-01-01t00:00:00z", "2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00", "2019-12-31T23:30:00-00:30"],
)
def test_one_instant_has_many_spellings(same):
    assert instant(same) == instant("2020-01-01T00:00:00+00:00")


def test_instants_are_ordered_to_the_last_digit():
    texts = ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.0000000001Z", "2020-01-01T00:00:00.45Z", "2020-01-01T00:00:00.5Z"]
    texts += ["2020-01-01T00:00:01Z", "2020-01-01T00:30:00-01:00"]
    found = [instant(text) for text in texts]
    assert None not in found
    assert sorted(found) == found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", ["", "2020", "2020-01-01", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00Zulu", "0001-01-01T00:00:00+23:00"])
def test_other_texts_are_none(text):
    assert instant(text) is None
