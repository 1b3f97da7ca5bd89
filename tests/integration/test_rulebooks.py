# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebooks in the real ansible-rulebook, killed and started again: no event is lost."""

from __future__ import annotations

import pytest

import sandbox
from sandbox import Running
from tests.integration.event_source import ACTIVE, Provider, ago
from tests.integration.rulebooks import Rulebook, missing, prepare


@pytest.fixture(scope="module", autouse=True)
def ansible_rulebook() -> None:
    reason = missing()
    if reason:
        pytest.skip(reason)
    prepare()


def credentials(service: Running) -> dict[str, str]:
    options = service.cloudflare.options()
    return {f"CLOUDFLARE_{name.upper()}": options[name] for name in ("account_id", "api_token", "base_url")}


def test_leavers_who_reappear_are_reported_although_it_is_killed_between_them(tmp_path):
    trap = tmp_path / "trap"
    hostile = f"{{{{ lookup('pipe', 'touch {trap}') }}}}"
    (tmp_path / "leavers").write_text("Ada@example.com # left in March\n*lookup*\neve@example.com\n", encoding="utf-8")
    with sandbox.running() as service:
        provider = Provider(service)
        # Somebody who is out of scope is passed over by each cycle, and not provisioned.
        provider.log(ago(seconds=30), "skipped-lookup@example.com", status="SKIPPED")
        for name in ("ada@example.com", "stays@example.com", hostile):
            provider.create(name)
        variables = {
            "leaver_reappeared_people": str(tmp_path / "leavers"),
            "leaver_reappeared_since": "-1h",
            "leaver_reappeared_interval": 0.2,
        }
        with Rulebook(tmp_path, "leaver_reappeared", variables, credentials(service)) as rulebook:
            rulebook.wait(1)
            rulebook.kill()  # in the playbook of the first one
            assert [event["user"] for event in rulebook.reported()] == ["ada@example.com"]
            provider.log(ago(), "eve@example.com", request_method="PATCH", request_body=ACTIVE)
            rulebook.start()
            reported = rulebook.wait(3)
        assert {(event["user"], event["action"]) for event in reported} == {
            ("ada@example.com", "user.create"),
            (hostile.replace("{{", "\\x7b{"), "user.create"),
            ("eve@example.com", "user.activate"),
        }
        assert not trap.exists()
        assert service.cloudflare.api_token not in rulebook.said


def test_failures_are_counted_by_provider_and_across_a_kill(tmp_path):
    with sandbox.running() as service:
        failing, fine = Provider(service, "Entra ID"), Provider(service, "Okta")
        for provider, failures in ((failing, 3), (fine, 4)):
            for _turn in range(1 + failures):
                provider.create("ada@example.com")
        with Rulebook(
            tmp_path, "sync_failing", {"sync_failing_since": "-1h", "sync_failing_interval": 0.2}, credentials(service)
        ) as rulebook:
            rulebook.until(lambda: rulebook.acknowledged() == 7)
            rulebook.kill()
            assert not rulebook.reported()
            for _turn in range(2):
                failing.create("ada@example.com")
            rulebook.start()
            (reported,) = rulebook.wait(1)
        assert reported["idp"] == failing.id
        assert "already in use" in reported["detail"]
