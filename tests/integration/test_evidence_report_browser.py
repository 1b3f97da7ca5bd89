# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the evidence as a browser shows it: on a phone, on a desktop and in the dark, without a network and without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.page import page
from ansible_collections.identityops.lifecycle.tests.integration.test_health_page_browser import (
    CHROMIUM,
    WIDTHS,
    shown,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    HOSTILE,
    NAMES,
    at,
    company,
    made,
    person,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.test_evidence_page import (
    everything,
)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="showing the page takes Chromium: apt-get install --no-install-recommends chromium")


@pytest.mark.parametrize("dark", [False, True])
def test_the_report_in_a_browser(tmp_path: Path, dark: bool) -> None:
    pages = [page(everything(HOSTILE)), page(made(company(), [person("ghost", left_at=at(900))], names=NAMES)), page(made([]))]
    measured = shown(tmp_path, *pages, dark=dark)
    assert [one["width"] for one in measured] == [*WIDTHS] * 3
    for one in measured:
        assert one["wide"] <= one["width"]  # nobody has to scroll sideways
        assert one["contrast"][0] >= 4.5, one["contrast"]
        assert (one["scripts"], one["loaded"], one["ran"]) == (0, 0, False)
        assert one["styled"] == "10px"  # the policy lets our own style through
    assert [one["bars"] for one in measured] == [1, 1, 2, 2, 0, 0]  # of the first chart: who took too long, and who is not proven gone
    assert (measured[0]["back"] == "rgb(245, 246, 248)") is not dark
