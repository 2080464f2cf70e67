import {
  computes,
  expect,
  expectVtpm,
  feature,
  keyManager,
  test,
  tpmState,
  withTpm,
  type KnownBug,
} from '@whitebox/testkit';

const needs = [feature('vtpm_device_supported'), keyManager()];

const lostState: KnownBug = {
  bug: 'lp#2118888',
  fixedBy: 33,
  what: 'the domain is undefined with the state of its vTPM',
  shows: /state of the vTPM: expected/,
};

test(
  'the state of a vTPM survives suspend and resume',
  { claim: { sharedHosts: 'one' }, needs },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: withTpm('tpm-crb') });
    const secretId = await expectVtpm(cloud, server, 'tpm-crb');
    const before = await tpmState(server.host, server);

    await server.suspend();
    expect(await tpmState(server.host, server), 'state of the vTPM of the suspended guest').toBe(before);
    await server.resume();

    expect(await expectVtpm(cloud, server, 'tpm-crb')).toBe(secretId);
    expect(await tpmState(server.host, server), 'state of the vTPM').toBe(before);
  },
);

for (const [what, again] of [
  ['stop and start', 'start'],
  ['a hard reboot', 'hardReboot'],
] as const) {
  test(
    `the state of a vTPM survives ${what}`,
    { claim: { sharedHosts: 'one' }, needs, knownBugs: [lostState] },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: withTpm('tpm-crb') });
      const secretId = await expectVtpm(cloud, server, 'tpm-crb');
      const before = await tpmState(server.host, server);

      if (again === 'start') await server.stop();
      await server[again]();

      expect(await expectVtpm(cloud, server, 'tpm-crb')).toBe(secretId);
      expect(await tpmState(server.host, server), 'state of the vTPM').toBe(before);
    },
  );
}

test(
  'the secret of a vTPM goes with its guest to another host',
  { claim: {}, needs: [...needs, feature('cold_migration'), computes(2)] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: withTpm('tpm-tis') });
    const secretId = await expectVtpm(cloud, server, 'tpm-tis');
    const source = server.host;

    await server.coldMigrate({ to: cloud.computeOtherThan(source) });
    await server.confirmResize();

    expect(server.host.name).not.toBe(source.name);
    expect(await expectVtpm(cloud, server, 'tpm-tis')).toBe(secretId);
    expect(await tpmState(server.host, server), 'state of the vTPM on the new host').toBeDefined();
    expect(await tpmState(source, server), 'state of the vTPM on the host that it left').toBeUndefined();
  },
);

test(
  'the secret of a vTPM is still there when a resize is reverted',
  {
    claim: {},
    needs: [...needs, feature('resize')],
    knownBugs: [
      {
        bug: 'lp#2125030',
        fixedBy: 33,
        what: 'the revert of a resize deletes the secret in Barbican',
        shows: /Refusing to create an emulated TPM with no secret|secret of the vTPM/,
      },
    ],
  },
  async ({ cloud }) => {
    const flavor = withTpm('tpm-tis');
    const server = await cloud.boot({ flavor });
    const secretId = await expectVtpm(cloud, server, 'tpm-tis');

    await server.resize({ ...flavor, vcpus: 2 }, { confirm: false });
    expect(await expectVtpm(cloud, server, 'tpm-tis')).toBe(secretId);
    await server.revertResize();

    expect(await cloud.openstack.keys.has(secretId), 'the secret of the vTPM is in Barbican').toBe(true);
    expect(await expectVtpm(cloud, server, 'tpm-tis'), 'secret of the vTPM').toBe(secretId);
  },
);
