#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_identity_provider
short_description: SCIM settings of an identity provider of Cloudflare Access
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Sets whether an existing identity provider is provisioned over SCIM, and what becomes of the sessions and the seat of somebody
    who is deprovisioned there.
  - When SCIM is enabled, Cloudflare makes a secret and shows it once. Without O(secret_file) and O(return_secret) it would be lost, and
    the task is refused before anything is written.
  - Only C(scim_config) of the provider changes. Cloudflare replaces the whole provider with each write, so all else is sent back as
    it was read.
notes:
  - A provider that is C(read_only), one-time PINs and Google, which have no SCIM settings, are refused if something had to change.
  - A lost secret cannot be read again. Have Cloudflare make a new one, in its dashboard.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.access.writing
  - identityops.lifecycle.attributes.access_writing
options:
  id:
    description: The id of the identity provider. One of O(id) and O(name) is required.
    type: str
  name:
    description: The name of the identity provider. Names are not unique; more than one match is refused with the ids.
    type: str
  scim:
    description: The SCIM settings. What is not named stays as it is.
    type: dict
    required: true
    suboptions:
      enabled:
        description: Whether the provider is provisioned over SCIM.
        type: bool
      user_deprovision:
        description: Whether the Access and Gateway sessions of somebody who is deprovisioned are revoked.
        type: bool
      seat_deprovision:
        description: Whether their seat is freed, too. It needs O(scim.user_deprovision).
        type: bool
      identity_update_behavior:
        description:
          - What a SCIM update does to the identity that policies see.
          - V(automatic) rewrites it and adds what SCIM says, V(reauth) makes people sign in again when their groups change,
            V(no_action) leaves it alone. V(noaction) is another spelling of the last.
        type: str
        choices: [automatic, reauth, no_action, noaction]
  config_secrets:
    description:
      - The secrets in C(config) of the provider, by their names there, for example C(client_secret). They are sent with a change if
        the provider does not show them, so that they survive it; they are neither compared nor a reason for a change.
      - RV(identity_provider.hidden_secrets) tells which there are.
    type: dict
  redacted_secrets:
    description:
      - What to do when a change is needed and the provider shows secrets redacted that O(config_secrets) does not give.
      - V(refuse) fails the task before anything is written. Whether Cloudflare keeps a secret that is sent back redacted is not
        documented, and if it does not, nobody can sign in through this provider any more.
      - V(send) sends back what was shown.
    type: str
    choices: [refuse, send]
    default: refuse
  secret_file:
    description:
      - A file on the host that runs the task, to which the secret is written when SCIM is enabled, with mode 0600. Its folder has to exist.
      - Whether it can be written is checked before anything else, also in check mode. A link is not followed.
    type: path
  return_secret:
    description:
      - Return the secret as RV(scim_secret). Everything that sees results then sees it, so set C(no_log) on the task.
    type: bool
    default: false
seealso:
  - module: identityops.lifecycle.access_identity_provider_info
  - module: identityops.lifecycle.access_user
  - name: SCIM in Cloudflare Access
    description: What is provisioned, and what it does.
    link: https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/scim/
"""

EXAMPLES = r"""
- name: Enable SCIM, and keep the secret for the identity provider
  identityops.lifecycle.access_identity_provider:
    account_id: "{{ account }}"
    api_token: "{{ cloudflare_token }}"
    name: Entra ID
    scim:
      enabled: true
      user_deprovision: true
      seat_deprovision: true
      identity_update_behavior: reauth
    config_secrets:
      client_secret: "{{ entra_client_secret }}"
    secret_file: /etc/identityops/entra-scim-secret
  register: provider

- name: Where the identity provider sends its users
  ansible.builtin.debug:
    var: provider.scim_base_url

- name: End the sessions of whoever is deprovisioned
  identityops.lifecycle.access_identity_provider:
    id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    scim:
      user_deprovision: true
    redacted_secrets: send
"""

RETURN = r"""
identity_provider:
  description: The provider as it is afterwards, without any secret. C(hidden_secrets) names those in C(config) that are not shown.
  returned: success
  type: dict
  sample:
    id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    name: Entra ID
    type: azureAD
    read_only: false
    scim:
      enabled: true
      user_deprovision: true
      seat_deprovision: true
      identity_update_behavior: reauth
    scim_base_url: https://team.cloudflareaccess.com/populations/bd97ef8d/scim/v2
    config:
      client_id: 0a1b2c3d
      directory_id: 4e5f6a7b
    hidden_secrets: [client_secret]
  contains:
    hidden_secrets:
      description: Names of secrets in C(config) that exist or may exist and are not shown.
      type: list
      elements: str
scim_base_url:
  description: The SCIM endpoint of the provider; empty if SCIM is not enabled.
  returned: success
  type: str
  sample: https://team.cloudflareaccess.com/populations/bd97ef8d/scim/v2
scim_secret:
  description: The secret of the SCIM endpoint.
  returned: when SCIM was just enabled and O(return_secret) is set
  type: str
  sample: (hidden)
said:
  description: What became of the settings and the secret, as a sentence.
  returned: success
  type: str
  sample: SCIM is enabled already; its secret was shown once, when that was done
requests:
  description: The writes that were sent, or in check mode those that would be.
  returned: always
  type: list
  elements: dict
  sample: [{method: PUT, path: /accounts/023e105f4ecef8ad9ca31a8372d0c353/access/identity_providers/f174e90a}]
unconverged:
  description: What Cloudflare accepted and did not keep, and what else of the provider a write has changed, by the names in RV(identity_provider).
  returned: success
  type: list
  elements: str
  sample: []
candidates:
  description: The ids of the providers of that name.
  returned: when there is more than one, which is refused
  type: list
  elements: str
  sample: [f174e90a, bd97ef8d]
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

from ..module_utils.client.cloudflare import CloudflareAccount
from ..module_utils.core.plan import Plan
from ..module_utils.reconcile.access.provider import Params, Result, settle_provider
from ..module_utils.runner import ensure_access
from ..module_utils.secret_file import SecretFile

SPEC = {
    "id": {"type": "str"},
    "name": {"type": "str"},
    "scim": {
        "type": "dict",
        "required": True,
        "options": {
            "enabled": {"type": "bool"},
            "user_deprovision": {"type": "bool"},
            "seat_deprovision": {"type": "bool"},
            "identity_update_behavior": {"type": "str", "choices": ["automatic", "reauth", "no_action", "noaction"]},
        },
    },
    "config_secrets": {"type": "dict", "no_log": True},
    "redacted_secrets": {"type": "str", "choices": ["refuse", "send"], "default": "refuse", "no_log": False},
    "secret_file": {"type": "path", "no_log": False},
    "return_secret": {"type": "bool", "default": False, "no_log": False},
}


def work(account: CloudflareAccount, params: Params) -> tuple[Plan, Result]:
    return settle_provider(account, params, SecretFile(params["secret_file"]) if params["secret_file"] else None)


def main() -> None:
    ensure_access(SPEC, work, required_one_of=[("id", "name")], mutually_exclusive=[("id", "name")])


if __name__ == "__main__":
    main()
