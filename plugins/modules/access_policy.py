#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_policy
short_description: One Access policy of Cloudflare Zero Trust, and the applications it is attached to
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Creates, changes, renames, attaches, detaches or deletes one Access policy. It says who gets into an application, and who does not.
  - A policy is reusable, and then applications share it, or it belongs to one application. An existing policy is written as
    what it is; for a new one, O(application) decides.
  - Cloudflare replaces a policy as a whole. What a task does not name is sent back as it is, and stays. So it is with applications
    when policies are attached to them.
  - All names in a task are looked up before the first write. The policy is read back after each write, because "200 OK" is no proof.
  - Who gets in after all is told by M(identityops.lifecycle.access_decision_info).
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.access.writing
  - identityops.lifecycle.attributes.access_writing
options:
  state:
    description:
      - Whether the policy shall exist.
      - A reusable policy that applications use is not deleted; the task fails and tells in RV(used_by) which they are. See O(detach).
    type: str
    choices: [present, absent]
    default: present
  id:
    description: The id that Cloudflare gave the policy. It finds a policy; it cannot create one. With O(name) beside it, the policy is renamed.
    type: str
  name:
    description:
      - The name of the policy. Names are not unique at Cloudflare; one that several policies have is refused, with their ids.
      - A token with rights for some resources only is shown only those, so that it may create a second policy of one name. Use O(id) with it.
    type: str
  application:
    description:
      - The application of which the policy is one, by id, name or domain. Without it, O(name) means a reusable policy.
      - If the policy turns out to be a reusable one that is attached to this application, it is changed for all applications,
        and a warning says so.
    type: str
  decision:
    description:
      - What happens to whom the policy matches. Needed to create a policy.
      - In the dashboard, V(deny) is called Block, and V(non_identity) is called Service Auth.
    type: str
    choices: [allow, deny, non_identity, bypass]
  include:
    description:
      - The rules of which one has to match. Needed to create a policy, and never empty.
      - Each rule is a dictionary of one kind and its value, such as C(email), C(email_domain), C(ip), C(geo), C(group), C(azure_ad),
        C(service_token) or C(everyone), or a rule as Cloudflare's API has it. A kind that is not known here is sent as it is,
        with a warning.
      - Groups, identity providers, lists, service tokens and device posture rules are named by their name or id.
      - The order of rules does not count, nor does the case of e-mail addresses, nor a missing C(/32).
    type: list
    elements: raw
  exclude:
    description: The rules of which none may match. An empty list clears them.
    type: list
    elements: raw
  require:
    description: The rules that all have to match. An empty list clears them.
    type: list
    elements: raw
  session_duration:
    description:
      - For how long somebody whom the policy lets in stays in, for example V(30m), V(24h) or V(2h45m).
      - An empty text means as long as the application says.
    type: str
  approval_required:
    description: Whether somebody has to approve each session.
    type: bool
  approval_groups:
    description:
      - Who can approve a session. The list is the whole wish; an empty list clears it.
    type: list
    elements: dict
    suboptions:
      approvals_needed:
        description: How many of the group have to approve.
        type: int
        required: true
      email_addresses:
        description: The people who can.
        type: list
        elements: str
      email_list_uuid:
        description: A list of e-mail addresses, by id or name.
        type: str
  isolation_required:
    description: Whether the application is shown in an isolated browser only. The account needs Browser Isolation for it.
    type: bool
  purpose_justification_required:
    description: Whether people have to say why they need access.
    type: bool
  purpose_justification_prompt:
    description: The question that they answer. An empty text clears it.
    type: str
  mfa_config:
    description:
      - Which second factor is asked for. Only what is given is compared and changed; an empty dictionary clears all.
    type: dict
    suboptions:
      allowed_authenticators:
        description: The kinds that count, for example V(totp), V(biometrics) or V(security_key).
        type: list
        elements: str
      mfa_disabled:
        description: Whether no second factor is asked for.
        type: bool
      session_duration:
        description: For how long it lasts, in minutes or hours, from V(0m) to V(720h).
        type: str
  connection_rules:
    description:
      - What connections through the application may do. Only what is given is compared and changed; an empty dictionary clears all.
    type: dict
    suboptions:
      rdp:
        description: The clipboard of remote desktops.
        type: dict
        suboptions:
          allowed_clipboard_local_to_remote_formats:
            description: What may be copied to the remote desktop.
            type: list
            elements: str
            choices: [text, file]
          allowed_clipboard_remote_to_local_formats:
            description: What may be copied from the remote desktop.
            type: list
            elements: str
            choices: [text, file]
      ssh:
        description: Logins by SSH, for infrastructure applications only.
        type: dict
        suboptions:
          usernames:
            description: The names by which one may log in.
            type: list
            elements: str
          allow_email_alias:
            description: Whether the part of the e-mail address before the @ is such a name, too.
            type: bool
  precedence:
    description:
      - The place of the policy among those of its application, from V(1). It is for a policy of one application only.
      - The policy that has this place now comes directly after it, and so on up to the next free place. The others are moved
        one by one, so that no two ever have the same place and their order never changes.
      - Without it, a new policy comes last and an existing one stays.
    type: int
  applications:
    description: The applications that a reusable policy is attached to, each by id, name or domain.
    type: dict
    suboptions:
      add:
        description: Applications to which it is attached; others stay as they are.
        type: list
        elements: str
      remove:
        description: Applications from which it is detached; others stay as they are.
        type: list
        elements: str
      set:
        description: The only applications to which it is attached. An empty list detaches it from all.
        type: list
        elements: str
      position:
        description:
          - Its place among the policies of the applications in O(applications.add) or O(applications.set).
          - Without it, the policy comes last where it is new and stays where it is there already.
        type: str
        choices: [first, last]
  detach:
    description: With O(state=absent), whether a reusable policy is taken out of the applications that use it, so that it can be deleted.
    type: bool
    default: false
