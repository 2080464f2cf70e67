"""The Python side of the comparisons: does a piece of work as often as each line of standard input says and prints the
milliseconds of one. Before that it prints what the work gives, so that both sides are seen to do the same."""

import io
import json
import sys
import time

from domain_value import domain_value


def domain_with(library, path):
    if library == "lxml":
        from lxml import etree
    else:
        from xml.etree import ElementTree as etree
    with open(path, "rb") as file:
        data = file.read()
    return lambda: domain_value(etree.fromstring(data))


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
    print(json.dumps(work(), default=sorted), flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        for _ in range(int(line)):
            work()
        print((time.perf_counter() - started) * 1000 / int(line), flush=True)


main()
