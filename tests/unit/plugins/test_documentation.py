# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation of each module says is what its argument spec does."""

from __future__ import annotations

import copy

import pytest
import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import USER_AGENT
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import (
    ACCESS,
    ACCESS_WRITING,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.options import CONNECTION, WRITING
from ansible_collections.identityops.lifecycle.tests.unit.plugins.modules_of_ours import (
    COLLECTION,
    LONGER,
    NAMES,
    ROOT,
    documentation,
    module,
    of_a_service,
    of_cloudflare,
    specification,
)


def action_groups():
    return yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]


def groups_of(name):
    return [group for group, members in action_groups().items() if name in members]


each_module = pytest.mark.parametrize("name", NAMES)
each_module_of_a_service = pytest.mark.parametrize("name", list(filter(of_a_service, NAMES)))


def differences(documented, spec, where=""):
    """Where the two disagree, one sentence each."""
    for option in sorted(set(documented) ^ set(spec)):
        yield f"{where}{option} is {'documented' if option in documented else 'in the argument spec'} only"
    for option in sorted(set(documented) & set(spec)):
        said, done, path = documented[option], spec[option], where + option
        for key, missing in (("type", "str"), ("elements", None), ("required", False), ("default", None), ("aliases", [])):
            if said.get(key, missing) != done.get(key, missing):
                yield f"{path}: {key} is {said.get(key, missing)!r}, does {done.get(key, missing)!r}"
        if sorted(said.get("choices") or []) != sorted(done.get("choices") or []):
            yield f"{path}: choices are {said.get('choices')}, does {done.get('choices')}"
        if not said.get("description"):
            yield f"{path} is not described"
        yield from differences(said.get("suboptions") or {}, done.get("options") or {}, f"{path}.")


def test_there_are_modules():
    assert {"scim_directory", "scim_group", "scim_user"} <= set(NAMES)


@each_module
def test_documentation_and_argument_spec_agree(name):
    assert list(differences(documentation(name)["options"], specification(name)[0])) == []


def test_a_disagreement_would_be_found():
    said, done = documentation("scim_user")["options"], specification("scim_user")[0]
    for change in (
        lambda spec: spec.pop("title"),
        lambda spec: spec["state"].update(default="absent"),
        lambda spec: spec["state"].update(choices=["present"]),
        lambda spec: spec["emails"].update(elements="str"),
        lambda spec: spec["emails"]["options"]["primary"].update(type="str"),
        lambda spec: spec["url"].update(required=False),
    ):
        changed = copy.deepcopy(done)
        change(changed)
        assert len(list(differences(said, changed))) == 1


@each_module_of_a_service
def test_every_option_of_the_environment_names_its_variable(name):
    documented, (spec, _constraints) = documentation(name)["options"], specification(name)
    variables = {option: list(done["fallback"][1]) for option, done in spec.items() if "fallback" in done}
    if of_cloudflare(name):
        assert "CLOUDFLARE_API_TOKEN" in variables["api_token"]
    else:
        variables["headers"] = ["SCIM_HEADERS"]  # read by connect()
        assert "SCIM_URL" in variables["url"]
    for option, names in variables.items():
        text = str(documented[option]["description"])
        assert [variable for variable in names if f"E({variable})" not in text] == [], option


@each_module_of_a_service
def test_every_module_connects_with_the_same_options(name):
    spec, _constraints = specification(name)
    connection, writing = (ACCESS, ACCESS_WRITING) if of_cloudflare(name) else (CONNECTION, WRITING)
    same = connection.keys() - LONGER.get(name, set())
    assert {option: spec.get(option) for option in same} == {option: connection[option] for option in same}
    if spec.get("on_unconverged"):
        assert {option: spec.get(option) for option in writing} == writing


@each_module
def test_every_module_tells_what_users_look_for(name):
    found = documentation(name)
    assert found["module"] == name
    assert found["short_description"]
    assert found["description"]
    assert found["author"]
    assert str(found["version_added"]) == "1.0.0"
    assert {"check_mode", "diff_mode", "idempotent"} <= set(found["attributes"])
    membership = found["attributes"].get("action_group", {"membership": []})["membership"]
    assert membership == [COLLECTION + group for group in groups_of(name)]
    assert not of_a_service(name) or membership and "requests" in found["requirements"]
    assert found["seealso"]
    for link in found["seealso"]:
        if link.get("module", "").startswith(COLLECTION):
            assert link["module"][len(COLLECTION) :] in NAMES


@each_module
def test_every_returned_value_has_a_sample(name):
    returned = yaml.safe_load(module(name).RETURN)
    assert returned
    for value, about in returned.items():
        assert about["description"], value
        assert about["returned"], value
        assert about["type"], value
        assert "sample" in about or all("sample" in part for part in about["contains"].values()), value


def test_the_action_groups_hold_the_modules_that_they_are_for():
    groups = action_groups()
    assert groups["scim"] == [name for name in NAMES if not of_cloudflare(name) and of_a_service(name)]
    assert groups["scim_writing"] == [name for name in groups["scim"] if "protected" in specification(name)[0]]
    assert groups["access"] == [name for name in NAMES if of_cloudflare(name)]
    assert [name for name in groups["evidence"] if name in NAMES] == [name for name in NAMES if name.startswith("evidence")]
    assert groups["access_writing"] == [name for name in groups["access"] if "on_unconverged" in specification(name)[0]]


def test_services_are_told_the_version_that_is_released():
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert f"identityops.lifecycle/{version} " in USER_AGENT


# What ansible-core itself says of a task, https://docs.ansible.com/ansible-core/devel/reference_appendices/common_return_values.html;
# a value of ours under such a name would be taken for it.
RESERVED = {"skipped", "failed", "unreachable", "results", "rc", "stdout", "stderr", "exception", "invocation"}


@pytest.mark.parametrize("name", NAMES)
def test_no_result_has_a_name_that_ansible_takes_for_something_else(name):
    assert not RESERVED & set(yaml.safe_load(module(name).RETURN) or {})
