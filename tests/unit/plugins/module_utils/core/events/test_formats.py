# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each system's log in our shape: the table and rules by which they are mapped, on real logs and on records as their makers describe them."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.event import key, shown
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.events.formats import (
    FORMATS,
    event_from_line,
    event_from_record,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.events.logs import LOGS

WHEN = "2026-11-24T10:00:00.000Z"


def read(line, format="auto", **container):
    return event_from_line(format, line if isinstance(line, str) else json.dumps(line), **container)


def core(line, **container):
    event = read(line, **container)
    return event and {name: value for name, value in event.items() if name not in ("timestamp", "resource_type", "record_id")}


def test_scimgateway_as_it_is():
    events = [read(line) for line in (LOGS / "scimgateway.jsonl").read_text(encoding="utf-8").splitlines() if line]
    assert events.count(None) == 3  # it says that it starts, listens and stops
    told = [event for event in events if event]
    assert [(event["action"], event.get("user") or event.get("group"), event["status"], event.get("error_code")) for event in told] == [
        ("user.create", "jane@lab.example", "success", None),
        ("user.create", "jane@lab.example", "failure", "409"),
        ("user.deactivate", "jane@lab.example", "success", None),
        ("group.create", "eng", "success", None),
        ("user.delete", "nobody", "failure", "500"),
        ("user.read", None, "failure", "401"),
        ("user.delete", "jane@lab.example", "success", None),
    ]
    assert told[1]["scim_type"] == "uniqueness"
    assert told[1]["detail"].endswith("Duplicate key for property id: jane@lab.example")
    assert {event["source"] for event in told} == {"scimgateway"}
    assert told[0]["duration_ms"] == 4.396
    assert told[0]["timestamp"] == "2026-11-24T00:14:00.920Z"
    assert not any("raw" in event for event in told)


CLOUDFLARE = {
    "logged_at": "2026-11-24T10:00:00.1234567Z",
    "idp_id": "f174",
    "cf_resource_id": "bd97",
    "idp_resource_id": "00u1",
    "resource_type": "USER",
    "resource_user_email": "ann@example.com",
    "request_method": "PATCH",
    "request_body": '{"Operations":[{"op":"Replace","path":"active","value":"False"}]}',
    "status": "SUCCESS",
}


def test_cloudflare_access():
    event = read(CLOUDFLARE)
    assert event == {
        "timestamp": "2026-11-24T10:00:00.123Z",
        "action": "user.deactivate",
        "user": "ann@example.com",
        "status": "success",
        "resource_type": "User",
        "resource_id": "bd97",
        "external_id": "00u1",
        "idp": "f174",
        "source": "cloudflare",
        "record_id": event["record_id"],
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [("SUCCESS", "success"), ("FAILURE", "failure"), ("ERROR", "failure"), ("error", "failure"), ("BY_X", "failure"), (None, "unknown"), (9, "failure")],
)
def test_cloudflare_knows_two_words_for_a_failure(status, expected):
    assert read({**CLOUDFLARE, "status": status, "error_description": "Invalid JSON body"})["status"] == expected


@pytest.mark.parametrize("body", ["", "{", "{}", "null", "[]", '"x"', None, 3, {"Operations": 3}])
def test_cloudflare_bodies_may_be_empty_or_broken(body):
    event = read({**CLOUDFLARE, "request_body": body, "status": "FAILURE", "error_description": "Invalid JSON body"})
    assert (event["action"], event["user"], event["detail"]) == ("user.update", "ann@example.com", "Invalid JSON body")


@pytest.mark.parametrize("kind", [None, "", "MEMBER"])
def test_cloudflare_entries_without_a_type_are_about_whom_they_name(kind):
    event = read({**CLOUDFLARE, "resource_type": kind})
    assert (event["action"], event["user"]) == ("user.deactivate", "ann@example.com")
    group = {name: value for name, value in CLOUDFLARE.items() if name != "resource_user_email"}
    event = read({**group, "resource_type": kind, "resource_group_name": "Staff", "request_method": "DELETE"})
    assert (event["action"], event["group"]) == ("group.delete", "Staff")


def test_cloudflare_names_may_stand_in_the_body_only():
    body = json.dumps({"userName": "ann@example.com", "externalId": "e1", "password": "s3cr3t"})
    bare = {"logged_at": WHEN, "resource_type": "USER", "request_method": "POST", "request_body": body, "status": "SUCCESS"}
    event = event_from_record("cloudflare", bare, raw=True)
    assert (event["action"], event["user"], event["external_id"]) == ("user.create", "ann@example.com", "e1")
    assert "s3cr3t" not in json.dumps(event)
    group = {**bare, "resource_type": "GROUP", "request_body": '{"displayName":"eng"}'}
    assert read(group)["group"] == "eng"
    assert "user" not in read({**group, "resource_user_email": "x"})


def test_cloudflare_records_are_told_apart_by_all_that_they_say():
    one = read(CLOUDFLARE)
    other = read({**CLOUDFLARE, "request_body": CLOUDFLARE["request_body"].replace("False", "false")})
    finer = read({**CLOUDFLARE, "logged_at": "2026-11-24T10:00:00.1234568Z"})
    assert len({key(one), key(other), key(finer)}) == 3
    assert key(one) == key(read(dict(reversed(CLOUDFLARE.items()))))


def test_cloudflare_audit_log_of_the_dashboard():
    record = {
        "id": "a1",
        "action": {"description": "Update SCIM User", "result": "success", "time": WHEN, "type": "update"},
        "actor": {"context": "api_token", "email": "idp@example.com"},
        "raw": {"cf_ray_id": "8b7f", "method": "PATCH", "status_code": 200, "uri": "/client/v4/accounts/x/scim/v2/Users/17"},
        "resource": {"id": "17", "type": "scim_user", "request": {"Operations": [{"op": "replace", "value": {"active": False}}]}},
    }
    record["resource"]["response"] = {"userName": "ann@example.com", "externalId": "e1"}
    event = read(record)
    assert shown(event, ["action", "user", "status", "resource_id", "external_id", "request_id", "record_id", "source"]) == {
        "action": "user.deactivate",
        "user": "ann@example.com",
        "status": "success",
        "resource_id": "17",
        "external_id": "e1",
        "request_id": "8b7f",
        "source": "cloudflare_audit",
        "record_id": "a1",
    }
    plain = {**record, "raw": {}, "action": {"description": "Delete SCIM Group", "result": False, "time": WHEN}}
    assert (read(plain)["action"], read(plain)["status"]) == ("group.delete", "failure")
    assert read({**plain, "action": {"description": "Purge cache", "time": WHEN}, "resource": {"type": "zone"}}) is None


def entra(**changes):
    reason = 'StatusCode: Conflict Message: x. Web Response: {"scimType":"uniqueness","detail":"userName is taken","status":409}'
    record = {
        "id": "75b5",
        "activityDateTime": "2026-11-24T10:00:00Z",
        "changeId": "c1",
        "cycleId": "y",
        "jobId": "z",
        "provisioningAction": "create",
        "durationInMilliseconds": 3236,
        "provisioningStatusInfo": {"status": "failure", "errorInformation": {"errorCode": "Conflict", "reason": reason}},
        "sourceSystem": {"displayName": "Microsoft Entra ID"},
        "servicePrincipal": {"displayName": "Access"},
        "sourceIdentity": {"id": "s1", "displayName": "Ann", "identityType": "User", "details": {"UserPrincipalName": "ann@example.com"}},
        "targetIdentity": {"id": "t1", "identityType": "User", "displayName": ""},
        "modifiedProperties": [],
    }
    return {**record, **changes}


def test_entra():
    event = read(entra())
    assert {name: value for name, value in event.items() if name != "detail"} == {
        "timestamp": WHEN,
        "action": "user.create",
        "user": "ann@example.com",
        "status": "failure",
        "error_code": "Conflict",
        "scim_type": "uniqueness",
        "resource_type": "User",
        "resource_id": "t1",
        "external_id": "s1",
        "idp": "Microsoft Entra ID",
        "request_id": "c1",
        "duration_ms": 3236,
        "unit": "Access",
        "source": "entra",
        "record_id": "75b5",
    }
    without_code = entra(provisioningStatusInfo={"status": "Failure", "errorInformation": {"reason": "HTTP 429"}})
    assert read(without_code)["error_code"] == "429"


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"provisioningAction": "disable"}, "user.deactivate"),
        ({"provisioningAction": "Delete"}, "user.delete"),
        ({"provisioningAction": "stagedDelete"}, "user.delete"),
        ({"provisioningAction": "update"}, "user.update"),
        ({"provisioningAction": "update", "modifiedProperties": [{"displayName": "active", "oldValue": "True", "newValue": "False"}]}, "user.deactivate"),
        ({"provisioningAction": "update", "modifiedProperties": [{"displayName": "accountEnabled", "newValue": '"true"'}]}, "user.activate"),
        ({"provisioningAction": None, "action": "Create"}, "user.create"),
        ({"sourceIdentity": {"identityType": "Group", "displayName": "eng"}}, "group.create"),
        ({"sourceIdentity": {"identityType": "RolesCompound"}, "targetIdentity": {}}, "service.create"),
    ],
)
def test_actions_of_entra(changes, action):
    assert read(entra(**changes))["action"] == action


