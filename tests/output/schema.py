#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Validates what the programs print as JSON against the schemas of policy/schema.

usage: schema.py validate TOP BPFLOCK BPFLOCK_CTL HOSTILE SAMPLES
       schema.py log TOP LOG...    the JSON that cases in guests had printed"""

import concurrent.futures
import glob
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

# Verbs whose objects are those of another verb, and verbs that have no JSON.
ALIASES = {"show operations": "operations", "show policy": "policy", "verify": "test"}
WITHOUT = {"metrics", "edit", "preset show", "bugreport", "help"}
REFERENCE = re.compile(r'"\$ref": "([a-z-]+)\.json#')


class Schemas:
    """The files of a directory, each made whole: the definitions that they share stand in each."""

    def __init__(self, top):
        self.directory = os.path.join(top, "policy/schema")
        self.files = {}
        for name in sorted(os.listdir(self.directory)):
            if name.endswith(".json"):
                with open(os.path.join(self.directory, name), encoding="utf-8") as f:
                    self.files[name.removesuffix(".json")] = json.load(f)
        self.common = self.files.pop("common")
        self.validators = {name: self.validator(name, schema) for name, schema in self.files.items()}

    def validator(self, name, schema):
        text = json.dumps(schema)
        whole = json.loads(REFERENCE.sub('"$ref": "#', text))
        own = whole.setdefault("$defs", {})
        for other in {"common", *REFERENCE.findall(text)}:
            shared = self.common if other == "common" else self.files[other]
            shared = json.loads(REFERENCE.sub('"$ref": "#', json.dumps(shared["$defs"])))
            if set(own) & set(shared):
                sys.exit(f"{name}: {set(own) & set(shared)} are in {other}.json, too")
            own.update(shared)
        jsonschema.Draft202012Validator.check_schema(whole)
        return jsonschema.Draft202012Validator(whole, format_checker=FORMATS)

    def errors(self, name, value):
        """The faults of a value, each with the place where it is, as far down as there is one cause."""
        for error in self.validators[name].iter_errors(value):
            for cause in causes(error):
                yield f"{name}: {cause.json_path}: {cause.message[:300]}"


def causes(error):
    """Of a fault in all alternatives those of the one that comes nearest: it is of the same kind, with the fewest faults."""
    branches = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if error.validator not in ("oneOf", "anyOf") or not branches:
        return [error]
    nearest = min(branches.values(), key=lambda b: (sum(e.validator == "const" for e in b), len(b)))
    return [cause for inner in nearest for cause in causes(inner)]


FORMATS = jsonschema.FormatChecker(formats=[])


@FORMATS.checks("date-time")
def is_time(value):
    """RFC 3339, in UTC or with an offset."""
    return not isinstance(value, str) or re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", value
    )


class Checker:
    """Counts what was validated, and what was wrong."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.seen, self.failed = {}, 0

    def fail(self, text):
        self.failed += 1
        print(f"FAILED: {text}")

    def text(self, name, text, where):
        """Each line is one object."""
        for line in text.rstrip("\n").split("\n") if text else []:
            try:
                value = json.loads(line)
            except ValueError as error:
                self.fail(f"{where}: not JSON: {error}: {line[:200]}")
                continue
            self.seen[name] = self.seen.get(name, 0) + 1
            for fault in self.schemas.errors(name, value):
                self.fail(f"{where}: {fault}")

    def end(self):
        total = sum(self.seen.values())
        print(f"{total} objects of {len(self.seen)} kinds: {' '.join(sorted(self.seen))}")
        if self.failed or not total:
            sys.exit(f"{self.failed} are not as their schema has them")


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def verbs_of(ctl):
    """All verbs, as completion has them."""

    def candidates(*words):
        lines = run(ctl, "--complete", *words).stdout.splitlines()
        return dict(line.split("\t") for line in lines if line[:1] != "\t")

    for first, meaning in candidates("").items():
        if meaning == "...":
            yield from (f"{first} {second}" for second in candidates(first, ""))
        else:
            yield first


def schema_of(verb):
    verb = ALIASES.get(verb, verb)
    return verb.replace(" ", "-")


