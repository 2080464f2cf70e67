import { readProcess } from '@whitebox/kernel';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';
import { identityOf } from './file-identity.js';

export const uefi = { hw_firmware_type: 'uefi', hw_machine_type: 'q35' };
export const secureBoot = { ...uefi, os_secure_boot: 'required' };

/**
 * That a running guest has UEFI with variables of its own, in both XMLs, in the QEMU that runs and on its host; and Secure
 * Boot, where only code in system management mode may write the variables (nova/virt/libvirt/driver.py, _configure_guest_by_virt_type).
 *
 * @returns the file with its variables
 */
export async function expectUefi(
  cloud: Cloud,
  server: TestServer,
  { secure }: { readonly secure: boolean },
): Promise<string> {
  const nvram = (await server.xml()).os.nvram?.path ?? '';
  expect(nvram, 'file of the UEFI variables').toMatch(/^\//);
  for (const inactive of [false, true]) {
    const { os, features } = await server.xml({ inactive });
    const where = inactive ? 'inactive XML' : 'live XML';
    expect(os.loader, `loader of the ${where}`).toMatchObject({ type: 'pflash', readonly: true });
    expect(os.loader?.secure ?? false, `secure loader of the ${where}`).toBe(secure);
    expect(os.nvram?.path, `UEFI variables of the ${where}`).toBe(nvram);
    if (secure) expect(features.states.get('smm'), `SMM of the ${where}`).toBe(true);
  }
  const machine = await commandLine(cloud, server);
  expect(machine, 'QEMU process').toContain(nvram);
  if (secure) {
    expect(machine, 'QEMU process').toMatch(/-machine \S*\bsmm=on\b/);
    expect(machine, 'QEMU process').toMatch(/cfi\.pflash01.*secure/);
  }
  expect(await uefiVariables(server, nvram), `file of the UEFI variables ${nvram}`).toBeDefined();
  return nvram;
}

/** That a running guest has BIOS and nothing else. */
export async function expectBios(cloud: Cloud, server: TestServer): Promise<void> {
  for (const inactive of [false, true]) {
    const { os } = await server.xml({ inactive });
    const { firmware, loader, nvram } = os;
    expect({ firmware, loader, nvram }, `firmware of the ${inactive ? 'inactive' : 'live'} XML`).toEqual({
      firmware: undefined,
      loader: undefined,
      nvram: undefined,
    });
  }
  expect(await commandLine(cloud, server), 'QEMU process').not.toMatch(/pflash/);
}

/** What tells the UEFI variables of a guest from ones that were made anew. undefined: the file is not there. */
export function uefiVariables(server: TestServer, nvram: string): Promise<string | undefined> {
  return identityOf(server.host.machine, nvram);
}

async function commandLine({ signal }: Cloud, { host, domain }: TestServer): Promise<string> {
  return (await readProcess(host.machine, { domain }, { signal })).commandLine.join(' ');
}
