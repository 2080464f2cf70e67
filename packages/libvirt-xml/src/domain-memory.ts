import type { CpuSet } from '@whitebox/core';
import type { ElementReader } from './element-reader.js';

/** `<numatune>`: from which NUMA nodes of the host the guest's memory comes. */
export interface NumaTune {
  readonly memory: NumaPlacement | undefined;
  /** Guest cell -> nodes of the host (`memnode`). */
  readonly memNodes: ReadonlyMap<number, NumaPlacement>;
}

export interface NumaPlacement {
  /** strict, interleave, preferred or restrictive. */
  readonly mode: string;
  /** NUMA nodes of the host; undefined with placement auto. */
  readonly nodeset: CpuSet | undefined;
}

/** `<memoryBacking>` */
export interface MemoryBacking {
  /** undefined: no huge pages; an empty array: huge pages of the default size. */
  readonly hugepages: readonly Hugepages[] | undefined;
  readonly locked: boolean;
  /** Whether KSM must leave the memory alone (`nosharepages`). */
  readonly noSharePages: boolean;
  /** file, anonymous or memfd. */
  readonly source: string | undefined;
  /** shared or private. */
  readonly access: string | undefined;
  /** immediate or ondemand. */
  readonly allocation: string | undefined;
  readonly discard: boolean;
}

export interface Hugepages {
  readonly sizeKib: number;
  /** Guest cells that use this size; undefined: all that no other entry names. */
  readonly nodeset: CpuSet | undefined;
}

export function readNumaTune(domain: ElementReader): NumaTune | undefined {
  const tune = domain.child('numatune');
  if (tune === undefined) return undefined;
  const memory = tune.child('memory');
  return {
    memory: memory && readPlacement(memory),
    memNodes: new Map(tune.all('memnode').map((node) => [node.needInteger('cellid'), readPlacement(node)])),
  };
}

function readPlacement(element: ElementReader): NumaPlacement {
  // strict is what libvirt takes when nothing is said (virDomainNumatuneParseXML, src/conf/numa_conf.c).
  return { mode: element.attribute('mode') ?? 'strict', nodeset: element.cpuSet('nodeset') };
}

export function readMemoryBacking(domain: ElementReader): MemoryBacking {
  const backing = domain.child('memoryBacking');
  return {
    hugepages: backing
      ?.child('hugepages')
      ?.all('page')
      .map((page) => ({ sizeKib: page.kib('size'), nodeset: page.cpuSet('nodeset') })),
    locked: backing?.has('locked') ?? false,
    noSharePages: backing?.has('nosharepages') ?? false,
    source: backing?.child('source')?.attribute('type'),
    access: backing?.child('access')?.attribute('mode'),
    allocation: backing?.child('allocation')?.attribute('mode'),
    discard: backing?.has('discard') ?? false,
  };
}
