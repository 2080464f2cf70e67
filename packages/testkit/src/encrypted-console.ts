import { readProcess } from '@whitebox/kernel';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';

/** That a running guest has a VNC console, and that its QEMU speaks TLS there and asks for a certificate. */
export async function expectEncryptedConsole(cloud: Cloud, server: TestServer): Promise<void> {
  for (const inactive of [false, true]) {
    const { graphics } = (await server.xml({ inactive })).devices;
    const where = inactive ? 'inactive XML' : 'live XML';
    expect(
      graphics.map(({ type }) => type),
      `consoles of the ${where}`,
    ).toContain('vnc');
  }
  const target = { domain: server.domain };
  const { commandLine } = await readProcess(server.host.machine, target, { signal: cloud.signal });
  const differences = vncDifferences(commandLine);
  expect(differences, `console of ${server.name}:\n  ${differences.join('\n  ')}`).toEqual([]);
}

/**
 * What a QEMU lacks whose VNC should be encrypted, by its arguments: `-vnc ...,tls-creds=ID` with the object of that id
 * (qemuBuildGraphicsVNCCommandLine and qemuBuildTLSx509CommandLine, src/qemu/qemu_command.c); one line each.
 */
export function vncDifferences(commandLine: readonly string[]): string[] {
  const valuesOf = (option: string): string[] =>
    commandLine.filter((_, index) => commandLine[index - 1] === option);
  const consoles = valuesOf('-vnc');
  if (consoles.length === 0) return ['QEMU has no VNC'];
  return consoles.flatMap((vnc) => {
    const id = /,tls-creds=([^,]+)/.exec(vnc)?.[1];
    if (id === undefined) return [`VNC is not encrypted: ${vnc}`];
    const credentials = valuesOf('-object')
      .map(properties)
      .find((object) => object.get('id') === id);
    if (credentials?.get('qom-type') !== 'tls-creds-x509') return [`VNC has no certificate: ${vnc}`];
    const verified = ['true', 'on', 'yes'].includes(credentials.get('verify-peer') ?? '');
    return verified ? [] : [`VNC asks nobody for a certificate: ${vnc}`];
  });
}

/** Properties of an object: JSON since libvirt 7 with QEMU 6, before it `TYPE,id=...,...`. */
function properties(text: string): ReadonlyMap<string, string> {
  if (text.startsWith('{')) {
    const object = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return new Map(Object.entries(object).map(([key, value]) => [key, String(value)]));
  }
  const pairs = text.split(',').map((part, index): [string, string] => {
    const [key = '', ...value] = part.split('=');
    return index === 0 && value.length === 0 ? ['qom-type', key] : [key, value.join('=')];
  });
  return new Map(pairs);
}