@pytest.mark.parametrize("status", ["success", "failure", "skipped", "warning"])
def test_statuses_of_entra(status):
    assert read(entra(provisioningStatusInfo={"status": status, "errorInformation": None}))["status"] == status


OKTA = {
    "uuid": "u1",
    "published": "2026-11-24T10:00:00.000Z",
    "eventType": "application.provision.user.deactivate",
    "displayMessage": "Deactivate user in application",
    "outcome": {"result": "FAILURE", "reason": "Error: 401 Unauthorized"},
    "transaction": {"id": "t1"},
    "target": [
        {"type": "AppInstance", "displayName": "Slack", "id": "0oa"},
        {"type": "User", "alternateId": "ann@example.com", "displayName": "Ann", "id": "00u"},
        {"type": "AppUser", "alternateId": "ann", "id": "0ua"},
    ],
}


def test_okta():
    assert read(OKTA) == {
        "timestamp": WHEN,
        "action": "user.deactivate",
        "user": "ann@example.com",
        "status": "failure",
        "error_code": "401",
        "detail": "Error: 401 Unauthorized",
        "resource_type": "User",
        "resource_id": "0ua",
        "external_id": "00u",
        "idp": "Slack",
        "request_id": "t1",
        "source": "okta",
        "record_id": "u1",
    }
    members = {**OKTA, "eventType": "application.provision.group_membership.add", "outcome": {"result": "SUCCESS"}}
    members["target"] = [*OKTA["target"], {"type": "UserGroup", "displayName": "eng", "id": "00g"}]
    event = read(members)
    assert (event["action"], event["user"], event["group"], event["status"]) == ("group.member.add", "ann@example.com", "eng", "success")
    assert read({**OKTA, "eventType": "user.session.start"}) is None
    assert read({**OKTA, "eventType": "application.provision.group_push.mapping.update.or.delete.failed"})["action"] == "group.update"
    assert read({**OKTA, "outcome": {"result": "SKIPPED"}})["status"] == "skipped"


