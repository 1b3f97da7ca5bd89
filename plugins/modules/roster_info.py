#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: roster_info
short_description: People of an HR source, checked, with their phase at an instant
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads people from the files of an HR system (CSV, JSON, JSON lines, YAML or LDIF), and tells for each of them which account they
    should have at an instant, and in which groups they are by birthright. It writes nothing, anywhere, and speaks to no service.
  - A gate looks at all of it first. A source that is empty, shorter than it was, old, damaged, ambiguous or unlikely is refused, with
    the rows that are wrong. Then the task fails, there are no people, and nothing that comes after it is written.
  - People are told apart by an id that never changes (V(person_id) in the mapping). A new name under the same id is a rename, not a
    leaver and a newcomer; a file that does not have somebody any more does not say that they left.
  - What is in the files is data. It is never a template and never evaluated.
extends_documentation_fragment:
  - identityops.lifecycle.attributes.host_reading
options:
  sources:
    description:
      - The files, on the host where the module runs. All of them together are the roster; one person_id is in one of them.
      - Files are read to the letter. One that is cut off, has a key twice, or is in another encoding fails the task.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description:
          - The path of the file.
          - If there is a file of the same name with C(.sha256) at its end, as C(sha256sum) writes it, the file has to have that checksum.
        type: path
        required: true
      format:
        description:
          - What is in the file. V(auto) goes by the end of its name. CSV C(.csv), C(.tsv), C(.txt); JSON C(.json); JSON lines C(.jsonl),
            C(.ndjson); YAML C(.yml), C(.yaml); LDIF C(.ldif), C(.ldf).
          - Workbooks are not read; save the table in them as CSV.
        type: str
        choices: [auto, csv, json, jsonl, yaml, ldif]
        default: auto
      encoding:
        description:
          - How letters are written in the file, for example V(cp1252) or V(iso-8859-15).
          - By default, its first bytes say it, or it is UTF-8. Nothing is guessed.
        type: str
      delimiter:
        description: What separates the fields of a CSV file. By default it is told from the first rows.
        type: str
      items:
        description: A JMESPath expression that finds the list of people in a document of JSON or YAML. By default, the document is the list.
        type: str
      sha256:
        description: The checksum that the file has to have, in hexadecimal digits.
        type: str
      mapping:
        description: What O(mapping) says otherwise for this file. V(null) takes a target away.
        type: dict
  mapping:
    description:
      - What becomes of the columns. The keys are targets, the values say where each comes from. There are no templates.
      - The targets that say who somebody is. V(person_id), the id that never changes, is the only one that is required.
        V(external_id) is the person_id unless it is given.
      - The targets that say when. V(status), V(start_date), V(last_day), V(termination_date), V(valid_until), V(time_zone) (an IANA name),
        V(for_cause) and V(legal_hold) (true or false). Either a status or a date is needed. See O(phases).
      - V(manager_id) is the person_id of the manager.
      - The targets that are attributes of the account, by their names in M(identityops.lifecycle.scim_user), such as V(user_name),
        V(display_name), V(name.given_name), V(name.family_name), V(title), V(department), V(division), V(cost_center), V(organization),
        V(employee_number), V(user_type), V(preferred_language). V(work_email), V(home_email), V(work_phone), V(mobile_phone) and
        V(work_address.locality) (and the other parts of an address) become entries of their lists. V(extensions.URN.NAME) is an
        attribute of another schema.
      - V(facts.NAME) is what O(rules) may ask for and accounts do not have, for example V(facts.location).
      - A target with a dot may also be written as a dictionary in a dictionary.
      - A value that is a text is the name of a column; in JSON and YAML also a path to it, C(job.title), or a JMESPath expression.
      - A value that is a dictionary has one of C(column), C(constant) (a text, the same for everybody), C(join) (a list of columns, with
        C(with) between them, a blank by default) and C(first) (a list of columns, of which the first that is not empty counts).
      - It may also say what is done to the text, in this order. C(strip) (true by default), C(normalize) (V(NFC) or V(NFKC)), C(lower),
        C(upper), C(replace) (a dictionary of texts and what stands in their place), C(map) (a dictionary of values and what they become;
        C(otherwise) says what becomes of others, V(refuse) by default, V(keep) or V(default)), C(date) (one format or several, such as
        V(%d.%m.%Y)), C(prefix), C(suffix), and C(default) for what is empty at the end.
      - C(optional=true) is for a column that a file may lack. Others that are missing fail the task.
      - C(empty=clear) clears the attribute of the account where the text is empty. By default, an empty text says nothing about it.
      - An e-mail address has one thing on either side of its C(@). Anything else is a column that slipped, and refused.
      - Dates are as ISO 8601 has them, V(2026-11-30), unless C(date) says otherwise; or instants with their zone.
    type: dict
    required: true
  instant:
    description:
      - The instant at which people are looked at, with its zone, for example V(2026-11-30T23:00:00Z) or V(2026-12-01T00:00:00+01:00).
      - There is no default. Whoever asks tomorrow for today's instant gets today's answer; the clock of the host plays no part.
    type: str
    required: true
  phases:
    description:
      - How the phase of somebody follows from status and dates. Each day is one in the person's own time zone; V(last_day) and
        V(valid_until) include the day.
      - V(staged) is before the start, V(active) and V(on_leave) are there, V(leaving) are there and have an end that is near, V(left) have
        left, and of those who are V(expired), V(valid_until) is over.
      - Durations are a number with V(s), V(m), V(h), V(d) or V(w); a number alone is of days.
    type: dict
    suboptions:
      stage_ahead:
        description: So long before the start, somebody has an account, inactive.
        type: str
        default: 7d
      look_ahead:
        description: So long before the end, somebody is V(leaving).
        type: str
        default: 14d
      end_early:
        description: Access ends so much before the end, for sources that tell of an end late.
        type: str
        default: "0"
      on_leave:
        description: Whether the account of somebody on leave stays active.
        type: str
        choices: [keep, deactivate]
        default: keep
      default_time_zone:
        description: The time zone of people whose row has none, by its IANA name.
        type: str
        default: UTC
      statuses:
        description:
          - What the words of the source mean, each V(prehire), V(active), V(on_leave) or V(terminated). Those four words are known.
          - Letter case does not count.
        type: dict
  rules:
    description:
      - Birthright. Who is in which groups because of what they are. Each is a dictionary.
      - C(name) is needed; it stands beside each membership that the rule grants.
      - C(when) is a dictionary of conditions that all have to hold; without it, the rule is for everybody. The keys are attributes by the
        names of M(identityops.lifecycle.scim_user), V(facts.NAME), or V(phase). The values are a text (equal), a list (one of them), or
        a dictionary with C(in), C(not_in), C(glob), C(prefix) or C(present). Letter case does not count.
      - C(groups) is a list of names of groups. An entry C({from, prefix, suffix, map}) names the group after an attribute, for example
        C({from=department, prefix="dept-"}); C(map) is a dictionary of values and names.
      - C(phases) are those in which it grants, V(active), V(on_leave) and V(leaving) by default; V(staged) is possible. Who has left is in
        no group.
    type: list
    elements: dict
  grants:
    description: Memberships by hand, beside the rules. Each ends by itself.
    type: list
    elements: dict
    suboptions:
      person:
        description: The person_id.
        type: str
        required: true
      group:
        description: The name of the group.
        type: str
        required: true
      reason:
        description: Why, as it stands beside the membership.
        type: str
        required: true
      until:
        description: The last day, in the person's time zone, or an instant.
        type: str
        required: true
  gate:
    description:
      - How strictly each check looks. V(refuse) fails the task, V(warn) is a warning, V(off) is nothing.
      - A check is set by one of these words, or by a dictionary with C(severity) and what else it knows. C(except) is a list of the
        person_ids that it leaves out, which is how a case that somebody looked into passes. Checks that count know C(number) and
        C(percent); more than either is too many, but a few people may, whatever their share.
      - People about whom nothing is certain are withheld where a check is loosened. They are not in RV(people), and nobody takes
        them for gone; see RV(withheld).
    type: dict
    suboptions:
      checksum:
        description:
          - A file has another sha256 than it should have. V(refuse) by default.
          - With C(required=true), every file has to have one, in O(sources) or in a file beside it.
        type: raw
      stale:
        description:
          - A file is older than C(max_age), for example V(26h), at the instant, or from the future. V(refuse) by default; nothing is too
            old unless C(max_age) is given, because only you know how often a file comes.
          - By default the time counts when the file was written. C(embedded_date) takes a date that is in it instead; it is a dictionary
            with C(format), such as V(%Y%m%d), and either C(pattern), a regular expression with one group, for the name of the file, or C(fact),
            the name of a fact that each row has.
          - An instant before the one of the last accepted run is refused, too.
        type: raw
      unchanged:
        description: The files have been the same for more than C(max_age), V(7d) by default, so the export may not run any more. V(warn) by default.
        type: raw
      encoding_damage:
        description: Letters were lost or garbled when the file was made. V(refuse) by default.
        type: raw
      damaged_rows:
        description: A row has too few or too many fields. V(refuse) by default; without it, it is as if the row was not there.
        type: raw
      mapping:
        description: A value is not what the mapping says of its column. V(refuse) by default; without it, the person is withheld.
        type: raw
      required_missing:
        description:
          - A row has no person_id, or neither a status nor a date, or, if it is of somebody who needs an account, no user_name. V(refuse) by default.
          - C(required) is a list of targets of O(mapping) that everybody has to have, for example V(department), V(work_email) or
            V(facts.location).
        type: raw
      duplicate_key:
        description:
          - A person_id is there twice. V(refuse) by default.
          - Without it, rows that say the same count once, and people whose rows differ are withheld.
        type: raw
      similar_keys:
        description:
          - Two person_ids differ only in letter case, width, blanks, dashes, or zeros before a number, V(0815) and V(815); or one that
            is new differs so from one of the last run. V(refuse) by default; without it, they are two people.
        type: raw
      contradictory_status:
        description: A person_id has two statuses at once. V(refuse) by default; without it, they are withheld.
        type: raw
      unknown_status:
        description: A status is not known, see O(phases.statuses). V(refuse) by default; without it, they are withheld.
        type: raw
      unknown_time_zone:
        description: A time zone is not known. V(refuse) by default; without it, they are withheld.
        type: raw
      unreadable_dates:
        description: A date is none. V(refuse) by default; without it, they are withheld.
        type: raw
      contradictory_dates:
        description: Dates contradict each other. V(refuse) by default; without it, they are withheld.
        type: raw
      external_id_doubled:
        description: Two people have one external_id. V(refuse) by default.
        type: raw
      user_name_doubled:
        description: Two people have one user_name. V(refuse) by default.
        type: raw
      email_doubled:
        description: Two people have one e-mail address. V(refuse) by default.
        type: raw
      email_reused:
        description:
          - Somebody has a user_name or an e-mail address that was somebody else's in an earlier run, see O(remember_days), or is in O(known),
            wherever the former owner is now. V(refuse) by default.
        type: raw
      stale_status:
        description: The status says something else than the dates, which count. V(warn) by default.
        type: raw
      unused_rules:
        description: A rule asks for what nobody has, or is for nobody. V(warn) by default.
        type: raw
      unmapped_groups:
        description: A group is named after an attribute by a map that lacks the value. V(warn) by default.
        type: raw
      expired_grants:
        description: A grant has ended. V(warn) by default.
        type: raw
      unknown_grants:
        description: A grant is for somebody who is not in the source. V(warn) by default.
        type: raw
      manager_danglers:
        description: The manager of somebody is not in the source. V(warn) by default.
        type: raw
      manager_cycles:
        description: Somebody is their own manager, or the manager of theirs. V(warn) by default.
        type: raw
      manager_left:
        description: The manager of somebody has left. V(warn) by default.
        type: raw
      first_run:
        description: There is no last run to compare with. V(warn) by default.
        type: raw
      shrunken:
        description:
          - A file has no rows, or there are fewer rows than in the last run, or than users with an external_id in O(known), by more than
            C(number), 200 by default, or C(percent), 10 by default. V(refuse) by default.
        type: raw
      disappeared:
        description:
          - More than C(number), 200 by default, or C(percent), 10 by default, of the people who had not left are not in the source any
            more. V(refuse) by default; fewer are a warning.
        type: raw
      phase_share:
        description:
          - More than C(number), 1000 by default, or C(percent), 10 by default, of the people of the last run are in another phase.
            V(refuse) by default.
        type: raw
      changed_share:
        description:
          - More than C(number), 2000 by default, or C(percent), 30 by default, of the people of the last run have another department,
            user_name or e-mail address, as if columns had changed their places. V(refuse) by default.
        type: raw
      holds_lifted:
        description: Somebody had a legal hold in the last run and has none now, so that they could be deleted. V(refuse) by default.
        type: raw
      leaving_share:
        description:
          - More than C(number), 200 by default, or C(percent), 10 by default, of the people with an active account, in the last run or in
            O(known), have left at once. V(refuse) by default.
        type: raw
  accepted_file:
    description:
      - The file in which RV(acceptance) of the last run is. It is only read here; write it when all that follows from a run is done.
      - A file that is not there makes this a first run. One that is damaged or something else is refused.
    type: path
  remember_days:
    description: So long somebody is remembered who is not in the source any more, and a name or an address that somebody does not have any more. Until
        then, nobody else gets it unnoticed.
    type: int
    default: 400
  known:
    description:
      - The people who are on the server, as RV(identityops.lifecycle.scim_user_info#module:users) has them, with V(external_id), V(user_name),
        V(emails) and V(active). Those with an external_id should come from these sources.
    type: list
    elements: dict
  max_reported:
    description: How many rows each finding shows at most. The counts are of all.
    type: int
    default: 200
notes:
  - The result has every person in full, because workflows need them. For 10,000 people it is about 9 MB, and takes about two seconds.
    AWX shows no details of a task with so long a result, but the registered variable has all of it. A refusal is short.
  - The result has personal data. With C(no_log=true) it stays out of logs, and so does the reason of a refusal; show RV(findings) in a
    task of its own then, which has none.
requirements:
  - jmespath (for O(sources[].items), and for expressions in a mapping)
  - PyYAML (for files of YAML)
  - a table of time zones, of the system or of the Python library tzdata (for other zones than UTC)
seealso:
  - module: identityops.lifecycle.scim_directory
  - module: identityops.lifecycle.scim_user_info
  - name: From an HR file to people
    description: The guide, with every refusal and what to do.
    link: https://github.com/identityops/lifecycle/blob/main/docs/roster.md
"""

EXAMPLES = r"""
- name: Who works here today?
  identityops.lifecycle.roster_info:
    sources:
      - path: /var/lib/hr/people.csv
    mapping:
      person_id: employee_id
      user_name: {column: email, lower: true}
      work_email: {column: email, lower: true}
      name.given_name: first_name
      name.family_name: last_name
      department: department
      manager_id: manager_id
      start_date: hire_date
      last_day: {column: leaving_date, optional: true}
    instant: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ') }}"
  register: roster

- name: Show it
  ansible.builtin.debug:
    msg: "{{ roster | identityops.lifecycle.roster_table }}"

- name: Groups by birthright, and the gate as this company wants it
  identityops.lifecycle.roster_info:
    sources:
      - path: /var/lib/hr/employees.csv
        encoding: cp1252
        delimiter: ";"
      - path: /var/lib/hr/contractors.json
        items: workers
        mapping:
          valid_until: contractEnd
    mapping:
      person_id: WorkerID
      status: WorkerStatus
      user_name: UserID
      display_name: {join: [FirstName, LastName]}
      department: {column: Department, map: {R&D: Research}, otherwise: keep}
      start_date: {column: HireDate, date: "%d.%m.%Y"}
      valid_until: {column: ValidUntil, optional: true}
      facts.location: Location
    instant: "{{ instant }}"
    phases:
      stage_ahead: 14d
      on_leave: deactivate
      default_time_zone: Europe/Vienna
      statuses: {Aktiv: active, Karenz: on_leave, Ausgeschieden: terminated}
    rules:
      - name: everybody
        groups: [Staff]
      - name: departments
        groups:
          - {from: department, prefix: "dept-"}
      - name: the VPN of Vienna
        when:
          facts.location: Vienna
          user_type: {not_in: [Intern]}
        groups: [VPN Vienna]
    grants:
      - person: "1815"
        group: Auditors
        reason: ticket 4711
        until: "2026-12-31"
    gate:
      stale:
        max_age: 26h
      shrunken:
        percent: 5
      duplicate_key: warn
      email_reused:
        except: ["1791"]
    accepted_file: /var/lib/hr/accepted.json
    known: "{{ directory.users }}"
  register: roster

- name: Who left, for the role leaver
  ansible.builtin.set_fact:
    leavers: "{{ roster.people | identityops.lifecycle.roster_select(phases=['left', 'expired']) }}"

- name: Remember this run, once all of it is done
  ansible.builtin.copy:
    content: "{{ roster.acceptance | to_json }}"
    dest: /var/lib/hr/accepted.json
    mode: "0600"
"""

RETURN = r"""
people:
  description:
    - The people, in the order of the sources, as the roles of this collection take them. Empty if the source is refused.
  returned: always, unless a file or an option is wrong
  type: list
  elements: dict
  contains:
    key:
      description: The person_id.
      type: str
      sample: "1815"
    place:
      description: Where the row is.
      type: str
      sample: people.csv:17
    phase:
      description: V(staged), V(active), V(on_leave), V(leaving), V(left) or V(expired).
      type: str
      sample: leaving
    account:
      description: What the phase asks of the account, V(none) (none yet), V(inactive) or V(active).
      type: str
      sample: active
    lane:
      description: How somebody leaves, V(standard), V(scheduled) (the end is ahead) or V(urgent) (for cause).
      type: str
      sample: scheduled
    since:
      description: When the phase began, in UTC. Empty if that is not known.
      type: str
      sample: "2026-11-16T23:00:00Z"
    until:
      description: When the next one begins, in UTC. Empty if that is not known.
      type: str
      sample: "2026-11-30T23:00:00Z"
    left_at:
      description: When access has to end, or had to, in UTC. Empty if there is no end.
      type: str
      sample: "2026-11-30T23:00:00Z"
    legal_hold:
      description: Whether nothing of theirs may be deleted.
      type: bool
      sample: false
    time_zone:
      description: The time zone of their days.
      type: str
      sample: Europe/Vienna
    user:
      description:
        - The account, in the words of the options of M(identityops.lifecycle.scim_user), without V(active). The manager is an external_id,
          and is not there if nobody is known who could be it.
      type: dict
      sample:
        external_id: "1815"
        user_name: ada@example.com
        name: {given_name: Ada, family_name: Lovelace}
        emails: [{value: ada@example.com, type: work, primary: true}]
        department: Engines
        manager: "1791"
    groups:
      description: The groups that they are in by birthright, each with the rules that grant it, or the reason of the grant.
      type: list
      elements: dict
      sample: [{name: dept-Engines, rule: departments}]
    facts:
      description: What rules may ask for and accounts do not have.
      type: dict
      sample: {location: Vienna}
counts:
  description: How many people are in each phase.
  returned: always, unless a file or an option is wrong
  type: dict
  sample: {staged: 2, active: 103, on_leave: 1, leaving: 1, left: 4, expired: 0}
findings:
  description: What the checks of the gate found.
  returned: always, unless a file or an option is wrong
  type: list
  elements: dict
  contains:
    check:
      description: The name of the check, see O(gate).
      type: str
      sample: duplicate_key
    severity:
      description: V(refuse) or V(warn).
      type: str
      sample: refuse
    message:
      description: What was found, with its numbers.
      type: str
      sample: 2 rows share 1 person_id
    advice:
      description: What to do.
      type: str
      sample: correct the source, or set gate.duplicate_key to warn, which withholds these people
    count:
      description: How many rows it is about.
      type: int
      sample: 2
    rows:
      description:
        - The rows, each with its place and its person_id, up to O(max_reported). Those of one case stand together.
        - Somebody who is not in the source has no place.
      type: list
      elements: dict
      sample: [{place: "people.csv:7", key: "1521"}, {place: "people.csv:37", key: "1521"}]
withheld:
  description:
    - The person_ids of those about whom nothing is certain, because a check was loosened that would have refused their rows. Leave them
      as they are.
  returned: always, unless a file or an option is wrong
  type: list
  elements: str
  sample: []
withheld_accounts:
  description:
    - The external_ids by which the server may know those who are withheld, for O(identityops.lifecycle.scim_directory#module:ignore). Where an
      id has a sign of patterns in it, such as an asterisk, the sign is in brackets, so that it matches nobody else.
  returned: success
  type: list
  elements: str
  sample: []
managers:
  description:
    - What is wrong with managers, by V(danglers) (the manager is not in the source), V(own) (somebody is their own), V(left) (the manager
      has left), V(not_yet) (the manager has no account yet), and V(cycles), a list of lists.
  returned: success
  type: dict
  sample:
    danglers: [{place: "people.csv:17", key: "1815", manager: "9999"}]
    own: []
    left: []
    not_yet: []
    cycles: []
changes:
  description:
    - Who changed since the last run, by person_id. Without one, O(known) says who is there; without both, everybody has joined.
    - V(joined), V(started) (was staged), V(renamed) (another user_name or e-mail address), V(moved) (other groups, or another department),
      V(on_leave), V(returned) (from leave, or stays after all), V(leaving), V(left), V(expired), V(rehired) (had left; nothing of theirs is to
      be deleted), V(disappeared) (had not left, and is not in the source any more; without a last run, by external_id), and V(adoptable)
      (the server has their user_name without an external_id). V(against) is the instant of the last run.
    - If the source is refused, no list is longer than O(max_reported).
  returned: always, unless a file or an option is wrong
  type: dict
  sample:
    against: "2026-11-29T23:00:00Z"
    counts:
      joined: 1
      started: 0
      renamed: 1
      moved: 0
      on_leave: 0
      returned: 0
      leaving: 0
      left: 1
      expired: 0
      rehired: 0
      disappeared: 0
      adoptable: 0
      unchanged: 104
    joined: ["1852"]
    started: []
    renamed: ["1815"]
    moved: []
    on_leave: []
    returned: []
    leaving: []
    left: ["1791"]
    expired: []
    rehired: []
    disappeared: []
    adoptable: []
acceptance:
  description:
    - What the next run has to know of this one. Write it to O(accepted_file) once all that follows from it is done.
    - It has person_ids, phases, who is on legal hold, and the first 24 hexadecimal digits of sha256 of names, addresses, groups and departments, without a
      salt. Whoever knows an address can find out whether it is in it.
  returned: success
  type: dict
  sample:
    kind: identityops.lifecycle.roster
    version: 1
    instant: "2026-11-30T23:00:00Z"
    rows: 1
    sources: 72898e0759f997044040db0ef7550bb58e11265eb65b7fa77646e1e8dbbe1089
    since: "2026-11-30T23:00:00Z"
    people:
      "1815":
        phase: active
        account: active
        user_name_sha256: b0754a91a2f1f6c8a5a2a44d
        emails_sha256: [b0754a91a2f1f6c8a5a2a44d]
        groups_digest: 8d5f7c1b9a2e4f60d1c3b5a7
        department_digest: 180b988a36f655a375c5eadb
files:
  description: The files that were read.
  returned: always, unless a file or an option is wrong
  type: list
  elements: dict
  sample:
    - path: /var/lib/hr/people.csv
      rows: 107
      sha256: 72898e0759f997044040db0ef7550bb58e11265eb65b7fa77646e1e8dbbe1089
      mtime: "2026-11-30T04:00:00Z"
instant:
  description: The instant, in UTC.
  returned: always, unless a file or an option is wrong
  type: str
  sample: "2026-11-30T23:00:00Z"
digest:
  description: A digest of the people, the same for the same people in whatever order and place.
  returned: success
  type: str
  sample: 8bca206cc2f74d00569266961b4c295597c42e9a1dadce5a0f5fbbe3c0236e76
"""

from ..module_utils.roster import SPEC, roster
from ..module_utils.runner import on_the_host


def main() -> None:
    on_the_host(SPEC, roster)


if __name__ == "__main__":
    main()
