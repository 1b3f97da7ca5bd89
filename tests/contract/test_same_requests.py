# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What our modules send is what Cloudflare's own SDK sends for the same wish: method, path, query and body.

Both start from the same stored state. Differences that do not count:

* in a body, null, false, "", [] and {} are the same as nothing (terraform-provider-cloudflare issues 5565 and 7165);
* rules have no order (the API schema calls include, exclude and require sets);
* page and per_page, and how often a list is asked for: the SDK asks on until a page is empty;
* reads beside a write: modules look before they write and after it, the SDK does not.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from tests.in_process import run

MAIL = "ada@example.com"
STAFF = [{"email": MAIL}, {"email_domain": "example.com"}, {"ip": "192.0.2.1"}]
STAFF_ON_THE_WIRE = [
    {"email_domain": {"domain": "example.com"}},
    {"ip": {"ip": "192.0.2.1"}},
    {"email": {"email": MAIL}},
]
RULES = ("include", "exclude", "require")


class Pair(NamedTuple):
    """seed(cf) gives ids by name. options: of the module, or a function of those ids. do(sdk, seeded) does the same."""

    module: str
    options: object
    seed: object
    do: object
    reads: bool


PAIRS: list[Pair] = []


def pair(module, options, seed=lambda cf: {}, *, reads=False):
    """Enter what the SDK is to be asked for to do the same as a module with these options."""

    def register(do):
        PAIRS.append(Pair(module, options, seed, do, reads))
        return do

    return register


class Sdk:
    """The SDK with the account already named."""

    def __init__(self, client, account_id):
        self.zero = client.zero_trust
        self.access = client.zero_trust.access
        self.account = {"account_id": account_id}


# Groups


def a_group(cf):
    rules = [{"email": {"email": MAIL}}, {"email_domain": {"domain": "example.com"}}]
    return {"group": cf.seed_group("Staff", include=rules, exclude=[{"geo": {"country_code": "KP"}}])["id"]}


@pair("access_group", {"name": "Made", "include": STAFF, "exclude": [{"geo": {"country_code": "KP"}}], "is_default": True})
def create_group(sdk, seeded):
    excluded = [{"geo": {"country_code": "KP"}}]
    sdk.access.groups.create(**sdk.account, name="Made", include=STAFF_ON_THE_WIRE, exclude=excluded, is_default=True)


@pair("access_group", {"name": "Staff", "include": STAFF}, a_group)
def change_group(sdk, seeded):
    excluded = [{"geo": {"country_code": "KP"}}]
    sdk.access.groups.update(seeded["group"], **sdk.account, name="Staff", include=STAFF_ON_THE_WIRE, exclude=excluded)


@pair("access_group", {"name": "Staff", "state": "absent"}, a_group)
def delete_group(sdk, seeded):
    sdk.access.groups.delete(seeded["group"], **sdk.account)


@pair("access_group_info", {"name": "Staff"}, a_group, reads=True)
def list_groups(sdk, seeded):
    list(sdk.access.groups.list(**sdk.account))


@pair("access_group_info", lambda seeded: {"id": seeded["group"]}, a_group, reads=True)
def get_group(sdk, seeded):
    sdk.access.groups.get(seeded["group"], **sdk.account)


@pair("access_selector", {"selector": {"email": MAIL}, "state": "absent", "groups": ["Staff"]}, a_group)
def remove_selector(sdk, seeded):
    rest = {"include": [{"email_domain": {"domain": "example.com"}}], "exclude": [{"geo": {"country_code": "KP"}}]}
    sdk.access.groups.update(seeded["group"], **sdk.account, name="Staff", **rest)


# Policies


def a_policy(cf):
    more = {"session_duration": "2h", "approval_required": True, "approval_groups": [{"approvals_needed": 1}]}
    include = [{"email": {"email": MAIL}}, {"email_domain": {"domain": "example.com"}}]
    app = cf.seed_app("Wiki", "wiki.example.com")
    return {"policy": cf.seed_policy("staff", include=include, **more)["id"], "app": app["id"]}


def an_own_policy(cf):
    seeded = a_policy(cf)
    own = cf.seed_app_policy(seeded["app"], "own", "allow", [{"email": {"email": MAIL}}], precedence=3)
    return {**seeded, "own": own["id"]}


def an_attached_policy(cf):
    policy = cf.seed_policy("staff", include=[{"everyone": {}}])["id"]
    return {"policy": policy, "app": cf.seed_app("Wiki", "wiki.example.com", [policy])["id"]}


