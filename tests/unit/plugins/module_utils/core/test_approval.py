# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dual control."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.approval import refuse_unapproved
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import Refused


@pytest.mark.parametrize(
    ("asked", "approved"),
    [("ada", "ada"), ("ada", " ADA "), ("m\u00fcller", "mu\u0308ller"), ("ada  king", "Ada King"), ("a\uff44a", "ada"), ("ada", "a\u200bda\u00ad")],
)
def test_nobody_approves_what_they_asked_for_however_it_is_written(asked, approved):
    for required in (False, True):
        with pytest.raises(Refused, match="somebody else has to approve"):
            refuse_unapproved(asked, approved, required=required)


@pytest.mark.parametrize(
    ("asked", "approved", "missing"), [("", "", "requested_by"), ("ada", "", "approved_by"), ("ada", "  ", "approved_by"), ("", "bob", "requested_by")]
)
def test_where_an_approval_is_required_both_have_to_be_named(asked, approved, missing):
    with pytest.raises(Refused, match=f"lifecycle_{missing} is empty; nothing was written"):
        refuse_unapproved(asked, approved, required=True)
    refuse_unapproved(asked, approved, required=False)


def test_two_people_are_enough():
    refuse_unapproved("ada", "bob", required=True)
