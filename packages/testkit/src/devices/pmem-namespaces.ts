import { run, type Host, type Limited } from '@whitebox/host';
import { TestkitError } from '../errors.js';
import type { PmemNamespace } from './device-evidence.js';

/** Namespaces that ndctl of a host tells and Nova can use: those with a name. @throws HostError, TestkitError */
export async function readPmemNamespaces(
  host: Host,
  limits: Limited = {},
): Promise<readonly PmemNamespace[]> {
  const { stdout } = await run(host, ['ndctl', 'list', '-X'], limits);
  return pmemNamespacesOf(stdout, host.name);
}

/** @param printed JSON of `ndctl list -X`, empty where there is none (nova/virt/libvirt/driver.py, _get_vpmems_on_host) */
export function pmemNamespacesOf(printed: string, host: string): PmemNamespace[] {
  if (printed.trim() === '') return [];
  const parsed: unknown = JSON.parse(printed);
  return (Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed]).flatMap((one) => {
    const { name, size, daxregion } = one as Partial<NdctlNamespace>;
    if (name === undefined) return [];
    const device = daxregion?.devices[0]?.chardev;
    if (device === undefined || size === undefined) throw notUnderstood(host, one);
    return [{ name, path: `/dev/${device}`, sizeKib: size / 1024 }];
  });
}

interface NdctlNamespace {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly daxregion: { readonly devices: readonly { readonly chardev: string }[] };
}

function notUnderstood(host: string, namespace: unknown): TestkitError {
  return new TestkitError({
    code: 'WB_TESTKIT_NDCTL',
    action: `read the persistent memory of ${host}`,
    observed: `"ndctl list -X" has ${JSON.stringify(namespace).slice(0, 300)}`,
    advice: 'Nova needs namespaces of mode devdax with a device: "ndctl create-namespace --mode devdax".',
  });
}
