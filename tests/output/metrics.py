#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what bpflock-ctl metrics prints by parsers that are not ours, and looks whether the alerts, the dashboard and
the man page speak of metrics that there are.

usage: metrics.py PROMTOOL METRICS-SAMPLE BPFLOCK-CTL SOURCE"""

import json
import os
import re
import subprocess
import sys
import tempfile

import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

# As metrics-sample.c has it, with what cannot be printed made readable.
HOSTILE = '"} 1\n# EOF\n\\n{a="b"}, \\x1b[2J \\xff \\xe2\\x82 \u00fc'
SELECTOR = re.compile(r"\b(bpflock_[a-z_]+)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'([a-z_]+)\s*(=~|!=|=)\s*"([^"]*)"')


def run(*command, stdin=None, status=0):
    """Standard output of a command that has to end with that status."""
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if done.returncode != status:
        sys.exit(f"{command}: status {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode()


def samples_of(families):
    """{(name, labels): value}; each only once."""
    found = {}
    for family in families:
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            if key in found:
                sys.exit(f"{key} comes twice")
            if not family.documentation:
                sys.exit(f"{family.name} has no HELP")
            found[key] = sample.value
    return found


def check_formats(promtool, program, *arguments):
    """Both formats are sound and say the same; the samples."""
    both = {}
    for name, parse in (("openmetrics", parse_openmetrics), ("prometheus", parse_prometheus)):
        text = run(program, *arguments, name)
        # a name of the text format may end in _total or not, and no more can be said with it
        both[name] = {k: v for k, v in samples_of(parse(text)).items() if "collected" not in k[0]}
        if name == "prometheus":
            # it complains of names, types and helps too
            run(promtool, "check", "metrics", stdin=text.encode())
    if both["openmetrics"] != both["prometheus"]:
        sys.exit(f"the formats differ: {set(both['openmetrics'].items()) ^ set(both['prometheus'].items())}")
    return both["openmetrics"]


def check_use(where, expression, samples):
    """Every selector of ours in a PromQL expression finds something."""
    names = {name for name, _ in samples} | {"bpflock_collected_timestamp_seconds"}
    uses = SELECTOR.findall(expression)
    for name, matchers in uses:
        if name not in names:
            sys.exit(f"{where}: there is no metric {name}")
        wanted = {(k, v) for k, op, v in MATCHER.findall(matchers) if op == "=" and k not in ("instance", "job")}
        if wanted and not any(n == name and wanted <= set(labels) for n, labels in samples):
            sys.exit(f"{where}: no {name} has {wanted}")
    return {name for name, _ in uses}


def check_rules(promtool, source, samples):
    path = os.path.join(source, "policy/prometheus/bpflock.rules.yml")
    tests = os.path.join(source, "tests/output/rules.test.yml")
    run(promtool, "check", "rules", path)
    run(promtool, "test", "rules", tests)
    with open(path, encoding="utf-8") as f:
        rules = [rule for group in yaml.safe_load(f)["groups"] for rule in group["rules"]]
    with open(tests, encoding="utf-8") as f:
        tested = f.read()
    for rule in rules:
        if not check_use(rule["alert"], rule["expr"], samples):
            sys.exit(f"{rule['alert']} is about nothing of ours")
        if f'alertname="{rule["alert"]}",alertstate="firing"' not in tested:
            sys.exit(f"no test sees {rule['alert']} fire")
    return len(rules)


def check_dashboard(source, samples):
    """All expressions in it, and no two panels in one place."""
    with open(os.path.join(source, "policy/grafana/bpflock.json"), encoding="utf-8") as f:
        dashboard = json.load(f)
    used, cells, ids = set(), set(), set()
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            used |= check_use(variable["name"], variable["query"]["query"], samples)
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            found = check_use(panel["title"], target["expr"], samples)
            if not found:
                sys.exit(f"{panel['title']} shows nothing of ours")
            used |= found
        g = panel["gridPos"]
        place = {(x, y) for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])}
        if place & cells or panel["id"] in ids or max(x for x, _ in place) > 23:
            sys.exit(f"{panel['title']} is where another panel is, or has its id")
        cells |= place
        ids.add(panel["id"])
    return used


def check_expressions(promtool, source):
    """promtool has no check for one expression: so they are rules for once."""
    with open(os.path.join(source, "policy/grafana/bpflock.json"), encoding="utf-8") as f:
        targets = [t["expr"] for p in json.load(f)["panels"] for t in p["targets"]]
    rules = [{"record": f"r{i}", "expr": t.replace("$__rate_interval", "5m")} for i, t in enumerate(targets)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as f:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, f)
        f.flush()
        run(promtool, "check", "rules", f.name)


def manual_terms(text):
    """{name: the text below it} of the lists of metrics."""
    terms = {}
    for line in text[text.index("\n# METRICS") : text.index("\n# FILES")].splitlines():
        name = re.fullmatch(r"\*(bpflock_[a-z_]+)\*", line)
        if name:
            current = name.group(1)
            terms[current] = ""
        elif line.startswith("\t"):
            terms[current] += " " + line.strip()
    return terms


def check_manual(promtool, source, samples, types):
    """Each metric is in bpflock-metrics(7), with its type and its labels, and no other; and its alert is one."""
    with open(os.path.join(source, "man/bpflock-metrics.7.scd"), encoding="utf-8") as f:
        text = f.read().replace("\\_", "_")
    rows = manual_terms(text)
    labels = {}
    for name, pairs in samples:
        labels.setdefault(name, set()).update(key for key, _ in pairs)
    labels["bpflock_collected_timestamp_seconds"] = set()
    if set(rows) != set(labels):
        sys.exit(f"bpflock-metrics(7): only there {set(rows) - set(labels)}, not there {set(labels) - set(rows)}")
    for name, row in rows.items():
        if re.match(r" ([a-z]+)", row).group(1) != types[name]:
            sys.exit(f"bpflock-metrics(7): {name} is of type {types[name]}")
        told = set(re.findall(r"\*([a-z_]+)\*", row)) - set(labels)
        if labels[name] != told:
            sys.exit(f"bpflock-metrics(7): {name} has the labels {sorted(labels[name])}")
    alerts = re.findall(r"\n```\n(groups:\n.*?)```", text, re.DOTALL)
    if not alerts:
        sys.exit("bpflock-metrics(7) has no alert")
    for alert in alerts:
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as f:
            f.write(alert)
            f.flush()
            run(promtool, "check", "rules", f.name)
        for group in yaml.safe_load(alert)["groups"]:
            for rule in group["rules"]:
                check_use(rule["alert"], rule["expr"], samples)


def check_recipe(promtool, source):
    """The configuration that bpflock-recipes(7) gives to Prometheus."""
    with open(os.path.join(source, "man/bpflock-recipes.7.scd"), encoding="utf-8") as f:
        recipe = re.search(r"\n```\n(rule_files:\n.*?)```", f.read(), re.DOTALL).group(1)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as f:
        f.write(recipe.replace("/usr/share/bpflock", os.path.abspath(os.path.join(source, "policy/prometheus"))))
        f.flush()
        run(promtool, "check", "config", f.name)


def types_of(program):
    """{name of a sample: type} as OpenMetrics has it."""
    found = {}
    for family in parse_openmetrics(run(program, "openmetrics")):
        for sample in family.samples:
            found[sample.name] = family.type
    return found


def main():
    promtool, sample, ctl, source = sys.argv[1:]
    samples = check_formats(promtool, sample)
    found = {dict(labels)["version"] for name, labels in samples if name == "bpflock_policy_info"}
    if found != {HOSTILE}:
        sys.exit(f"a hostile label became {found}")
    # the program itself, with nothing loaded
    with tempfile.TemporaryDirectory() as empty:
        real = check_formats(promtool, ctl, "metrics", "--bpffs", empty, "--format")
    if real[("bpflock_up", ())] != 0 or not {n for n, _ in real} <= {n for n, _ in samples}:
        sys.exit(f"with nothing loaded: {real}")
    rules = check_rules(promtool, source, samples)
    check_expressions(promtool, source)
    used = check_dashboard(source, samples)
    check_manual(promtool, source, samples, types_of(sample))
    check_recipe(promtool, source)
    print(f"{len(samples)} samples, {rules} alerts, {len(used)} metrics on the dashboard")


if __name__ == "__main__":
    main()
