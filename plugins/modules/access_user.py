#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_user
short_description: End the sessions, second factors and seat of one person in Cloudflare Access
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Ends what Cloudflare Zero Trust holds for one person, and reads back what is left. Each part is a plane with a verdict of its own.
  - What is gone already is not ended again. Sessions are read before anything is revoked, seats before they are freed.
  - Nothing here keeps a person out. Revoking ends sessions, and who still matches a policy signs in again after a minute; a seat
    that was freed is taken again with the next login. Deactivate the account first, and take the person out of what admits them
    with M(identityops.lifecycle.access_selector).
notes:
  - The user record in Cloudflare stays. By its documentation such records cannot be deleted.
  - Freeing a seat also deletes the registrations of the person's devices.
  - The planes need different permissions of the token. One that fails does not keep the others from being done; the task fails
    in the end, and RV(planes) tells what is true.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.access.writing
  - identityops.lifecycle.attributes.access_writing
options:
  email:
    description: The e-mail address of the person, in any letter case. More than one record of that address is refused.
    type: str
    required: true
  sessions:
    description:
      - V(absent) revokes all sessions, if there is any.
      - Where it cannot be read whether there is one, they are revoked all the same, and the task fails, since nothing is proven.
    type: str
    choices: [absent]
  devices:
    description: Together with O(sessions), also revoke the registrations of the person's devices. Having one is a reason to revoke, too.
    type: bool
    default: false
  warp_reauth:
    description:
      - With a revocation, also require that the person signs in to WARP again.
      - Cloudflare does not show whether that is so. It is therefore sent only if something else has to be revoked.
    type: bool
    default: false
  mfa:
    description: V(absent) removes all second factors that were enrolled with Access.
    type: str
    choices: [absent]
  mfa_authenticators:
    description:
      - Ids of second factors to remove where the record does not show them. Those that do not exist are no error.
      - What is left is not shown then, so that the plane stays V(unproven).
    type: list
    elements: str
  seat:
    description: V(absent) frees the seat, that of Access and that of Gateway.
    type: str
    choices: [absent]
  protected:
    description:
      - E-mail addresses, names, ids or shell patterns of people to whom nothing is done.
      - If it is not set, E(SCIM_PROTECTED) is used, a list separated by commas.
    type: list
    elements: str
    default: []
  verify_timeout:
    description: Seconds to wait until what was ended is not shown any more. Old sessions take half a minute to die. V(0) looks once.
    type: float
    default: 30.0
seealso:
  - module: identityops.lifecycle.access_user_info
  - module: identityops.lifecycle.access_selector
  - module: identityops.lifecycle.access_decision_info
    description: Whether the person can still get in.
  - name: Sessions in Cloudflare Access
    description: What a revocation ends, and how long it takes.
    link: https://developers.cloudflare.com/cloudflare-one/access-controls/access-settings/session-management/
  - name: Seats
    description: Who takes one, and what freeing it does.
    link: https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/seat-management/
"""

EXAMPLES = r"""
- name: Nothing of a leaver is left running
  identityops.lifecycle.access_user:
    account_id: "{{ account }}"
    api_token: "{{ cloudflare_token }}"
    email: ada@example.com
    sessions: absent
    devices: true
    warp_reauth: true
    mfa: absent
    seat: absent
  register: ended

- name: The sessions are gone for certain
  ansible.builtin.assert:
    that: ended.planes.sessions.verdict in ['proven', 'not_applicable']

- name: Only free the seat of somebody who is on leave
  identityops.lifecycle.access_user:
    email: bob@example.com
    seat: absent
"""

RETURN = r"""
user:
  description: The person as Access shows them afterwards; numbers only for the planes that were asked. Empty if Access does not know them.
  returned: success
  type: dict
  sample:
    id: 7f5b8a3e
    email: ada@example.com
    name: Ada
    access_seat: false
    gateway_seat: false
    seat_uid: 9c2d4e6f
    active_device_count: 0
    active_sessions: 0
    mfa_authenticators: 0
    last_successful_login: "2026-11-02T08:15:00Z"
planes:
  description:
    - For each plane that was asked, whether reading proves that nothing is left.
    - V(proven) if nothing is shown, V(unproven) if something is, or if it cannot be read, V(predicted) in check mode for what a run
      would end, V(not_applicable) if Access does not know the person.
  returned: success
  type: dict
  sample:
    sessions: {verdict: proven, said: there is no active session}
    seat: {verdict: unproven, said: access_seat still taken}
requests:
  description: The writes that were sent, or in check mode those that would be.
  returned: always
  type: list
  elements: dict
  sample: [{method: PUT, path: /accounts/023e105f4ecef8ad9ca31a8372d0c353/access/identity_providers/f174e90a}]
unconverged:
  description: What was ended and is still shown after O(verify_timeout).
  returned: success
  type: list
  elements: str
  sample: [access_seat]
failures:
  description: The planes that could not be done or read, with the reason. They fail the task.
  returned: success
  type: list
  elements: dict
  sample: []
candidates:
  description: The ids of the records of that address.
  returned: when there is more than one, which is refused
  type: list
  elements: str
  sample: [7f5b8a3e, 1d2c3b4a]
protected:
  description: Whether the person is on the list of those to whom nothing is done.
  returned: when they are, which is refused
  type: bool
  sample: true
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 403
code:
  description: The number of the error; 0 if Cloudflare gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 10000
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: Authentication error
documentation_url:
  description: Where Cloudflare explains the error; empty if it did not say.
  returned: when Cloudflare refused a request
  type: str
  sample: ""
request_id:
  description: The id by which the support of Cloudflare finds the request; empty if it gave none.
  returned: when Cloudflare refused a request
  type: str
  sample: 8c2f2c9a
request:
  description: The request that failed.
  returned: when Cloudflare refused a request
  type: dict
  sample: {method: PUT, path: /accounts/023e105f4ecef8ad9ca31a8372d0c353/access/seats}
"""

from ..module_utils.options import WRITING
from ..module_utils.reconcile.access.person import settle_person
from ..module_utils.runner import ensure_access

PLANES = ("sessions", "mfa", "seat")
SPEC = {
    "email": {"type": "str", "required": True},
    **{plane: {"type": "str", "choices": ["absent"]} for plane in PLANES},
    "devices": {"type": "bool", "default": False},
    "warp_reauth": {"type": "bool", "default": False},
    "mfa_authenticators": {"type": "list", "elements": "str"},
    "protected": WRITING["protected"],
    "verify_timeout": {"type": "float", "default": 30.0},
}


def main() -> None:
    ensure_access(SPEC, settle_person, required_one_of=[PLANES])


if __name__ == "__main__":
    main()
