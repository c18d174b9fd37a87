#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The manifests of loader/kubernetes: are they what the API's own types allow, does each name in them
name something, do the programs take what they are told, and does nobody have more than is said?"""

import re
import pathlib
import subprocess
import sys

import yaml
from kubernetes.client import models

TOP = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = TOP / "loader/kubernetes"
KINDS = {"Namespace": "V1Namespace", "DaemonSet": "V1DaemonSet"}
PLAIN = {"str": str, "int": int, "bool": bool, "object": (str, int)}
failures = []


def expect(condition, message):
    if not condition:
        failures.append(message)


def validate(value, kind, where):
    """By the types that the Kubernetes client was generated with: no key too much, no value of
    another type, and none missing that is required."""
    if kind.startswith("list["):
        expect(isinstance(value, list), f"{where}: no list")
        for i, item in enumerate(value if isinstance(value, list) else []):
            validate(item, kind[5:-1], f"{where}[{i}]")
    elif kind.startswith("dict("):
        expect(isinstance(value, dict), f"{where}: no map")
        for key, item in value.items() if isinstance(value, dict) else []:
            validate(item, kind[5:-1].split(", ")[1], f"{where}.{key}")
    elif kind in PLAIN:
        right = isinstance(value, PLAIN[kind]) and (kind == "bool") == isinstance(value, bool)
        expect(right, f"{where}: {value!r} is no {kind}")
    elif not isinstance(value, dict):
        failures.append(f"{where}: {value!r} is no {kind}")
    else:
        model = getattr(models, kind)
        names = {json: name for name, json in model.attribute_map.items()}
        for key, item in value.items():
            if key in names:
                validate(item, model.openapi_types[names[key]], f"{where}.{key}")
            else:
                failures.append(f"{where}: {kind} has no {key}")
        try:
            model(**{names[key]: item for key, item in value.items() if key in names})
        except ValueError as error:
            failures.append(f"{where}: {error}")


def load(path):
    with open(path, encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          stdin=subprocess.DEVNULL, text=True)


def check_kustomization(directory):
    """What it names is there, and nothing lies there that it does not name. Returns the names of
    images, and of ConfigMaps with their files."""
    path = directory / "kustomization.yaml"
    (k,) = load(path)
    known = {"apiVersion", "kind", "namespace", "resources", "images", "configMapGenerator"}
    expect(set(k) <= known, f"{path}: unknown: {set(k) - known}")
    expect(k["kind"] == "Kustomization" and k["apiVersion"] == "kustomize.config.k8s.io/v1beta1",
           f"{path}: kind or version")
    expect(k["namespace"] == "bpflock", f"{path}: namespace {k['namespace']}")
    manifests = {p.name for p in directory.glob("*.yaml")} - {"kustomization.yaml"}
    expect(set(k["resources"]) == manifests, f"{path}: names {k['resources']}, there are {manifests}")
    maps = {m["name"]: m["files"] for m in k.get("configMapGenerator", [])}
    for files in maps.values():
        for name in files:
            expect((directory / name).is_file(), f"{path}: no file {name}")
    for image in k["images"]:
        expect(set(image) == {"name", "newName", "newTag"}, f"{path}: image {image}")
    return {i["name"]: (i["newName"], i["newTag"]) for i in k["images"]}, maps


def check_container(c, where, spec, volumes, container_program):
    mounts = c.get("volumeMounts", [])
    for mount in mounts:
        expect(mount["name"] in volumes, f"{where}: no volume {mount['name']}")
    paths = [m["mountPath"] for m in mounts]
    expect(len(paths) == len(set(paths)), f"{where}: two mounts in one place")
    expect(c["securityContext"].get("readOnlyRootFilesystem") is True, f"{where}: writable root")
    expect("requests" in c.get("resources", {}), f"{where}: no requests")
    expect("command" not in c, f"{where}: the image's entry point is gone")
    expect("env" not in c or all(e["name"] in ENVIRONMENT for e in c["env"]), f"{where}: env")
    if not c["securityContext"].get("privileged"):
        check_rights(c, where, mounts)
    if "readinessProbe" in c:
        check_words(c["readinessProbe"]["exec"]["command"], where, container_program)
    if c["args"][0] != "wait":
        check_words(c["args"], where, container_program)


def check_rights(c, where, mounts):
    security = c["securityContext"]
    expect(security.get("privileged") is False, f"{where}: privileged is not said")
    expect(security.get("allowPrivilegeEscalation") is False, f"{where}: escalation")
    expect("limits" in c["resources"], f"{where}: no limits")
    writable = [m["name"] for m in mounts if not m.get("readOnly")]
    if c["name"] == "metrics":
        expect(security.get("capabilities") == {"drop": ["ALL"], "add": MEASURING},
               f"{where}: not the capabilities of bpflock-metrics.service, {MEASURING}")
        expect(writable == ["textfile"], f"{where}: writable: {writable}")
        return
    expect(security.get("runAsNonRoot") is True, f"{where}: may be root")
    expect(security.get("runAsUser") == GID and security.get("runAsGroup") == GID,
           f"{where}: not the image's user and group, {GID}")
    expect(security.get("capabilities") == {"drop": ["ALL"]}, f"{where}: capabilities")
    expect(not writable, f"{where}: a mount is writable")


def check_words(words, where, container_program):
    """They are ones that the image knows, and the program that they call takes the options."""
    program = {"load": "bpflock"}.get(words[0], words[0])
    expect(program in ("bpflock", "bpflock-ctl", "bpflock-log"), f"{where}: words {words}")
    told = run(container_program, *words, "--help")
    expect(told.returncode == 0, f"{where}: {words}: {told.stdout}")


def check_daemonset(d, where, maps, images, container_program):
    spec = d["spec"]["template"]["spec"]
    labels = d["spec"]["template"]["metadata"]["labels"]
    expect(d["spec"]["selector"]["matchLabels"].items() <= labels.items(), f"{where}: selector")
    expect(d["spec"]["updateStrategy"]["type"] == "RollingUpdate", f"{where}: updates")
    expect(spec.get("automountServiceAccountToken") is False, f"{where}: has a token")
    expect("serviceAccountName" not in spec, f"{where}: has an account")
    changes = "initContainers" in spec
    expect(spec.get("hostPID", False) is changes, f"{where}: hostPID")
    expect("hostNetwork" not in spec and "hostIPC" not in spec, f"{where}: too much of the host")
    expect({"operator": "Exists"} in spec["tolerations"], f"{where}: does not run everywhere")
    expect(not changes or spec["priorityClassName"] == "system-node-critical", f"{where}: priority")
    expect("fsGroup" not in spec.get("securityContext", {}), f"{where}: fsGroup would take the policy from root")
    containers = spec.get("initContainers", []) + spec["containers"]
    volumes = {v["name"]: v for v in spec["volumes"]}
    used = {m["name"] for c in containers for m in c.get("volumeMounts", [])}
    expect(used == set(volumes), f"{where}: volumes {set(volumes)}, mounted {used}")
    for name, volume in volumes.items():
        if "hostPath" in volume:
            expect(volume["hostPath"]["type"] == "Directory" or name == "textfile", f"{where}: {name} would be made")
        else:
            expect(volume["configMap"]["name"] in maps, f"{where}: no ConfigMap for {name}")
            expect(volume["configMap"]["defaultMode"] & 0o022 == 0, f"{where}: {name} is writable")
    for c in containers:
        expect(c["image"] in images, f"{where}: no image {c['image']}")
        check_container(c, f"{where}: {c['name']}", spec, volumes, container_program)
    expect([c["name"] for c in containers if c["securityContext"].get("privileged")] ==
           [c["name"] for c in spec.get("initContainers", [])], f"{where}: who is privileged")


def main():
    ctl, container_program = map(str, map(pathlib.Path.absolute, map(pathlib.Path, sys.argv[1:])))
    directories = [MANIFESTS, MANIFESTS / "metrics", MANIFESTS / "uninstall"]
    images = []
    kinds = []
    for directory in directories:
        names, maps = check_kustomization(directory)
        images.append(names)
        for path in sorted(directory.glob("*.yaml")):
            if path.name == "kustomization.yaml":
                continue
            for document in load(path):
                where = str(path.relative_to(TOP))
                kinds.append(document["kind"])
                validate(document, KINDS[document["kind"]], where)
                if document["kind"] == "DaemonSet":
                    check_daemonset(document, where, maps, names, container_program)
        for files in maps.values():
            for name in files:
                told = run(ctl, "check", str(directory / name))
                # a machine with Kernel Lockdown warns of what it overrules there
                told.stdout = re.sub(r"(?m)^.*warning: (.*kernel Lockdown|to make them hold).*\n", "", told.stdout)
                expect(told.returncode == 0 and "warning: " not in told.stdout.replace("would be refused in /etc/bpflock", ""),
                       f"{directory / name}: {told.stdout}")
    expect(images[0] == images[1] == images[2], f"several images: {images}")
    expect(kinds == ["DaemonSet", "Namespace", "DaemonSet", "DaemonSet"], f"kinds {kinds}")
    expect(images[0]["bpflock"][1] == VERSION, f"tag {images[0]} and not {VERSION}")
    sys.exit("\n".join(failures) or 0)


def constants():
    """What the manifests have to agree with is read where it is said."""
    build = (TOP / "loader/container/build").read_text(encoding="utf-8")
    (gid,) = (line.split("=")[1] for line in build.splitlines() if line.startswith("readonly log_gid="))
    version = (TOP / "meson.build").read_text(encoding="utf-8").split("version: '")[1].split("'")[0]
    manual = (TOP / "man/bpflock.8.scd").read_text(encoding="utf-8")
    names = {word.strip("*,") for word in manual.split() if word.startswith("*BPFLOCK_")}
    unit = (TOP / "policy/bpflock-metrics.service.in").read_text(encoding="utf-8")
    bounding = re.search(r"(?m)^CapabilityBoundingSet=(.*)$", unit)[1].replace("CAP_", "").split()
    return int(gid), version, names, bounding


GID, VERSION, ENVIRONMENT, MEASURING = constants()
if __name__ == "__main__":
    main()
