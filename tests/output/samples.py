#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Whether bpflock-log still prints an event of each kind as tests/output/samples has it, and the manual shows it.

usage: samples.py check|update TOP SAMPLES

A page has a line "; sample FORMAT [EVENT]" before a literal block, which then is that sample: all events, or one. Long
lines are folded there, and an object of JSON has a member a line."""

import glob
import json
import os
import re
import struct
import subprocess
import sys
import textwrap

FORMATS = ["classic", "logfmt", "json", "short", "journal"]
# In the order of samples.c.
EVENTS = [
    "allow", "audit", "deny", "lockdown", "exec", "failed-exec", "grant", "revoke", "tamper", "unload", "lost", "missed",
    "invalid",
]  # fmt: skip
WIDTH = 68
MARK = re.compile(r"^(\t*); sample ([a-z]+)(?: ([a-z-]+))?$")


def journal_text(output):
    """Entries as `journalctl -o export` prints them, without what is binary: there is nothing such in a sample."""
    entries = []
    while output:
        (size,) = struct.unpack_from("=I", output)
        entries.append(output[4 : 4 + size].decode())
        output = output[4 + size :]
    return entries


def samples_of(program, name):
    """The texts of all events in a format."""
    output = subprocess.run([program, name], stdout=subprocess.PIPE, check=True).stdout
    texts = journal_text(output) if name == "journal" else output.decode().splitlines(keepends=True)
    if len(texts) != len(EVENTS):
        sys.exit(f"{name}: {len(texts)} events, and {len(EVENTS)} have a name")
    return texts


def folded(name, text):
    """As a page shows it."""
    if name == "json":
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    lines = []
    for line in text.splitlines():
        lines += [line] if len(line) <= WIDTH or name == "short" else textwrap.wrap(
            line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    return lines


def page_of(path, samples):
    """(the page as it is, and as it should be)"""
    with open(path, encoding="utf-8") as f:
        old = f.read()
    new, block = [], None
    for line in old.splitlines():
        mark = MARK.match(line)
        if mark:
            tabs, name, event = mark.groups()
            chosen = samples[name] if event is None else [samples[name][EVENTS.index(event)]]
            block = [tabs + part for text in chosen for part in folded(name, text)]
            new.append(line)
        elif block is not None and line.strip() == "```":
            new.append(line)
            # the end of the block comes as it is
            if block:
                new += block
                block = []
            else:
                block = None
        elif not block and block is not None:
            continue
        else:
            new.append(line)
    return old, "\n".join(new) + "\n"


def same(path, text, update):
    """Whether the file is that text, which it is then made if it is to be updated."""
    try:
        with open(path, encoding="utf-8") as f:
            old = f.read()
    except FileNotFoundError:
        old = None
    if old != text and update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    return old == text or update


def main():
    what, top, program = sys.argv[1:]
    update = what == "update"
    samples = {name: samples_of(program, name) for name in FORMATS}
    wrong, shown = [], set()
    for name, texts in samples.items():
        path = os.path.join(top, "tests/output/samples", name)
        # an entry of the journal is some lines
        text = ("\n" if name == "journal" else "").join(texts)
        if not same(path, text, update):
            wrong.append(path)
    for path in sorted(glob.glob(f"{top}/man/*.scd")):
        old, new = page_of(path, samples)
        shown |= {mark.group(2) for mark in map(MARK.match, old.splitlines()) if mark}
        if not same(path, new, update):
            wrong.append(path)
    for path in wrong:
        print(f"{path} is not what bpflock-log prints: ninja update-samples")
    print(f"{len(EVENTS)} events in {len(FORMATS)} formats; pages show {sorted(shown)}")
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