@pair(
    "access_policy",
    {
        "name": "made",
        "decision": "allow",
        "include": STAFF,
        "session_duration": "2h45m",
        "approval_required": True,
        "approval_groups": [{"approvals_needed": 1, "email_addresses": [MAIL]}],
        "purpose_justification_required": True,
        "purpose_justification_prompt": "Why?",
        "mfa_config": {"allowed_authenticators": ["totp"], "session_duration": "30m"},
    },
)
def create_policy(sdk, seeded):
    sdk.access.policies.create(
        **sdk.account,
        name="made",
        decision="allow",
        include=STAFF_ON_THE_WIRE,
        session_duration="2h45m",
        approval_required=True,
        approval_groups=[{"approvals_needed": 1, "email_addresses": [MAIL]}],
        purpose_justification_required=True,
        purpose_justification_prompt="Why?",
        mfa_config={"allowed_authenticators": ["totp"], "session_duration": "30m"},
    )


@pair("access_policy", {"name": "staff", "decision": "deny", "include": STAFF}, a_policy)
def change_policy(sdk, seeded):
    more = {"session_duration": "2h", "approval_required": True, "approval_groups": [{"approvals_needed": 1}]}
    sdk.access.policies.update(
        seeded["policy"], **sdk.account, name="staff", decision="deny", include=STAFF_ON_THE_WIRE, **more
    )


@pair("access_policy", {"name": "staff", "state": "absent"}, a_policy)
def delete_policy(sdk, seeded):
    sdk.access.policies.delete(seeded["policy"], **sdk.account)


@pair(
    "access_policy",
    {"name": "made", "application": "Wiki", "decision": "allow", "include": STAFF, "precedence": 2},
    a_policy,
)
def create_app_policy(sdk, seeded):
    wish = {"name": "made", "decision": "allow", "include": STAFF_ON_THE_WIRE, "precedence": 2}
    sdk.access.applications.policies.create(seeded["app"], **sdk.account, **wish)


@pair("access_policy", {"name": "own", "application": "Wiki", "decision": "deny"}, an_own_policy)
def change_app_policy(sdk, seeded):
    wish = {"name": "own", "decision": "deny", "include": [{"email": {"email": MAIL}}], "precedence": 3}
    wish["session_duration"] = "24h"  # from the start, as the API says; a full replace repeats it
    sdk.access.applications.policies.update(seeded["own"], app_id=seeded["app"], **sdk.account, **wish)


@pair("access_policy", {"name": "own", "application": "Wiki", "state": "absent"}, an_own_policy)
def delete_app_policy(sdk, seeded):
    sdk.access.applications.policies.delete(seeded["own"], app_id=seeded["app"], **sdk.account)


@pair("access_policy", {"name": "staff", "applications": {"add": ["Wiki"]}}, a_policy)
def attach_policy(sdk, seeded):
    app = {"name": "Wiki", "type": "self_hosted", "domain": "wiki.example.com"}
    policies = [{"id": seeded["policy"], "precedence": 1}]
    sdk.access.applications.update(seeded["app"], **sdk.account, **app, **DEFAULTS_OF_APP, policies=policies)


@pair("access_policy", {"name": "staff", "state": "absent", "detach": True}, an_attached_policy)
def detach_and_delete_policy(sdk, seeded):
    app = {"name": "Wiki", "type": "self_hosted", "domain": "wiki.example.com"}
    sdk.access.applications.update(seeded["app"], **sdk.account, **app, **DEFAULTS_OF_APP, policies=[])
    sdk.access.policies.delete(seeded["policy"], **sdk.account)


@pair("access_policy_info", lambda seeded: {"id": seeded["policy"]}, a_policy, reads=True)
def get_policy(sdk, seeded):
    sdk.access.policies.get(seeded["policy"], **sdk.account)


@pair("access_policy_info", {"name": "staff"}, a_policy, reads=True)
def list_policies(sdk, seeded):
    list(sdk.access.policies.list(**sdk.account))


# What an application has from the start, and a full replace has to repeat.
DEFAULTS_OF_APP = {"app_launcher_visible": True, "http_only_cookie_attribute": True, "session_duration": "24h"}


# Identity providers

ENTRA = {"client_id": "client", "client_secret": "idp-secret", "directory_id": "directory"}


def a_provider(cf):
    return {"idp": cf.seed_idp("Entra", "azureAD", ENTRA)["id"]}


@pair(
    "access_identity_provider",
    {
        "name": "Entra",
        "scim": {"enabled": True, "user_deprovision": True, "seat_deprovision": True, "identity_update_behavior": "reauth"},
        "config_secrets": {"client_secret": "idp-secret"},
        "return_secret": True,
    },
    a_provider,
)
def switch_scim_on(sdk, seeded):
    scim = {"enabled": True, "user_deprovision": True, "seat_deprovision": True, "identity_update_behavior": "reauth"}
    sdk.zero.identity_providers.update(
        seeded["idp"], **sdk.account, name="Entra", type="azureAD", config=ENTRA, scim_config=scim
    )


