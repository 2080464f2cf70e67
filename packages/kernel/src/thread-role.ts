/**
 * What a thread of a QEMU process is for, told from its name (libvirt starts QEMU with `debug-threads=on`):
 *
 * - `vcpu` with its number, `iothread` with its id (the `iothreadN` of libvirt)
 * - `emulator`: the main thread and those that are there all the time: RCU, the monitor's IOThread
 * - `worker`, `vnc`, `spice`, `migration`: they come and go, or (a thread context, which allocates memory) sleep for ever
 * - `vhost`: threads of the kernel that count as the process's own since Linux 6.4
 * - `other`: a name that is not known
 */
export type ThreadRole =
  | { readonly kind: 'vcpu' | 'iothread'; readonly index: number }
  | { readonly kind: 'emulator' | 'worker' | 'vnc' | 'spice' | 'migration' | 'vhost' | 'other' };

const patterns: readonly (readonly [RegExp, Exclude<ThreadRole['kind'], 'vcpu' | 'iothread'>])[] = [
  [/^(?:call_rcu|IO mon_iothread)$/, 'emulator'],
  [/^(?:worker|pool-|thread-pool|TC )/, 'worker'],
  [/^vnc_worker/, 'vnc'],
  [/^SPICE Worker/, 'spice'],
  [
    /^(?:live_migration|migration|bg_snapshot|multifd|mig\/|return path|postcopy|fault-|colo |qemu-multifd)/,
    'migration',
  ],
  [/^(?:vhost-|kvm-)/, 'vhost'],
];

/** @param mainName name of the main thread; QEMU threads without a name of their own bear it too */
export function threadRole(name: string, mainName: string): ThreadRole {
  const vcpu = /^CPU (\d+)\/[A-Z]+$/.exec(name);
  if (vcpu !== null) return { kind: 'vcpu', index: Number(vcpu[1]) };
  const iothread = /^IO iothread(\d+)$/.exec(name);
  if (iothread !== null) return { kind: 'iothread', index: Number(iothread[1]) };
  if (name === mainName) return { kind: 'emulator' };
  return { kind: patterns.find(([pattern]) => pattern.test(name))?.[1] ?? 'other' };
}
