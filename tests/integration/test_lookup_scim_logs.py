# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup scim_logs: what it returns, what it asks Cloudflare for, how it fails, and what it never does with what it read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.identityops.lifecycle.plugins.lookup import scim_logs
from ansible_collections.identityops.lifecycle.plugins.module_utils.cloudflare_options import ACCESS
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import chosen
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.selection import Selection
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import evtx_file
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs import file_events as log_file_events
from ansible_collections.identityops.lifecycle.plugins.module_utils.query import compiled
from jinja2 import Environment, nodes

from sandbox.exchange import Answer, Handler, Request
from sandbox.running import Running, running
from tests.in_process import run, time_flies
from tests.integration.log_world import PATH, asked, emptied, entry, write
from tests.integration.many_tasks import play_within
from tests.integration.playbook import ROOT

LOOKUP = "identityops.lifecycle.scim_logs"
DATA = ROOT / "tests" / "data" / "logs"
CORE = {"timestamp", "action", "user", "group", "status"}


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    with running() as service:
        cf = service.cloudflare
        cf.set_rate(100_000, per_second=0)
        cf.seed_idp("Entra ID", scim_config={"enabled": True})
        cf.seed_idp("Okta", type="okta", config={}, scim_config={"enabled": True})
        cf.seed_idp("No SCIM")
        yield service


@pytest.fixture
def service(serving: Running) -> Iterator[Running]:
    with emptied(serving) as service:
        yield service


@pytest.fixture
def idp(service: Running) -> dict[str, str]:
    return {provider["name"]: provider["id"] for provider in service.cloudflare.stored("idps")}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNT_ID", "API_TOKEN", "API_KEY", "EMAIL", "BASE_URL", "RATE_FILE", "TIMEOUT", "CA_FILE"):
        monkeypatch.delenv(f"CLOUDFLARE_{name}", raising=False)


