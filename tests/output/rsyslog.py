#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Lines of bpflock-log in, what rsyslogd makes of them out: every denial and loss, with all of its
fields, in order, each in a line, and nothing else."""

import json
import pathlib
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


def hostile(program):
    """Its JSON lines, which have all sorts of names."""
    output = subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout
    while output:
        line, _, output = output.partition(b"\n")
        name, size, *_ = line.decode().split(" ")
        if name == "json":
            yield output[: int(size)]
        output = output[int(size) :]


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
    # what JSON demands; DEL and the like rsyslog writes as they are
    for byte in output.replace(b"\n", b""):
        if byte < 0x20:
            sys.exit(f"control character {byte:#x}")
    return len(found)


def main():
    program, conf = sys.argv[1:]
    early = list(hostile(program)) + [
        line(DECISION, decision="allow", reason="allow (baseline)"),
        line(DECISION, decision="deny", reason="denied (baseline)"),
        b"bpflock: no JSON\n",
        line(DECISION, decision="deny", reason="denied (block)", cgroup="/" + 4000 * "\u00e4"),
        line(LOST),
    ]
    late = [line(DECISION, decision="audit"), line(DECISION, decision="deny", seq=8)]
    rotated = [line(DECISION, decision="deny", seq=9)]
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        own = pathlib.Path(conf).read_text(encoding="utf-8").replace("/var/log/", f"{name}/")
        (scratch / "own.conf").write_text(own, encoding="utf-8")
        (scratch / "main.conf").write_text(
            f'global(workDirectory="{name}")\ninclude(file="{name}/own.conf")\n'
            f'action(type="omfile" file="{name}/messages")\n', encoding="utf-8")
        log, result = scratch / "bpflock.json", scratch / "bpflock-denied.json"
        log.write_bytes(b"".join(early))
        command = ["rsyslogd", "-n", "-f", name + "/main.conf", "-i", name + "/pid"]
        checked = subprocess.run(command + ["-N", "1"], stdout=subprocess.PIPE, check=False,
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
            sys.exit(f"nothing came; rsyslogd says: {errors.decode()}")
        count = compare(right, result.read_bytes())
        if count < 500:
            sys.exit(f"{count} lines: that is not all")
        print(f"{count} lines of {len(sent)}")


if __name__ == "__main__":
    main()
