# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The house rules: imports point down only, the core is pure, one file knows check mode, rooms stay small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
UTILS = PLUGINS / "module_utils"
FILES = {path.relative_to(UTILS).as_posix(): path for path in sorted(UTILS.rglob("*.py"))}
CORE = [name for name in FILES if name.startswith("core/")]

# Room -> the rooms that it may import from, besides itself. "" are the files beside the rooms, which face Ansible.
BELOW = {
    "core": [],
    "files": ["core"],
    "ledger": ["files", "core"],
    "client": ["core"],
    "reconcile": ["client", "core"],
    "inquiry": ["client", "core"],
    "logs": ["files", "inquiry", "client", "core"],
    "": ["ledger", "files", "logs", "reconcile", "inquiry", "client", "core"],
}
FACING_ANSIBLE = ["mistakes.py", "module.py", "options.py", "query.py", "runner.py", "source.py"]

# Everything in the standard library that has no clock, no randomness and no input or output.
PURE = {"__future__", "base64", "collections", "contextlib", "copy", "csv", "dataclasses", "datetime", "difflib", "enum", "fnmatch"}
PURE |= {"functools", "hashlib", "ipaddress", "itertools", "json", "math", "operator", "re", "string", "typing", "unicodedata", "urllib.parse", "xml.etree"}
PURE |= {"zoneinfo"}  # it reads the table of time zones that the system has, which is the same for everybody who reads it
IMPURE = re.compile(r"\b(open|print|input)\(|\b(now|today|utcnow)\(")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, relative ones with their dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def rooms(name: str) -> set[str]:
    """The rooms from which a file of module_utils imports; absolute names of our own count, too."""
    found = set()
    for module in imports(FILES[name]):
        inside = re.match(r"ansible_collections\.identityops\.lifecycle\.plugins\.module_utils\.(.*)", module)
        relative = re.match(r"(\.+)(.*)", module)
        if inside:
            path = inside[1].split(".")
        elif relative:
            path = name.split("/")[: -len(relative[1])] + relative[2].split(".")
        else:
            continue
        found.add(path[0] if len(path) > 1 else "")
    return found


def test_the_house_is_there():
    assert {name.split("/")[0] if "/" in name else "" for name in FILES} == set(BELOW)
    assert "reconcile" in rooms("runner.py")
    assert "core" in rooms("client/scim.py")
    assert rooms("core/access/rules.py") == {"core"}


@pytest.mark.parametrize("name", FILES)
def test_imports_point_down_only(name):
    room = name.split("/")[0] if "/" in name else ""
    assert rooms(name) <= {room, *BELOW[room]}


@pytest.mark.parametrize("name", [name for name in FILES if name not in FACING_ANSIBLE])
def test_below_the_options_nothing_knows_ansible(name):
    outside = {m.split(".")[0] for m in imports(FILES[name])}
    assert "ansible" not in outside


@pytest.mark.parametrize("name", [name for name in FILES if name != "runner.py"])
def test_only_the_runner_knows_check_mode_and_nobody_imports_it(name):
    assert "check_mode" not in FILES[name].read_text(encoding="utf-8")
    assert ".runner" not in {"." + module.split(".")[-1] for module in imports(FILES[name])}


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_pure(name):
    assert {module for module in imports(FILES[name]) if not module.startswith(".")} - PURE <= {"collections.abc"}
    assert not IMPURE.search(FILES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_over_300_lines_wants_to_be_two_rooms(name):
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: path.name)
def test_a_module_imports_nothing_but_our_rooms(path):
    assert all(module == "__future__" or module.startswith("..module_utils.") for module in imports(path))
