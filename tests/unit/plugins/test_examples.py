# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task of every EXAMPLES is one that its module takes."""

from __future__ import annotations

import os

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.identityops.lifecycle.tests.unit.plugins.modules_of_ours import (
    COLLECTION,
    NAMES,
    module,
    of_a_service,
    of_cloudflare,
    specification,
)

# What a Jinja expression stands for.
PLAIN = {"str": "text", "path": "/file", "bool": True, "int": 7, "float": 7.5, "list": [], "dict": {}, "raw": "text"}
CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


@pytest.fixture(autouse=True)
def only_our_variables(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("SCIM_", "CLOUDFLARE_")):
            monkeypatch.delenv(name)


def tasks_of(steps):
    """Every task that calls a module of ours, also in blocks: its module and its options."""
    for step in steps:
        for part in ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks"):
            yield from tasks_of(step.get(part, []))
        for key, options in step.items():
            if key.startswith(COLLECTION) and isinstance(options, dict):
                yield key[len(COLLECTION) :], options


def plain(value, option):
    """A value without Jinja. option: the part of the argument spec that it is for."""
    if isinstance(value, str) and "{{" in value:
        whole = value.strip().startswith("{{") and value.strip().endswith("}}")
        return PLAIN[option.get("type", "str")] if whole else "text"
    if isinstance(value, list):
        return [plain(item, {"type": option.get("elements", "raw"), "options": option.get("options", {})}) for item in value]
    if isinstance(value, dict):
        return {name: plain(item, option.get("options", {}).get(name, {"type": "raw"})) for name, item in value.items()}
    return value


def problems(name, options):
    spec, constraints = specification(name)
    where = {"account_id": "0" * 32} if of_cloudflare(name) else {"url": "https://scim.example.com/v2"}
    if not of_a_service(name):
        where = {}
    given = {**where, **plain(options, {"options": spec})}
    validator = ArgumentSpecValidator(spec, **{key: constraints.get(key) for key in CONSTRAINTS})
    return validator.validate(given).error_messages


def examples():
    for name in NAMES:
        for number, (called, options) in enumerate(tasks_of(yaml.safe_load(module(name).EXAMPLES))):
            yield pytest.param(called, options, id=f"{name}-{number}")


@pytest.mark.parametrize(("name", "options"), list(examples()))
def test_an_example_is_what_its_module_takes(name, options):
    assert name in NAMES
    assert problems(name, options) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_module_is_in_its_own_examples(name):
    assert name in [called for called, _options in tasks_of(yaml.safe_load(module(name).EXAMPLES))]


@pytest.mark.parametrize(
    "options",
    [
        {"user_name": "ada", "nonsense": 1},
        {"user_name": "ada", "state": "gone"},
        {"title": "nobody in particular"},
        {"user_name": "ada", "emails": [{"adress": "a@example.com"}]},
        {"user_name": "ada", "active": "perhaps"},
    ],
)
def test_a_wrong_example_would_be_found(options):
    assert len(problems("scim_user", options)) == 1
