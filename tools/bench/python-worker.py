"""The Python side of the comparisons: does a piece of work as often as each line of standard input says and prints the
milliseconds of one. Before that it prints what the work gives, so that both sides are seen to do the same."""

import io
import json
import sys
import time

NOVA = "http://openstack.org/xmlns/libvirt/nova/1.1"
UNITS = {None: 1, "KiB": 1, "MiB": 1024, "GiB": 1024 * 1024}


def cpus(text):
    """Members of a CPU set such as 1-4,^3,6, as libvirt writes them."""
    members, removed = set(), set()
    for part in text.split(","):
        target = removed if part.startswith("^") else members
        first, _, last = part.lstrip("^").partition("-")
        target.update(range(int(first), int(last or first) + 1))
    return sorted(members - removed)


def kib(element):
    return int(element.text) * UNITS[element.get("unit")]


def child_attributes(element, name):
    found = element.find(name)
    return {} if found is None else dict(found.attrib)


def domain(root):
    """What tests of CPU pinning read of a domain, and its devices."""
    cputune, numatune, cpu = root.find("cputune"), root.find("numatune"), root.find("cpu")
    emulator = None if cputune is None else cputune.find("emulatorpin")
    pages = root.findall("memoryBacking/hugepages/page")
    topology = None if cpu is None else cpu.find("topology")
    nova = root.find("metadata/{%s}instance" % NOVA)
    return {
        "type": root.get("type"),
        "name": root.findtext("name"),
        "uuid": root.findtext("uuid"),
        "memoryKib": kib(root.find("memory")),
        "currentMemoryKib": kib(root.find("currentMemory")),
        "vcpus": int(root.findtext("vcpu")),
        "vcpuPins": {}
        if cputune is None
        else {pin.get("vcpu"): cpus(pin.get("cpuset")) for pin in cputune.findall("vcpupin")},
        "emulatorPin": None if emulator is None else cpus(emulator.get("cpuset")),
        "memNodes": {}
        if numatune is None
        else {
            node.get("cellid"): {"mode": node.get("mode"), "nodeset": cpus(node.get("nodeset"))}
            for node in numatune.findall("memnode")
        },
        "hugepages": [int(page.get("size")) for page in pages],
        "cpuMode": None if cpu is None else cpu.get("mode"),
        "cpuModel": None if cpu is None else cpu.findtext("model"),
        "topology": None
        if topology is None
        else {name: int(topology.get(name)) for name in ("sockets", "dies", "cores", "threads")},
        "features": {} if cpu is None else {f.get("name"): f.get("policy") for f in cpu.findall("feature")},
        "cells": []
        if cpu is None
        else [
            {"id": int(cell.get("id")), "cpus": cpus(cell.get("cpus")), "memoryKib": int(cell.get("memory"))}
            for cell in cpu.findall("numa/cell")
        ],
        "machine": root.find("os/type").get("machine"),
        "disks": [
            {
                "type": disk.get("type"),
                "device": disk.get("device"),
                "path": disk.find("source").get("file"),
                "target": disk.find("target").get("dev"),
                "bus": disk.find("target").get("bus"),
                "driver": child_attributes(disk, "driver"),
            }
            for disk in root.findall("devices/disk")
        ],
        "interfaces": [
            {
                "type": interface.get("type"),
                "mac": interface.find("mac").get("address"),
                "target": interface.find("target").get("dev"),
                "model": interface.find("model").get("type"),
                "mtu": int(interface.find("mtu").get("size")),
            }
            for interface in root.findall("devices/interface")
        ],
        "controllers": [c.get("type") for c in root.findall("devices/controller")],
        "flavor": nova.find("{%s}flavor" % NOVA).get("name"),
        "project": nova.find("{%s}owner/{%s}project" % (NOVA, NOVA)).get("uuid"),
    }


def domain_with(library, path):
    if library == "lxml":
        from lxml import etree
    else:
        from xml.etree import ElementTree as etree
    with open(path, "rb") as file:
        data = file.read()
    return lambda: domain(etree.fromstring(data))


def ini_edit(path):
    from iniparse import INIConfig

    with open(path, encoding="utf-8") as file:
        text = file.read()

    def edit():
        config = INIConfig(io.StringIO(text))
        config["compute"]["cpu_dedicated_set"] = "2-5"
        return str(config)

    return edit


def main():
    task, path = sys.argv[1:]
    work = ini_edit(path) if task == "iniparse" else domain_with(task, path)
    print(json.dumps(work()), flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        for _ in range(int(line)):
            work()
        print((time.perf_counter() - started) * 1000 / int(line), flush=True)


main()