seealso:
  - module: identityops.lifecycle.access_policy_info
  - module: identityops.lifecycle.access_group
  - module: identityops.lifecycle.access_selector
  - module: identityops.lifecycle.access_decision_info
  - name: Access policies
    description: What they are for, and in which order they are evaluated.
    link: https://developers.cloudflare.com/cloudflare-one/access-controls/policies/
"""

EXAMPLES = r"""
- name: Staff get in from everywhere but two countries, for a working day
  identityops.lifecycle.access_policy:
    account_id: 0123456789abcdef0123456789abcdef
    api_token: "{{ cloudflare_token }}"
    name: Staff
    decision: allow
    include:
      - group: Staff
      - email_domain: example.com
    exclude:
      - geo: KP
      - geo: IR
    session_duration: 10h

- name: The same policy for two applications, after all that they have
  identityops.lifecycle.access_policy:
    name: Staff
    applications:
      add:
        - Wiki
        - payroll.example.com

- name: Leavers are kept out first of all, and nothing but this changes
  identityops.lifecycle.access_policy:
    name: No leavers
    decision: deny
    include:
      - group: Leavers
    applications:
      add: [Wiki, payroll.example.com]
      position: first

- name: A policy of one application, at its place
  identityops.lifecycle.access_policy:
    application: wiki.example.com
    name: Auditors
    decision: allow
    include:
      - azure_ad:
          id: 4b2fd7f5-5b2a-4d3c-9c8b-1a8b5c2f7d11
          identity_provider: Entra ID
    require:
      - auth_method: hwk
    purpose_justification_required: true
    precedence: 2

- name: The policy is gone, and no application has it any more
  identityops.lifecycle.access_policy:
    name: Contractors of 2025
    state: absent
    detach: true
"""

RETURN = r"""
policy:
  description: The policy as Cloudflare shows it after the task, with its rules as the options have them. Empty if there is none.
  returned: success
  type: dict
  sample:
    id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    name: Staff
    decision: allow
    include:
      - email_domain: example.com
    exclude: []
    require: []
    session_duration: 10h
    reusable: true
    app_count: 2
    created_at: "2026-11-29T10:00:00Z"
    updated_at: "2026-11-29T10:00:00Z"