def look(*terms: Any, variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    """What the lookup returns, in this process. Its options are those of its documentation, as ansible-core's loader has it."""
    constants.config.initialize_plugin_configuration_definitions("lookup", LOOKUP, yaml.safe_load(scim_logs.DOCUMENTATION)["options"])
    loader = DataLoader()
    lookup = scim_logs.LookupModule(loader=loader, templar=Templar(loader=loader))
    lookup._load_name = lookup.ansible_name = LOOKUP
    lookup.ansible_aliases = [LOOKUP]
    found: list[Any] = lookup.run(list(terms), variables=variables or {}, **options)
    return found


def at(service: Running, *terms: Any, **options: Any) -> list[Any]:
    return look(*terms, **{**service.cloudflare.options(), **options})


def query_of(request: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a request without those that every one has."""
    paging = ("page", "per_page", "direction", "until", "idp_id")
    return {name: value for name, value in request["query"].items() if name not in paging}


@pytest.fixture
def some(service: Running, idp: dict[str, str]) -> None:
    entra = idp["Entra ID"]
    write(
        service,
        entry(entra, 1, 1),
        entry(entra, 2, 2, request_method="PATCH", request_body='{"Operations":[{"op":"replace","path":"active","value":false}]}'),
        entry(entra, 3, 3, status="FAILURE", error_description="Invalid JSON body", resource_user_email="", request_body='{"userName":"Ada@example.com"'),
        entry(entra, 4, 4, status="FAILURE", error_description="exists", resource_user_email="", request_body='{"userName":"Ada@example.com"}'),
        entry(entra, 5, 5, resource_type="GROUP", resource_user_email="", resource_group_name="Staff", request_method="DELETE"),
        entry(idp["Okta"], 6, 6, resource_user_email="ADA@example.com", request_method="PUT"),
        entry(idp["No SCIM"], 7, 7),
    )


def test_events_in_the_default_shape(service: Running, some: None) -> None:
    found = at(service)
    assert found[0] == {"timestamp": "2025-11-01T00:00:01.000Z", "action": "user.create", "user": "p1@example.com", "status": "success"}
    assert [event["action"].partition(".")[2] for event in found] == ["create", "deactivate", "create", "create", "delete", "replace"]
    assert all(set(event) <= CORE for event in found)
    assert len(asked(service)) == 1
    assert at(service, allow_unsafe=True) == found  # a word of ansible-core's, which newer ones leave to the lookup


def test_providers_by_name_and_id(service: Running, some: None, idp: dict[str, str]) -> None:
    assert len(at(service, "Okta")) == 1
    assert len(at(service, idp["Okta"])) == 1
    assert len(at(service, ["Okta", idp["Entra ID"]])) == 6
    assert len(at(service, "No SCIM")) == 1  # it may have had it once


@pytest.mark.parametrize(
    ("options", "queries", "numbers"),
    [
        ({"status": "failure"}, [{"status": "FAILURE"}], [3, 4]),
        ({"status": ["failure", "success"]}, [{"status": "SUCCESS"}], [1, 2, 3, 4, 5, 6]),
        ({"status": "warning"}, [{}], []),
        ({"resource_type": "Group"}, [{"resource_type": "GROUP"}], [5]),
        ({"action": "user.create"}, [{"request_method": "POST"}], [1, 3, 4]),
        ({"action": "user.deactivate"}, [{"request_method": "PUT"}], [2]),
        ({"action": ["group.delete", "user.replace"]}, [{"request_method": "PUT"}], [5, 6]),
        ({"action": "user.*"}, [{}], [1, 2, 3, 4, 6]),
        ({"since": "2025-11-01T00:00:05Z"}, [{"since": "2025-11-01T00:00:04.999Z"}], [5, 6]),
        ({"until": "2025-11-01T00:00:02Z"}, [{}], [1]),
        ({"user": "*@example.com"}, [{}], [1, 2, 4, 6]),
        # An entry that failed has no address here, but speaks of her in its body.
        ({"user": "ADA@example.com"}, [{"status": "SUCCESS", "resource_user_email": "ada@example.com"}, {"status": "FAILURE"}], [4, 6]),
        ({"user": "ADA@example.com", "status": "failure"}, [{"status": "FAILURE"}], [4]),
        # Cloudflare's spelling is another one than ours: what is not found by name is looked for in everything.
        ({"user": "aDA@example.com", "status": "success"}, [{"status": "SUCCESS", "resource_user_email": "ada@example.com"}, {"status": "SUCCESS"}], [6]),
        # Each of several names for itself: that one is found says nothing of the others.
        (
            {"user": ["p1@example.com", "aDA@example.com"], "status": "success"},
            [{"status": "SUCCESS", "resource_user_email": name} for name in ("p1@example.com", "ada@example.com")] + [{"status": "SUCCESS"}],
            [1, 6],
        ),
        (
            {"user": ["P1@example.com", "p1@example.com", "p2@example.com"], "status": "success"},
            [{"status": "SUCCESS", "resource_user_email": name} for name in ("p1@example.com", "p2@example.com")],
            [1, 2],
        ),
        ({"user": [f"p{number}@example.com" for number in range(9)], "status": "success"}, [{"status": "SUCCESS"}], [1, 2]),
        ({"group": "Staff", "status": "success"}, [{"status": "SUCCESS", "resource_group_name": "staff"}], [5]),
        ({"limit": 2}, [{}], [5, 6]),
    ],
)
def test_filters_run_on_the_server_and_here(
    service: Running, some: None, options: dict[str, Any], queries: list[dict[str, str]], numbers: list[int]
) -> None:
    found = at(service, fields=["external_id"], **options)
    assert [event["external_id"] for event in found] == [f"idp-{number}" for number in numbers]
    assert [query_of(request) for request in asked(service)] == queries  # of a repeated parameter the journal has the last value


def test_what_the_server_does_not_filter_is_filtered_here(service: Running, some: None) -> None:
    def forgetful(request: Request, following: Handler) -> Answer:
        if request.path.endswith(PATH):
            pairs = tuple((name, value) for name, value in request.pairs if name in ("idp_id", "page", "per_page", "direction"))
            request = Request(**{**request.__dict__, "pairs": pairs, "query": dict(pairs)})
        return following(request)

    service.set_faults([], own=[forgetful])
    assert [event["user"] for event in at(service, action="user.deactivate", status="success")] == ["p2@example.com"]
    assert len(at(service, since="2025-11-01T00:00:05Z")) == 2
    assert len(at(service, user=["p1@example.com", "p2@example.com"])) == 2


def test_fields_and_query(service: Running, some: None, idp: dict[str, str]) -> None:
    (event,) = at(service, user="p1@example.com", fields=["all"])
    assert event["idp"] == idp["Entra ID"]
    assert {"record_id", "resource_id", "external_id", "source"} < set(event)
    assert "raw" not in event
    (event,) = at(service, user="p1@example.com", fields="raw,user")
    assert event == {"user": "p1@example.com", "raw": event["raw"]}
    assert event["raw"]["cf_resource_id"] == "cf-1"
    failed = at(service, query="[?status=='failure'].detail")
    assert failed == ["Invalid JSON body", "exists"]
    assert at(service, query="length(@)") == [6]
    assert at(service, query="[0].nothing") == []


def test_secrets_in_bodies_stay_there(service: Running, idp: dict[str, str]) -> None:
    write(service, entry(idp["Okta"], 1, 1, request_body='{"userName":"p","password":"planted-1"}', error_description="token=planted-2"))
    assert "planted" not in json.dumps(at(service, "Okta", fields=["all", "raw"]))


def test_options_from_variables_and_the_environment(service: Running, some: None, monkeypatch: pytest.MonkeyPatch) -> None:
    options = service.cloudflare.options()
    variables = {f"identityops_cloudflare_{name}": value for name, value in options.items()}
    assert len(look(variables=variables)) == 6
    with pytest.raises(AnsibleError, match="account_id"):
        look()
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", options["account_id"])
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", options["api_token"])
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", options["base_url"])
    monkeypatch.setenv("CLOUDFLARE_RATE_FILE", "")
    for name in ("API_KEY", "EMAIL", "TIMEOUT", "CA_FILE"):  # as AWX exports fields that nobody filled in
        monkeypatch.setenv(f"CLOUDFLARE_{name}", "")
    assert len(look(rate_file="")) == 6
    # An option beats a variable, and a variable the environment.
    with pytest.raises(AnsibleError, match="Authentication error"):
        look(variables={"identityops_cloudflare_api_token": "cfut_wrong"}, rate_file="")
    assert len(look(variables={"identityops_cloudflare_api_token": "cfut_wrong"}, api_token=options["api_token"], rate_file="")) == 6


@pytest.mark.parametrize(
    ("terms", "options", "said"),
    [
        (["Entra"], {}, "there is no identity provider 'Entra'; did you mean 'Entra ID'?"),
        (["cf000000-0000-4000-8000-00000000ffff"], {}, "there is no identity provider 'cf000000"),
        ([""], {}, "'' is no name"),
        ([{}], {}, "is no name"),
        ([], {"since": "yesterday"}, "since: 'yesterday' is no point in time"),
        ([], {"since": "-1h", "until": "-2h"}, "is later than until"),
        ([], {"since": "2999-01-01"}, "since: 2999-01-01T00:00:00.000Z is in the future"),
        ([], {"status": "bad"}, "status: 'bad' is none of"),
        ([], {"fields": ["wrong"]}, "wrong is no field of an event"),
        ([], {"query": "[?"}, "is not a JMESPath expression"),
        ([], {"limit": -1}, "limit: -1"),
        ([], {"account_id": "x"}, "is no id of an account"),
        ([], {"source": "file"}, "at least one file"),
        ([], {"state": "failure"}, "state is no option; did you mean status?"),
        ([], {"nonsense": 1, "field": ["user"]}, "field, nonsense are no options; did you mean fields?"),
        ([], {"nonsense": 1}, "nonsense is no option; there are account_id, action, "),
        ([], {"action": "create"}, "action: 'create' is no action of an event"),
        ([], {"account_id": ""}, "account_id is not set"),
        ([], {"source": "nowhere"}, "source"),
    ],
)
def test_mistakes_are_said_before_anything_is_asked(service: Running, terms: list[Any], options: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleError) as caught:
        at(service, *terms, **options)
    assert said in str(caught.value)
    assert asked(service) == []


def refusing(*paths: str) -> Any:
    def layer(request: Request, following: Handler) -> Answer:
        if any(request.path.endswith(path) or f"{path}/" in request.path for path in paths):
            errors = [{"code": 10000, "message": "Authentication error"}]
            return Answer(403, {"success": False, "errors": errors, "messages": [], "result": None})
        return following(request)

    return layer


def test_a_token_that_may_not_is_told_what_it_lacks(service: Running, some: None, idp: dict[str, str]) -> None:
    service.set_faults([], own=[refusing(PATH)])
    with pytest.raises(AnsibleError, match="Access: SCIM Logs Read"):
        at(service)
    service.set_faults([], own=[refusing("/access/identity_providers")])
    with pytest.raises(AnsibleError, match="name them by their ids"):
        at(service, "Okta")
    assert len(at(service, idp["Okta"])) == 1
    service.set_faults([])
    with pytest.raises(AnsibleError, match="is the token valid") as caught:
        at(service, api_token="cfut_planted-and-wrong")
    assert "planted" not in str(caught.value)


def test_no_provider_has_scim() -> None:
    with running() as service, time_flies():
        service.cloudflare.seed_idp("Entra ID")
        with pytest.raises(AnsibleError, match="no identity provider of the account has SCIM enabled"):
            at(service)


def test_what_was_asked_is_shown_to_who_wants_to_know(service: Running, some: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Display, "vvvv", lambda display, msg, **more: said.append(msg))
    at(service, "Okta", "Entra ID", user="ADA@example.com", limit=3)
    assert "identity providers: Okta, Entra ID; user ADA@example.com; limit 3" in said[0]
    assert "2 events in 3 requests" in said[1]
    assert service.cloudflare.api_token not in "".join(said)


def test_what_is_not_understood_is_said(service: Running, idp: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda display, msg, **more: said.append(msg))
    write(service, entry(idp["Okta"], 1, 1, request_method="BREW"))
    assert at(service) == []
    assert said == ["scim_logs: 1 entries are not understood and left out"]


def test_the_log_of_real_provisioning(service: Running, idp: dict[str, str]) -> None:
    cf = service.cloudflare
    where = {"url": cf.population_url(idp["Entra ID"]), "token": cf.scim_secret(idp["Entra ID"])}
    ada = {"user_name": "ada@example.com", "emails": [{"value": "ada@example.com", "type": "work", "primary": True}]}
    assert run("scim_user", {**where, **ada}).changed
    assert run("scim_user", {**where, **ada, "active": False}).changed
    found = at(service, "Entra ID", user="ada@example.com", since="-1h")
    assert [(event["action"], event["status"]) for event in found] == [("user.create", "success"), ("user.deactivate", "success")]


def test_the_documentation_names_every_way_to_give_an_option() -> None:
    documented = yaml.safe_load(scim_logs.DOCUMENTATION)["options"]
    for name, option in ACCESS.items():
        said = documented[name]
        assert (said["type"], said.get("default")) == (option["type"], option.get("default")), name
        assert [place["name"] for place in said["env"]] == option["fallback"][1], name
        assert [place["name"] for place in said["vars"]] == [f"identityops_cloudflare_{name}"], name
    assert not any(option.get("required") for option in documented.values())  # files need no account


def test_the_examples_use_options_that_exist() -> None:
    options = yaml.safe_load(scim_logs.DOCUMENTATION)["options"]
    calls = list(Environment().parse(scim_logs.EXAMPLES).find_all(nodes.Call))
    for task in yaml.safe_load(scim_logs.EXAMPLES):  # a condition has no braces
        for condition in [task[key]["that"] for key in task if key.endswith(".assert")]:
            calls += Environment().parse("{{ " + condition + " }}").find_all(nodes.Call)
    assert len(calls) == 6
    for call in calls:
        assert call.args[0].as_const() == LOOKUP
        assert {keyword.key for keyword in call.kwargs} <= set(options)
        given = {keyword.key: keyword.value.as_const() for keyword in call.kwargs}
        chosen(given.get("fields"))
        compiled(given.get("query"))
        assert Selection.from_options(given.get, datetime.now(timezone.utc))


# Files


def test_files_by_name_pattern_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"timestamp": "2026-11-24T10:00:0%dZ", "action": "user.create", "user": "p%d@example.com", "status": "success"}\n'
    (tmp_path / "b.log").write_text(line % (1, 1) + "not an event\n")
    (tmp_path / "a.log").write_text(line % (2, 2))
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda display, msg, **more: warned.append(msg))
    assert [event["user"] for event in look(str(tmp_path / "*.log"), source="file")] == ["p1@example.com", "p2@example.com"]
    assert [event["user"] for event in look(str(tmp_path / "a.log"), source="file", user="P2*", limit=1)] == ["p2@example.com"]
    assert warned == ["scim_logs: 1 entries are not understood and left out"]
    with pytest.raises(AnsibleError, match="there is no file"):
        look(str(tmp_path / "*.nothing"), source="file")
    with pytest.raises(AnsibleError, match="this is a directory; give files"):
        look(str(tmp_path), source="file")
    with pytest.raises(AnsibleError, match="/dev/null: this is no regular file"):
        look("/dev/null", source="file")
    (tmp_path / "lost.log").symlink_to(tmp_path / "gone.log")
    with pytest.raises(AnsibleError, match="lost.log: there is no such file"):
        look(str(tmp_path / "lost.log"), source="file")


def test_the_newest_ones_of_many_and_packed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file_events, "_ROOM", 3)
    line = '{"timestamp": "2026-11-24T10:00:%02dZ", "action": "user.create", "user": "p%d", "status": "success"}\n'
    numbers = [number * 7 % 60 for number in range(60)]
    (tmp_path / "new.log").write_text("".join(line % (number, number) for number in numbers[:30]))
    with gzip.open(tmp_path / "old.log.gz", "wt") as packed:
        packed.write("".join(line % (number, number) for number in numbers[30:]))
    found = look(str(tmp_path / "*.log*"), source="file", limit=5)
    assert [event["user"] for event in found] == [f"p{number}" for number in range(55, 60)]


def test_scimgateway() -> None:
    found = look(str(DATA / "scimgateway.jsonl"), source="file", status="failure", fields=["all"])
    assert found
    assert {event["source"] for event in found} == {"scimgateway"}


def test_evtx() -> None:
    pytest.importorskip("evtx")
    found = look(str(DATA / "scim-connector.evtx"), source="evtx", fields=["all"])
    assert found
    assert {event["source"] for event in found} == {"windows"}


def test_evtx_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evtx_file, "HAS_EVTX", False)
    with pytest.raises(AnsibleError, match="pip install evtx"):
        look(str(DATA / "scim-connector.evtx"), source="evtx")


# In a playbook

HOSTILE = "{{ 1+1 }}{% raw %}\x1b[31m{{ lookup('pipe', 'touch HERE') }}"
PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars:
    identityops_cloudflare_api_token: "{{ [beginning, ending] | join }}"
    identityops_cloudflare_account_id: "{{ account }}"
    identityops_cloudflare_rate_file: ""
  tasks:
    - name: facts
      ansible.builtin.set_fact:
        queried: "{{ query('identityops.lifecycle.scim_logs', 'Okta') }}"
        listed: "{{ lookup('identityops.lifecycle.scim_logs', 'Okta', wantlist=True) }}"
        one: "{{ lookup('identityops.lifecycle.scim_logs', 'Okta') }}"
        names: "{{ query('identityops.lifecycle.scim_logs', 'Okta') | map(attribute='user') | list }}"
        ignored: "{{ query('identityops.lifecycle.scim_logs', 'Nobody', errors='ignore') }}"
        warned: "{{ query('identityops.lifecycle.scim_logs', 'Nobody', errors='warn') }}"
        nothing: "{{ query('identityops.lifecycle.scim_logs', 'Entra ID') }}"
    - name: again
      ansible.builtin.set_fact:
        shown: "{{ queried[0].user }}"
    - name: strict
      ansible.builtin.debug:
        msg: "{{ query('identityops.lifecycle.scim_logs', 'Nobody') }}"
      ignore_errors: true
"""


def test_in_a_playbook_it_is_a_list_and_never_a_template(service: Running, idp: dict[str, str], tmp_path: Path) -> None:
    hostile = HOSTILE.replace("HERE", str(tmp_path / "evaluated"))
    write(service, entry(idp["Okta"], 1, 1, resource_user_email=hostile))
    playbook = tmp_path / "play.yml"
    playbook.write_text(PLAYBOOK)
    token = service.cloudflare.api_token
    variables = {"beginning": token[:9], "ending": token[9:], "account": service.cloudflare.account_id}
    ended = play_within(
        {"localhost": {}}, str(playbook), variables, "-vvvv", environment={"CLOUDFLARE_BASE_URL": service.cloudflare.base_url}
    )
    assert ended.code == 0, ended.output
    expected = [{"timestamp": "2025-11-01T00:00:01.000Z", "action": "user.create", "user": hostile, "status": "success"}]
    assert ended.fact("queried") == ended.fact("listed") == expected
    assert ended.fact("one") == expected[0]
    assert ended.fact("names") == [hostile]
    assert ended.fact("shown") == hostile
    assert ended.fact("ignored") == ended.fact("warned") == ended.fact("nothing") == []
    assert "there is no identity provider 'Nobody'" in ended.said
    assert "identity providers: Okta; everything" in ended.output
    assert token not in ended.output
    assert not (tmp_path / "evaluated").exists()
