import { invariants } from '@whitebox/invariants';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dedicated, shared } from '../flavors.js';
import { AuditedLab } from './audited-lab.suite.js';
import { allBreaks, inNoLab } from './breaks/all-breaks.suite.js';
import type { Scene } from './breaks/lab-break.suite.js';
import { BreakRecorder } from './breaks/record.suite.js';
import { bootRich } from './breaks/rich-server.suite.js';

/** npm run audit:breaks has all of them; npm test those that are quick and of which Nova writes nothing itself. */
const every = process.env['WHITEBOX_AUDIT_BREAKS'] === 'all';
const chosen = every ? allBreaks : allBreaks.filter(({ sample }) => sample);

/** npm run audit:breaks -- --record FOLDER keeps what is read, for the unit tests of the invariants. */
const folder = process.env['WHITEBOX_AUDIT_RECORD'];
const recorder = folder === undefined ? undefined : new BreakRecorder(folder);

describe('what is broken behind the back of a cloud', () => {
  let lab: AuditedLab;
  let scene: Scene;
  let finish: () => void = () => undefined;
  let servers: Promise<void>;

  beforeAll(async () => {
    const { files, cloud: name } = await readLab();
    lab = await AuditedLab.open('audit-breaks', { ...files, cloud: name });
    const over = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await new Promise<void>((ready, failed) => {
      servers = lab.withServers(async (cloud) => {
        // Not where the databases and the APIs are.
        const host = lab.session.computes.find(({ machine }) => machine !== lab.control);
        if (host === undefined) throw new Error('The lab has one compute alone.');
        const networks = await cloud.openstack.network.networks();
        const networkId = networks.find(({ name: network }) => network === 'private')?.id ?? '';
        const pinned = await cloud.boot({ flavor: dedicated(2), host, networks: [{ networkId }] });
        const neighbour = await cloud.boot({ flavor: dedicated(2), host });
        const floating = await cloud.boot({ flavor: shared(1), host });
        const mixed = await cloud.boot({
          flavor: { vcpus: 2, extraSpecs: { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0' } },
          host,
        });
        const rich = every ? await bootRich(cloud, host) : undefined;
        const cell = `nova_${(await lab.session.database.cellOf(pinned.id)).name ?? ''}`;
        scene = { lab, host, pinned, neighbour, floating, mixed, rich, cell };
        ready();
        await over;
      });
      servers.catch(failed);
    });
  }, 600_000);

  afterAll(async () => {
    finish();
    await servers;
    await lab[Symbol.asyncDispose]();
  }, 300_000);

  it('is something for each invariant, but for those that no lab can break', () => {
    const broken = new Set(allBreaks.flatMap(({ finds }) => finds));
    expect(invariants.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual(Object.keys(inNoLab));
  });

  it('is not there before', async () => {
    const { results } = await lab.audit();
    expect(results.findings.map(({ text }) => text)).toEqual([]);
    expect(results.notRead).toEqual([]);
  });

  it.each(chosen.map((one) => [one.what, one] as const))(
    '%s: is found, and nothing else',
    async (_, broken) => {
      await recorder?.before(scene);
      const undo = await broken.do(scene);
      const look = async () => {
        await recorder?.broken(scene, broken);
        return lab.audit({ hosts: [scene.host.name] });
      };
      const { results } = await look().finally(undo);
      // Not before Nova's periodic task has seen that all is well again: what it writes then would mend the next break.
      const after = every ? (await lab.audit({ hosts: [scene.host.name] })).results.findings : [];
      const texts = results.findings.map(({ text }) => text);
      const ids = [...new Set(results.findings.map(({ id }) => id))];
      expect(
        ids.filter((id) => !(broken.also ?? []).includes(id)),
        texts.join('\n'),
      ).toEqual(broken.finds);
      expect(texts.join('\n')).toMatch(broken.says);
      expect(results.findings.every(({ layers }) => layers.length > 0)).toBe(true);
      expect(after.map(({ text }) => text)).toEqual([]);
    },
    180_000,
  );

  it('is not there afterwards', async () => {
    const { results } = await lab.audit();
    expect(results.findings.map(({ text }) => text)).toEqual([]);
  }, 180_000);
});
