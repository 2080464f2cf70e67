"""A libvirt domain as plain dictionaries: every value that parseDomain of @whitebox/libvirt-xml gives, under the same
names, read with the find and get of lxml or ElementTree. CPU sets are frozensets; None stands for what is not said."""

NOVA = "http://openstack.org/xmlns/libvirt/nova/1.1"
NS = "{%s}" % NOVA
BINARY = {"b": -1, "bytes": -1, "KiB": 0, "k": 0, "K": 0, "MiB": 1, "M": 1, "GiB": 2, "G": 2, "TiB": 3, "T": 3}
DECIMAL = {"KB": 1, "MB": 2, "GB": 3, "TB": 4}
FLAGS = {"yes": True, "on": True, "no": False, "off": False}


def cpus(text):
    """Members of a CPU set such as 1-4,^3,6, read from left to right as libvirt does."""
    members = set()
    for part in text.split(","):
        if part.startswith("^"):
            members.discard(int(part[1:]))
        elif "-" in part:
            first, last = part.split("-")
            members.update(range(int(first), int(last) + 1))
        else:
            members.add(int(part))
    return frozenset(members)


def cpus_of(element, name):
    text = element.get(name)
    return None if text is None else cpus(text)


def integer(element, name):
    text = element.get(name)
    return None if text is None else int(text, 0)


def flag(element, name):
    text = element.get(name)
    return None if text is None else FLAGS[text]