LOGRUS = 'time="2026-11-24T10:00:00Z" '


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('level=info msg="creating user" user=ann@example.com', {"action": "user.create", "user": "ann@example.com", "status": "attempted"}),
        ('level=info msg="deleting google user" email=ann@example.com', {"action": "user.delete", "user": "ann@example.com", "status": "attempted"}),
        ('level=warning msg="updating user" user=ann', {"action": "user.update", "user": "ann", "status": "attempted"}),
        ('level=info msg="creating group" Name=eng', {"action": "group.create", "group": "eng", "status": "attempted"}),
        ('level=info msg="Creating group in AWS" group=eng', {"action": "group.create", "group": "eng", "status": "attempted"}),
        (
            'level=info msg="Adding user to group" group=eng user=ann',
            {"action": "group.member.add", "user": "ann", "group": "eng", "status": "attempted"},
        ),
        (
            'level=warning msg="Removing user from group" group=eng user=ann',
            {"action": "group.member.remove", "user": "ann", "group": "eng", "status": "attempted"},
        ),
        (
            'level=error msg="error creating user" user="&{[] ann@example.com {A B}}" error="status 500"',
            {"action": "user.create", "user": "ann@example.com", "status": "failure", "error_code": "500", "detail": "status 500"},
        ),
        ('level=warning msg="Error deleting user" email=ann', {"action": "user.delete", "user": "ann", "status": "failure"}),
        (
            'level=warning msg="user already exists" user=ann',
            {"action": "user.create", "user": "ann", "status": "warning", "error_code": "409", "scim_type": "uniqueness"},
        ),
    ],
)
def test_ssosync_announces_and_never_says_that_it_succeeded(line, expected):
    event = core(LOGRUS + line)
    assert {"detail": event["detail"], **expected, "source": "ssosync"} == event
    as_json = {"time": WHEN, **dict(pair.split("=", 1) for pair in line.replace('"', "").replace("msg=", "msg=\0").split() if "=" in pair)}
    as_json["msg"] = line.split('msg="')[1].split('"')[0]
    assert read(as_json)["action"] == expected["action"]


