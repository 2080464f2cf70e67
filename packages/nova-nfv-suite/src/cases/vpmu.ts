import { expect, shared, test, type Cloud, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuOptions } from '../each-layer.js';

type State = 'on' | 'off';

for (const [from, to] of [
  ['on', 'off'],
  ['off', 'on'],
] as const) {
  test(
    `a rebuild with another image turns the vPMU of a guest from ${from} to ${to}`,
    { claim: { sharedHosts: 'one' }, replaces: [`test_vpmu.VPMUTest.test_rebuild_${from}_to_${to}`] },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: shared(1), imageId: await image(cloud, from) });
      await expectPmu(server, from);

      await server.rebuild(await image(cloud, to));

      await expectPmu(server, to);
    },
  );

  test(
    `a resize turns the vPMU of a guest from ${from} to ${to}, and a hard reboot keeps it so`,
    { claim: {}, replaces: [`test_vpmu.VPMUTest.test_resize_${from}_to_${to}`] },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: flavor(from) });
      await expectPmu(server, from);

      await server.resize(flavor(to));
      await expectPmu(server, to);

      await server.hardReboot();
      await expectPmu(server, to);
    },
  );
}

test(
  'an image and a flavor that disagree about the vPMU are refused together',
  { claim: { sharedHosts: 'one' } },
  async ({ cloud }) => {
    const refused = cloud.boot({ flavor: flavor('on'), imageId: await image(cloud, 'off') });
    await expect(refused).rejects.toThrow(/hw:pmu extra spec[^]*conflicting with image/);
  },
);

function flavor(state: State) {
  return shared(1, { 'hw:pmu': String(state === 'on') });
}

function image(cloud: Cloud, state: State): Promise<string> {
  return cloud.image({ properties: { hw_pmu: String(state === 'on') } });
}

async function expectPmu(server: TestServer, state: State): Promise<void> {
  expect(await fromBothXmls(server, ({ features }) => features.states.get('pmu'))).toBe(state === 'on');
  // libvirt src/qemu/qemu_command.c, qemuBuildCpuCommandLine: a property of the CPU.
  const properties = (await qemuOptions(server, '-cpu')).flatMap((cpu) => cpu.split(','));
  expect(properties).toContain(`pmu=${state}`);
}
