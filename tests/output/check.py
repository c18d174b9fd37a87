#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what `hostile` prints: is it safe, and do other people's parsers get the names back?"""

import io
import json
import struct
import subprocess
import sys


def fail(message, output):
    sys.exit(f"{message}\n{output!r}")


def check_line(output):
    """One line, and nothing that a terminal obeys."""
    if not output.endswith(b"\n"):
        fail("no line", output)
    try:
        text = output[:-1].decode("utf-8")
    except UnicodeDecodeError as error:
        fail(str(error), output)
    for c in text:
        if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0:
            fail(f"control character {ord(c):#x}", output)
    return text


def parse_json(output):
    def pairs(items):
        if len(dict(items)) != len(items):
            fail("a key comes twice", output)
        return dict(items)

    return json.loads(check_line(output), object_pairs_hook=pairs)


def parse_logfmt(output):
    """key=value or key="value with escapes", separated by blanks."""
    text, fields, i = check_line(output), {}, 0
    while i < len(text):
        equals = text.index("=", i)
        key = text[i:equals]
        if not key.replace("_", "").isalnum() or key in fields:
            fail(f"key {key!r}", output)
        i = equals + 1
        if text[i : i + 1] == '"':
            value, end = json.JSONDecoder().raw_decode(text, i)
        else:
            end = text.find(" ", i)
            end = len(text) if end < 0 else end
            value = text[i:end]
            if not value or '"' in value or "=" in value:
                fail(f"value {value!r}", output)
        if text[end : end + 1] not in ("", " "):
            fail("no blank after a value", output)
        fields[key] = value
        i = end + 1
    return fields


def names_of(fields):
    """The exact bytes of each text: those in hexadecimal, where there are such."""
    for key, value in fields.items():
        if key.endswith("_hex") or not isinstance(value, str):
            continue
        exact = fields.get(key + "_hex")
        if exact is None:
            yield key, value.encode()
        else:
            exact = bytes.fromhex(exact)
            if exact.decode("utf-8", "replace").count("\ufffd") == 0:
                raise ValueError(f"{key} needs no hexadecimal")
            yield key, exact


def parse_journal(output):
    """systemd.io/JOURNAL_NATIVE_PROTOCOL, behind the length of the entry."""
    (size,) = struct.unpack_from("=I", output)
    if size != len(output) - 4:
        fail("not one entry", output)
    rest, fields = output[4:], {}
    while rest:
        line, _, after = rest.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if equals:
            rest = after
        else:
            (size,) = struct.unpack_from("<Q", after)
            value, rest = after[8 : 8 + size], after[8 + size :]
            if rest[:1] != b"\n":
                fail(f"{key!r} does not end where it says", output)
            rest = rest[1:]
        key = key.decode("ascii")
        if key in fields:
            fail(f"{key} comes twice", output)
        fields[key] = value
    check_line(fields["MESSAGE"] + b"\n")
    if fields["PRIORITY"] not in (b"4", b"5", b"6"):
        fail("priority", output)
    return {k[len("BPFLOCK_") :].lower(): v for k, v in fields.items() if k.startswith("BPFLOCK_")}


PARSERS = {
    "json": lambda output: dict(names_of(parse_json(output))),
    "logfmt": lambda output: dict(names_of(parse_logfmt(output))),
    "journal": parse_journal,
}


def check(format_name, output, names):
    if format_name not in PARSERS:
        check_line(output)
        return
    found = PARSERS[format_name](output)
    for key, expected in names.items():
        # of a comment or an object there is nothing to say if it is empty
        if found.get(key) != expected and not (key in ("comment", "object", "exe", "module") and not expected):
            fail(f"{format_name}: {key} is {found.get(key)!r} and not {expected!r}", output)


def main():
    output = io.BytesIO(subprocess.run(sys.argv[1], stdout=subprocess.PIPE, check=True).stdout)
    count, formats = 0, set()
    while line := output.readline():
        name, size, *names = line.decode().split(" ")
        names = {k: bytes.fromhex(v) for k, _, v in (n.partition("=") for n in names)}
        check(name, output.read(int(size)), names)
        formats.add(name)
        count += 1
    if count < 1000 or not formats >= {"classic", "logfmt", "json", "short", "journal"}:
        sys.exit(f"{count} events in {sorted(formats)}: that is not all")
    print(f"{count} events, {len(formats)} formats")


if __name__ == "__main__":
    main()
