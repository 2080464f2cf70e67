import { run } from '@whitebox/host';
import type { Break } from '../fault.js';
import { serverOf } from './server-of.js';

/** Kernel: one page less in a pool of the server's host, until the case ends. */
export function takeHugepage(sizeKib: number): Break {
  return async (step) => {
    const { machine } = serverOf(step).host;
    const file = `/sys/devices/system/node/node0/hugepages/hugepages-${sizeKib}kB/nr_hugepages`;
    const total = Number((await run(machine, ['cat', file])).stdout);
    const write = (pages: number) => run(machine, ['tee', file], { stdin: `${pages}\n` });
    step.atEnd('give the hugepage back', async () => {
      await write(total);
    });
    await write(total - 1);
  };
}