requests:
  description: The writes that were sent, or that check mode predicts, in their order.
  returned: always
  type: list
  elements: dict
  sample:
    - method: PUT
      path: /accounts/0123456789abcdef0123456789abcdef/access/policies/f174e90a-fafe-4643-bbbc-4a0ed4fc8415
unconverged:
  description:
    - What Cloudflare accepted and did not keep, by the names of the options; V((existence\)) stands for the policy itself.
  returned: success, or if something was written and not kept
  type: list
  elements: str
  sample: []
used_by:
  description: The names of the applications that use the policy, which is why it was not deleted.
  returned: when a policy that is in use shall be absent
  type: list
  elements: str
  sample: [Wiki, Payroll]
candidates:
  description: The ids of what has the given name.
  returned: when more than one has it, which is refused
  type: list
  elements: str
  sample: [f174e90a-fafe-4643-bbbc-4a0ed4fc8415, 699d9864-2c56-4d2e-855e-9661899b7252]
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 400
code:
  description: The number that Cloudflare gave the error, 0 if it gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 12130
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: access.api.error.invalid_request
request:
  description: The request that failed.
  returned: when Cloudflare refused a request
  type: dict
  sample: {method: PUT, path: /accounts/0123456789abcdef0123456789abcdef/access/policies/f174e90a-fafe-4643-bbbc-4a0ed4fc8415}
request_id:
  description: The id by which Cloudflare's support finds the request; empty if there was none.
  returned: when Cloudflare refused a request
  type: str
  sample: 8f1c2b3a4d5e6f70
documentation_url:
  description: Where Cloudflare explains the error; empty if it does not say.
  returned: when Cloudflare refused a request
  type: str
  sample: ""
"""

from ..module_utils.reconcile.access.policy import policy
from ..module_utils.runner import ensure_access

NAMES = {"type": "list", "elements": "str"}
RULES = {"type": "list", "elements": "raw"}
FORMATS = {"type": "list", "elements": "str", "choices": ["text", "file"]}
RDP = {"allowed_clipboard_local_to_remote_formats": FORMATS, "allowed_clipboard_remote_to_local_formats": FORMATS}
SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "id": {"type": "str"},
    "name": {"type": "str"},
    "application": {"type": "str"},
    "decision": {"type": "str", "choices": ["allow", "deny", "non_identity", "bypass"]},
    "include": RULES,
    "exclude": RULES,
    "require": RULES,
    "session_duration": {"type": "str"},
    "approval_required": {"type": "bool"},
    "approval_groups": {
        "type": "list",
        "elements": "dict",
        "options": {
            "approvals_needed": {"type": "int", "required": True},
            "email_addresses": NAMES,
            "email_list_uuid": {"type": "str"},
        },
    },
    "isolation_required": {"type": "bool"},
    "purpose_justification_required": {"type": "bool"},
    "purpose_justification_prompt": {"type": "str"},
    "mfa_config": {
        "type": "dict",
        "options": {"allowed_authenticators": NAMES, "mfa_disabled": {"type": "bool"}, "session_duration": {"type": "str"}},
    },
    "connection_rules": {
        "type": "dict",
        "options": {
            "rdp": {"type": "dict", "options": RDP},
            "ssh": {"type": "dict", "options": {"usernames": NAMES, "allow_email_alias": {"type": "bool"}}},
        },
    },
    "precedence": {"type": "int"},
    "applications": {
        "type": "dict",
        "options": {"add": NAMES, "remove": NAMES, "set": NAMES, "position": {"type": "str", "choices": ["first", "last"]}},
    },
    "detach": {"type": "bool", "default": False},
}


def main() -> None:
    ensure_access(SPEC, policy, required_one_of=[("id", "name")])


if __name__ == "__main__":
    main()