def test_idp_scim_sync_writes_one_line_for_a_batch():
    event = core({"time": WHEN, "level": "WARN", "msg": "creating users", "quantity": 3})
    assert event == {"action": "user.create", "status": "attempted", "detail": "creating users 3", "source": "idp_scim_sync"}
    event = core(LOGRUS + 'level=WARN msg="joining users to groups" quantity=2')
    assert (event["action"], event["status"], event["source"]) == ("group.member.add", "attempted", "idp_scim_sync")
    assert read({"time": WHEN, "level": "ERROR", "msg": "deleting groups", "error": "HTTP 429"}, "idp_scim_sync")["error_code"] == "429"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            'SCIM_FAILURE action=user.create user=ann@example.com status=409 detail="uniqueness"',
            {"action": "user.create", "user": "ann@example.com", "status": "failure", "error_code": "409", "scim_type": "uniqueness", "detail": "uniqueness"},
        ),
        ("action=user.create user=ann status=201", {"action": "user.create", "user": "ann", "status": "success"}),
        ("ACTION=Create_User USER=ann RESULT=Success", {"action": "user.create", "user": "ann", "status": "success"}),
        ("op=disable user_name=ann outcome=OK", {"action": "user.deactivate", "user": "ann", "status": "success"}),
        ("action=delete group=eng status=ok", {"action": "group.delete", "group": "eng", "status": "success"}),
        ("method=PATCH path=/Users/17 user=ann code=204", {"action": "user.update", "user": "ann", "status": "success", "resource_id": "17"}),
        ("action=user.create user='a b' status=error_x", {"action": "user.create", "user": "a b", "status": "unknown"}),
        ('action=user.create user="a \\"b\\" c" status=ok user=other', {"action": "user.create", "user": 'a "b" c', "status": "success"}),
        ("\x1b[31mERROR\x1b[0m Failed to create user 'ann': HTTP 503", {"action": "user.create", "user": "ann", "status": "failure", "error_code": "503"}),
        ("SCIM_FAILURE something broke", {"action": "service.error", "status": "failure"}),
        ("level=error msg=boom", {"action": "service.error", "status": "failure", "detail": "boom"}),
        ("ERROR x\nTraceback (most recent call last):\n  y\nZ: w", {"action": "service.error", "status": "failure"}),
        ('Nov 24 10:00:00 idp1 scim[7]: {"action":"user.delete","user":"ann","status":"ok"}', {"action": "user.delete", "user": "ann", "status": "success"}),
    ],
)
def test_lines_of_any_program(line, expected):
    event = core(line, timestamp=WHEN)
    expected = {**expected, "source": "json" if "{" in line else "key_value"}
    if "detail" not in expected and event["status"] in ("failure", "unknown"):
        event.pop("detail")
    assert event == expected


def test_the_id_of_a_resource_may_stand_in_the_path():
    event = core({"ts": WHEN, "method": "DELETE", "path": "/scim/v2/Users/42", "http_status": 500, "error": {"code": "E1", "message": "boom"}})
    assert event == {"action": "user.delete", "status": "failure", "error_code": "500", "detail": "boom", "resource_id": "42", "source": "json"}


def test_a_line_may_be_wrapped_in_the_message_of_a_logger():
    wrapped = {"time": WHEN, "level": "info", "msg": 'SCIM_FAILURE action=user.create user=ann status=409 detail="uniqueness"'}
    assert core(wrapped) == {**core(wrapped["msg"], timestamp=WHEN), "source": "json"}
    assert core({"ts": WHEN, "message": "SCIM_FAILURE: something broke"})["action"] == "service.error"


@pytest.mark.parametrize("line", ["", "  ", "started", "listening on port 80", "user ann", "[1, 2]", '"x"', "status=ok", '{"a": 1}', "reading users", "\ufeff"])
def test_lines_that_are_no_events_are_none(line):
    assert read(line, timestamp=WHEN) is None


