# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service can do, and where that was learned."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import (
    CHOICES,
    DEFAULTS,
    PATH,
    PROFILES,
    PUT,
    REPLACE,
    VALUE_LIST,
    VALUE_PATH,
    Capabilities,
    from_service_provider_config,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from hypothesis import given, settings
from hypothesis import strategies as st

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.sampled_from(["", "true", "x"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
)
_sections = ("patch", "filter", "etag", "pagination", "bulk", "schemas")
_details = ("supported", "maxResults", "cursor", "index", "defaultPaginationMethod", "maxPageSize", "maxOperations", "maxPayloadSize")


# -- the layers ----------------------------------------------------------------------------------------------------------


def test_a_service_is_taken_for_one_that_follows_the_rfc():
    known = Capabilities()
    assert (known.text("update"), known.text("members_remove"), known.flag("etag")) == (PATH, VALUE_PATH, False)
    assert known.source("update") == "RFC 7644"


def test_each_layer_covers_the_ones_below():
    known = Capabilities("slack")
    known.said_by_service({"filter": {"supported": False}, "etag": {"supported": True}})
    assert known.flag("filter")
    assert known.source("filter") == "profile slack"
    assert known.source("etag") == "ServiceProviderConfig"
    known = Capabilities("slack", {"filter": False, "put": None})
    assert not known.flag("filter")
    assert known.source("filter") == "option capabilities"
    assert known.source("put") == "RFC 7644"
    known.observe("filter", True)
    assert known.flag("filter")
    assert known.source("filter") == "observed while working"


def test_everything_is_shown_with_its_source():
    shown = Capabilities("aws").shown()
    assert list(shown) == list(DEFAULTS)
    assert shown["members_per_request"] == {"value": 100, "source": "profile aws"}
    assert shown["single_valued"]["value"] == ["emails", "phone_numbers", "addresses"]


@pytest.mark.parametrize("name", ["members_per_request", "bulk_max_operations", "bulk_max_payload_size"])
def test_nothing_in_a_request_is_no_way_to_work(name):
    with pytest.raises(InvalidInput, match=name):
        Capabilities("auto", {name: 0})


# -- the profiles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_profile_says_things_that_exist(profile):
    for name, value in PROFILES[profile].items():
        assert type(value) is type(DEFAULTS[name])
        assert value in CHOICES.get(name, (value,))
    known = {attribute.option for resource in (USER, GROUP) for attribute in resource.attributes}
    known |= {f"{resource.kind}.{attribute.option}" for resource in (USER, GROUP) for attribute in resource.attributes}
    for name in ("ignored", "immutable", "required", "single_valued"):
        assert set(PROFILES[profile].get(name, ())) <= known


@pytest.mark.parametrize(
    ("profile", "facts"),
    [
        ("aws", {"members_read": "filter", "members_per_request": 100, "pagination": "cursor", "filter_or": False}),
        ("github_org", {"groups": False}),
        ("gitlab", {"groups": False, "soft_delete": True}),
        ("slack", {"filter": True, "soft_delete": True, "requests_per_second": 3}),
        ("zoom", {"update": PUT}),
        ("salesforce", {"delete": False, "members_wrapped": True, "members_remove": VALUE_LIST}),
        ("google_cloud_identity", {"pagination": "none"}),
        ("entra", {"put": False, "missing_status": 400, "accept_on_delete": False}),
        ("keycloak", {"immutable": ("Group.external_id",)}),
        ("authentik", {"members_remove": REPLACE}),
        ("jfrog", {"immutable": ("user_name", "Group.display_name")}),
        ("miro", {"members_per_request": 8000}),
        ("deel", {"requests_per_second": 5}),
    ],
)
def test_a_provider_is_known_for(profile, facts):
    assert facts.items() <= PROFILES[profile].items()


@pytest.mark.parametrize("profile", sorted(set(PROFILES) - {"salesforce"}))
def test_only_salesforce_gets_the_removal_that_others_read_as_remove_all(profile):
    assert Capabilities(profile).text("members_remove") != VALUE_LIST


# -- ServiceProviderConfig ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, {}),
        ({"patch": {"supported": True}}, {}),
        ({"patch": {"supported": False}}, {"update": PUT}),
        ({"Patch": {"supported": "False"}}, {"update": PUT}),
        ({"filter": {"supported": True, "maxResults": 200}, "etag": {"supported": False}}, {"filter": True, "etag": False, "page_size": 200}),
        ({"filter": {"maxResults": 10**9}}, {"page_size": 1000}),
        ({"filter": {"maxResults": 0}}, {}),
        ({"filter": {"maxResults": 100}, "pagination": {"maxPageSize": 4}}, {"page_size": 4}),
        ({"pagination": {"cursor": True, "index": True}}, {}),
        ({"pagination": {"cursor": True, "index": False}}, {"pagination": "cursor"}),
        ({"pagination": {"cursor": True, "index": True, "defaultPaginationMethod": "cursor"}}, {"pagination": "cursor"}),
        ({"patch": None, "filter": [], "etag": "yes", "pagination": 7}, {}),
        ({"filter": {"supported": "maybe", "maxResults": "many"}, "etag": {"supported": None}}, {}),
        ({"filter": {"maxResults": True}}, {}),
        (
            {"bulk": {"supported": True, "maxOperations": 5, "maxPayloadSize": 2000}},
            {"bulk": True, "bulk_max_operations": 5, "bulk_max_payload_size": 2000},
        ),
        ({"Bulk": {"supported": "true", "maxOperations": 0}}, {"bulk": True}),
        ({"bulk": {"supported": True, "maxOperations": "5", "maxPayloadSize": True}}, {"bulk": True}),
        (
            {"bulk": {"supported": True, "maxOperations": 10**6, "maxPayloadSize": 10**9}},
            {"bulk": True, "bulk_max_operations": 1000, "bulk_max_payload_size": 1048576},
        ),
        ({"bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0}}, {"bulk": False}),
        ({"bulk": {"supported": "perhaps", "maxOperations": -1, "maxPayloadSize": 1.5}}, {}),
        ({"bulk": True}, {}),
    ],
)
def test_a_service_says(config, said):
    assert from_service_provider_config(config) == said


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_sections), st.one_of(_json, st.dictionaries(st.sampled_from(_details), _json)), max_size=5))
def test_nonsense_is_passed_over(config):
    known = Capabilities()
    known.said_by_service(config)
    assert known.text("update") in CHOICES["update"]
    assert known.text("pagination") in CHOICES["pagination"]
    assert 1 <= known.number("page_size") <= 1000
    assert known.flag("filter") in (True, False)
    assert known.flag("bulk") in (True, False)
    assert 1 <= known.number("bulk_max_operations") <= 1000
    assert 1 <= known.number("bulk_max_payload_size") <= 1048576
