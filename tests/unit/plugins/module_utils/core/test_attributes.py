# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of attributes agrees with RFC 7643 sections 4 and 8.7.1."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import (
    ELEMENTS,
    ENTERPRISE_SCHEMA,
    EXACT,
    GROUP_ATTRIBUTES,
    NAME,
    USER_ATTRIBUTES,
)

USER = {attribute.option: attribute for attribute in USER_ATTRIBUTES}


def snake(name):
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("attribute", [*USER_ATTRIBUTES, *GROUP_ATTRIBUTES], ids=lambda attribute: attribute.option)
def test_options_are_the_field_s_words(attribute):
    if attribute.option in ("nested_groups", "x509_certificates"):
        return
    assert snake(attribute.wire.rsplit(":", 1)[-1]) == attribute.option
    for sub in attribute.sub:
        assert snake(sub.wire) == sub.option


def test_every_option_and_path_is_there_once():
    for table in (USER_ATTRIBUTES, GROUP_ATTRIBUTES):
        options = [attribute.option for attribute in table]
        assert len(options) == len(set(options))
    wires = [attribute.wire.lower() for attribute in USER_ATTRIBUTES]
    assert len(wires) == len(set(wires))


def test_enterprise_attributes_follow_their_urn_after_a_colon():
    assert USER["department"].wire == f"{ENTERPRISE_SCHEMA}:department"
    assert USER["manager"].wire == f"{ENTERPRISE_SCHEMA}:manager"


def test_letter_case_counts_where_the_rfc_says_so():
    assert USER["external_id"].kind == EXACT
    assert USER["user_name"].kind == NAME
    assert USER["emails"].sub[0].kind == NAME


def test_only_the_password_is_write_only():
    assert [option for option, attribute in USER.items() if attribute.write_only] == ["password"]


def test_elements_have_a_type_and_a_primary_mark():
    for attribute in USER_ATTRIBUTES:
        if attribute.kind == ELEMENTS:
            assert {"type", "primary"} <= {sub.option for sub in attribute.sub}
            assert attribute.multi_valued
