import { expect, shared, test, type Cloud, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuDrivers, qemuOptions } from '../each-layer.js';

const actions = ['reset', 'poweroff', 'pause', 'none'] as const;
type Action = (typeof actions)[number];
const replaced = (kind: string, ...parameters: string[]): string =>
  `test_watchdog_devices.WatchdogDeviceTest.test_action_with_${kind}[${parameters.join(',')}]`;

test(
  'a watchdog acts as the flavor says, with each action, also after a hard reboot',
  {
    claim: { servers: 4, sharedHosts: 'one' },
    replaces: actions.map((action) => replaced('flavor', action)),
  },
  async ({ cloud }) => {
    let last: TestServer | undefined;
    for (const action of actions) {
      last = await cloud.boot({ flavor: shared(1, { 'hw:watchdog_action': action }) });
      await expectWatchdog(last, action);
    }
    await last?.hardReboot();
    if (last !== undefined) await expectWatchdog(last, 'none');
  },
);

test(
  'a flavor with a disabled watchdog gives none',
  { claim: { sharedHosts: 'one' }, replaces: [replaced('flavor', 'disabled')] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1, { 'hw:watchdog_action': 'disabled' }) });
    await expectNoWatchdog(server);
  },
);

for (const machineType of ['pc', 'q35']) {
  test(
    `a watchdog acts as the image says, with each action, on machine type ${machineType}`,
    {
      claim: { servers: 4, sharedHosts: 'one' },
      replaces: actions.map((action) => replaced('image', action, machineType)),
    },
    async ({ cloud }) => {
      for (const action of actions) {
        const server = await cloud.boot({
          flavor: shared(1),
          imageId: await image(cloud, action, machineType),
        });
        await expectMachineType(server, machineType);
        await expectWatchdog(server, action);
      }
    },
  );

  test(
    `an image with a disabled watchdog gives none but the chipset's own, on machine type ${machineType}`,
    { claim: { sharedHosts: 'one' }, replaces: [replaced('image', 'disabled', machineType)] },
    async ({ cloud }) => {
      const imageId = await image(cloud, 'disabled', machineType);
      const server = await cloud.boot({ flavor: shared(1), imageId });
      await expectMachineType(server, machineType);
      await expectNoWatchdog(server);
    },
  );
}

test(
  'the action of a watchdog in the image wins over that in the flavor, also when another image replaces it',
  { claim: { sharedHosts: 'one' } },
  async ({ cloud }) => {
    const flavor = shared(1, { 'hw:watchdog_action': 'pause' });
    const server = await cloud.boot({ flavor, imageId: await image(cloud, 'poweroff', 'pc') });
    await expectWatchdog(server, 'poweroff');

    await server.rebuild(await image(cloud, 'reset', 'pc'));

    await expectWatchdog(server, 'reset');
  },
);

function image(cloud: Cloud, action: string, machineType: string): Promise<string> {
  return cloud.image({ properties: { hw_watchdog_action: action, hw_machine_type: machineType } });
}

/** nova/virt/libvirt/driver.py, _guest_add_watchdog_action: the model is always i6300esb. */
async function expectWatchdog(server: TestServer, action: Action): Promise<void> {
  const watchdogs = await watchdogsOf(server);
  expect(watchdogs.filter(({ model }) => model !== 'itco')).toEqual([{ model: 'i6300esb', action }]);
  expect(await qemuDrivers(server)).toContain('i6300esb');
  expect(await qemuActions(server)).toEqual([action]);
}

/** Since libvirt 9.1 the XML tells of the iTCO watchdog which every q35 machine has (domain_conf.c). */
async function expectNoWatchdog(server: TestServer): Promise<void> {
  const watchdogs = await watchdogsOf(server);
  expect(watchdogs.filter(({ model }) => model !== 'itco')).toEqual([]);
  expect(await qemuDrivers(server)).not.toContain('i6300esb');
}

function watchdogsOf(server: TestServer): Promise<{ model: string; action: string }[]> {
  return fromBothXmls(server, ({ devices }) =>
    devices.watchdogs.map(({ model, action }) => ({ model, action })),
  );
}

/** `-watchdog-action pause` until QEMU 8, `-action watchdog=pause` since. */
async function qemuActions(server: TestServer): Promise<string[]> {
  const [before, since] = [
    await qemuOptions(server, '-watchdog-action'),
    await qemuOptions(server, '-action'),
  ];
  return [
    ...before,
    ...since.flatMap((value) => (value.startsWith('watchdog=') ? value.slice('watchdog='.length) : [])),
  ];
}

async function expectMachineType(server: TestServer, machineType: string): Promise<void> {
  const machine = await fromBothXmls(server, ({ os }) => os.machine);
  // "pc-i440fx-7.2", "pc-q35-7.2"
  expect(machine?.includes('q35'), `machine ${machine ?? 'unset'}`).toBe(machineType === 'q35');
}
