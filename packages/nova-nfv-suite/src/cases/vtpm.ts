import {
  computes,
  expect,
  expectVtpm,
  feature,
  keyManager,
  test,
  tpmState,
  withTpm,
} from '@whitebox/testkit';

const needs = [feature('vtpm_device_supported'), keyManager()];
const id = 'test_vtpm.VTPMTest.';

for (const model of ['tpm-tis', 'tpm-crb'] as const) {
  const short = model.slice('tpm-'.length);
  test(
    `a guest has the ${model} that its flavor asks for, and its secret goes with it`,
    { claim: { sharedHosts: 'one' }, needs, replaces: [`${id}test_create_server_with_vtpm_${short}`] },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: withTpm(model) });
      const secretId = await expectVtpm(cloud, server, model);
      const { host } = server;
      expect(await tpmState(host, server), 'state of the vTPM').toBeDefined();

      const { actions, keys } = cloud.openstack;
      await cloud.act('act', `delete ${server.name}`, () => actions.delete(server.id), server);

      expect(await keys.has(secretId), 'the secret of a server that is gone is in Barbican').toBe(false);
      expect(await tpmState(host, server), 'state of the vTPM of a server that is gone').toBeUndefined();
    },
  );
}

test(
  'a vTPM of a model and version that do not exist or do not go together is refused',
  { claim: {}, needs, replaces: [`${id}test_invalid_model_version_creation`] },
  async ({ cloud }) => {
    const wrong: readonly (readonly [version: string, model: string, reason: RegExp])[] = [
      // What the predecessor asks for: a version for a model.
      ['1.2', '2.0', /Invalid TPM model/],
      ['3.0', 'tpm-tis', /Invalid TPM version/],
      ['1.2', 'tpm-crb', /only valid with TPM version 2\.0/],
    ];
    for (const [version, model, reason] of wrong) {
      const flavor = {
        ...withTpm('tpm-tis', { 'hw:tpm_version': version, 'hw:tpm_model': model }),
        checked: false,
      };
      const text = `boot with TPM ${version} ${model}, which must fail`;
      const refused = await cloud.act('act', text, () => refusal(() => cloud.bootToFail({ flavor })));
      expect(refused, text).toMatch(reason);
    }
  },
);

test(
  'guests have and get a vTPM after libvirt was restarted on every compute',
  { needs, replaces: [`${id}test_vtpm_creation_after_virtqemud_restart`] },
  async ({ cloud }) => {
    const before = await cloud.boot({ flavor: withTpm('tpm-tis') });
    const secretId = await expectVtpm(cloud, before, 'tpm-tis');
    const state = await tpmState(before.host, before);

    for (const compute of cloud.computes) await cloud.restartService(compute, 'libvirt');

    expect(await expectVtpm(cloud, before, 'tpm-tis')).toBe(secretId);
    expect(await tpmState(before.host, before), 'state of the vTPM').toBe(state);
    const after = await cloud.boot({ flavor: withTpm('tpm-crb') });
    expect(await expectVtpm(cloud, after, 'tpm-crb')).not.toBe(secretId);
  },
);

test(
  'the live migration of a guest is refused whose vTPM only its owner can open',
  {
    claim: {},
    needs: [...needs, feature('live_migration'), computes(2)],
    replaces: [`${id}test_vtpm_live_migration_secret_security_user`],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: withTpm('tpm-tis') });
    const { host } = server;
    const secretId = await expectVtpm(cloud, server, 'tpm-tis');
    const state = await tpmState(host, server);

    await expect(server.liveMigrate()).rejects.toThrow(
      "Operation 'live-migration' not supported for vTPM-enabled instance",
    );

    expect(await server.refresh()).toMatchObject({ status: 'ACTIVE', taskState: null, host: host.name });
    expect(await expectVtpm(cloud, server, 'tpm-tis')).toBe(secretId);
    expect(await tpmState(host, server), 'state of the vTPM').toBe(state);
  },
);

/** Why a boot fails: what Nova answers at once, or its fault. Releases and quota drivers differ in when they notice. */
async function refusal(boot: () => Promise<{ readonly message: string }>): Promise<string> {
  try {
    return (await boot()).message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
