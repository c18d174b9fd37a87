#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Lines of bpflock-log in, what a daemon makes of them out: every denial and loss, with all of its
fields, in order, each in a line, and nothing else.

usage: shipper.py rsyslog|syslog-ng HOSTILE CONF"""

import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

DECISION = {
    "time": "2026-11-24T06:47:57.402118Z", "event": "lsm_locked_down", "operation": "dev_mem",
    "description": "/dev/mem,kmem,port", "comm": "head", "pcomm": "bash", "pid": 144, "uid": 0,
    "retval": -1, "count": 3, "seq": 7, "cgroup": "/system.slice/build.service",
}
LOST = {"time": DECISION["time"], "event": "lost", "count": 12}
PATIENCE = 300
# Of each daemon: its main file, which includes ours, its command, and what checks the configuration. @ is the scratch directory.
DAEMONS = {
    "rsyslog": (
        'global(workDirectory="@")\ninclude(file="@/own.conf")\naction(type="omfile" file="@/messages")\n',
        ["rsyslogd", "-n", "-f", "@/main.conf", "-i", "@/pid"],
        ["-N", "1"],
    ),
    "syslog-ng": (
        '@version: 3.38\n@include "@/own.conf"\n',
        ["syslog-ng", "-F", "--no-caps", "-f", "@/main.conf", "-R", "@/persist", "-p", "@/pid", "-c", "@/control",
         *(["--module-path", os.environ["SYSLOG_NG_MODULES"]] if "SYSLOG_NG_MODULES" in os.environ else [])],
        ["-s"],
    ),
}


def hostile(program):
    """Its JSON lines, which have all sorts of names."""
    output = io.BytesIO(subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout)
    while header := output.readline():
        name, size, *_ = header.decode().split(" ")
        text = output.read(int(size))
        if name == "json":
            yield text


def line(fields, **more):
    return json.dumps({**fields, **more}).encode() + b"\n"


def wanted(text):
    fields = json.loads(text)
    return fields.get("decision") == "deny" or fields["event"] == "lost"


def comes(path, count, daemon):
    """Whether so many lines do."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and daemon.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return True
        time.sleep(0.1)
    return False


def compare(lines, output):
    expected = [json.loads(text) for text in lines if wanted(text)]
    found = [json.loads(text) for text in output.decode("utf-8").split("\n")[:-1]]
    for place, (ours, theirs) in enumerate(zip(expected, found)):
        if ours != theirs:
            sys.exit(f"number {place} is\n{theirs}\nand not\n{ours}")
    if len(expected) != len(found):
        sys.exit(f"{len(found)} of {len(expected)} lines")
    # what JSON demands; DEL and the like may stand as they are
    for byte in output.replace(b"\n", b""):
        if byte < 0x20:
            sys.exit(f"control character {byte:#x}")
    return len(found)


def main():
    name, program, conf = sys.argv[1:]
    main_conf, command, check = DAEMONS[name]
    early = list(hostile(program)) + [
        line(DECISION, decision="allow", reason="allow (baseline)"),
        line(DECISION, decision="deny", reason="denied (baseline)"),
        b"bpflock: no JSON\n",
        line(DECISION, decision="deny", reason="denied (block)", cgroup="/" + 4000 * "\u00e4"),
        line(LOST),
    ]
    late = [line(DECISION, decision="audit"), line(DECISION, decision="deny", seq=8)]
    rotated = [line(DECISION, decision="deny", seq=9)]
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = pathlib.Path(scratch_name)

        def at(text):
            """With the scratch directory in it; syslog-ng's own words with @ stand at the beginning of a line."""
            return re.sub("@(?=[/\"])", scratch_name, text)

        own = pathlib.Path(conf).read_text(encoding="utf-8").replace("/var/log/", f"{scratch}/")
        (scratch / "own.conf").write_text(own, encoding="utf-8")
        (scratch / "main.conf").write_text(at(main_conf), encoding="utf-8")
        log, result = scratch / "bpflock.json", scratch / "bpflock-denied.json"
        log.write_bytes(b"".join(early))
        command = [at(word) for word in command]
        checked = subprocess.run(command + check, stdout=subprocess.PIPE, check=False,
                                 stderr=subprocess.STDOUT, text=True)
        if checked.returncode or "error" in checked.stdout.lower():
            sys.exit(checked.stdout)
        daemon = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            sent = []
            for more, mode in ((early, None), (late, "ab"), (rotated, "wb")):
                if mode:
                    with open(log, mode) as file:
                        file.write(b"".join(more))
                sent += more
                right = [text for text in sent if text.startswith(b"{")]
                if not comes(result, sum(map(wanted, right)), daemon):
                    break
            # whatever comes too much would come now
            time.sleep(1)
        finally:
            daemon.terminate()
            errors = daemon.communicate(timeout=PATIENCE)[1]
        if not result.exists():
            sys.exit(f"nothing came; {name} says: {errors.decode()}")
        count = compare(right, result.read_bytes())
        if count < 500:
            sys.exit(f"{count} lines: that is not all")
        print(f"{count} lines of {len(sent)}")


if __name__ == "__main__":
    main()
