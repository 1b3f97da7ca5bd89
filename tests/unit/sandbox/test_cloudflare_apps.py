# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access applications of the Cloudflare account, and how policies are attached to them."""

from __future__ import annotations

import pytest

EVERYONE = [{"everyone": {}}]
APPS = "/access/apps"
SENT = {"name": "Wiki", "domain": "wiki.example.com", "type": "self_hosted"}
INLINE = {"name": "own", "decision": "allow", "include": EVERYONE}


@pytest.fixture
def policy_ids(cloudflare):
    """The ids of three reusable policies."""
    return [cloudflare.handle.seed_policy(name)["id"] for name in ("one", "two", "three")]


@pytest.fixture
def attached(cloudflare):
    """What an application has after its policies were put: [(id, precedence), ...]."""
    app_id = cloudflare.handle.seed_app("Wiki")["id"]

    def put(*policies):
        app = cloudflare.result("PUT", f"{APPS}/{app_id}", {**SENT, "policies": list(policies)})
        assert cloudflare.result("GET", f"{APPS}/{app_id}") == app
        return [(policy["id"], policy["precedence"]) for policy in app["policies"]]

    put.path = f"{APPS}/{app_id}"
    return put


def test_a_life(cloudflare):
    answer = cloudflare.answer("POST", APPS, SENT)
    assert answer.status == 201
    app = answer.body["result"]
    assert {name: app[name] for name in SENT} == SENT
    assert app["policies"] == app["tags"] == app["allowed_idps"] == app["destinations"] == []
    assert (app["session_duration"], app["app_launcher_visible"], app["http_only_cookie_attribute"]) == (
        "24h",
        True,
        True,
    )
    assert len(app["aud"]) == 64
    path = f"{APPS}/{app['id']}"
    changed = cloudflare.result(
        "PUT", path, {**SENT, "name": "W", "tags": ["x"], "aud": "mine", "id": "mine"}
    )
    assert (changed["name"], changed["tags"], changed["aud"], changed["id"]) == (
        "W",
        ["x"],
        app["aud"],
        app["id"],
    )
    assert cloudflare.result("PUT", path, SENT)["tags"] == []
    gone = cloudflare.answer("DELETE", path)
    assert (gone.status, gone.body["result"]) == (202, {"id": app["id"]})
    for method in ("GET", "DELETE"):
        assert cloudflare.status(method, path) == (404, 11021)
    assert cloudflare.status("PUT", path, SENT) == (404, 11021)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "website"},
        {"type": []},
        {"domain": 5},
        {"domain": ""},
        {"name": ""},
        {"session_duration": "1d"},
        {"app_launcher_visible": "yes"},
        {"policies": "x"},
        {"policies": [{**INLINE, "decision": "block"}]},
        {"policies": [{**INLINE, "precedence": 0}]},
        {"policies": [{**INLINE, "precedence": 2}, {**INLINE, "precedence": 2}]},
    ],
)
def test_what_is_refused(cloudflare, wrong):
    assert cloudflare.status("POST", APPS, {**SENT, **wrong}) == (400, 12130)
    assert cloudflare.handle.stored("apps") == cloudflare.handle.stored("policies") == []


def test_the_list(cloudflare):
    for name, domain in (
        ("Wiki", "wiki.example.com"),
        ("Wiki of Oslo", "oslo.example.com"),
        ("Chat", "chat.example.org"),
    ):
        cloudflare.handle.seed_app(name, domain)

    def names(**query):
        return [app["name"] for app in cloudflare.result("GET", APPS, query=query)]

    assert names() == ["Wiki", "Wiki of Oslo", "Chat"]
    assert names(name="wiki") == ["Wiki", "Wiki of Oslo"]
    assert names(name="Wiki", exact="true") == ["Wiki"]
    assert names(domain="example.com") == ["Wiki", "Wiki of Oslo"]
    assert names(domain="oslo.example.com", exact="true") == ["Wiki of Oslo"]
    assert names(search="chat") == ["Chat"]
    assert names(aud=cloudflare.handle.stored("apps")[2]["aud"]) == ["Chat"]


