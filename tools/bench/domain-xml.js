import { deepStrictEqual } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CpuSet, parseDomain, xmlEngine } from '@whitebox/libvirt-xml';
import { cache, root } from '../support/repository.js';
import { largeDomain } from './large-domain.js';
import { timeEach } from './measure.js';
import { PythonWorker, pythonWith } from './python.js';

const testdata = join(root, 'packages', 'libvirt-xml', 'testdata');

/**
 * The whole value as JSON has it, in the form that domain_value.py gives.
 * @param {unknown} value
 * @returns {unknown}
 */
function plain(value) {
  if (value === undefined) return null;
  if (value instanceof CpuSet) return [...value];
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, item]) => [name, plain(item)]));
}

/** Recorded of Nova; one with a device of each kind; one as large as they come. */
function documents() {
  const recorded = join(testdata, 'pinned.xml');
  const large = join(cache, 'bench', 'large-domain.xml');
  mkdirSync(join(cache, 'bench'), { recursive: true });
  writeFileSync(large, largeDomain(readFileSync(recorded, 'utf8')));
  return [
    { file: recorded, batch: 200 },
    { file: join(testdata, 'devices.xml'), batch: 100 },
    { file: large, batch: 10 },
  ];
}

/**
 * Domain XML to a typed value, each side measured inside its own process, from the bytes of a file to all values that
 * parseDomain gives. Both are seen to give the same before anything is measured.
 * @param {import('./bench.js').Bench} bench
 */
export async function benchDomainXml(bench) {
  for (const engineName of /** @type {const} */ (['libxmljs2', 'libxml2-wasm'])) {
    let engine;
    try {
      engine = xmlEngine(engineName);
    } catch (error) {
      bench.leaveOut(`domain XML with ${engineName}`, error instanceof Error ? error.message : String(error));
      continue;
    }
    for (const library of ['lxml', 'ElementTree']) {
      const python = await pythonWith(library === 'lxml' ? 'lxml.etree' : 'xml.etree.ElementTree');
      if (python === undefined) {
        bench.leaveOut(`domain XML against ${library}`, `no Python here can import ${library}`);
        continue;
      }
      for (const { file, batch } of documents()) {
        const xml = readFileSync(file);
        /** @type {PythonWorker} */
        const worker = new PythonWorker(python, [library, file]);
        deepStrictEqual(plain(parseDomain(xml, { engine })), await worker.value());
        await bench.compare({
          title: `domain XML of ${(xml.length / 1000).toFixed(0)} KB to value (${engineName}) against ${library}`,
          ours: { name: engineName, measure: () => timeEach(batch, () => parseDomain(xml, { engine })) },
          theirs: { name: library, measure: () => worker.time(batch) },
          rounds: 15,
        });
        worker.close();
      }
    }
  }
}