def kib(element, name=None):
    amount = int(element.text if name is None else element.get(name))
    unit = element.get("unit", "KiB")
    if unit in DECIMAL:
        return -(-amount * 1000 ** DECIMAL[unit] // 1024)
    exponent = BINARY[unit]
    return -(-amount // 1024) if exponent < 0 else amount * 1024**exponent


def text_of(element, path):
    text = element.findtext(path)
    return None if text is None else text.strip() or None


def attribute_of(element, path, name):
    found = element.find(path)
    return None if found is None else found.get(name)


def attributes_of(element, path):
    found = element.find(path)
    return {} if found is None else dict(found.attrib)


def address(parent, default="pci"):
    found = None if parent is None else parent.find("address")
    if found is None:
        return None
    kind = found.get("type", default)
    pci = None
    if kind == "pci" and found.get("bus") is not None and found.get("slot") is not None:
        pci = "%04x:%02x:%02x.%x" % (
            int(found.get("domain", "0"), 0),
            int(found.get("bus"), 0),
            int(found.get("slot"), 0),
            int(found.get("function", "0"), 0),
        )
    return {"type": kind, "pci": pci, "attributes": dict(found.attrib)}


def device(element, values):
    values["alias"] = attribute_of(element, "alias", "name")
    values["address"] = address(element)
    return values


def scheduling(element):
    return {"scheduler": element.get("scheduler"), "priority": integer(element, "priority")}


def cpu_tune(domain):
    tune = domain.find("cputune")
    if tune is None:
        return {
            "vcpuPins": {},
            "emulatorPin": None,
            "ioThreadPins": {},
            "vcpuScheds": [],
            "ioThreadScheds": [],
            "emulatorSched": None,
            "shares": None,
            "limits": {},
        }
    emulator_pin, emulator_sched = tune.find("emulatorpin"), tune.find("emulatorsched")
    shares = tune.findtext("shares")
    return {
        "vcpuPins": {int(pin.get("vcpu")): cpus(pin.get("cpuset")) for pin in tune.findall("vcpupin")},
        "emulatorPin": None if emulator_pin is None else cpus(emulator_pin.get("cpuset")),
        "ioThreadPins": {int(pin.get("iothread")): cpus(pin.get("cpuset")) for pin in tune.findall("iothreadpin")},
        "vcpuScheds": [{"ids": cpus(s.get("vcpus")), **scheduling(s)} for s in tune.findall("vcpusched")],
        "ioThreadScheds": [{"ids": cpus(s.get("iothreads")), **scheduling(s)} for s in tune.findall("iothreadsched")],
        "emulatorSched": None if emulator_sched is None else scheduling(emulator_sched),
        "shares": None if shares is None else int(shares),
        "limits": {limit.tag: int(limit.text) for limit in tune if limit.tag.endswith(("period", "quota"))},
    }


def placement(element):
    return {"mode": element.get("mode", "strict"), "nodeset": cpus_of(element, "nodeset")}


def numa_tune(domain):
    tune = domain.find("numatune")
    if tune is None:
        return None
    memory = tune.find("memory")
    return {
        "memory": None if memory is None else placement(memory),
        "memNodes": {int(node.get("cellid")): placement(node) for node in tune.findall("memnode")},
    }


def memory_backing(domain):
    backing = domain.find("memoryBacking")
    if backing is None:
        return {
            "hugepages": None,
            "locked": False,
            "noSharePages": False,
            "source": None,
            "access": None,
            "allocation": None,
            "discard": False,
        }
    hugepages = backing.find("hugepages")
    return {
        "hugepages": None
        if hugepages is None
        else [{"sizeKib": kib(page, "size"), "nodeset": cpus_of(page, "nodeset")} for page in hugepages.findall("page")],
        "locked": backing.find("locked") is not None,
        "noSharePages": backing.find("nosharepages") is not None,
        "source": attribute_of(backing, "source", "type"),
        "access": attribute_of(backing, "access", "mode"),
        "allocation": attribute_of(backing, "allocation", "mode"),
        "discard": backing.find("discard") is not None,
    }


def numa_cell(position, cell):
    number = integer(cell, "id")
    return {
        "id": position if number is None else number,
        "cpus": cpus_of(cell, "cpus") or frozenset(),
        "memoryKib": kib(cell, "memory"),
        "memAccess": cell.get("memAccess"),
        "discard": flag(cell, "discard"),
        "distances": {int(s.get("id")): int(s.get("value")) for s in cell.findall("distances/sibling")},
    }


def guest_cpu(domain):
    cpu = domain.find("cpu")
    if cpu is None:
        return None
    topology, bits = cpu.find("topology"), cpu.find("maxphysaddr")
    return {
        "mode": cpu.get("mode"),
        "match": cpu.get("match"),
        "check": cpu.get("check"),
        "migratable": flag(cpu, "migratable"),
        "model": text_of(cpu, "model"),
        "fallback": attribute_of(cpu, "model", "fallback"),
        "vendor": text_of(cpu, "vendor"),
        "topology": None
        if topology is None
        else {name: int(topology.get(name, "1")) for name in ("sockets", "dies", "clusters", "cores", "threads")},
        "features": {feature.get("name"): feature.get("policy", "") for feature in cpu.findall("feature")},
        "numaCells": [numa_cell(position, cell) for position, cell in enumerate(cpu.findall("numa/cell"))],
        "cacheMode": attribute_of(cpu, "cache", "mode"),
        "maxPhysAddr": None if bits is None else {"mode": bits.get("mode"), "bits": integer(bits, "bits")},
    }


def operating_system(domain):
    os = domain.find("os")
    kind, loader, nvram = os.find("type"), os.find("loader"), os.find("nvram")
    return {
        "type": kind.text,
        "arch": kind.get("arch"),
        "machine": kind.get("machine"),
        "firmware": os.get("firmware"),
        "loader": None
        if loader is None
        else {
            "path": (loader.text or "").strip() or None,
            "type": loader.get("type"),
            "readonly": flag(loader, "readonly"),
            "secure": flag(loader, "secure"),
            "stateless": flag(loader, "stateless"),
        },
        "nvram": None
        if nvram is None
        else {
            "path": (nvram.text or "").strip() or attribute_of(nvram, "source", "file"),
            "template": nvram.get("template"),
        },
        "bootDevices": [boot.get("dev") for boot in os.findall("boot")],
        "kernel": text_of(os, "kernel"),
        "initrd": text_of(os, "initrd"),
        "commandLine": text_of(os, "cmdline"),
        "smbios": attribute_of(os, "smbios", "mode"),
    }


def states(parent):
    if parent is None:
        return {}
    return {feature.tag: FLAGS[feature.get("state") or feature.get("enabled", "on")] for feature in parent}


def domain_features(domain):
    features = domain.find("features")
    if features is None:
        return {"states": {}, "hyperv": {}, "hypervMode": None, "kvm": {}, "ioapicDriver": None}
    return {
        "states": states(features),
        "hyperv": states(features.find("hyperv")),
        "hypervMode": attribute_of(features, "hyperv", "mode"),
        "kvm": states(features.find("kvm")),
        "ioapicDriver": attribute_of(features, "ioapic", "driver"),
    }


def domain_clock(domain):
    clock = domain.find("clock")
    return None if clock is None else {
        "offset": clock.get("offset", "utc"),
        "timezone": clock.get("timezone"),
        "timers": [
            {"name": timer.get("name"), "present": flag(timer, "present"), "tickPolicy": timer.get("tickpolicy")}
            for timer in clock.findall("timer")
        ],
    }


def launch_security(domain):
    security = domain.find("launchSecurity")
    if security is None:
        return None
    return {"type": security.get("type"), "parameters": {child.tag: (child.text or "").strip() for child in security}}


def disk_source(source):
    get = source.get
    return {
        "path": get("file") or get("dev") or get("dir") or get("path"),
        "protocol": get("protocol"),
        "name": get("name") or get("volume"),
        "hosts": [{"name": host.get("name"), "port": integer(host, "port")} for host in source.findall("host")],
        "attributes": dict(source.attrib),
    }


def disk(element):
    source, target = element.find("source"), element.find("target")
    encryption = element.find("encryption")
    if encryption is None and source is not None:
        encryption = source.find("encryption")
    backing, store = [], element.find("backingStore")
    while store is not None:
        below = store.find("source")
        if below is not None:
            backing.append(disk_source(below))
        store = store.find("backingStore")
    boot = element.find("boot")
    return device(
        element,
        {
            "type": element.get("type"),
            "device": element.get("device", "disk"),
            "source": None if source is None else disk_source(source),
            "targetDev": target.get("dev"),
            "targetBus": target.get("bus"),
            "serial": text_of(element, "serial"),
            "wwn": text_of(element, "wwn"),
            "readonly": element.find("readonly") is not None,
            "shareable": element.find("shareable") is not None,
            "driver": attributes_of(element, "driver"),
            "backing": backing,
            "encryption": None
            if encryption is None
            else {"format": encryption.get("format"), "secretUuid": attribute_of(encryption, "secret", "uuid")},
            "bootOrder": None if boot is None else integer(boot, "order"),
            "ioTune": {limit.tag: int(limit.text) for limit in element.findall("iotune/*") if limit.tag != "group_name"},
        },
    )


def filesystem(element):
    source = element.find("source")
    return device(
        element,
        {
            "type": element.get("type", "mount"),
            "driver": attribute_of(element, "driver", "type"),
            "sourceDir": None if source is None else source.get("dir") or source.get("socket"),
            "target": element.find("target").get("dir"),
            "readonly": element.find("readonly") is not None,
        },
    )


def interface(element):
    source, port, kind = element.find("source"), element.find("virtualport"), element.get("type")
    mac, vlan, mtu, boot = (element.find(name) for name in ("mac", "vlan", "mtu", "boot"))
    teaming = element.find("teaming")
    host = address(source) if kind == "hostdev" else None
    return device(
        element,
        {
            "type": kind,
            "mac": None if mac is None else mac.get("address").lower(),
            "source": {} if source is None else dict(source.attrib),
            "hostPci": None if host is None else host["pci"],
            "targetDev": attribute_of(element, "target", "dev"),
            "model": attribute_of(element, "model", "type"),
            "driver": attributes_of(element, "driver"),
            "managed": flag(element, "managed"),
            "virtualPort": None
            if port is None
            else {"type": port.get("type"), "parameters": attributes_of(port, "parameters")},
            "vlanTags": [] if vlan is None else [int(tag.get("id")) for tag in vlan.findall("tag")],
            "vlanTrunk": False if vlan is None else flag(vlan, "trunk") or False,
            "mtu": None if mtu is None else integer(mtu, "size"),
            "linkState": attribute_of(element, "link", "state"),
            "trustGuestRxFilters": flag(element, "trustGuestRxFilters"),
            "teaming": None if teaming is None else dict(teaming.attrib),
            "filter": attribute_of(element, "filterref", "filter"),
            "bootOrder": None if boot is None else integer(boot, "order"),
        },
    )


def hostdev(element):
    kind = element.get("type")
    source, driver = address(element.find("source"), kind), element.find("driver")
    return device(
        element,
        {
            "mode": element.get("mode", "subsystem"),
            "type": kind,
            "managed": flag(element, "managed"),
            "model": element.get("model"),
            "driver": None if driver is None else driver.get("name") or driver.get("model"),
            "source": source,
            "hostPci": None if source is None else source["pci"],
            "mdevUuid": source["attributes"].get("uuid") if kind == "mdev" and source is not None else None,
            "display": flag(element, "display"),
            "ramfb": flag(element, "ramfb"),
        },
    )


def controller(element):
    node = element.findtext("target/node")
    return device(
        element,
        {
            "type": element.get("type"),
            "index": integer(element, "index"),
            "model": element.get("model"),
            "driver": attributes_of(element, "driver"),
            "numaNode": None if node is None else int(node),
        },
    )


def memory_device(element):
    source, target = element.find("source"), element.find("target")
    nodes = align = None
    if source is not None:
        nodes, align = source.findtext("nodemask"), source.find("alignsize")
    label, node = target.find("label/size"), target.findtext("node")
    return device(
        element,
        {
            "model": element.get("model"),
            "access": element.get("access"),
            "sourcePath": None if source is None else text_of(source, "path"),
            "sourceNodes": None if nodes is None else cpus(nodes),
            "alignSizeKib": None if align is None else kib(align),
            "pmem": source is not None and source.find("pmem") is not None,
            "sizeKib": kib(target.find("size")),
            "labelSizeKib": None if label is None else kib(label),
            "node": None if node is None else int(node),
            "readonly": target.find("readonly") is not None,
        },
    )


def video(element):
    model = element.find("model")
    values = {"model": model.get("type"), "vramKib": integer(model, "vram"), "heads": integer(model, "heads")}
    return device(element, values)


def watchdog(element):
    return device(element, {"model": element.get("model"), "action": element.get("action", "reset")})


def tpm(element):
    backend = element.find("backend")
    return device(
        element,
        {
            "model": element.get("model"),
            "backend": backend.get("type"),
            "version": backend.get("version"),
            "secretUuid": attribute_of(backend, "encryption", "secret"),
            "persistentState": flag(backend, "persistent_state"),
        },
    )


def rng(element):
    backend, rate = element.find("backend"), element.find("rate")
    return device(
        element,
        {
            "model": element.get("model"),
            "backend": backend.get("model"),
            "path": (backend.text or "").strip() or None,
            "rate": None if rate is None else {"bytes": int(rate.get("bytes")), "periodMs": integer(rate, "period")},
        },
    )


def character_device(element):
    target = element.find("target")
    return device(
        element,
        {
            "type": element.get("type"),
            "source": attributes_of(element, "source"),
            "targetType": None if target is None else target.get("type"),
            "targetPort": None if target is None else integer(target, "port"),
            "targetName": None if target is None else target.get("name"),
            "logFile": attribute_of(element, "log", "file"),
        },
    )


def graphics(element):
    return {
        "type": element.get("type"),
        "port": integer(element, "port"),
        "autoport": flag(element, "autoport"),
        "listen": element.get("listen") or attribute_of(element, "listen", "address"),
    }


def domain_devices(domain):
    devices = domain.find("devices")
    cid = devices.find("vsock/cid")
    every = devices.findall
    return {
        "emulator": text_of(devices, "emulator"),
        "disks": [disk(d) for d in every("disk")],
        "filesystems": [filesystem(d) for d in every("filesystem")],
        "interfaces": [interface(d) for d in every("interface")],
        "hostdevs": [hostdev(d) for d in every("hostdev")],
        "controllers": [controller(d) for d in every("controller")],
        "memory": [memory_device(d) for d in every("memory")],
        "videos": [video(d) for d in every("video")],
        "graphics": [graphics(d) for d in every("graphics")],
        "watchdogs": [watchdog(d) for d in every("watchdog")],
        "tpms": [tpm(d) for d in every("tpm")],
        "rngs": [rng(d) for d in every("rng")],
        "iommus": [device(d, {"model": d.get("model"), "driver": attributes_of(d, "driver")}) for d in every("iommu")],
        "inputs": [device(d, {"type": d.get("type"), "bus": d.get("bus")}) for d in every("input")],
        "serials": [character_device(d) for d in every("serial")],
        "consoles": [character_device(d) for d in every("console")],
        "channels": [character_device(d) for d in every("channel")],
        "sounds": [d.get("model") for d in every("sound")],
        "memballoon": attribute_of(devices, "memballoon", "model"),
        "vsockCid": None if cid is None else integer(cid, "address"),
    }


def nova_number(parent, name):
    text = parent.findtext(NS + name)
    return None if text is None else int(text)


def nova_owner(instance, role):
    owner = instance.find("%sowner/%s%s" % (NS, NS, role))
    return None if owner is None else {"uuid": owner.get("uuid"), "name": owner.text}


def nova_flavor(flavor):
    specs = flavor.find(NS + "extraSpecs")
    return {
        "name": flavor.get("name"),
        "id": flavor.get("id"),
        "memoryMib": nova_number(flavor, "memory"),
        "diskGib": nova_number(flavor, "disk"),
        "swapMib": nova_number(flavor, "swap"),
        "ephemeralGib": nova_number(flavor, "ephemeral"),
        "vcpus": nova_number(flavor, "vcpus"),
        "extraSpecs": None
        if specs is None
        else {spec.get("name"): spec.text for spec in specs.findall(NS + "extraSpec")},
    }


def nova_image(image):
    return {
        "uuid": image.get("uuid") or None,
        "containerFormat": image.findtext(NS + "containerFormat"),
        "diskFormat": image.findtext(NS + "diskFormat"),
        "minDiskGib": nova_number(image, "minDisk"),
        "minRamMib": nova_number(image, "minRam"),
        "properties": {p.get("name"): p.text for p in image.findall("%sproperties/%sproperty" % (NS, NS))},
    }


def nova_metadata(domain):
    instance = domain.find("metadata/%sinstance" % NS)
    if instance is None:
        return None
    flavor, image, root = (instance.find(NS + name) for name in ("flavor", "image", "root"))
    package = instance.find(NS + "package")
    return {
        "name": instance.findtext(NS + "name"),
        "packageVersion": None if package is None else package.get("version"),
        "creationTime": instance.findtext(NS + "creationTime"),
        "flavor": None if flavor is None else nova_flavor(flavor),
        "image": None if image is None else nova_image(image),
        "owner": {"user": nova_owner(instance, "user"), "project": nova_owner(instance, "project")},
        "root": None if root is None else {"type": root.get("type"), "uuid": root.get("uuid")},
        "ports": [
            {
                "uuid": port.get("uuid"),
                "ips": [
                    {"type": ip.get("type"), "address": ip.get("address"), "version": int(ip.get("ipVersion"))}
                    for ip in port.findall(NS + "ip")
                ],
            }
            for port in instance.findall("%sports/%sport" % (NS, NS))
        ],
    }


def io_thread_ids(domain):
    ids = {int(thread.get("id")) for thread in domain.findall("iothreadids/iothread")}
    number = 1
    while len(ids) < int(domain.findtext("iothreads") or len(ids)):
        ids.add(number)
        number += 1
    return sorted(ids)


def domain_value(domain):
    memory, current, most = (domain.find(name) for name in ("memory", "currentMemory", "maxMemory"))
    vcpu, threads = domain.find("vcpu"), io_thread_ids(domain)
    return {
        "type": domain.get("type"),
        "id": integer(domain, "id"),
        "uuid": domain.findtext("uuid").lower(),
        "name": domain.findtext("name"),
        "title": text_of(domain, "title"),
        "description": text_of(domain, "description"),
        "memoryKib": kib(memory),
        "currentMemoryKib": kib(memory if current is None else current),
        "maxMemoryKib": None if most is None else kib(most),
        "vcpus": {
            "maximum": int(vcpu.text),
            "current": int(vcpu.get("current", vcpu.text)),
            "placement": vcpu.get("placement", "static"),
            "cpuset": cpus_of(vcpu, "cpuset"),
        },
        "ioThreads": len(threads),
        "ioThreadIds": threads,
        "cpuTune": cpu_tune(domain),
        "numaTune": numa_tune(domain),
        "memoryBacking": memory_backing(domain),
        "cpu": guest_cpu(domain),
        "os": operating_system(domain),
        "features": domain_features(domain),
        "clock": domain_clock(domain),
        "launchSecurity": launch_security(domain),
        "devices": domain_devices(domain),
        "secLabels": [
            {
                "type": label.get("type"),
                "model": label.get("model"),
                "relabel": flag(label, "relabel"),
                "label": text_of(label, "label"),
                "imageLabel": text_of(label, "imagelabel"),
            }
            for label in domain.findall("seclabel")
        ],
        "nova": nova_metadata(domain),
    }