FILES = {"apply", "diff", "check", "analyze", "cat-config", "replay"}
# Operands with which a verb comes to its own work, as far as that goes with nothing loaded.
OPERANDS = {
    "explain": ["kexec"], "set": ["profile=baseline"], "block": ["kexec"], "allow": ["kexec"], "grant": ["kexec", "--host", "--for", "1h"],
    "revoke": ["--all"], "cgroup set": ["/a", "profile=baseline"], "cgroup delete": ["/a"], "latch": ["kexec"],
    "preset use": ["server", "--dry-run"], "seal": ["--yes"],
}


def check_verbs(checker, ctl, scratch):
    """With nothing loaded: all print JSON, and it is their own or that of a failure."""
    good, bad, log = (os.path.join(scratch, name) for name in ("good.conf", "bad.conf", "log"))
    with open(good, "w", encoding="utf-8") as f:
        f.write('[kimglock]\nprofile = baseline\nblock = kexec\n[cgroup "/a"]\nprofile = restricted\n[cgroup "/b"]\nlike = host\nallow = msr\n')
    with open(bad, "w", encoding="utf-8") as f:
        f.write("[kimglock]\nprofil = baseline\n")
    jobs = []
    for verb in verbs_of(ctl):
        name = schema_of(verb)
        if verb in WITHOUT:
            continue
        if name not in checker.schemas.files:
            checker.fail(f"{verb}: there is no policy/schema/{name}.json")
            continue
        jobs += [(name, verb, o) for o in (OPERANDS.get(verb, []), ["--nonsense"], *([[bad], [good]] if verb in FILES else []))]
    jobs += [("replay", "replay", [good, log]), ("analyze", "analyze", [good, "--threshold", "0"])]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        done = pool.map(lambda job: run(ctl, *job[1].split(), *job[2], "--json", stdin=""), jobs)
    for (name, verb, operands), result in zip(jobs, done):
        where = f"{verb} {' '.join(operands)}"
        if not result.stdout:
            checker.fail(f"{where}: no JSON, status {result.returncode}")
        checker.text(name, result.stdout, where)
    return good


def check_loader(checker, loader, good):
    for arguments in (["--dry-run"], ["--profile", "nonsense"], ["--config", good, "--dry-run"], ["--nonsense"]):
        done = run(loader, *arguments, "--json")
        checker.text("bpflock", done.stdout, f"bpflock {arguments}")


def hostile_json(program):
    """The lines of its JSON, see check.py."""
    output = io.BytesIO(subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout)
    while head := output.readline():
        name, size = head.decode().split(" ")[:2]
        text = output.read(int(size))
        if name == "json":
            yield text.decode()


def validate(top, loader, ctl, hostile, samples):
    checker = Checker(Schemas(top))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["BPFLOCK_BPFFS"] = os.path.join(scratch, "nothing")
        good = check_verbs(checker, ctl, scratch)
        check_loader(checker, loader, good)
    checker.text("bpflock-log", "".join(hostile_json(hostile)), "hostile")
    checker.text("bpflock-log", run(samples, "json").stdout, "samples")
    unseen = set(checker.schemas.files) - set(checker.seen)
    if unseen:
        checker.fail(f"nothing was printed of {sorted(unseen)}")
    refuses_more(checker)
    check_sources(checker, top)
    checker.end()


CALL = re.compile(r'\b(?:json_[a-z0-9_]+|[a-z]+_json)\(\s*&?[a-z>.-]+,\s*"([a-z0-9_-]+)"')


def check_sources(checker, top):
    """The sources write no member that is in no schema, and each member that is in one stands somewhere in them."""
    text = ""
    for folder in ("policy", "loader", "reader"):
        for path in glob.glob(os.path.join(top, folder, "**/*.c"), recursive=True):
            with open(path, encoding="utf-8") as f:
                text += f.read()
    members = set()
    for schema in [checker.schemas.common, *checker.schemas.files.values()]:
        members |= members_of(schema)
    written = set(CALL.findall(text))
    if len(written) < 100 or written - members:
        checker.fail(f"in no schema: {sorted(written - members)}")
    absent = {name for name in members if f'"{name}"' not in text}
    if absent:
        checker.fail(f"in no source: {sorted(absent)}")


