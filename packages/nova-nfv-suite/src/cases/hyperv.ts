import {
  computes,
  expect,
  feature,
  hypervEnlightenments,
  shared,
  test,
  type Cloud,
  type TestServer,
} from '@whitebox/testkit';
import { fromBothXmls, qemuOptions } from '../each-layer.js';
import { enlightenments, missingEnlightenments } from '../enlightenments.js';

// The predecessor compares two results of list.sort(), which are both None: it has never compared the enlightenments.
const replaced = (name: string): string => `test_default_hyperv_enlightenments.HyperVEnlightenments.${name}`;
/** On a host without VMX, and with a libvirt that knows evmcs, such guests did not start at all. */
const evmcs = {
  bug: 'lp#2009280',
  fixedBy: 28,
  what: 'a Windows guest has evmcs, which AMD hosts do not have',
  shows: /evmcs/,
} as const;

test(
  'a Windows guest has the Hyper-V enlightenments, also after a hard reboot',
  {
    claim: {},
    since: 26,
    needs: [hypervEnlightenments(enlightenments)],
    replaces: [replaced('test_default_hyperv_enlightenments')],
    knownBugs: [evmcs],
  },
  async ({ cloud }) => {
    const server = await bootWindows(cloud);
    await expectEnlightenments(server);

    await server.hardReboot();

    await expectEnlightenments(server);
  },
);

test(
  'a Windows guest keeps its Hyper-V enlightenments through a live migration',
  {
    claim: {},
    since: 26,
    needs: [feature('live_migration'), computes(2), hypervEnlightenments(enlightenments)],
    replaces: [replaced('test_live_migrate_with_enlightenments')],
    knownBugs: [evmcs],
  },
  async ({ cloud }) => {
    const server = await bootWindows(cloud);
    const before = await expectEnlightenments(server);
    const source = server.host.name;

    await server.liveMigrate();

    expect(server.host.name).not.toBe(source);
    expect(await expectEnlightenments(server)).toEqual(before);
  },
);

async function bootWindows(cloud: Cloud): Promise<TestServer> {
  return cloud.boot({
    flavor: shared(1),
    imageId: await cloud.image({ properties: { os_type: 'windows' } }),
  });
}

/** @returns all that the guest has, on or off */
async function expectEnlightenments(server: TestServer): Promise<ReadonlyMap<string, boolean>> {
  const hyperv = await fromBothXmls(server, ({ features }) => features.hyperv);
  const properties = (await qemuOptions(server, '-cpu')).flatMap((cpu) => cpu.split(','));
  expect(missingEnlightenments(hyperv, properties), 'missing enlightenments').toEqual([]);
  return hyperv;
}
