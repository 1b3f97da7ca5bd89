#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scim_user_info
short_description: Users of a SCIM service
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads one user, the users that a filter selects, or all users of any service that speaks SCIM 2.0 (RFC 7643 and RFC 7644).
  - That there is nobody is an answer and no error. It is never taken on a filter's word alone, because filters are broken
    on some services; where it cannot be shown otherwise, the whole list is read.
extends_documentation_fragment:
  - identityops.lifecycle.scim
  - identityops.lifecycle.attributes.reading
options:
  id:
    description: The id that the service gave the user.
    type: str
  external_id:
    description:
      - The id of the user in your source of people.
      - If O(id) is not given, the user is looked for by O(external_id), then by O(user_name).
      - A user that is found by name and has another external id is somebody else, and the task fails.
    type: str
  user_name:
    description: The name by which the user signs in.
    type: str
  filter:
    description:
      - A SCIM filter, which the service applies. It is passed on as it is, in the words of the protocol.
      - A service that refuses it, or that ignores filters and answers with everybody, fails the task; use O(query) there.
    type: str
  attributes:
    description:
      - What to return, by the names that M(identityops.lifecycle.scim_user) and RV(users) use, for example V(user_name), V(emails),
        V(name.given_name), V(department), V(meta) or V(groups); V(extensions) or a schema URN for other schemas.
      - Everything is returned by default; the C(id) always is.
    type: list
    elements: str
  query:
    description:
      - A JMESPath expression that is applied to the list of users, after O(attributes). What it gives is in RV(result).
      - It is applied here and therefore works on every service, but everybody has to be read for it.
    type: str
  max_results:
    description: How many users to read at most.
    type: int
    default: 1000
requirements:
  - jmespath (for O(query))
seealso:
  - module: identityops.lifecycle.scim_user
  - module: identityops.lifecycle.scim_group_info
    description: Its option O(identityops.lifecycle.scim_group_info#module:member) tells the groups that a user is in.
  - name: SCIM filters
    description: How a filter is written.
    link: https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
  - name: JMESPath
    description: How a query is written.
    link: https://jmespath.org
"""

EXAMPLES = r"""
- name: Is there an account for this person?
  identityops.lifecycle.scim_user_info:
    url: https://directory.example.com/scim/v2
    token: "{{ scim_token }}"
    external_id: "1815"
  register: account

- name: Stop if the account is still active
  ansible.builtin.assert:
    that: account.users | rejectattr('active', 'false') | length == 0

- name: Engineers, by a filter that the service applies
  identityops.lifecycle.scim_user_info:
    filter: title eq "Engineer" and active eq true
    attributes:
      - user_name
      - emails

- name: Names of everybody who is inactive, on any service
  identityops.lifecycle.scim_user_info:
    attributes:
      - user_name
      - active
    query: "[?active == `false`].user_name"
    max_results: 20000
  register: inactive
"""

RETURN = r"""
users:
  description: The users, in the words of the options of M(identityops.lifecycle.scim_user). Empty if there is nobody.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 2819c223
      external_id: "1815"
      user_name: ada@example.com
      active: true
      emails:
        - value: ada@example.com
          type: work
          primary: true
      meta:
        resourceType: User
unverifiable:
  description:
    - Whether an empty list means nothing, because a user was asked for by O(external_id) alone and nobody on the service has any.
  returned: success
  type: bool
  sample: false
count:
  description: How many users are returned.
  returned: success
  type: int
  sample: 1
truncated:
  description:
    - Whether there are, or may be, more users than are returned, because of O(max_results), because the result would be
      longer than 600,000 characters, or because the service did not show its list to the end. A warning says which.
  returned: success
  type: bool
  sample: false
result:
  description: What O(query) gives.
  returned: when O(query) is given
  type: raw
  sample: [ada@example.com]
status:
  description: The HTTP status with which the service answered the request that failed.
  returned: when the service refused a request
  type: int
  sample: 400
scim_type:
  description: The keyword of RFC 7644 section 3.12 for the error; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: invalidValue
detail:
  description: What the service said about the error, in its own words.
  returned: when the service refused a request
  type: str
  sample: no more licences
request_id:
  description: The id by which the support of the service finds the request; empty if the service gave none.
  returned: when the service refused a request
  type: str
  sample: 8c2f2c9a
request:
  description: The request that failed.
  returned: when the service refused a request
  type: dict
  sample: {method: POST, path: /Users}
candidates:
  description: The ids of the resources that answer to the given names.
  returned: when more than one does, which is refused
  type: list
  elements: str
  sample: [2819c223, e9e30dba]
"""

from ..module_utils.reading import READING, users
from ..module_utils.runner import inform

SPEC = {**READING, "user_name": {"type": "str"}}


def main() -> None:
    inform(SPEC, users, mutually_exclusive=[("filter", key) for key in ("id", "external_id", "user_name")])


if __name__ == "__main__":
    main()
