# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of docs/providers.md anew, from the profiles in the code and the comments that name their sources.

Run it after a change of core/profiles.py, in the environment of the tests; a test notices if you forget.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.identityops.lifecycle.plugins.doc_fragments.scim import ModuleDocFragment
from ansible_collections.identityops.lifecycle.plugins.module_utils.core import profiles

PAGE = Path(__file__).resolve().parents[2] / "docs" / "providers.md"


def page(text: str) -> str:
    """The text of the page with fresh tables."""
    for name, table in (("profiles", _profiles()), ("capabilities", _capabilities())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        head, dummy, rest = text.partition(begin)
        tail = rest.partition(end)[2]
        text = "\n".join([head + begin, *table, end + tail])
    return text


def _profiles() -> list[str]:
    rows = ["| profile | what is different | source |", "|---|---|---|"]
    for name, facts in profiles.PROFILES.items():
        if name != "auto":
            different = "<br>".join(f"`{key}: {_value(value)}`" for key, value in facts.items())
            rows.append(f"| `{name}` | {different} | {_link(sources()[name])} |")
    return rows


def sources() -> dict[str, str]:
    """The comment above each profile, by the profile's name."""
    found, comment = {}, ""
    for line in Path(profiles.__file__).read_text(encoding="utf-8").splitlines():
        note, entry = re.match(r"    # (.*)", line), re.match(r'    "(\w+)": \{', line)
        if note:
            comment = f"{comment} {note[1]}".strip()
        elif entry and comment:
            found[entry[1]] = comment
        if not note:
            comment = ""
    return found


def _link(source: str) -> str:
    address, colon, rest = source.partition(": ")
    thread = re.fullmatch(r"github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)", address)
    if thread:
        return f"[{thread[1]}#{thread[2]}](https://{address}){colon}{rest}"
    if re.fullmatch(r"[\w.-]+\.[a-z]+/\S*", address):
        return f"[{address.partition('/')[0]}](https://{address}){colon}{rest}"
    return source


def _capabilities() -> list[str]:
    options = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]["capabilities"]["suboptions"]
    rows = ["| capability | as in RFC 7644 | meaning |", "|---|---|---|"]
    for name, default in profiles.DEFAULTS.items():
        said = options[name]["description"]
        meaning = " ".join(said) if isinstance(said, list) else said
        if "choices" in options[name]:
            meaning += " One of " + ", ".join(f"`{choice}`" for choice in options[name]["choices"]) + "."
        rows.append(f"| `{name}` | `{_value(default)}` | {_plain(meaning)} |")
    return rows


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)


def _plain(text: str) -> str:
    """Ansible's markup as Markdown."""
    return re.sub(r"\b[CVOME]\(((?:\\.|[^)\\])*)\)", lambda match: "`" + match[1].replace("\\", "") + "`", text)


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page(old), encoding="utf-8")
    sys.exit()
