# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is registered is documented and tested, and works without another's help."""

from __future__ import annotations

from pathlib import Path

import pytest

import sandbox
from sandbox.faults import FAULTS
from sandbox.quirks import QUIRKS

HERE = Path(__file__).parent
EVERYTHING = [*QUIRKS.entries.values(), *FAULTS.entries.values()]


@pytest.mark.parametrize("entry", EVERYTHING, ids=lambda entry: entry.name)
def test_documented_and_tested(entry):
    readme = Path(sandbox.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert f"| `{entry.usage}` | {entry.description} |" in readme
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert f'"{entry.name}' in tests or f"{entry.name}=" in tests


@pytest.mark.parametrize("name", QUIRKS.entries)
def test_an_ordinary_life_breaks_nothing(serve, name):
    """Whatever the quirk, no request makes the sandbox itself fail."""
    client = serve(name)
    user = client.seed_user("ada", emails=[{"value": "ada@example.com", "type": "work"}])
    group = client.seed_group("staff", user)
    answers = [
        client.get("/ServiceProviderConfig"),
        client.get("/Schemas"),
        client.get("/"),
        client.get("/Users", count=1),
        client.get("/Users", count="x"),
        client.get("/Groups", attributes="displayName"),
        client.get("/Me"),
        client.create_user("bob", title="Mr", active=True),
        client.post("/Users", []),
        client.post("/Users", {}),
        client.ask("POST", "/Groups", data=b"no json"),
        client.ask("PATCH", f"/Groups/{group}", data=b"no json"),
        client.ask("PATCH", f"/Groups/{group}", json={"Operations": [1, {"op": "add"}, {"path": 1}]}),
        client.ask("PATCH", f"/Groups/{group}", json={"Operations": "x"}),
        client.ask("PUT", f"/Groups/{group}", json={"members": "x"}),
        client.ask("PUT", f"/Users/{user}", json={"userName": 5}),
        client.post("/Users/.search", []),
        client.post("/Users/.search", {"count": "x", "filter": 5}),
        client.get("/Users", cursor="x"),
        client.patch(f"/Users/{user}", {"op": "add", "path": "title", "value": "Dr"}),
        client.put(f"/Groups/{group}", {"displayName": "crew"}),
        client.delete(f"/Groups/{group}"),
        client.delete(f"/Users/{user}"),
        client.delete("/Users"),
        client.post("/Bulk", {}),
    ]
    allowed = {"filter_500": {500}, "delete_500": {500}}.get(name, set())
    assert {answer.status_code for answer in answers if answer.status_code == 500} <= allowed
