# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role joiner and its playbook, run by ansible-playbook against the sandbox."""

from __future__ import annotations

from typing import Any

import sandbox
from tests.in_process import counts
from tests.integration.many_tasks import play_within
from tests.integration.playbook import Run
from tests.integration.truth import group, members, stored, user, writes

JOINER = "identityops.lifecycle.joiner"
MAKE = "Make the accounts and memberships"


def play(service: sandbox.Running, playbook: str, variables: dict[str, Any], *options: str) -> Run:
    return play_within({"localhost": {}}, playbook, variables, *options, environment={"SCIM_URL": service.url, "SCIM_TOKEN": service.token})


def people(number: int) -> list[dict[str, Any]]:
    """A department: the first is everybody's manager; every second one is an engineer."""
    return [
        {
            "external_id": f"e{i}",
            "user_name": f"person{i}@example.com",
            "name": {"given_name": "Person", "family_name": str(i)},
            "emails": [{"value": f"person{i}@example.com", "type": "work", "primary": True}],
            "groups": ["Engineers"] if i % 2 else [],
            **({"manager": "person0@example.com"} if i else {}),
        }
        for i in range(number)
    ]


def test_thirty_people_join_in_one_task_and_once() -> None:
    variables = {"joiner_people": people(30), "joiner_groups": ["Staff"]}
    with sandbox.running() as service:
        service.seed(group("Staff"), group("Engineers"))

        preview = play(service, JOINER, variables, "--check", "--diff")
        assert preview.code == 0, preview.output
        assert writes(service) == 0
        assert preview.fact("joiner_result")["counts"] == counts(create=30, update=2)

        first = play(service, JOINER, variables)
        assert first.code == 0, first.output
        assert first.changed == [MAKE]
        assert first.fact("joiner_result")["counts"] == counts(create=30, update=2)
        assert first.fact("joiner_result")["requests"] == preview.fact("joiner_result")["requests"]
        assert "create     User   person29@example.com" in first.output
        now = stored(service)
        ids = [now[f"person{i}@example.com"]["id"] for i in range(30)]
        assert members(service, "Staff") == set(ids)
        assert members(service, "Engineers") == set(ids[1::2])
        assert all(now[f"person{i}@example.com"]["active"] for i in range(30))
        enterprise = now["person7@example.com"]["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
        assert enterprise["manager"]["value"] == ids[0]

        service.reset_requests()
        second = play(service, JOINER, variables)
        assert second.code == 0, second.output
        assert second.changed == []
        assert writes(service) == 0
        assert second.fact("joiner_result")["counts"] == counts(unchanged=32)


def test_a_group_that_is_not_there_is_a_typing_error_unless_told_otherwise() -> None:
    variables = {"joiner_people": [{"user_name": "ada", "groups": ["Enginers"]}]}
    with sandbox.running() as service:
        refused = play(service, JOINER, variables, "-e", "joiner_create_groups=false")  # a text, not a boolean
        assert refused.code != 0
        assert "There is no group Enginers. Nothing was written." in refused.said
        assert writes(service) == 0
        assert refused.fact("joiner_result")["failed"]

        made = play(service, JOINER, {**variables, "joiner_create_groups": True})
        assert made.code == 0, made.output
        assert members(service, "Enginers") == {stored(service)["ada"]["id"]}

        respelled = play(service, JOINER, {"joiner_people": [{"user_name": "grace", "groups": ["ENGINERS"]}], "joiner_create_groups": True})
        assert respelled.code != 0
        assert "ENGINERS is written in other letters" in respelled.said
        assert set(stored(service)) == {"ada", "Enginers"}


def test_who_comes_back_is_reactivated_and_nobody_is_removed_and_one_failure_stops_nobody() -> None:
    with sandbox.running() as service:
        service.seed(user("ada", externalId="1", active=False), user("eve", externalId="666"), group("Old friends", "ada", "eve"))
        run = play(
            service,
            JOINER,
            {
                "joiner_people": [
                    {"external_id": "1", "user_name": "ada", "groups": ["Returned"]},
                    {"external_id": "2", "user_name": "eve", "groups": ["Returned"]},
                    {"user_name": "grace", "groups": ["Old friends"]},
                ],
                "joiner_create_groups": True,
            },
        )
        result = run.fact("joiner_result")
        now = stored(service)
        assert run.code != 0
        assert result["failed"]
        assert result["changed"]
        assert [failure["key"] for failure in result["failures"]] == ["eve"]
        assert "external_id '666'" in result["failures"][0]["msg"]
        assert "failed     User   eve: " in run.output
        assert now["ada"]["active"] is True
        assert members(service, "Returned") == {"ada"}
        assert members(service, "Old friends") == {"ada", "eve", now["grace"]["id"]}


def test_nobody_joins_on_most_days() -> None:
    with sandbox.running() as service:
        run = play(service, JOINER, {"joiner_people": []})
        assert run.code == 0, run.output
        assert run.changed == []
        assert writes(service) == 0
        assert not run.fact("joiner_result")["failed"]


def test_a_source_with_a_shifted_column_is_held_back_unless_it_is_meant() -> None:
    wrong = {"joiner_people": [{**person, "title": "Vienna"} for person in people(12)]}
    with sandbox.running() as service:
        service.seed(group("Engineers"), *(user(f"person{i}@example.com", externalId=f"e{i}") for i in range(12)))
        refused = play(service, JOINER, wrong)
        result = refused.fact("joiner_result")
        assert refused.code != 0
        assert "brakes.changes" in result["msg"]
        assert result["counts"] == counts()
        assert writes(service) == 0

        meant = play(service, JOINER, {**wrong, "joiner_brakes": {"changes": {"percent": 100}}})
        assert meant.code == 0, meant.output
        assert meant.fact("joiner_result")["counts"] == counts(update=13)
