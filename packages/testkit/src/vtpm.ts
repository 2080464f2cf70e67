import { runText } from '@whitebox/host';
import { readProcess } from '@whitebox/kernel';
import type { Cloud } from './cloud.js';
import type { ComputeHost } from './compute-host.js';
import { shared, type FlavorSpec } from './flavors.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';
import { identityOf } from './file-identity.js';

/** Who can open the state: with `host` libvirt keeps the secret (hw:tpm_secret_security, since 2026.1). */
export type SecretSecurity = 'user' | 'host';
export type TpmModel = 'tpm-tis' | 'tpm-crb';

export function withTpm(model: TpmModel, specs: Readonly<Record<string, string>> = {}): FlavorSpec {
  return shared(1, { 'hw:tpm_version': '2.0', 'hw:tpm_model': model, ...specs });
}

/**
 * That a running guest has a TPM 2.0 of this model, in every layer: both XMLs and the QEMU that runs; that the secret of its
 * state is the one that Nova has noted, is in Barbican and is told to nobody else: not to the XML, not to the process list
 * and, once the guest runs, not to libvirt (nova/virt/libvirt/driver.py, _create_guest).
 *
 * @returns the id of the secret
 */
export async function expectVtpm(
  cloud: Cloud,
  server: TestServer,
  model: TpmModel,
  { security = 'user' }: { readonly security?: SecretSecurity } = {},
): Promise<string> {
  const { signal, database } = cloud;
  const secretId = (await database.systemMetadata(server.id, { signal })).get('vtpm_secret_uuid') ?? '';
  expect(secretId, 'secret of the vTPM in the database').toMatch(/^[0-9a-f-]{36}$/);

  for (const inactive of [false, true]) {
    const { tpms } = (await server.xml({ inactive })).devices;
    const device = { model, backend: 'emulator', version: '2.0', secretUuid: secretId };
    expect(tpms, `TPM in the ${inactive ? 'inactive' : 'live'} XML`).toMatchObject([device]);
  }
  const { commandLine } = await readProcess(server.host.machine, { domain: server.domain }, { signal });
  const devices = commandLine.filter((_, index) => commandLine[index - 1] === '-device');
  const tpms = devices.filter((device) => device.includes('tpmdev'));
  expect(tpms, 'TPM of the QEMU process').toEqual([expect.stringContaining(model)]);

  await expectSecret(cloud, server, secretId, security);
  return secretId;
}

/** The secret is in Barbican under the name that Nova gives it, and nowhere where others could read it. */
async function expectSecret(
  cloud: Cloud,
  server: TestServer,
  secretId: string,
  security: SecretSecurity,
): Promise<void> {
  const { keys } = cloud.openstack;
  const options = { signal: cloud.signal };
  expect(await keys.has(secretId, options), 'the secret of the vTPM is in Barbican').toBe(true);
  const { status, name } = await keys.show(secretId, options);
  expect(status).toBe('ACTIVE');
  // nova/crypto.py, ensure_vtpm_secret
  expect(name).toContain(server.id);
  expect(name).toMatch(/vtpm/i);
  const { virsh } = server.host;
  const kept = (await virsh.secrets(options)).some(({ uuid }) => uuid === secretId);
  expect(kept, 'libvirt keeps the secret of the vTPM').toBe(security === 'host');
  if (kept) expect(await virsh.secret(secretId, options)).toMatchObject({ ephemeral: false, private: false });
  await expectNowhere(server, (await keys.payload(secretId, options)).reveal(), cloud.signal);
}

/** That a secret is neither in the XML of a guest, asked for with all that it hides, nor among the arguments of a process. */
export async function expectNowhere(server: TestServer, secret: string, signal: AbortSignal): Promise<void> {
  expect(secret.length, 'length of the secret').toBeGreaterThan(0);
  const { machine, virsh } = server.host;
  const bytes = Buffer.from(secret, 'latin1');
  const spellings = [secret, bytes.toString('hex'), bytes.toString('base64')];
  const texts: readonly (readonly [string, string])[] = [
    ['live XML', await virsh.run(['dumpxml', '--security-info', '--domain', server.domain], { signal })],
    [
      'inactive XML',
      await virsh.run(['dumpxml', '--security-info', '--inactive', '--domain', server.domain], { signal }),
    ],
    ['arguments of processes', await runText(machine, ['ps', '-eww', '-o', 'args='], { signal })],
  ];
  const leaks = texts.filter(([, text]) => spellings.some((spelling) => text.includes(spelling)));
  expect(
    leaks.map(([where]) => where),
    'where the secret can be read',
  ).toEqual([]);
}

/**
 * What tells the state of a vTPM from one that was made anew: libvirt makes the folder of a guest once (qemuTPMEmulatorCreateStorage,
 * src/qemu/qemu_tpm.c) and removes it with the definition of the guest. undefined: there is none.
 */
export async function tpmState(host: ComputeHost, server: TestServer): Promise<string | undefined> {
  return identityOf(host.machine, `/var/lib/libvirt/swtpm/${server.id}`);
}