def test_an_event_without_any_timestamp_is_none():
    assert read("action=user.create user=a status=ok") is None
    assert read("2026-11-24 10:00:00,000 action=user.create user=a status=ok")["timestamp"] == WHEN
    assert read("action=user.create user=a status=ok ts=1795514400")["timestamp"] == WHEN


@pytest.mark.parametrize("source", [CLOUDFLARE, OKTA, entra(), entra(provisioningStatusInfo={"status": "skipped", "errorInformation": {"reason": "x"}})])
def test_our_own_events_are_read_as_they_were_written(source):
    event = read(source)
    again = read(json.dumps(shown(event, ["all"])))
    assert again == event
    assert key(again) == key(event)


def test_formats_are_named_and_recognized():
    names = "cloudflare cloudflare_audit scimgateway entra okta ssosync idp_scim_sync json key_value windows"
    assert set(FORMATS) == set(names.split())
    with pytest.raises(InvalidInput, match="format: 'syslog' is none of auto, cloudflare"):
        read("x", "syslog")
    with pytest.raises(InvalidInput, match="format"):
        event_from_record("syslog", {})
    assert event_from_record("auto", OKTA)["source"] == "okta"
    assert event_from_record("auto", ["x"]) is None


def test_raw_is_there_only_on_request_and_without_secrets():
    line = "action=user.create user=ann status=ok password=s3cr3t"
    assert "raw" not in read(line, timestamp=WHEN)
    assert read(line, timestamp=WHEN, raw=True)["raw"] == "action=user.create user=ann status=ok password=********"
    assert event_from_record("okta", {**OKTA, "token": "s3cr3t"}, raw=True)["raw"]["token"] == "********"


@pytest.mark.parametrize(
    ("named", "action"),
    [
        ("user.disable", "user.deactivate"),
        ("user.disabled", "user.deactivate"),
        ("user.deactivated", "user.deactivate"),
        ("User.Suspend", "user.deactivate"),
        ("user.offboard", "user.deactivate"),
        ("user.deprovision", "user.delete"),
        ("user.removed", "user.delete"),
        ("user.created", "user.create"),
        ("user.reactivated", "user.activate"),
        ("user.update.failed", "user.update"),
        ("group.member.removed", "group.member.remove"),
        ("group.remove_member", "group.member.remove"),
        ("user.member.add", "user.member.add"),
        ("group.push", "group.update"),
        ("user.wave", "user.wave"),
        ("service.error", "service.error"),
    ],
)
def test_a_program_may_name_what_it_does_in_words_of_its_own(named, action):
    event = event_from_line("auto", f"{WHEN} SCIM_FAILURE action={named} user=ann@example.com status=500")
    assert (event["action"], event["status"]) == (action, "failure")


@pytest.mark.parametrize("words", ["failed to remove user {} from group Staff", "error removing member {} of group 'Staff'"])
def test_a_sentence_about_a_member_names_who_it_is(words):
    event = event_from_line("auto", f"{WHEN} ERROR {words.format('ann@example.com')}")
    assert (event["action"], event["status"], event["user"]) == ("group.member.remove", "failure", "ann@example.com")


def test_a_marked_failure_about_an_address_is_about_a_person():
    event = event_from_line("auto", f"{WHEN} SCIM_FAILURE deprovisioning of ann@example.com failed")
    assert (event["action"], event["user"]) == ("user.delete", "ann@example.com")
    assert event_from_line("auto", f"{WHEN} new mail from ann@example.com") is None


URN_OF_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_entra_may_name_types_and_attributes_of_an_application_by_their_schema():
    change = {"displayName": "urn:ietf:params:scim:schemas:core:2.0:User:active", "oldValue": "True", "newValue": "False"}
    target = {"id": "t1", "identityType": URN_OF_USER, "displayName": "", "details": {"userName": "ann@example.com"}}
    summary = {"activityDateTime": WHEN, "provisioningAction": "update", "modifiedProperties": [change], "targetIdentity": target}
    event = event_from_record("auto", {**summary, "provisioningStatusInfo": {"status": "failure"}})
    assert (event["action"], event["user"], event["status"], event["resource_id"]) == ("user.deactivate", "ann@example.com", "failure", "t1")