def members_of(node):
    """The names of all members that a schema has."""
    if isinstance(node, list):
        return set().union(*map(members_of, node))
    if not isinstance(node, dict):
        return set()
    own = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return own.union(*map(members_of, node.values()))


def refuses_more(checker):
    """A member that no schema has is a fault, in all objects."""
    for name, schema in checker.schemas.files.items():
        for path, node in closed_objects(schema):
            if not node:
                checker.fail(f"{name}: {path} allows any further member")


def closed_objects(node, path="", inside=False):
    """(path, whether it refuses further members) of all objects that stand for themselves."""
    if isinstance(node, list):
        for i, item in enumerate(node):
            yield from closed_objects(item, f"{path}/{i}")
        return
    if not isinstance(node, dict):
        return
    if "properties" in node and not inside:
        yield path, node.get("additionalProperties") is False or node.get("unevaluatedProperties") is False
    for key, item in node.items():
        if key == "properties":
            for name, member in item.items():
                yield from closed_objects(member, f"{path}/{name}")
        elif key not in ("if", "$defs") or key == "$defs" and path == "":
            if key == "$defs":
                for name, member in item.items():
                    yield from closed_objects(member, f"{path}/{name}", inside=name == "sums")
            elif isinstance(item, (dict, list)):
                yield from closed_objects(item, f"{path}/{key}")


COMMAND = re.compile(r"^ok: exit status \d+: (.*)$")
# Options of bpflock-ctl with a value, which is no verb.
VALUED = {
    "--bpffs", "--wait", "--for", "--cgroup", "--unit", "--pid", "--comment", "--reason", "--lines", "--interval", "--threshold",
    "--if-generation",
}  # fmt: skip
# A shell's or another program's output is not looked at, nor is a choice of fields, which is no whole event.
OTHER = {"sh", "bash", "-c", "--help", "--version", "--complete", "--fields", "--json=pretty"}


def schema_of_command(words, known):
    """The schema of what a command printed; None: it had no JSON of ours."""
    at = [i for i, word in enumerate(words) if re.fullmatch(r"(\S*/)?bpflock(-ctl|-log)?", word)]
    if not at or OTHER & {word.partition("=")[0] if word.startswith("--fields") else word for word in words}:
        return None
    program, words = os.path.basename(words[at[0]]), words[at[0] + 1 :]
    if program == "bpflock-log":
        return "bpflock-log" if re.search(r"(?:-o ?|--output[= ])json\b", " ".join(words)) else None
    if "--json" not in words:
        return None
    if program == "bpflock":
        return "bpflock"
    plain, skip = [], False
    for word in words:
        if not skip and not word.startswith("-"):
            plain.append(word)
        skip = word in VALUED
    for n in (2, 1):
        name = schema_of(" ".join(plain[:n]))
        if len(plain) >= n and name in known:
            return name
    return "failure" if plain else "status"


def logs(top, paths):
    """What expect_exit of tests/vm/lib.sh has shown of each command. Status 77: it was no JSON."""
    schemas = Schemas(top)
    schemas.validators["failure"] = schemas.validator("failure", {"$ref": "common.json#/$defs/failure"})
    checker = Checker(schemas)
    for path in filter(os.path.exists, paths):
        with open(path, encoding="utf-8", errors="replace") as f:
            printed = []
            for line in f:
                command = COMMAND.match(line)
                name = schema_of_command(command.group(1).split(), schemas.files) if command else None
                if name:
                    checker.text(name, "".join(printed), f"{os.path.basename(path)}: {command.group(1)}")
                if line.startswith("  out: "):
                    printed.append(line[7:])
                elif not line.startswith("  err: "):
                    printed = []
    if not checker.seen and not checker.failed:
        sys.exit(77)
    checker.end()


def main():
    what, top, *rest = sys.argv[1:]
    if what == "validate":
        validate(top, *rest)
    elif what == "log":
        logs(top, rest)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
