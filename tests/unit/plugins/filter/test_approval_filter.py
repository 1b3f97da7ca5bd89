# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter approval: a slip of the pen does not waive an approval."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.identityops.lifecycle.plugins.filter.record import approval

NOBODY = {"requested_by": "", "approved_by": ""}


@pytest.mark.parametrize("required", [True, "true", "yes", "on", 1, "True"])
def test_whatever_says_yes_requires_it(required):
    with pytest.raises(AnsibleFilterError, match="lifecycle_requested_by is empty"):
        approval(NOBODY, required)
    assert not approval(NOBODY, required, preview=True)["required"]


@pytest.mark.parametrize("required", [False, "false", "no", 0])
def test_whatever_says_no_does_not(required):
    assert approval(NOBODY, required) == {**NOBODY, "required": False}


@pytest.mark.parametrize("required", ["ture", "always", "", 2, None, [True]])
@pytest.mark.parametrize("preview", [True, False])
def test_what_says_neither_is_refused(required, preview):
    with pytest.raises(AnsibleFilterError, match="neither true nor false"):
        approval(NOBODY, required, preview)
