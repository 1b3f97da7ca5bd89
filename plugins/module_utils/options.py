# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of modules, declared once, and what they connect to.

An environment variable that is empty counts as unset: an AWX credential exports every field that it has. No variable
begins with ``ANSIBLE_``, which AWX drops, and for none of them is ``False`` the unsafe value.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .client.auth import Basic, BearerToken, ClientCredentials, Credentials, NoCredentials
from .client.connection import Connection
from .client.redaction import Redactor, in_base64, passwords_in
from .client.scim import ScimService
from .client.throttle import Clock, Gate
from .client.token_endpoint import TokenEndpoint
from .client.transport import Transport
from .client.unkept import Unkept
from .core.attributes import BOOLEAN, ELEMENTS, REFERENCES, Attribute
from .core.errors import InvalidInput
from .core.profiles import AT_LEAST_ONE, CHOICES, DEFAULTS, PROFILES, Capabilities
from .core.resources import Resource
from .mistakes import refuse_unknown_options

Get = Callable[[str], Any]
Spec = dict[str, dict[str, Any]]


def environment(*names: str) -> str:
    """A fallback for an argument spec: the first of the variables that is set and not empty."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


_SECRETS = ("token", "auth_password", "client_secret")
_ENVIRONMENT_OF_CREDENTIALS = {
    "token": "SCIM_TOKEN",
    "auth_username": "SCIM_USERNAME",
    "auth_password": "SCIM_PASSWORD",
    "token_url": "SCIM_TOKEN_URL",
    "client_id": "SCIM_CLIENT_ID",
    "client_secret": "SCIM_CLIENT_SECRET",
}


def from_environment(name: str) -> tuple[Callable[..., str], list[str]]:
    """The ``fallback`` of an option in an argument spec."""
    return (environment, [name])


_OPTION_TYPES = {bool: "bool", int: "int", str: "str", tuple: "list"}


def _capability(name: str, default: Any) -> dict[str, Any]:
    option: dict[str, Any] = {"type": _OPTION_TYPES[type(default)]}
    if isinstance(default, tuple):
        option["elements"] = "str"
    if name in CHOICES:
        option["choices"] = list(CHOICES[name])
    return option


# How to reach a service: the same for every module.
CONNECTION: Spec = {
    "url": {"type": "str", "required": True, "fallback": from_environment("SCIM_URL")},
    **{
        name: {"type": "str", "no_log": name in _SECRETS, "fallback": from_environment(variable)}
        for name, variable in _ENVIRONMENT_OF_CREDENTIALS.items()
    },
    "scope": {"type": "str", "fallback": from_environment("SCIM_SCOPE")},
    "headers": {"type": "dict", "no_log": True},  # else SCIM_HEADERS, read by connect(), which can say what is wrong with it
    "ca_file": {"type": "path", "fallback": from_environment("SCIM_CA_FILE")},
    "client_cert": {"type": "path", "fallback": from_environment("SCIM_CLIENT_CERT")},
    "client_key": {"type": "path", "no_log": False, "fallback": from_environment("SCIM_CLIENT_KEY")},
    "skip_tls_verify": {"type": "bool", "default": False, "fallback": from_environment("SCIM_SKIP_TLS_VERIFY")},
    "timeout": {"type": "float", "default": 30.0, "fallback": from_environment("SCIM_TIMEOUT")},
    "time_budget": {"type": "float", "default": 300.0, "fallback": from_environment("SCIM_TIME_BUDGET")},
    "profile": {"type": "str", "default": "auto", "choices": sorted(PROFILES), "fallback": from_environment("SCIM_PROFILE")},
    "capabilities": {"type": "dict", "options": {name: _capability(name, value) for name, value in DEFAULTS.items()}},
    "max_scan": {"type": "int", "default": 20000},
}

# What a module that writes has beside it.
WRITING: Spec = {
    "protected": {"type": "list", "elements": "str", "default": [], "fallback": from_environment("SCIM_PROTECTED")},
    "on_unconverged": {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"},
    "unkept_file": {
        "type": "path",
        "default": "~/.cache/identityops.lifecycle/unkept.json",
        "fallback": from_environment("SCIM_UNKEPT_FILE"),
    },
}


def attribute_options(resource: Resource) -> Spec:
    """The options for the attributes of a resource type; memberships take ``{add, remove, set}``."""
    spec: Spec = {}
    for attribute in resource.attributes:
        parent, dot, name = attribute.option.partition(".")
        if dot:
            spec.setdefault(parent, {"type": "dict", "options": {}})["options"][name] = _attribute(attribute)
        else:
            spec[attribute.option] = _attribute(attribute)
    return spec


def _attribute(attribute: Attribute) -> dict[str, Any]:
    if attribute.kind == REFERENCES:
        names: dict[str, Any] = {"type": "list", "elements": "str"}
        return {"type": "dict", "options": {"add": names, "remove": names, "set": names}}
    if attribute.kind == ELEMENTS:
        return {"type": "list", "elements": "dict", "options": {sub.option: _attribute(sub) for sub in attribute.sub}}
    if attribute.kind == BOOLEAN:
        return {"type": "bool"}
    return {"type": "str", "no_log": True} if attribute.write_only else {"type": "str"}


def connect(get: Get, *, read_only: bool) -> ScimService:
    """The service that the options name. get: the value of an option, ``None`` where it is not given.

    read_only: refuse every write on the way out. Raises InvalidInput.
    """
    _refuse_endpoint(str(get("url") or ""))
    redactor = Redactor(secrets_of(get))
    headers = {str(name): str(value) for name, value in _headers(get).items()}
    gate = Gate(Clock(), positive(get, "time_budget"))
    connection = Connection(
        url=get("url"),
        headers=headers,
        ca_file=readable_file(get, "ca_file"),
        client_cert=readable_file(get, "client_cert"),
        client_key=readable_file(get, "client_key"),
        skip_tls_verify=bool(get("skip_tls_verify")),
        timeout=positive(get, "timeout"),
        concurrency=int(get("concurrency") or 1),
    )
    connection = replace(connection, credentials=_credentials(get, connection, gate, redactor))
    capabilities = Capabilities(get("profile") or "auto", _capabilities(get))
    transport = Transport(connection, gate, redactor, read_only=read_only)
    return ScimService(transport, capabilities, max_scan=int(positive(get, "max_scan")))


def _refuse_endpoint(url: str) -> None:
    last = url.rstrip("/").rpartition("/")[2]
    if last.lower() in ("users", "groups", "serviceproviderconfig"):
        raise InvalidInput(f"url ends in /{last}; give the base URL of the service, the part before it")


def secrets_of(get: Get) -> set[str]:
    """Every value among the options that nobody may see, wherever it hides: in a header, in an address, in a list of users.

    get: the value of an option; whether it is one that is allowed was perhaps not looked at yet.
    """
    found = [get(name) for name in (*_SECRETS, "password", "api_token", "api_key")]
    headers, users, of_provider = get("headers"), get("users"), get("config_secrets")
    if isinstance(of_provider, Mapping):
        found += of_provider.values()
    if isinstance(headers, Mapping):
        found += headers.values()
    with contextlib.suppress(InvalidInput):
        found += _headers_of_environment().values()
    if isinstance(users, list):
        found += [user.get("password") for user in users if isinstance(user, Mapping)]
    if get("auth_username") and get("auth_password"):
        found.append(in_base64(str(get("auth_username")), str(get("auth_password"))))
    for name in ("url", "token_url"):
        # Refused later, and shown by none of the refusals.
        found += passwords_in(str(get(name) or ""))
    return {str(value) for value in found if value}


def memory(get: Get) -> Unkept:
    """The memory of what the service accepts and does not keep."""
    return Unkept(get("unkept_file") or "", str(get("url")).rstrip("/"))


def _credentials(get: Get, connection: Connection, gate: Gate, redactor: Redactor) -> Credentials:
    """The one way to sign in that is given; one that the task gives beats those of the environment."""
    given = {name: str(get(name)) for name in _ENVIRONMENT_OF_CREDENTIALS if get(name)}
    by_task = {n: v for n, v in given.items() if v != os.environ.get(_ENVIRONMENT_OF_CREDENTIALS[n])}
    methods = (("token",), ("auth_username", "auth_password"), ("token_url", "client_id", "client_secret"))
    for source in (by_task, given):
        chosen = [method for method in methods if any(name in source for name in method)]
        if len(chosen) > 1:
            raise InvalidInput(f"{' and '.join(method[0] for method in chosen)} are given; choose one way to sign in")
        if chosen:
            has = [name for name in chosen[0] if name in given]
            missing = [name for name in chosen[0] if name not in given]
            if missing:
                raise InvalidInput(f"{' and '.join(has)} need{'s' * (len(has) == 1)} {' and '.join(missing)} beside it")
            break
    else:
        return NoCredentials()
    if chosen[0] == methods[0]:
        return BearerToken(given["token"])
    if chosen[0] == methods[1]:
        return Basic(given["auth_username"], given["auth_password"])
    endpoint = TokenEndpoint(
        connection, gate, redactor, given["token_url"], given["client_id"], given["client_secret"], str(get("scope") or "")
    )
    return ClientCredentials(endpoint.fetch, redactor)


def _headers(get: Get) -> Mapping[str, Any]:
    given: Mapping[str, Any] | None = get("headers")
    return _headers_of_environment() if given is None else given


def _headers_of_environment() -> dict[str, Any]:
    text = os.environ.get("SCIM_HEADERS") or "{}"
    try:
        headers = json.loads(text)
    except ValueError:
        headers = None
    if not isinstance(headers, dict):
        raise InvalidInput("the environment variable SCIM_HEADERS does not hold a JSON object, as in {\"X-Tenant\": \"42\"}")
    return headers


def _capabilities(get: Get) -> Mapping[str, Any]:
    """The capabilities that the task states; numbers that could not be meant are refused."""
    given: Mapping[str, Any] = get("capabilities") or {}
    for name, value in given.items():
        least = 1 if name in AT_LEAST_ONE else 0
        if isinstance(value, int) and value < least:
            raise InvalidInput(f"capabilities.{name}: {value} is out of range; give {least} or more")
        if isinstance(value, list):
            refuse_unknown_options(name, value)
    return given


def positive(get: Get, name: str) -> float:
    """The number that an option gives. Raises InvalidInput if it could not be meant."""
    value = float(get(name))
    if not 0 < value < 10**7:
        raise InvalidInput(f"{name}: {value:g} is out of range; give a number above 0 and below 10,000,000")
    return value


def readable_file(get: Get, name: str) -> str:
    """The path that an option gives, "" for none. Raises InvalidInput if there is no such file, or it cannot be read."""
    path = str(get(name) or "")
    if path and not os.path.isfile(path):
        raise InvalidInput(f"{name}: there is no file {path!r} on the host that runs the task")
    if path and not os.access(path, os.R_OK):
        raise InvalidInput(f"{name}: {path!r} cannot be read by the user who runs the task")
    return path