def test_policies_are_shown_whole_and_in_order(cloudflare, policy_ids):
    one, two, three = policy_ids
    wanted = [{"id": one, "precedence": 9}, {"id": two, "precedence": 2}, {"id": three, "precedence": 5}]
    cloudflare.handle.seed_app("Wiki", policies=wanted)
    cloudflare.handle.seed_app_policy(cloudflare.handle.stored("apps")[0]["id"], "own", precedence=3)
    shown = cloudflare.result("GET", APPS)[0]["policies"]
    assert [(policy["name"], policy["precedence"]) for policy in shown] == [
        ("two", 2),
        ("own", 3),
        ("three", 5),
        ("one", 9),
    ]
    assert [policy.get("reusable") for policy in shown] == [True, None, True, True]
    assert shown[0]["include"] == EVERYONE


def test_attaching_by_id_and_by_precedence(attached, policy_ids):
    one, two, three = policy_ids
    assert attached(one, two) == [(one, 1), (two, 2)]
    assert attached(two, one) == [(two, 1), (one, 2)]
    assert attached({"id": one, "precedence": 5}, {"id": two, "precedence": 3}) == [(two, 3), (one, 5)]
    assert attached({"id": one, "precedence": 5}, three) == [(one, 5), (three, 6)]
    assert attached() == []


def test_without_policies_they_stay(cloudflare, attached, policy_ids):
    attached(policy_ids[0])
    assert [
        policy["id"] for policy in cloudflare.result("PUT", attached.path, SENT)["policies"]
    ] == policy_ids[:1]


def test_inline_policies_belong_to_the_application(cloudflare, attached):
    ((own, dummy),) = attached(INLINE)
    assert cloudflare.result("GET", "/access/policies") == []
    # By its id it stays, and sent as a whole with its id it is changed.
    assert attached(own) == [(own, 1)]
    assert attached({**INLINE, "id": own, "name": "other"}) == [(own, 1)]
    assert cloudflare.handle.stored("policies")[0]["name"] == "other"
    assert attached() == []
    assert cloudflare.handle.stored("policies") == []


def test_a_reusable_policy_that_is_sent_as_a_whole_stays_as_it_is(cloudflare, attached, policy_ids):
    whole = cloudflare.result("GET", f"/access/policies/{policy_ids[0]}")
    assert attached({**whole, "name": "other"}) == [(policy_ids[0], 1)]
    assert cloudflare.result("GET", f"/access/policies/{policy_ids[0]}")["name"] == "one"


def test_inline_and_reusable_do_not_mix(cloudflare, attached, policy_ids):
    refused = cloudflare.refusal("PUT", attached.path, {**SENT, "policies": [policy_ids[0], INLINE]})
    assert refused == "reusable and inline policies are mutually exclusive"
    # What the application has of its own, by its id, beside a reusable one is no inline policy.
    ((own, dummy),) = attached(INLINE)
    assert attached(own, policy_ids[0]) == [(own, 1), (policy_ids[0], 2)]


def test_a_refusal_changes_nothing(cloudflare, attached, policy_ids):
    attached(policy_ids[0])
    before = cloudflare.handle.account.state()["tables"]
    group = cloudflare.handle.seed_group("Staff")["id"]
    stranger = cloudflare.handle.seed_app_policy(cloudflare.handle.seed_app("Chat")["id"], "theirs")["id"]
    before = cloudflare.handle.account.state()["tables"]

    def refused(*policies):
        return cloudflare.status("PUT", attached.path, {**SENT, "name": "W", "policies": list(policies)})

    # The id of what is no policy, of a policy of another application, and what is no id.
    for wrong in (group, stranger, "nonsense", 5, None):
        assert refused(INLINE, wrong) == (500, 10001)
    assert refused(policy_ids[0], policy_ids[0]) == (400, 12130)
    twice = [{"id": policy_id, "precedence": 2} for policy_id in policy_ids[:2]]
    assert refused(*twice) == (400, 12130)
    assert refused(INLINE, {**INLINE, "include": []}) == (400, 12130)
    assert cloudflare.handle.account.state()["tables"] == before


def test_an_application_takes_its_own_policies_along(cloudflare, policy_ids):
    app = cloudflare.handle.seed_app("Wiki", policies=policy_ids[:1])
    cloudflare.handle.seed_app_policy(app["id"], "own")
    assert cloudflare.status("DELETE", f"{APPS}/{app['id']}")[0] == 202
    assert [policy["id"] for policy in cloudflare.handle.stored("policies")] == policy_ids
    assert cloudflare.result("GET", f"/access/policies/{policy_ids[0]}")["app_count"] == 0


def test_at_most_500_applications(cloudflare):
    for number in range(500):
        cloudflare.handle.seed_app(f"a{number}")
    assert "maximum number of applications" in cloudflare.refusal("POST", APPS, SENT)
