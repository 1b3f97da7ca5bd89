# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identity providers of the Cloudflare account: secrets, the switch for SCIM; and what rules refer to besides."""

from __future__ import annotations

import pytest

IDPS = "/access/identity_providers"
SENT = {
    "name": "Entra",
    "type": "azureAD",
    "config": {"client_id": "c", "client_secret": "s3", "directory_id": "d"},
}
SCIM = {
    "enabled": True,
    "user_deprovision": True,
    "seat_deprovision": True,
    "identity_update_behavior": "automatic",
}
REDACTED = "**********"


@pytest.fixture
def entra(cloudflare):
    """The path of a provider that was just made, without SCIM."""
    return f"{IDPS}/{cloudflare.result('POST', IDPS, SENT)['id']}"


def stored(cloudflare):
    return cloudflare.handle.stored("idps")[-1]


def test_a_life(cloudflare):
    answer = cloudflare.answer("POST", IDPS, SENT)
    assert answer.status == 201
    idp = answer.body["result"]
    assert idp["config"] == {**SENT["config"], "client_secret": REDACTED}
    assert idp["read_only"] is False
    path = f"{IDPS}/{idp['id']}"
    assert cloudflare.result("GET", path) == idp
    assert cloudflare.result("PUT", path, {**SENT, "name": "Entra ID"})["name"] == "Entra ID"
    gone = cloudflare.answer("DELETE", path)
    assert (gone.status, gone.body["result"]) == (202, {"id": idp["id"]})
    for method in ("GET", "DELETE"):
        assert cloudflare.status(method, path) == (404, 12135)
    assert cloudflare.status("PUT", path, SENT) == (404, 12135)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "myspace"},
        {"type": []},
        {"name": ""},
        {"config": None},
        {"scim_config": "on"},
        {"scim_config": {"enabled": "yes"}},
        {"scim_config": {"enabled": True, "seat_deprovision": True}},
        {"scim_config": {"enabled": True, "identity_update_behavior": "sometimes"}},
    ],
)
def test_what_is_refused(cloudflare, wrong):
    assert cloudflare.status("POST", IDPS, {**SENT, **wrong}) == (400, 12130)


def test_the_type_stays(cloudflare, entra):
    assert cloudflare.status("PUT", entra, {**SENT, "type": "okta"}) == (400, 12130)


@pytest.mark.parametrize(
    "secret", [{"client_secret": REDACTED}, {}, {"client_secret": None}, {"client_secret": ""}]
)
def test_a_secret_that_is_not_sent_is_kept(cloudflare, entra, secret):
    sent = {**SENT, "config": {"client_id": "new", **secret}}
    shown = cloudflare.result("PUT", entra, sent)
    assert shown["config"] == {"client_id": "new", "client_secret": REDACTED}
    assert stored(cloudflare)["config"] == {"client_id": "new", "client_secret": "s3"}


def test_a_new_secret_is_stored(cloudflare, entra):
    cloudflare.result("PUT", entra, {**SENT, "config": {"client_secret": "s4"}})
    assert stored(cloudflare)["config"]["client_secret"] == "s4"


def test_a_redacted_secret_is_stored_where_a_quirk_has_it_so(cloudflare, entra):
    cloudflare.handle.set_quirks(["redacted-secrets-stored"])
    cloudflare.result("PUT", entra, {**SENT, "config": {"client_secret": REDACTED}})
    assert stored(cloudflare)["config"]["client_secret"] == REDACTED
    cloudflare.result("PUT", entra, {**SENT, "config": {"client_id": "c"}})
    assert stored(cloudflare)["config"] == {"client_id": "c"}


def test_the_secret_of_scim_is_shown_once(cloudflare, entra):
    scim = cloudflare.result("PUT", entra, {**SENT, "scim_config": SCIM})["scim_config"]
    secret = scim["secret"]
    assert secret == cloudflare.handle.scim_secret(stored(cloudflare)["id"])
    assert {name: scim[name] for name in SCIM} == SCIM
    assert scim["scim_base_url"] == cloudflare.handle.population_url(stored(cloudflare)["id"])
    assert cloudflare.result("GET", entra)["scim_config"]["secret"] is None
    assert cloudflare.result("GET", IDPS)[0]["scim_config"]["secret"] is None
    again = cloudflare.result("PUT", entra, {**SENT, "scim_config": {**SCIM, "secret": "mine"}})
    assert again["scim_config"]["secret"] is None
    assert stored(cloudflare)["scim_config"]["secret"] == secret


