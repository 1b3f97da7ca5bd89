# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCIM settings of identity providers: what changes, what is sent along, and what is never shown or lost."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access import providers
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput, Refused
from hypothesis import given
from hypothesis import strategies as st

ENTRA = {
    "id": "i1",
    "uid": "i1",
    "version": "3",
    "read_only": False,
    "name": "Entra",
    "type": "azureAD",
    "config": {"client_id": "c", "client_secret": "**********", "directory_id": "d", "support_groups": True},
    "scim_config": {"enabled": False, "secret": None, "scim_base_url": "https://t.example/scim/v2", "group_member_deprovision": True},
    "something_new": {"a": 1},
}

flags = st.sampled_from(("enabled", "user_deprovision", "seat_deprovision"))
behaviors = st.sampled_from((*providers.BEHAVIORS, "noaction"))
wishes = st.dictionaries(flags, st.booleans()).flatmap(
    lambda wish: st.one_of(st.just(wish), behaviors.map(lambda text: {**wish, "identity_update_behavior": text}))
)
shown_scim = st.none() | st.fixed_dictionaries({}, optional={
    "enabled": st.sampled_from((True, False, None)),
    "user_deprovision": st.booleans(),
    "seat_deprovision": st.booleans(),
    "identity_update_behavior": st.none() | behaviors,
})  # fmt: skip


@given(shown_scim, wishes.filter(bool))
def test_the_put_makes_the_wish_true_and_nothing_else_changes(scim, options):
    try:
        wish = providers.scim_wish(options)
    except InvalidInput:
        assert (options["seat_deprovision"], options["user_deprovision"]) == (True, False)
        return
    provider = {**ENTRA, "scim_config": scim}
    body = providers.put_body(provider, wish, {"client_secret": "s"})
    after = {**provider, **body}
    assert providers.changes(after, wish) == ()
    unasked = set(providers.scim_seen(provider)) - set(wish)
    assert {name: providers.scim_seen(after)[name] for name in unasked} == {name: providers.scim_seen(provider)[name] for name in unasked}
    assert {name: body[name] for name in ("name", "type", "something_new")} == {name: ENTRA[name] for name in ("name", "type", "something_new")}
    assert body["config"] == {**ENTRA["config"], "client_secret": "s"}
    assert not {"id", "uid", "version", "read_only"} & set(body)


def test_what_only_cloudflare_says_is_not_sent():
    body = providers.put_body({**ENTRA, "scim_config": {**ENTRA["scim_config"], "secret": "x" * 40}}, {"enabled": True}, {})
    assert body["scim_config"] == {"enabled": True, "group_member_deprovision": True}


def test_what_is_not_shown_is_off():
    for scim in (None, {}, {"enabled": None}, {"enabled": "false", "identity_update_behavior": "noaction"}):
        seen = providers.scim_seen({"scim_config": scim})
        assert seen == {"enabled": False, "user_deprovision": False, "seat_deprovision": False, "identity_update_behavior": "no_action"}


def test_both_spellings_of_no_action_are_one():
    for wished in ("noaction", "no_action"):
        wish = providers.scim_wish({"identity_update_behavior": wished})
        for shown in ("noaction", "no_action", None):
            assert providers.changes({"scim_config": {"identity_update_behavior": shown}}, wish) == ()


@pytest.mark.parametrize("options", [{}, {"enabled": None}, {"seat_deprovision": True, "user_deprovision": False}])
def test_a_wish_that_says_nothing_or_contradicts_itself_is_refused(options):
    with pytest.raises(InvalidInput, match="scim: "):
        providers.scim_wish(options)


@pytest.mark.parametrize(
    ("scim", "wish", "said"),
    [
        ({}, {"seat_deprovision": True}, "add user_deprovision: true"),
        ({"user_deprovision": True, "seat_deprovision": True}, {"user_deprovision": False}, "add seat_deprovision: false"),
    ],
)
def test_seats_are_freed_only_of_whom_sessions_are_ended(scim, wish, said):
    with pytest.raises(InvalidInput, match=said):
        providers.check_dependency({"scim_config": scim}, wish)
    providers.check_dependency({"scim_config": {"seat_deprovision": True}}, {"enabled": True})  # not what the task is about


@pytest.mark.parametrize("value", ["**********", "*" * 34, "REDACTED", "(redacted)", "<Concealed>", "xxxxxxxx", "••••", "", None, " *** "])
def test_redacted_values_are_recognised(value):
    assert providers.is_redacted(value)
    assert providers.one_time_secret({"scim_config": {"secret": value}}) == ""


@pytest.mark.parametrize("value", ["abcdef", "x1", "a*b", "secret-0001", "unredactedness", 7])
def test_values_are_no_redactions(value):
    assert not providers.is_redacted(value)


@pytest.mark.parametrize(
    ("config", "hidden"),
    [
        ({}, []),
        ({"client_id": "c"}, ["client_secret"]),
        ({"client_id": "c", "client_secret": None}, ["client_secret"]),
        ({"client_id": "c", "client_secret": "shown"}, []),
        ({"idp_public_cert": "*****", "sso_target_url": "https://idp.example"}, ["idp_public_cert"]),
        ({"onelogin_api_token": "", "claims": None}, ["onelogin_api_token"]),
    ],
)
def test_which_secrets_are_not_shown(config, hidden):
    assert providers.hidden_secrets({"config": config}) == hidden


def test_a_secret_that_is_not_shown_has_to_be_given_or_sent_on_purpose():
    for given_secrets in ({}, {"client_secret": ""}, {"client_secret": "*****"}):
        with pytest.raises(Refused, match="does not show client_secret"):
            providers.secrets_for(ENTRA, given_secrets, send_redacted=False)
        assert providers.secrets_for(ENTRA, given_secrets, send_redacted=True) == {}
    assert providers.secrets_for(ENTRA, {"client_secret": "s3"}, send_redacted=False) == {"client_secret": "s3"}
    assert providers.secrets_for({"config": {"client_secret": "shown"}}, {"client_secret": "other"}, send_redacted=False) == {}


def test_what_is_no_secret_of_the_provider_is_refused():
    providers.check_secrets_given(ENTRA, {"client_secret": "s"})
    for name in ("client_id", "client_secrt"):
        with pytest.raises(InvalidInput, match="it has client_secret"):
            providers.check_secrets_given(ENTRA, {name: "s"})


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ({"type": "onetimepin"}, "no SCIM settings"),
        ({"type": "google-apps"}, "Google Workspace"),
        ({"type": "google"}, "Google"),
        ({"type": "okta", "read_only": True}, "read_only"),
    ],
)
def test_providers_that_cannot_be_changed_are_refused_with_the_reason(provider, said):
    with pytest.raises(Refused, match=said):
        providers.refuse_unchangeable(provider)
    providers.refuse_unchangeable(ENTRA)


def test_no_secret_is_shown():
    config = {"client_id": "c", "client_secret": "planted-1", "nested": [{"api_token": "planted-2", "private_key": "planted-3"}], "cert": "****"}
    shown = providers.shown({**ENTRA, "config": config, "scim_config": {"enabled": True, "secret": "planted-4"}})
    assert "planted" not in json.dumps(shown)
    assert shown["config"] == {"client_id": "c", "nested": [{}]}
    assert shown["scim"]["enabled"] is True


def test_what_a_write_took_away_is_named():
    assert providers.lost(ENTRA, ENTRA) == []
    config = {**ENTRA["config"], "directory_id": "other"}
    del config["support_groups"]
    assert providers.lost(ENTRA, {**ENTRA, "name": "B", "config": config}) == ["name", "config.directory_id", "config.support_groups"]
