#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_identity_provider_info
short_description: Identity providers of Cloudflare Access and their SCIM settings
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads the identity providers of a Cloudflare account, with their SCIM settings and SCIM endpoints, and without any secret.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
options:
  id:
    description: The id of one provider. It is read, not searched.
    type: str
  name:
    description: Only providers of this name. Names are not unique.
    type: str
  scim_enabled:
    description: Only providers that have SCIM enabled, or only those that have not.
    type: bool
seealso:
  - module: identityops.lifecycle.access_identity_provider
  - module: identityops.lifecycle.access_user_info
    description: What the SCIM store of each provider holds about a person.
"""

EXAMPLES = r"""
- name: Which identity providers send users over SCIM?
  identityops.lifecycle.access_identity_provider_info:
    account_id: "{{ account }}"
    api_token: "{{ cloudflare_token }}"
    scim_enabled: true
  register: synced

- name: Stop if one of them leaves the sessions of leavers alone
  ansible.builtin.assert:
    that: synced.identity_providers | rejectattr('scim.user_deprovision') | length == 0

- name: One provider
  identityops.lifecycle.access_identity_provider_info:
    name: Entra ID
"""

RETURN = r"""
identity_providers:
  description: The providers, in the words of the options of M(identityops.lifecycle.access_identity_provider). Empty if there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
      name: Entra ID
      type: azureAD
      read_only: false
      scim:
        enabled: true
        user_deprovision: true
        seat_deprovision: false
        identity_update_behavior: no_action
      scim_base_url: https://team.cloudflareaccess.com/populations/bd97ef8d/scim/v2
      config:
        client_id: 0a1b2c3d
        directory_id: 4e5f6a7b
      hidden_secrets: [client_secret]
count:
  description: How many providers are returned.
  returned: success
  type: int
  sample: 1
truncated:
  description: Whether there are more providers than are returned, because the result would be longer than 600,000 characters.
  returned: success
  type: bool
  sample: false
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

from ..module_utils.inquiry.access.providers import identity_providers
from ..module_utils.runner import inform_access

SPEC = {"id": {"type": "str"}, "name": {"type": "str"}, "scim_enabled": {"type": "bool"}}


def main() -> None:
    inform_access(SPEC, identity_providers, mutually_exclusive=[("id", "name")])


if __name__ == "__main__":
    main()
