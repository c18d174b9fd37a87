#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A real Prometheus scrapes metrics of bpflock, by node_exporter's textfile collector and over HTTP as OpenMetrics, and has
an answer to each query of the dashboard. Its alerts are evaluated, and the one that is due fires.

usage: prometheus.py PROMETHEUS EXPORTER sample METRICS-SAMPLE SOURCE
       prometheus.py PROMETHEUS EXPORTER log SOURCE LOG..."""

import contextlib
import http.server
import json
import math
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 120
FORMATS = ("prometheus", "openmetrics")
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# A counter goes up between the two scrapes that matter, and the policy has changed.
GROWS = re.compile(r"^(bpflock_\w+_total(?:\{.*\})?|bpflock_policy_generation) (\d+)$", re.MULTILINE)
# How a case shows metrics, see expect_exit in tests/vm/lib.sh.
COMMAND = re.compile(r"ok.*exit status 0: bpflock-ctl metrics --format (prometheus|openmetrics)$")
# Due when the second snapshot comes.
ALERT = "BpflockPolicyChanged"


def of_sample(program):
    """Two snapshots, each a text in each format."""
    first = {name: subprocess.run([program, name], stdout=subprocess.PIPE, check=True, text=True).stdout for name in FORMATS}
    grown = {name: GROWS.sub(lambda m: f"{m[1]} {int(m[2]) + 60}", text) for name, text in first.items()}
    return first, grown


def of_logs(paths):
    """The last two that a case has printed in both formats; None if no case has."""
    for path in filter(os.path.exists, paths):
        printed, found = [], {name: [] for name in FORMATS}
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f:
                command = COMMAND.search(line.rstrip("\n"))
                if command:
                    found[command[1]].append("".join(printed))
                printed = printed + [line[7:]] if line.startswith("  out: ") else []
        if all(len(texts) > 1 for texts in found.values()):
            return tuple({name: found[name][n] for name in FORMATS} for n in (-2, -1))
    return None


class Snapshot:
    """What is served at the moment, in both ways."""

    def __init__(self, directory):
        self.file, self.served = directory / "bpflock.prom", ""

    def show(self, texts):
        """As a whole, as bpflock-ctl metrics --textfile does it."""
        new = self.file.with_suffix(".new")
        new.write_text(texts["prometheus"], encoding="utf-8")
        os.replace(new, self.file)
        self.served = texts["openmetrics"]


def serve(snapshot):
    """Its port on the loopback device."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = snapshot.served.encode()
            self.send_response(200)
            self.send_header("Content-Type", OPENMETRICS)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(port, path, **parameters):
    """The answer as JSON, or None while there is none."""
    url = f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code == 503:
            return None
        sys.exit(f"{path} {parameters}: {error.code}: {error.read().decode()}")
    except OSError:
        return None
    return json.loads(text)["data"] if path.startswith("/api") else text


def until(what, condition, *daemons):
    """What it returns, once that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        for daemon in daemons:
            if daemon.poll() is not None:
                sys.exit(f"{daemon.args[0]} has ended")
        if time.monotonic() > deadline:
            sys.exit(f"in {PATIENCE} s there was not {what}")
        time.sleep(0.1)
    return found


def started(command, path, stack):
    """Starts a daemon at a port that is free, and waits until it answers. It is another port if somebody was faster."""
    for _ in range(5):
        port = free_port()
        daemon = subprocess.Popen([word.replace("PORT", str(port)) for word in command])
        stack.callback(daemon.wait)
        stack.callback(daemon.terminate)
        if until(f"{command[0]} that answers", lambda: daemon.poll() is not None or get(port, path)) is not True:
            return port, daemon
    sys.exit(f"{command[0]} does not start")


def configuration(source, targets):
    """JSON, which is YAML too."""
    return json.dumps({
        "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "2s"},
        "rule_files": [os.path.join(os.path.abspath(source), "policy/prometheus/bpflock.rules.yml")],
        "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                           for job, port in targets.items()],
    })


def queries(source):
    """(title, expression) of each panel, with what Grafana would put in."""
    with open(os.path.join(source, "policy/grafana/bpflock.json"), encoding="utf-8") as f:
        for panel in json.load(f)["panels"]:
            for target in panel["targets"]:
                yield panel["title"], target["expr"].replace("$__rate_interval", "1h").replace("$instance", ".+")


def finite(result):
    return bool(result) and all(math.isfinite(float(series["value"][1])) for series in result)


def ask(source, snapshot, snapshots, targets, port, daemons):
    """What Prometheus has to say, first of one and then of the other snapshot."""

    def query(expression):
        return get(port, "/api/v1/query", query=expression)["result"]

    def scraped(texts):
        policy = re.search(r"^bpflock_policy_generation (\d+)$", texts["prometheus"], re.MULTILINE)[1]
        return lambda: len(query(f"bpflock_policy_generation == {policy}")) == len(targets)

    for texts in snapshots:
        snapshot.show(texts)
        until("each snapshot", scraped(texts), *daemons)
    asked = 0
    for title, expression in queries(source):
        until(f"a number to show in {title} by {expression}", lambda: finite(query(expression)), *daemons)
        asked += 1
    found = get(port, "/api/v1/label/instance/values", **{"match[]": "bpflock_up"})
    if len(found) != len(targets):
        sys.exit(f"the dashboard's machines are {found}")
    if [series["value"][1] for series in query("node_textfile_scrape_error")] != ["0"]:
        sys.exit("node_exporter has trouble with the file")

    def rules():
        return [rule for group in get(port, "/api/v1/rules")["groups"] for rule in group["rules"]]

    until("an evaluation of all alerts", lambda: all(rule["health"] != "unknown" for rule in rules()), *daemons)
    bad = [f"{rule['name']}: {rule.get('lastError')}" for rule in rules() if rule["health"] != "ok"]
    if bad:
        sys.exit("\n".join(bad))
    until(f"{ALERT} that fires", lambda: any(r["name"] == ALERT and r["state"] == "firing" for r in rules()), *daemons)
    print(f"{asked} queries and {len(rules())} alerts of {len(targets)} targets")


def main():
    prometheus, exporter, what, *rest = sys.argv[1:]
    if what == "sample":
        snapshots, source = of_sample(rest[0]), rest[1]
    else:
        snapshots, source = of_logs(rest[1:]), rest[0]
        if not snapshots:
            sys.exit(77)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        scratch = pathlib.Path(name)
        (scratch / "text").mkdir()
        snapshot = Snapshot(scratch / "text")
        snapshot.show(snapshots[0])
        node, node_daemon = started(
            [exporter, "--web.listen-address=127.0.0.1:PORT", "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={scratch / 'text'}", "--log.level=error"], "/metrics", stack)
        targets = {"node": node, "direct": serve(snapshot)}
        (scratch / "prometheus.yml").write_text(configuration(source, targets), encoding="utf-8")
        port, daemon = started(
            [prometheus, "--web.listen-address=127.0.0.1:PORT", f"--config.file={scratch / 'prometheus.yml'}",
             f"--storage.tsdb.path={scratch / 'data'}", "--log.level=error"], "/-/ready", stack)
        ask(source, snapshot, snapshots, targets, port, (node_daemon, daemon))


if __name__ == "__main__":
    main()
