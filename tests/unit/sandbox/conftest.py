# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox for each test, and a client of few words to talk to it over a real socket."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_NEEDED = ("scim2_server", "cheroot", "requests")

if sys.version_info < (3, 11) or any(importlib.util.find_spec(name) is None for name in _NEEDED):
    collect_ignore_glob = ["test_*.py"]  # the sandbox asks for more than the collection does
elif str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Client:
    """Requests to one running sandbox; paths are below its base URL."""

    def __init__(self, service, session):
        self.service = service
        self.session = session
        session.headers["Authorization"] = f"Bearer {service.token}"

    def ask(self, method, path, **options):
        options.setdefault("timeout", 10)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.service.url + path, **options)

    def get(self, path, **query):
        return self.ask("GET", path, params=query)

    def delete(self, path):
        return self.ask("DELETE", path)

    def post(self, path, document):
        return self.ask("POST", path, json=document)

    def put(self, path, document):
        return self.ask("PUT", path, json=document)

    def patch(self, path, *operations):
        return self.ask("PATCH", path, json={"schemas": [PATCH], "Operations": list(operations)})

    def create_user(self, user_name, **attributes):
        return self.post("/Users", {"schemas": [USER], "userName": user_name, **attributes})

    def create_group(self, name, *members, **attributes):
        values = [{"value": member} for member in members]
        return self.post(
            "/Groups", {"schemas": [GROUP], "displayName": name, "members": values, **attributes}
        )

    def seed_user(self, name, **attributes):
        """A user that was there before; returns its id."""
        return self.service.seed({"schemas": [USER], "userName": name, **attributes})[0]["id"]

    def seed_users(self, number):
        return [self.seed_user(f"user{n:03}@example.com") for n in range(number)]

    def seed_group(self, name, *members):
        values = [{"value": member} for member in members]
        return self.service.seed({"schemas": [GROUP], "displayName": name, "members": values})[0]["id"]

    def names(self, **query):
        """The user names of a list, in its order."""
        return [user["userName"] for user in self.get("/Users", **query).json()["Resources"]]

    def members(self, group):
        """Who is really in a group, whatever the service shows."""
        return [member["value"] for member in self.stored(group).get("members", [])]

    def stored(self, resource_id):
        """What is really stored under an id, None when nothing is."""
        return next((found for found in self.service.stored() if found["id"] == resource_id), None)


@pytest.fixture
def serve():
    """serve(*quirks, profile=..., faults=[...]) starts a sandbox that ends with the test, and returns its Client."""
    import requests

    import sandbox

    with contextlib.ExitStack() as stack:

        def start(*quirks, **options):
            service = stack.enter_context(sandbox.running(quirks=quirks, **options))
            return Client(service, stack.enter_context(requests.Session()))

        yield start


class CloudflareClient:
    """Requests to a Cloudflare account without a socket; paths are below the account."""

    def __init__(self, handle):
        self.handle = handle
        self.headers = {"authorization": f"Bearer {handle.api_token}"}

    def answer(self, method, path, body=None, query=None):
        from sandbox.exchange import Request

        content = b"" if body is None else json.dumps(body).encode()
        whole = f"/accounts/{self.handle.account_id}{path}"
        return self.handle.account(Request(method, whole, query or {}, self.headers, content))

    def status(self, method, path, body=None, query=None):
        """(status, code of the first error or 0)."""
        answer = self.answer(method, path, body, query)
        return answer.status, (answer.body["errors"] or [{"code": 0}])[0]["code"]

    def result(self, method, path, body=None, query=None):
        """The result of a request that must succeed, as a client reads it."""
        answer = self.answer(method, path, body, query)
        assert answer.ok, answer.body
        return json.loads(answer.encoded())["result"]

    def refusal(self, method, path, body=None):
        """The message of a request that must be refused with 12130, without what all of them begin with."""
        answer = self.answer(method, path, body)
        assert (answer.status, answer.body["errors"][0]["code"]) == (400, 12130)
        return answer.body["errors"][0]["message"].removeprefix("access.api.error.invalid_request: ")


@pytest.fixture
def cloudflare():
    """A Cloudflare account that is not served; in this second it may be asked as often as a test likes."""
    from sandbox.cloudflare import Account, Cloudflare

    handle = Cloudflare(Account())
    handle.set_rate(100_000, per_second=0)
    return CloudflareClient(handle)