@pair("access_identity_provider_info", {"scim_enabled": True}, a_provider, reads=True)
def list_providers(sdk, seeded):
    list(sdk.zero.identity_providers.list(**sdk.account, scim_enabled="true"))


# People


def a_user(cf):
    user = cf.seed_user(MAIL, sessions=2, devices=1)
    idp = cf.seed_idp("Entra", scim_config={"enabled": True})["id"]
    return {"user": user["id"], "uid": user["uid"], "seat": user["seat_uid"], "idp": idp}


@pair("access_user", {"email": MAIL, "sessions": "absent", "devices": True, "warp_reauth": True}, a_user)
def revoke_user(sdk, seeded):
    wish = {"body_devices": True, "warp_session_reauth": True, "user_uid": seeded["uid"]}
    sdk.zero.organizations.revoke_users(**sdk.account, email=MAIL, **wish)


@pair("access_user", {"email": MAIL, "seat": "absent"}, a_user)
def free_seat(sdk, seeded):
    seat = {"seat_uid": seeded["seat"], "access_seat": False, "gateway_seat": False}
    list(sdk.zero.seats.edit(**sdk.account, body=[seat]))


@pair("access_user_info", {"email": MAIL, "include": ["sessions", "last_seen_identity", "failed_logins", "scim"]}, a_user, reads=True)
def read_user(sdk, seeded):
    users = sdk.access.users
    list(users.list(**sdk.account, email=MAIL))
    list(users.active_sessions.list(seeded["user"], **sdk.account))
    users.last_seen_identity.get(seeded["user"], **sdk.account)
    list(users.failed_logins.list(seeded["user"], **sdk.account))
    list(sdk.zero.identity_providers.list(**sdk.account, scim_enabled="true"))
    list(sdk.zero.identity_providers.scim.users.list(seeded["idp"], **sdk.account, email=MAIL))


# The test


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.do.__name__)
def test_the_module_sends_what_the_sdk_sends(service, connect, empty, pair):
    cf = service.cloudflare
    seeded = pair.seed(cf)
    before = cf.account.state()
    options = pair.options(seeded) if callable(pair.options) else pair.options

    service.reset_requests()
    result = run(pair.module, {**cf.options(), **options})
    assert not result.failed, result["msg"]
    assert result.get("changed", False) is not pair.reads
    ours = sent(service, pair.reads)

    cf.account.restore(before)
    service.reset_requests()
    pair.do(Sdk(connect(), cf.account_id), seeded)
    theirs = sent(service, pair.reads)

    assert ours
    assert ours == theirs


@pytest.fixture
def empty(service):
    """The account is as it was before, also for the next test."""
    before = service.cloudflare.account.state()
    yield
    service.cloudflare.account.restore(before)


def sent(service, reads):
    """The reads that were sent, each once, or the writes in their order."""
    found = []
    for request in service.requests()["requests"]:
        if (request["method"] == "GET") is reads:
            assert request["status"] < 300, request
            query = {name: value for name, value in request["query"].items() if name not in ("page", "per_page")}
            one = (request["method"], request["path"], query, what_counts(request["body"]))
            found += [one] if one not in found or not reads else []
    return sorted(found, key=str) if reads else found


def what_counts(value, name=""):
    """A body without what is the same as nothing, and with rules in one order."""
    if isinstance(value, dict):
        kept = {key: what_counts(inner, key) for key, inner in value.items()}
        # Inside a rule, nothing is left out: {"everyone": {}} is not {}.
        return {key: inner for key, inner in kept.items() if name in RULES or not is_nothing(inner)}
    if isinstance(value, list):
        if name in RULES:
            return sorted(value, key=json.dumps)
        return [what_counts(inner) for inner in value]
    return value


def is_nothing(value):
    return value is None or value is False or value in ("", [], {})


def test_what_counts():
    """The comparison is no rubber stamp."""
    body = {"name": "a", "include": [{"everyone": {}}, {"email": {"email": MAIL}}], "approval_required": False, "require": []}
    other = {"name": "a", "include": [{"email": {"email": MAIL}}, {"everyone": {}}], "session_duration": None}
    assert what_counts(body) == what_counts(other)
    assert what_counts(body) != what_counts({**other, "include": [{"everyone": {}}]})
    assert what_counts([{"access_seat": 0}]) != what_counts([{"access_seat": 1}])
    assert what_counts({"approval_required": True}) != what_counts({})
