import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCapabilities } from './capabilities.js';
import { xmlEngine } from './engine-choice.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../testdata/${name}.xml`, import.meta.url), 'utf8');
}

describe('parseCapabilities', () => {
  it('reads those of a recorded host', () => {
    const { host, guests } = parseCapabilities(fixture('capabilities'));
    expect(host.uuid).toBe('28d16193-34fb-a3f3-2f1c-11bb67656595');
    expect(host.cpu).toMatchObject({
      arch: 'x86_64',
      model: 'kvm64',
      vendor: 'AMD',
      pageSizesKib: [4, 2048, 1_048_576],
    });
    expect(host.cpu?.features).toContain('avx2');
    expect(String(host.cpus)).toBe('0-3');
    expect(host.cells).toHaveLength(1);
    expect(host.cells[0]).toMatchObject({ id: 0, memoryKib: 9_005_268 });
    expect(host.iommu).toBe(false);
    expect(host.secModels).toEqual(['none', 'dac']);
    expect(guests.map(({ arch }) => arch)).toEqual(['i686', 'x86_64']);
    expect(guests[1]?.machines.find(({ name }) => name === 'q35')).toMatchObject({
      canonical: 'pc-q35-7.2',
      deprecated: false,
    });
    expect(guests[1]?.domainTypes).toContain('qemu');
  });

  it('reads cells with memory, pages, distances and threads of cores', () => {
    const { host, guests } = parseCapabilities(fixture('capabilities-two-cells'));
    const [first, second] = host.cells;
    expect(host.uuid).toBe('4c4c4544-0042-4a10-8054-b4c04f565931');
    expect(host.iommu).toBe(true);
    expect(String(host.cpus)).toBe('0-4,6');
    expect([...(first?.pages ?? [])]).toEqual([
      [4, 12_269_413],
      [1_048_576, 16],
    ]);
    expect([...(second?.distances ?? [])]).toEqual([
      [0, 21],
      [1, 10],
    ]);
    expect(String(first?.cpuset)).toBe('0,2,4,6');
    expect(first?.cpus.map(({ id, socket, core, siblings }) => [id, socket, core, String(siblings)])).toEqual(
      [
        [0, 0, 0, '0,4'],
        [2, 0, 1, '2,6'],
        [4, 0, 0, '0,4'],
        [6, 0, 1, '2,6'],
      ],
    );
    expect(second?.cpus[1]).toEqual({
      id: 3,
      socket: undefined,
      die: undefined,
      core: undefined,
      siblings: undefined,
    });
    expect(guests).toMatchObject([{ osType: 'hvm', wordSize: 64, domainTypes: ['qemu', 'kvm'] }]);
    expect(guests[0]?.machines.map(({ deprecated }) => deprecated)).toEqual([false, false, true]);
  });

  it('gives the same values with either engine', () => {
    for (const name of ['capabilities', 'capabilities-two-cells']) {
      const xml = fixture(name);
      const wasm = parseCapabilities(xml, { engine: xmlEngine('libxml2-wasm') });
      expect(parseCapabilities(xml, { engine: xmlEngine() })).toEqual(wasm);
    }
  });

  it('refuses another document', () => {
    expect(() => parseCapabilities('<domain/>')).toThrow(/the root element is <domain>/);
  });
});
