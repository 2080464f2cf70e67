import { customCpuModel, expect, shared, test, type TestServer } from '@whitebox/testkit';
import { configuredCpu, qemuFeature } from '../configured-cpu.js';
import { fromBothXmls, qemuOptions } from '../each-layer.js';

test(
  'a guest has the CPU model and the flags that the configuration of its compute already has',
  {
    claim: { sharedHosts: 'one' },
    // The predecessor is told by two options of its own what the computes have; here their configuration in force tells.
    needs: [customCpuModel()],
    replaces: ['test_cpu_model_extra_flags.CpuModelExtraFlagsTest.test_cpu_model_extra_flags'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    await expectConfiguredCpu(server);
  },
);

test(
  'a guest has the CPU model and the flags with which its compute was just configured, also after a hard reboot',
  {
    claim: { ownHosts: 1 },
    // With + and - before flags.
    since: 22,
    replaces: ['test_cpu_model_extra_flags.CpuModelExtraFlagsTest.test_cpu_model_extra_flags'],
  },
  async ({ cloud }) => {
    await cloud.configureComputes([
      { section: 'libvirt', option: 'cpu_mode', value: 'custom' },
      // Any x86-64 host can have this one, and these flags make a difference to it.
      { section: 'libvirt', option: 'cpu_models', value: 'kvm64' },
      { section: 'libvirt', option: 'cpu_model_extra_flags', value: '+ssse3,-cx16' },
    ]);
    const server = await cloud.boot({ flavor: shared(1) });
    await expectConfiguredCpu(server);

    await server.hardReboot();

    await expectConfiguredCpu(server);
  },
);

async function expectConfiguredCpu(server: TestServer): Promise<void> {
  const wanted = configuredCpu(server.host.config);
  expect(wanted.model, `[libvirt] cpu_models of ${server.host.name}`).toBeDefined();
  const names = [...wanted.features.keys()];

  // libvirt adds to the features of a running domain what the model came to have.
  const xml = await fromBothXmls(server, ({ cpu }) => ({
    mode: cpu?.mode,
    model: cpu?.model,
    features: new Map(names.map((name) => [name, cpu?.features.get(name)])),
  }));
  expect(xml).toEqual({ mode: 'custom', model: wanted.model, features: wanted.features });

  const [cpu, ...more] = await qemuOptions(server, '-cpu');
  expect(more).toEqual([]);
  const [model, ...properties] = cpu?.split(',') ?? [];
  expect(model, 'CPU model of the QEMU process').toBe(wanted.model);
  for (const [name, policy] of wanted.features) {
    expect(properties).toContain(`${qemuFeature(name)}=${policy === 'require' ? 'on' : 'off'}`);
  }
}
