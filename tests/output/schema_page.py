#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Whether the tables of bpflock-json(7) are those that the schemas make, and all that they describe is there.

usage: schema_page.py TOP [update]"""

import json
import os
import re
import sys
import textwrap

from schema import Schemas, members_of

def words_of(schema, common):
    """A type in words."""
    if "$ref" in schema:
        return REFERENCES[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return " or ".join(words_of(s, common) for s in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    kind = schema["type"]
    if isinstance(kind, list):
        rest = {k: v for k, v in schema.items() if k != "enum"} | {"type": kind[0]}
        return f"{words_of(rest, common)} or null"
    if kind == "array":
        items = words_of(schema["items"], common)
        return f"array of {PLURALS.get(items, items)}"
    return "time" if schema.get("format") == "date-time" else kind


REFERENCES = {
    "operation": "string", "operations": "array of strings", "decision": "string", "status": "integer", "state": "string", "ruleset": "object",
    "rule": "object", "cgroup": "object", "grant": "object", "whole_policy": "object", "change": "object", "grant_change": "object",
    "direction": "object", "denial": "object", "looser": "object or null", "row": "object", "sums": "object",
}
PLURALS = {"string": "strings", "integer": "integers", "object": "objects"}
NAMED = {
    "ruleset": "a rule set", "rule": "a rule set of a cgroup", "cgroup": "a cgroup with a rule set", "grant": "a grant", "whole_policy": "a policy",
    "change": "a changed key", "grant_change": "a changed grant", "direction": "a direction", "difference": "a difference",
    "denial": "a denial", "looser": "a looser policy", "sums": "sums", "row": "a row", "changed": "a change of the policy", "failure": "a failure",
}


def reference(schema):
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else None


def cell(schema, required, common):
    """The last column: type, text, values."""
    values = [v for v in schema.get("enum", []) if v is not None]
    named = reference(schema) or reference(schema.get("items", {}))
    text = f"{words_of(schema, common)}{'' if required else ', optional'}: {schema['description']}"
    if values:
        text += f" ({', '.join(values)})"
    if named in NAMED and named != "operations":
        text += f"; see {NAMED[named]}" if "array" not in text else f"; each is {NAMED[named]}"
    return escape(text)


def escape(text):
    """For scdoc, where _ begins what is underlined; the asterisks are meant."""
    return text.replace("_", "\\_")


def table(schema, common, path=""):
    """Lines of scdoc: a table of the members, then tables of objects inside."""
    lines, inner = [], []
    if path:
        lines += ["", f"Members of *{escape(path)}*:", ""]
    # that one stands in each, and is described once
    members = {k: v for k, v in schema.get("properties", {}).items() if k != "schema"}
    extends = [NAMED[reference(s)] for s in schema.get("allOf", [])]
    if extends:
        lines += [f"All members of {' and '.join(extends)}{', and:' if members else '.'}", ""]
    for name, member in members.items():
        mark = ":<" if lines and lines[-1].startswith((":<", "   ", "|")) else ":<"
        head = "|[ " if not any(l.startswith("|[ ") for l in lines) else "|  "
        text = textwrap.wrap(cell(member, name in schema["required"] if "required" in schema else False, common), 100)
        lines.append(f"{head}*{escape(name)}*")
        lines.append(f"{mark if head == '|[ ' else ': '} {text[0]}")
        lines += [f"   {t}" for t in text[1:]]
        object_inside = member.get("items", member)
        if "properties" in object_inside or "allOf" in object_inside:
            inner.append((name + ("[]" if "items" in member else ""), object_inside))
    for name, member in inner:
        if is_plain(member) or is_by_setting(member):
            continue
        lines += table(member, common, f"{path}.{name}" if path else f".{name}")
    return lines


def is_plain(schema):
    """No members of its own."""
    return not schema.get("properties") and len(schema.get("allOf", [])) == 0


def is_by_setting(schema):
    """A member for each setting, which says no more than its name."""
    members = schema.get("properties", {})
    return members and all(m["description"] == f"of *{name}*" for name, m in members.items())


def variants(schema):
    """(what it is, schema) of each kind of object that a program prints."""
    body = schema.get("else", schema)
    if "oneOf" not in body:
        return [(None, body)]
    result = []
    for one in body["oneOf"]:
        name = reference(one)
        result.append((name, schema.get("$defs", {}).get(name, one)))
    return result


def object_lines(schemas, kind, name):
    """The part of the page between the marks of an object."""
    common = schemas.common
    if kind == "common":
        return table(common["$defs"][name], common)
    schema = schemas.files[name]
    lines = []
    for _, one in variants(schema):
        if lines:
            lines.append("")
        if "description" in one:
            lines += [one["description"], ""]
        if reference(one):
            lines += [f"See {NAMED[reference(one)]}."]
        else:
            lines += table(one, common)
    for extra, one in schema.get("$defs", {}).items():
        if extra in NAMED:
            lines += ["", f"Members of {NAMED[extra]}:", ""] + table(one, common)
    return lines


def is_elsewhere(schema):
    """All that is printed is described in another file."""
    body = schema.get("else", schema)
    return all(".json#" in one.get("$ref", "") for one in body.get("oneOf", [body]))


MARK = re.compile(r"^; (schema|common) ([a-z_-]+)$")


def main():
    top, update = sys.argv[1], sys.argv[2:] == ["update"]
    schemas = Schemas(top)
    path = os.path.join(top, "man/bpflock-json.7.scd")
    with open(path, encoding="utf-8") as f:
        old = f.read()
    new, shown, skip = [], set(), False
    for line in old.splitlines():
        if line == "; end":
            skip = False
        mark = MARK.match(line)
        if not skip:
            new.append(line)
        if mark:
            skip = True
            shown.add(mark.groups())
            new += ["", *object_lines(schemas, *mark.groups()), ""]
    text = re.sub("\n{3,}", "\n\n", "\n".join(new) + "\n")
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    elif text != old:
        sys.exit("bpflock-json(7) is not what the schemas make: ninja update-schema-page")
    due = {("schema", n) for n, s in schemas.files.items() if not is_elsewhere(s)}
    due |= {("common", n) for n in schemas.common["$defs"] if n in NAMED}
    if due - shown:
        sys.exit(f"bpflock-json(7) does not show {sorted(due - shown)}")
    section = text[text.index("# OTHER SCHEMAS") : text.index("# FILES")].replace("\\_", "_")
    mapped = set(re.findall(r"^\|  \*([a-z_]+)\*", section, re.MULTILINE))
    if not mapped or mapped - members_of(schemas.files["bpflock-log"]):
        sys.exit(f"bpflock-json(7): no members of events: {sorted(mapped - members_of(schemas.files['bpflock-log']))}")
    print(f"{len(shown)} objects, {len(mapped)} members with names elsewhere")


if __name__ == "__main__":
    main()
