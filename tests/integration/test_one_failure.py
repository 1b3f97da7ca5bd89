# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook provisions people and one write is refused: the lookup, the module on a journal and the event source tell the same."""

from __future__ import annotations

import sys

from sandbox import Running, running
from tests.integration.event_source import engine, in_time
from tests.integration.log_host import needs_journal
from tests.integration.many_tasks import play_within
from tests.integration.playbook import ROOT

PEOPLE = {"1815": "ada@example.com", "1906": "grace@example.com"}
MAKER = "import sys; from tests.integration.log_host import message; message(*sys.argv[1:])"
SAME = ("action", "user", "status", "detail")


def provider(service: Running) -> tuple[str, dict[str, str]]:
    """An identity provider whose SCIM service refuses new names, and the environment with which playbooks reach it."""
    cloudflare = service.cloudflare
    idp = cloudflare.seed_idp("Entra ID", scim_config={"enabled": True})["id"]
    url = cloudflare.population_url(idp)
    cloudflare.population(idp).set_quirks(["readonly_username"])
    options = cloudflare.options()
    return idp, {
        "SCIM_URL": url,
        "SCIM_TOKEN": cloudflare.scim_secret(idp),
        "CLOUDFLARE_BASE_URL": options["base_url"],
        "CLOUDFLARE_ACCOUNT_ID": options["account_id"],
        "CLOUDFLARE_API_TOKEN": options["api_token"],
        "PYTHONPATH": f"{ROOT / '.cache' / 'tree'}:{ROOT}",
    }


@needs_journal
def test_three_witnesses_tell_the_same(tmp_path):
    with running() as service:
        _idp, environment = provider(service)
        variables = {
            "people": PEOPLE,
            "renamed": {"key": "1906", "name": "hopper@example.com"},
            "log": str(tmp_path / "connector.log"),
            "journal": str(tmp_path / "system.journal"),
            "journal_maker": [sys.executable, "-c", MAKER],
        }
        run = play_within({"localhost": {}}, str(ROOT / "tests/integration/one_failure.yml"), variables, environment=environment)
        assert run.code == 0, run.output
        failures = run.fact("failures")
        streamed = []

        async def listen() -> None:
            arguments = {**service.cloudflare.options(), "since": "-1h", "status": ["failure"], "interval": 0.01}
            async with engine(arguments) as source:
                streamed.append(await source.event())

        in_time(listen())
        told = [failures["journal"], failures["cloudflare"], streamed]
        assert [len(events) for events in told] == [1, 1, 1]
        words = [{name: events[0].get(name) for name in SAME} for events in told]
        assert words[0] == words[1] == words[2]
        assert words[0] == {
            "action": "user.update",
            "user": "grace@example.com",
            "status": "failure",
            "detail": "userName cannot be changed",
        }
