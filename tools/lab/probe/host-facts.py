"""Prints what the kernel of this host shows, and where the threads of its guests may run, as JSON (src/host-facts.ts).

Guests are found by libvirt's own notes in /run/libvirt/qemu, so that they are seen while libvirtd is stopped too.
"""

import glob
import json
import os
import re
import sys
import xml.etree.ElementTree as xml

ROOT = sys.argv[1] if len(sys.argv) > 1 else '/'
NOVA = '{http://openstack.org/xmlns/libvirt/nova/1.1}'


def path(*parts):
    return os.path.join(ROOT, *parts)


def text(*parts):
    with open(path(*parts)) as file:
        return file.read().strip()


def numbers(pattern):
    found = (re.search(r'(\d+)$', name) for name in glob.glob(path(pattern)))
    return sorted(int(match.group(1)) for match in found if match)


def members(cpu_list):
    for part in filter(None, cpu_list.split(',')):
        first, _, last = part.partition('-')
        yield from range(int(first), int(last or first) + 1)


def memory_mib(node, key):
    return int(re.search(key + r':\s+(\d+) kB', text(f'sys/devices/system/node/node{node}/meminfo')).group(1)) // 1024


def hugepages(node):
    for folder in sorted(glob.glob(path(f'sys/devices/system/node/node{node}/hugepages/hugepages-*kB'))):
        size = int(re.search(r'-(\d+)kB$', folder).group(1))
        yield {
            'sizeKib': size,
            'total': int(text(folder, 'nr_hugepages')),
            'free': int(text(folder, 'free_hugepages')),
        }


def cell(node):
    cores, socket = [], 0
    for cpu in numbers(f'sys/devices/system/node/node{node}/cpu[0-9]*'):
        topology = f'sys/devices/system/cpu/cpu{cpu}/topology'
        try:
            siblings = list(members(text(topology, 'thread_siblings_list')))
            socket = int(text(topology, 'physical_package_id'))
        except FileNotFoundError:
            # An offline CPU has no topology.
            siblings = [cpu]
        if siblings not in cores:
            cores.append(siblings)
    return {
        'id': node,
        'socket': socket,
        'memoryMib': memory_mib(node, 'MemTotal'),
        'freeMib': memory_mib(node, 'MemFree'),
        'hugepages': sorted(hugepages(node), key=lambda pool: pool['sizeKib']),
        'cores': cores,
    }


def thread(pid, tid):
    status = text(f'proc/{pid}/task/{tid}/status')
    # What follows the name of the program, which may hold blanks: the 39th field is the CPU that it was last on.
    fields = text(f'proc/{pid}/task/{tid}/stat').rpartition(')')[2].split()
    return {
        'allowed': re.search(r'^Cpus_allowed_list:\s*(\S+)', status, re.M).group(1),
        'lastOn': int(fields[36]),
    }


def guest(notes):
    pid = int(notes.get('pid'))
    domain = notes.find('domain')
    vcpus, io_threads = [], []
    for tid in numbers(f'proc/{pid}/task/[0-9]*'):
        comm = text(f'proc/{pid}/task/{tid}/comm')
        vcpu = re.match(r'CPU (\d+)/', comm)
        io_thread = re.match(r'IO iothread(\d+)', comm)
        if vcpu:
            vcpus.append({'id': int(vcpu.group(1)), **thread(pid, tid)})
        elif io_thread:
            io_threads.append({'id': int(io_thread.group(1)), **thread(pid, tid)})
    return {
        'domain': domain.findtext('name'),
        'id': domain.findtext('uuid'),
        'name': domain.findtext(f'metadata/{NOVA}instance/{NOVA}name'),
        'pid': pid,
        'vcpus': vcpus,
        'ioThreads': io_threads,
        'emulator': thread(pid, pid),
    }


def guests():
    for file in sorted(glob.glob(path('run/libvirt/qemu/*.xml'))):
        try:
            yield guest(xml.parse(file).getroot())
        except (FileNotFoundError, ProcessLookupError):
            # It has ended meanwhile.
            continue


json.dump(
    {
        'online': text('sys/devices/system/cpu/online'),
        'offline': text('sys/devices/system/cpu/offline'),
        'cells': [cell(node) for node in numbers('sys/devices/system/node/node[0-9]*')],
        'guests': list(guests()),
    },
    sys.stdout,
)
