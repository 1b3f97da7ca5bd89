# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each recipe of docs/hr-files.md reads the file that stands above it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils.roster_source import read_roster

PAGE = Path(__file__).parents[2] / "docs" / "hr-files.md"
RECIPES = {
    title: (content, yaml.safe_load(options))
    for title, content, options in re.findall(
        r"^## ([^\n]+)\n(?:(?!^## ).)*?^```(?:csv|json|ldif)\n(.*?)^```\n\n^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
}
# What comes of the first and the last person: key, user_name or display_name, source, facts.
WANTED = {
    "A table that Excel saved": [
        ("1815", "ada@example.com", {"start_date": "2024-12-01", "status": "active"}, {}),
        ("1816", "mary@example.com", {"start_date": "2020-01-15", "last_day": "2026-11-30", "status": "active"}, {}),
    ],
    "Microsoft's sample for inbound provisioning": [
        ("1513", "EMP1513", {"manager_id": "1959", "start_date": "2010-07-10", "status": "active"}, {"location": "Asia Pacific"}),
        ("1423", "EMP1423", {"manager_id": "1669", "start_date": "2018-11-17", "status": "terminated"}, {"location": "Europe"}),
    ],
    "A database that writes the end of time": [
        ("7839", "KING", {"start_date": "1981-11-17"}, {}),
        ("7900", "JAMES", {"start_date": "1981-12-03", "last_day": "2026-11-30"}, {}),
    ],
    "JSON of a REST service": [("104", "ada@example.com", {"manager_id": "7", "start_date": "2024-12-01", "status": "Active"}, {})],
    "An LDAP directory": [
        ("AbCdEf8=", "ada@example.com", {"status": "active"}, {"groups": ["CN=Engines,DC=example,DC=com", "CN=Poets,DC=example,DC=com"]})
    ],
    "Several files": [("c-1", "Grace Hopper", {"valid_until": "2026-12-31"}, {})],
}


def test_every_recipe_is_tried():
    assert set(RECIPES) == set(WANTED)


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_reads_its_file(title, tmp_path):
    content, options = RECIPES[title]
    (source,) = options["sources"]
    path = tmp_path / source["path"]
    path.write_bytes(content.encode(source.get("encoding", "utf-8")))
    extract = read_roster([{**source, "path": str(path)}], options["mapping"])
    assert extract.problems == []
    ends = dict.fromkeys((0, len(extract.records) - 1))
    found = [extract.records[end] for end in ends]
    assert [
        (record.key, record.attributes.get("user_name") or record.attributes["display_name"], record.source, record.facts) for record in found
    ] == WANTED[title]