def test_a_provider_made_with_scim_shows_its_secret(cloudflare):
    made = cloudflare.result("POST", IDPS, {**SENT, "scim_config": SCIM})
    assert made["scim_config"]["secret"]


def test_off_and_on_again_is_a_new_secret_at_the_same_place(cloudflare, entra):
    first = cloudflare.result("PUT", entra, {**SENT, "scim_config": SCIM})["scim_config"]
    # PUT replaces everything: without scim_config it is off.
    off = cloudflare.result("PUT", entra, SENT)["scim_config"]
    assert (off["enabled"], off["secret"], "scim_base_url" in off) == (False, None, False)
    second = cloudflare.result("PUT", entra, {**SENT, "scim_config": {"enabled": True}})["scim_config"]
    assert second["scim_base_url"] == first["scim_base_url"]
    assert second["secret"] not in (None, first["secret"])
    assert second["identity_update_behavior"] == "no_action"


def test_the_list(cloudflare):
    cloudflare.handle.seed_idp("Entra", scim_config={"enabled": True})
    cloudflare.handle.seed_idp("Okta", "okta")
    assert [idp["name"] for idp in cloudflare.result("GET", IDPS)] == ["Entra", "Okta"]
    assert [idp["name"] for idp in cloudflare.result("GET", IDPS, query={"scim_enabled": "true"})] == [
        "Entra"
    ]
    assert cloudflare.answer("GET", IDPS).body["result_info"]["per_page"] == 200


def test_one_time_pin(cloudflare):
    sent = {"name": "PIN", "type": "onetimepin", "config": {}}
    assert cloudflare.status("POST", IDPS, {**sent, "scim_config": SCIM}) == (400, 12130)
    assert "scim_config" not in cloudflare.result("POST", IDPS, sent)
    answer = cloudflare.answer("POST", IDPS, sent)
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, 12132)
    assert "a onetimepin connection already exists" in answer.body["errors"][0]["message"]


def test_a_read_only_provider_stays(cloudflare):
    idp = cloudflare.handle.seed_idp("Dash", "cloudflare", read_only=True)
    path = f"{IDPS}/{idp['id']}"
    assert cloudflare.result("GET", path)["read_only"] is True
    sent = {"name": "Dash", "type": "cloudflare", "config": {}}
    assert (
        cloudflare.refusal("PUT", path, sent)
        == cloudflare.refusal("DELETE", path)
        == "identity provider is read only"
    )


def test_at_most_50_providers(cloudflare):
    for number in range(50):
        cloudflare.handle.seed_idp(f"i{number}")
    assert "maximum number of identity providers" in cloudflare.refusal("POST", IDPS, SENT)


def test_what_rules_refer_to(cloudflare):
    handle = cloudflare.handle
    token = handle.seed_service_token("robot")
    mails = handle.seed_list("Mails", "EMAIL", ["ada@example.com"])
    check = handle.seed_posture("Disk", "disk_encryption")
    for path, thing in (
        ("/access/service_tokens", token),
        ("/gateway/lists", mails),
        ("/devices/posture", check),
    ):
        assert cloudflare.result("GET", path) == [thing]
        assert cloudflare.result("GET", f"{path}/{thing['id']}") == thing
        assert cloudflare.status("GET", f"{path}/none") == (404, 12135)
        assert cloudflare.status("DELETE", f"{path}/{thing['id']}") == (404, 7003)
    assert not [name for name in token if "secret" in name]
    items = cloudflare.result("GET", f"/gateway/lists/{mails['id']}/items")
    assert [item["value"] for item in items] == ["ada@example.com"]
    handle.seed_list("Networks", "IP")
    assert [one["name"] for one in cloudflare.result("GET", "/gateway/lists", query={"type": "IP"})] == [
        "Networks"
    ]
