import {
  alignRows,
  type FoundCell,
  type FoundCloud,
  type FoundCpuSet,
  type FoundHost,
} from '@whitebox/testkit';

/** What a cloud is, for people: its own facts, and a table of the cells of each compute. */
export function cloudText(
  { keystone, release, database, cells }: FoundCloud,
  hosts: readonly FoundHost[],
): string {
  const facts = alignRows([
    ['Keystone', keystone],
    ['Nova', release],
    ['database', database],
    ...cells.map((cell, index) => [index === 0 ? 'cells' : '', cell]),
  ]);
  return [facts, ...hosts.map(hostText)].join('\n\n');
}

function hostText(host: FoundHost): string {
  const { name, address, threadsPerCore, offline, isolated, dedicated, shared, configFiles, pci, mdevTypes } =
    host;
  const rows = [
    ['SMT', threadsPerCore > 1 ? `${threadsPerCore} threads a core` : 'none'],
    ...(offline === '' ? [] : [['offline', `CPUs ${offline}`]]),
    ...(isolated === '' ? [] : [['isolated', `CPUs ${isolated}`]]),
    ['cpu_dedicated_set', setText(dedicated)],
    ['cpu_shared_set', setText(shared)],
    ['configuration', configFiles.join(', ')],
    ['PCI devices', list(pci)],
    ['mediated devices', list(mdevTypes)],
  ];
  return [`${name} (${address})`, ...indented(cellTable(host.cells)), ...indented(alignRows(rows))].join(
    '\n',
  );
}

function cellTable(cells: readonly FoundCell[]): string {
  const sizes = [...new Set(cells.flatMap(({ hugepages }) => hugepages.map(({ sizeKib }) => sizeKib)))];
  sizes.sort((a, b) => a - b);
  return alignRows([
    ['NUMA cell', 'CPUs', 'cores', 'threads', 'memory', ...sizes.map((size) => `pages of ${sizeText(size)}`)],
    ...cells.map(({ id, cpus, cores, threads, memoryMib, hugepages }) => [
      `${id}`,
      cpus === '' ? 'none' : cpus,
      `${cores}`,
      `${threads}`,
      `${memoryMib} MiB`,
      ...sizes.map((size) => {
        const pool = hugepages.find(({ sizeKib }) => sizeKib === size);
        return pool === undefined ? '-' : `${pool.free} free of ${pool.total}`;
      }),
    ]),
  ]);
}

/** What the files say and what nova-compute works with are one text where they are the same. */
function setText({ file, inForce, note }: FoundCpuSet): string {
  if (note !== undefined) return `${file} in the files, ${inForce ?? ''} in force: ${note}`;
  if (file !== '') return file;
  return inForce === undefined || inForce === '' ? 'unset' : `unset; ${inForce} in force`;
}

function sizeText(kib: number): string {
  if (kib >= 1_048_576) return `${kib / 1_048_576} GiB`;
  return kib >= 1024 ? `${kib / 1024} MiB` : `${kib} KiB`;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none for guests' : values.join(', ');
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}
