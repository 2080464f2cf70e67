import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomain, xmlEngine } from '@whitebox/libvirt-xml';
import { root } from '../support/repository.js';
import { timeEach } from './measure.js';
import { PythonWorker, pythonWith } from './python.js';

/** @typedef {import('@whitebox/libvirt-xml').Domain} Domain */

const file = join(root, 'packages', 'libvirt-xml', 'testdata', 'pinned.xml');
const batch = 200;

/**
 * What python-worker.py reads, out of our value.
 * @param {Domain} domain
 */
function sameReads(domain) {
  const { cpu, devices, nova, numaTune } = domain;
  return {
    type: domain.type,
    name: domain.name,
    uuid: domain.uuid,
    memoryKib: domain.memoryKib,
    currentMemoryKib: domain.currentMemoryKib,
    vcpus: domain.vcpus.maximum,
    vcpuPins: Object.fromEntries([...domain.cpuTune.vcpuPins].map(([vcpu, cpus]) => [vcpu, [...cpus]])),
    emulatorPin: domain.cpuTune.emulatorPin ? [...domain.cpuTune.emulatorPin] : null,
    memNodes: Object.fromEntries(
      [...(numaTune?.memNodes ?? [])].map(([cell, { mode, nodeset }]) => [
        cell,
        { mode, nodeset: [...(nodeset ?? [])] },
      ]),
    ),
    hugepages: (domain.memoryBacking.hugepages ?? []).map(({ sizeKib }) => sizeKib),
    cpuMode: cpu?.mode,
    cpuModel: cpu?.model,
    topology: cpu?.topology && {
      sockets: cpu.topology.sockets,
      dies: cpu.topology.dies,
      cores: cpu.topology.cores,
      threads: cpu.topology.threads,
    },
    features: Object.fromEntries(cpu?.features ?? []),
    cells: (cpu?.numaCells ?? []).map(({ id, cpus, memoryKib }) => ({ id, cpus: [...cpus], memoryKib })),
    machine: domain.os.machine,
    disks: devices.disks.map(({ type, device, source, targetDev, targetBus, driver }) => ({
      type,
      device,
      path: source?.path,
      target: targetDev,
      bus: targetBus,
      driver: { ...driver },
    })),
    interfaces: devices.interfaces.map(({ type, mac, targetDev, model, mtu }) => ({
      type,
      mac,
      target: targetDev,
      model,
      mtu,
    })),
    controllers: devices.controllers.map(({ type }) => type),
    flavor: nova?.flavor?.name,
    project: nova?.owner.project?.uuid,
  };
}

/**
 * Domain XML to a typed value, each side measured inside its own process. Ours reads the whole domain; the Python
 * programs read the part of it that sameReads lists, and both are seen to read the same there.
 * @param {import('./bench.js').Bench} bench
 */
export async function benchDomainXml(bench) {
  const xml = readFileSync(file);
  for (const engineName of /** @type {const} */ (['libxmljs2', 'libxml2-wasm'])) {
    let engine;
    try {
      engine = xmlEngine(engineName);
    } catch (error) {
      bench.leaveOut(`domain XML with ${engineName}`, error instanceof Error ? error.message : String(error));
      continue;
    }
    for (const library of ['lxml', 'ElementTree']) {
      const title = `domain XML to value (${engineName}) against ${library}`;
      const python = await pythonWith(library === 'lxml' ? 'lxml.etree' : 'xml.etree.ElementTree');
      if (python === undefined) {
        bench.leaveOut(title, `no Python here can import ${library}`);
        continue;
      }
      const worker = new PythonWorker(python, [library, file]);
      deepStrictEqual(
        JSON.parse(JSON.stringify(sameReads(parseDomain(xml, { engine })))),
        await worker.value(),
      );
      await bench.compare({
        title,
        ours: { name: engineName, measure: () => timeEach(batch, () => parseDomain(xml, { engine })) },
        theirs: { name: library, measure: () => worker.time(batch) },
        rounds: 15,
      });
      worker.close();
    }
  }
}
