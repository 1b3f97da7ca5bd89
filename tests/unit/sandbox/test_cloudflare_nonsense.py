# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is sent to the Cloudflare account, it is answered, and a refusal leaves everything as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.cloudflare import Account, Cloudflare
from sandbox.cloudflare import quirks as known_quirks
from sandbox.cloudflare.rules import KINDS, LISTS
from sandbox.exchange import Request

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from(["", "x", "24h", "a@b.c", "allow", "10.0.0.1", "**********"])
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=5,
)


def _account():
    handle = Cloudflare(Account())
    handle.set_rate(1_000_000, per_second=0)
    group = handle.seed_group("Staff")
    reusable = handle.seed_policy("one", "allow", [{"group": {"id": group["id"]}}])
    app = handle.seed_app("Wiki", policies=[reusable["id"]])
    own = handle.seed_app_policy(app["id"], "own")
    idp = handle.seed_idp("Entra", scim_config={"enabled": True})
    user = handle.seed_user("ada@example.com", authenticators=1)
    return handle, {
        "group": group["id"],
        "policy": reusable["id"],
        "app": app["id"],
        "own": own["id"],
        "idp": idp["id"],
        "user": user["id"],
        "seat": user["seat_uid"],
    }


HANDLE, IDS = _account()
STATE = HANDLE.account.state()

_VALUES = _ANYTHING | st.sampled_from([*IDS.values()])
_INNER = st.dictionaries(
    st.sampled_from(
        sorted(
            {name for kind in KINDS.values() for name in (*kind.required, *kind.optional)}
            | {"user_risk_score"}
        )
    ),
    _VALUES,
    max_size=3,
)
_RULE = st.dictionaries(st.sampled_from(sorted(KINDS)), _INNER | _ANYTHING, min_size=1, max_size=2)
_RULES = st.lists(_RULE | st.just({"everyone": {}}), max_size=2) | _ANYTHING
_OTHERS = (
    "precedence",
    "session_duration",
    "approval_required",
    "approval_groups",
    "mfa_config",
    "connection_rules",
    "email",
    "seat_uid",
    "is_default",
    "purpose_justification_prompt",
    "app_launcher_visible",
    "saml_certificate_set_id",
)
_FIELDS = {
    "name": st.just("n") | _ANYTHING,
    "decision": st.sampled_from(["allow", "bypass"]) | _ANYTHING,
    "type": st.sampled_from(["self_hosted", "azureAD", "onetimepin"]) | _ANYTHING,
    "domain": st.just("d.example.com") | _ANYTHING,
    "config": st.dictionaries(st.sampled_from(["client_id", "client_secret"]), _SCALARS) | _ANYTHING,
    "scim_config": st.dictionaries(
        st.sampled_from(["enabled", "user_deprovision", "identity_update_behavior"]), _SCALARS
    )
    | _ANYTHING,
    "policies": st.lists(
        _VALUES | st.dictionaries(st.sampled_from(["id", "precedence", "include"]), _VALUES), max_size=3
    )
    | _ANYTHING,
    **dict.fromkeys(LISTS, _RULES),
    **dict.fromkeys(_OTHERS, _ANYTHING),
}
_SEAT = st.fixed_dictionaries(
    {"seat_uid": st.sampled_from([IDS["seat"], "x"])},
    optional={"access_seat": _SCALARS, "gateway_seat": _SCALARS},
)
_BODIES = st.fixed_dictionaries({}, optional=_FIELDS) | st.lists(_SEAT, max_size=2) | _ANYTHING
_PLACES = [
    ("POST", "/access/policies"),
    ("PUT", "/access/policies/{policy}"),
    ("POST", "/access/groups"),
    ("PUT", "/access/groups/{group}"),
    ("POST", "/access/apps"),
    ("PUT", "/access/apps/{app}"),
    ("POST", "/access/apps/{app}/policies"),
    ("PUT", "/access/apps/{app}/policies/{own}"),
    ("PUT", "/access/apps/{app}/policies/{own}/make_reusable"),
    ("POST", "/access/identity_providers"),
    ("PUT", "/access/identity_providers/{idp}"),
    ("POST", "/access/users"),
    ("PUT", "/access/users/{user}"),
    ("PATCH", "/access/seats"),
    ("POST", "/access/organizations/revoke_user"),
]


@pytest.mark.parametrize("place", _PLACES, ids=" ".join)
@settings(max_examples=60, deadline=None)
@given(body=_BODIES, quirks=st.lists(st.sampled_from(sorted(known_quirks.KNOWN)), max_size=1))
def test_nonsense_is_answered(place, body, quirks):
    account = HANDLE.account
    account.restore(STATE)
    HANDLE.set_quirks(quirks)
    method, path = place
    headers = {"authorization": f"Bearer {HANDLE.api_token}"}
    before = account.state()["tables"]
    sent = Request(
        method, f"/accounts/{account.id}{path.format(**IDS)}", {}, headers, json.dumps(body).encode()
    )
    answer = account(sent)
    json.loads(answer.encoded())
    assert answer.body["success"] is answer.ok
    if not answer.ok:
        assert account.state()["tables"] == before
        assert not sent.effect.applied
    # Whatever was accepted can be read again.
    for kind in ("policies", "groups", "apps", "identity_providers", "users", f"apps/{IDS['app']}/policies"):
        assert account(Request("GET", f"/accounts/{account.id}/access/{kind}", {}, headers)).ok
