import { run } from '@whitebox/host';
import type { Fault } from './fault.js';
import { firstOf, serverOf } from './tools/server-of.js';

export const powerManagement: readonly Fault[] = [
  {
    testName:
      'dedicated CPUs are powered while a guest or its emulator has them, and only then; shared ones always',
    what: 'a shared CPU is offline',
    layer: 'kernel',
    step: 'boot',
    break: async (step) => {
      const { machine, shared } = serverOf(step).host;
      const file = `/sys/devices/system/cpu/cpu${firstOf(shared.difference([0]))}/online`;
      const write = (value: string) => run(machine, ['tee', file], { stdin: value });
      step.atEnd('put the CPU online', async () => {
        await write('1');
      });
      await write('0');
    },
    expects: /CPU \d+, shared, is offline; expected up/,
  },
];
