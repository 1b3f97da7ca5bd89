# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the tasks, plays and roles of a piece of YAML would be accepted, as far as that can be told without running them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.tests.unit.plugins.modules_of_ours import (
    WITHOUT_A_SERVICE,
    specification,
)

ROOT = Path(__file__).parents[1]
OURS = "identityops.lifecycle."
CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


@cache
def validator(module: str) -> ArgumentSpecValidator:
    """What a module makes of its options. module: its short name."""
    spec, constraints = specification(module)
    # Which service or account it is may come from the environment or from module_defaults.
    where = "account_id" if "account_id" in spec else "url"
    if module not in WITHOUT_A_SERVICE:
        spec = {**spec, where: {"type": "str", "default": "https://directory.example.com"}}
    return ArgumentSpecValidator(spec, **{name: value for name, value in constraints.items() if name in CONSTRAINTS})


@cache
def role_validator(role: str) -> ArgumentSpecValidator:
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    return ArgumentSpecValidator(specs["argument_specs"]["main"]["options"])


def problems(document: Any) -> Iterator[str]:
    """Everything that would be refused in a parsed document: a list of plays or tasks. Anything else has no problems."""
    for entry in document if isinstance(document, list) else []:
        yield from _of_entry(entry) if isinstance(entry, dict) else ()


def _of_entry(entry: dict[str, Any]) -> Iterator[str]:
    for section in ("pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always"):
        yield from problems(entry.get(section))
    yield from _of_defaults(entry.get("module_defaults") or {})
    for role in entry.get("roles") or []:
        name = role if isinstance(role, str) else role.get("role") or role.get("name")
        variables = {**(entry.get("vars") or {})}
        if isinstance(role, dict):  # variables may stand beside the role's name, too
            variables.update(role, **(role.get("vars") or {}))
        if name.startswith(OURS):
            yield from _of_role(name.removeprefix(OURS), variables)
    for name, options in entry.items():
        if name.startswith(OURS):
            yield from _of_module(name.removeprefix(OURS), options or {})
        elif name in ("ansible.builtin.include_role", "ansible.builtin.import_role") and options["name"].startswith(OURS):
            yield from _of_role(options["name"].removeprefix(OURS), entry.get("vars") or {})
        elif name == "ansible.builtin.import_playbook":
            ours = options.removeprefix(OURS)
            if ours != options and not (ROOT / "playbooks" / f"{ours}.yml").exists():
                yield f"there is no playbook {options}"


def _of_defaults(defaults: dict[str, Any]) -> Iterator[str]:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for name, options in defaults.items():
        group = name.removeprefix(f"group/{OURS}")
        if group != name and group not in groups:
            yield f"there is no action group {group}"
        modules = groups.get(group, []) if group != name else [name.removeprefix(OURS)] if name.startswith(OURS) else []
        for module in modules:  # an option that one module of a group does not know makes that module fail
            yield from (f"{module} has no option {option}" for option in options if option not in validator(module).argument_spec)


def _of_module(module: str, options: dict[str, Any]) -> Iterator[str]:
    if not (ROOT / "plugins" / "modules" / f"{module}.py").exists():
        yield f"there is no module {module}"
        return
    checker = validator(module)
    yield from _refusals(module, checker, options)


def _of_role(role: str, variables: dict[str, Any]) -> Iterator[str]:
    if not (ROOT / "roles" / role).is_dir():
        yield f"there is no role {role}"
        return
    own = {name: value for name, value in variables.items() if name.startswith(f"{role}_")}
    yield from _refusals(role, role_validator(role), own)
    people = own.get("joiner_people")
    if isinstance(people, list):
        known = [{option: value for option, value in person.items() if option != "groups"} for person in people]
        yield from _of_module("scim_directory", {"users": known})


def _refusals(name: str, checker: ArgumentSpecValidator, given: dict[str, Any]) -> Iterator[str]:
    plain = {option: _filled(value, checker.argument_spec.get(option, {})) for option, value in given.items()}
    yield from (f"{name}: {message}" for message in checker.validate(plain).error_messages)


def _filled(value: Any, spec: dict[str, Any]) -> Any:
    """A value with a template in it is taken for one of the right type."""
    if isinstance(value, str) and "{{" in value:
        return {"dict": {}, "list": [], "int": 1, "float": 1.0, "bool": True}.get(spec.get("type", "str"), "text")
    return value
