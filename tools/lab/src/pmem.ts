import type { HostFile } from './host-files.js';

/** Namespaces of persistent memory of one size. */
export interface PmemNamespaces {
  readonly sizeMib: number;
  readonly count: number;
}

/** What lab-ndctl reads: names and sizes. */
export function pmemFiles(pmem: readonly PmemNamespaces[] = []): HostFile[] {
  const lines = pmem.flatMap((namespaces) =>
    namesOf(namespaces).map((name) => `${name} ${namespaces.sizeMib}\n`),
  );
  if (lines.length === 0) return [];
  return [{ path: '/etc/lab-pmem', content: lines.join(''), owner: 'root', group: 'root', mode: 0o644 }];
}

/** `[libvirt] pmem_namespaces` of Nova with a label for each size; empty where there is none. */
export function pmemOption(pmem: readonly PmemNamespaces[] = []): string {
  const labels = pmem.map((namespaces) => `${namespaces.sizeMib}MB:${namesOf(namespaces).join('|')}`);
  return labels.length === 0 ? '' : `pmem_namespaces = ${labels.join(',')}`;
}

function namesOf({ sizeMib, count }: PmemNamespaces): string[] {
  return Array.from({ length: count }, (_, index) => `pmem-${sizeMib}-${index}`);
}
