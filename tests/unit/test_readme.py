# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the README and the pages say is there is there, and would be accepted."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import PROFILES
from ansible_collections.identityops.lifecycle.plugins.module_utils.options import CONNECTION, WRITING
from ansible_collections.identityops.lifecycle.tests.unit.plugins.modules_of_ours import (
    LONGER,
    module,
    specification,
)

from tests.argument_specs import OURS, ROOT, problems

PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "roles/*/README.md", "sandbox/*.md", "sandbox/demo/hr/*.md")
    for page in ROOT.glob(pattern)
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands(page: Path) -> list[str]:
    """Every line of a block of commands, and every command between backticks in the text, without comments."""
    text = page.read_text(encoding="utf-8")
    lines = [line for kind, body in FENCE.findall(text) if kind in ("", "sh", "bash") for line in body.splitlines()]
    quoted = re.findall(r"`((?:make|ansible-doc|ansible-playbook|python)\b[^`\n]*)`", FENCE.sub("", text))
    return [re.sub(r"^\$ |^sudo | +#.*$", "", line.strip()) for line in lines] + quoted


def unknown(command: str) -> str:
    """What a command names that does not exist; "" if all does, or if it is none of ours."""
    words = command.split()
    if not words:
        return ""
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return " ".join(word for word in words[1:] if "=" not in word and word not in targets)
    ours = [word.removeprefix(OURS) for word in words if word.startswith(OURS)]
    if words[0] == "ansible-doc":
        kind = words[words.index("-t") + 1] if "-t" in words else "module"
        place = {"module": "plugins/modules/{}.py", "role": "roles/{}", "filter": "plugins/filter/{}.yml"}[kind]
        return " ".join(name for name in ours if not (ROOT / place.format(name)).exists())
    if words[0] == "ansible-playbook":
        return " ".join(name for name in ours if not (ROOT / f"playbooks/{name}.yml").exists())
    if words[:2] == ["python", "-m"]:
        return "" if words[2] == "pip" or importlib.util.find_spec(words[2]) else words[2]
    return ""


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_name_what_exists(page: Path) -> None:
    assert [command for command in commands(page) if unknown(command)] == []


def test_the_front_door_has_commands_and_a_missing_one_would_be_noticed() -> None:
    assert {"make demo", "make test", "ansible-doc identityops.lifecycle.scim_user"} <= set(commands(ROOT / "README.md"))
    assert unknown("make dinner") == "dinner"
    assert unknown("ansible-doc identityops.lifecycle.nothing") == "nothing"
    assert unknown("ansible-playbook identityops.lifecycle.nothing -e x=1") == "nothing"
    assert unknown("python -m nothing") == "nothing"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_yaml_parses_and_would_be_accepted(page: Path) -> None:
    for text in blocks(page, "yaml"):
        assert list(problems(yaml.safe_load(text))) == [], text


def test_yaml_that_would_be_refused_is_noticed() -> None:
    play = """
    - module_defaults:
        group/identityops.lifecycle.scim: {urk: x}
      roles:
        - role: identityops.lifecycle.leaver
          vars: {leaver_people: [{number: 1}], leaver_mode: gently}
        - role: identityops.lifecycle.joiner
          joiner_people: [{user_name: ada, surname: Lovelace}]
      tasks:
        - identityops.lifecycle.scim_user: {user_name: ada, titel: Dr}
        - block:
            - identityops.lifecycle.scim_user: {title: Dr}
        - identityops.lifecycle.nothing: {}
    - ansible.builtin.import_playbook: identityops.lifecycle.nothing
    """
    found = "\n".join(problems(yaml.safe_load(play)))
    for word in ("titel", "number", "surname", "gently", "no module nothing", "no option urk", "no playbook", "one of the following is required"):
        assert word in found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:|mailto:|#", target)]
    assert [target for target in targets if not (page.parent / target.partition("#")[0]).exists()] == []


def test_the_readme_names_every_module_and_role() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    modules = {file.stem for file in (ROOT / "plugins" / "modules").glob("*.py")}
    roles = {folder.name for folder in (ROOT / "roles").iterdir() if folder.is_dir()}
    assert modules | roles <= rows


def test_environment_variables_exist() -> None:
    files = ("options.py", "cloudflare_options.py")
    options = "".join((ROOT / "plugins" / "module_utils" / name).read_text(encoding="utf-8") for name in files)
    variables = r"`((?:SCIM|CLOUDFLARE)_\w+)`|^ +((?:SCIM|CLOUDFLARE)_\w+):"
    for page in PAGES:
        for variable in set(re.findall(variables, page.read_text(encoding="utf-8"), re.MULTILINE)):
            if "SCIM_FAILURE" in variable:  # a word in logs
                continue
            assert f'"{"".join(variable)}"' in options


def test_the_headings_of_certified_content_are_there() -> None:
    headings = re.findall(r"^## (.+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    for wanted in (
        "Description",
        "Requirements",
        "Installation",
        "Use Cases",
        "Testing",
        "Communication",
        "Support",
        "Release Notes and Roadmap",
        "Related Information",
        "License Information",
    ):
        assert wanted in headings


@pytest.fixture
def providers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("providers", ROOT / "tests" / "tools" / "providers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_providers_is_as_the_code_is(providers: ModuleType) -> None:
    text = providers.PAGE.read_text(encoding="utf-8")
    assert providers.page(text) == text, "run tests/tools/providers.py"


def test_every_profile_has_a_source(providers: ModuleType) -> None:
    assert set(providers.sources()) == set(PROFILES) - {"auto"}


def options_of_many(spec: dict[str, Any], within: str = "") -> Iterator[str]:
    """The options of scim_directory and their parts; an entry of its lists is the business of the single modules."""
    for name, option in spec.items():
        yield within + name
        if option.get("type") == "dict":
            yield from options_of_many(option.get("options") or {}, f"{within}{name}.")


def shown(given: Any, within: str = "") -> Iterator[str]:
    for name, value in given.items() if isinstance(given, dict) else ():
        yield within + name
        yield from shown(value, f"{within}{name}.")


def test_every_option_of_scim_directory_is_shown_at_work() -> None:
    spec, _constraints = specification("scim_directory")
    own = {name: option for name, option in spec.items() if name not in {*CONNECTION, *WRITING} or name in LONGER["scim_directory"]}
    assert {"source", "brakes", "time_budget"} <= set(own)
    entries = yaml.safe_load(module("scim_directory").EXAMPLES)
    for text in blocks(ROOT / "docs" / "safely.md", "yaml"):
        entries += [task for entry in yaml.safe_load(text) for task in entry.get("tasks", [entry])]
    examples = {option for entry in entries for option in shown(entry.get(f"{OURS}scim_directory", {}))}
    assert set(options_of_many(own)) - examples == set()


def test_the_costs_in_the_readme_are_those_that_were_counted() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("<!-- speed: begin -->")[2].partition("<!-- speed: end -->")[0]
    counted = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| (\d[^|]*) \| (\d[^|]*) \|$", table, re.MULTILINE)
    assert len(rows) > 3
    for step, single, bulk in rows:
        assert re.search(rf"^\| {re.escape(step)} \|.*\| {re.escape(single)} \| {re.escape(bulk)} \|$", counted, re.MULTILINE), step
