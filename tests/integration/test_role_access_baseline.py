# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role access_baseline and its playbook: who would be shut out is told before the first write, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sandbox
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import writes

BASELINE = "identityops.lifecycle.access_baseline"
NAME = "Block unprovisioned users"
VARIABLES = {
    "access_baseline_provisioned": [{"email_domain": "example.com"}, {"group": "Partners"}],
    "access_baseline_applications": ["Wiki", "Payroll"],
}


@pytest.fixture
def service() -> Iterator[sandbox.Running]:
    """Eve, of another company, is let into the Wiki by name and into the Shop, which is not asked about."""
    with sandbox.running() as service:
        cf = service.cloudflare
        cf.seed_group("Partners", [{"email": {"email": "pat@partner.example"}}])
        staff = cf.seed_policy("Staff", "allow", [{"email_domain": {"domain": "example.com"}}, *named("pat@partner.example")])
        guests = cf.seed_policy("Guests", "allow", named("eve@example.net"))
        cf.seed_app("Wiki", policies=[staff["id"], guests["id"]], tags=["docs"], session_duration="8h")
        cf.seed_app("Payroll", policies=[staff["id"]])
        cf.seed_app("Shop", policies=[guests["id"]])
        for email in ("ada@example.com", "eve@example.net", "pat@partner.example"):
            cf.seed_user(email)
        yield service


def named(*emails: str) -> list[dict[str, Any]]:
    return [{"email": {"email": email}} for email in emails]


def baseline(service: sandbox.Running, *options: str, **variables: Any) -> Run:
    cf = service.cloudflare
    environment = {
        "CLOUDFLARE_BASE_URL": cf.base_url,
        "CLOUDFLARE_ACCOUNT_ID": cf.account_id,
        "CLOUDFLARE_API_TOKEN": cf.api_token,
        "CLOUDFLARE_RATE_FILE": "",
    }
    return play_within({"localhost": {}}, BASELINE, {**VARIABLES, **variables}, *options, environment=environment)


def order(service: sandbox.Running, name: str) -> list[str]:
    """The names of an application's policies, in their order, as really stored."""
    policies = {policy["id"]: policy["name"] for policy in service.cloudflare.stored("policies")}
    (app,) = [app for app in service.cloudflare.stored("apps") if app["name"] == name]
    entries = sorted(app["policies"], key=lambda entry: entry["precedence"])
    return [policies[entry["id"]] for entry in entries]


def test_too_many_are_refused_by_name_and_then_allowed_on_purpose(service: sandbox.Running) -> None:
    refused = baseline(service)
    assert refused.code != 0
    assert writes(service) == 0
    assert "1 of 3 people would be shut out, 0 may be: eve@example.net. Nothing was written" in refused.said
    result = refused.fact("access_baseline_result")
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["shut_out"] == [{"email": "eve@example.net", "applications": ["Wiki"]}]
    assert "eve@example.net  shut out of Wiki" in refused.output

    preview = baseline(service, "--check", "--diff", access_baseline_max_shut_out=1)
    assert preview.code == 0, preview.output
    assert writes(service) == 0
    predicted = preview.fact("access_baseline_result")["requests"]
    assert predicted

    before = {kind: service.cloudflare.stored(kind) for kind in ("apps", "groups", "policies")}
    service.reset_requests()
    first = baseline(service, access_baseline_max_shut_out=1)
    assert first.code == 0, first.output
    sent = [entry["method"] for entry in service.requests()["requests"] if entry["method"] != "GET"]
    assert sent == [entry["method"] for entry in predicted]
    assert order(service, "Wiki") == [NAME, "Staff", "Guests"]
    assert order(service, "Payroll") == [NAME, "Staff"]
    (made,) = [policy for policy in service.cloudflare.stored("policies") if policy["name"] == NAME]
    assert (made["decision"], made["include"], len(made["exclude"])) == ("deny", [{"everyone": {}}], 2)
    after = {kind: service.cloudflare.stored(kind) for kind in ("apps", "groups", "policies")}
    assert after["groups"] == before["groups"]
    assert [policy["include"] for policy in after["policies"] if policy["name"] != NAME] == [policy["include"] for policy in before["policies"]]
    wiki, wiki_before = ({app["name"]: app for app in each["apps"]} for each in (after, before))
    assert wiki["Shop"] == wiki_before["Shop"]
    assert (wiki["Wiki"]["tags"], wiki["Wiki"]["session_duration"]) == (["docs"], "8h")

    service.reset_requests()
    second = baseline(service)  # nobody is shut out by what is there already
    assert second.code == 0, second.output
    assert second.changed == []
    assert writes(service) == 0


def test_who_would_be_shut_out_where_the_policy_is_already_counts_as_well(service: sandbox.Running) -> None:
    """A reusable policy is the same wherever it is attached: to change it for the Wiki changes it for the Shop."""
    everywhere = {"access_baseline_provisioned": [{"email_domain": "example.net"}], "access_baseline_applications": ["Shop"]}
    assert baseline(service, **everywhere).code == 0
    service.reset_requests()
    narrower = baseline(service, access_baseline_applications=["Payroll"])
    assert narrower.code != 0
    assert narrower.fact("access_baseline_result")["shut_out"] == [{"email": "eve@example.net", "applications": ["Shop"]}]
    assert writes(service) == 0


def test_a_policy_of_another_kind_is_not_taken_over(service: sandbox.Running) -> None:
    before = service.cloudflare.stored("policies")
    run = baseline(service, access_baseline_policy="Staff", access_baseline_max_shut_out=100)
    assert run.code != 0
    assert "'Staff'" in run.said
    assert "with the decision allow" in run.said
    assert service.cloudflare.stored("policies") == before


def test_what_would_shut_out_everybody_is_refused(service: sandbox.Running) -> None:
    empty = baseline(service, access_baseline_provisioned=[])
    assert empty.code != 0
    assert "everybody would be shut out" in empty.said + empty.output
    assert service.requests()["counts"] == {}
