import type { Limits } from '@whitebox/core';
import { runText, type Host } from '@whitebox/host';
import { flavours } from './flavours.js';
import { given } from './limits.js';

/** What is found on a host that tells how it is deployed. */
export interface HostProbe {
  /** Services that systemd knows. */
  readonly units: ReadonlySet<string>;
  readonly active: ReadonlySet<string>;
  /** Container name -> its runtime; those that do not run as well. */
  readonly containers: ReadonlyMap<string, 'podman' | 'docker'>;
  readonly paths: ReadonlySet<string>;
  /** Where /etc/nova leads to, when it is a symbolic link. */
  readonly link: string;
  /** "debian 12". */
  readonly system: string;
}

/** Everything in one go, since each command costs a round trip. What is missing on a machine prints nothing. */
export const hostProbeScript = `
export LC_ALL=C
echo @units
systemctl list-unit-files --type=service --no-legend --no-pager --full
systemctl list-units --type=service --all --plain --no-legend --no-pager --full
echo @active
systemctl list-units --type=service --state=active --plain --no-legend --no-pager --full
for runtime in podman docker; do
  echo @$runtime
  if command -v $runtime >/dev/null; then $runtime ps --all --format '{{.Names}}'; fi
done
echo @paths
for path in "$@"; do if [ -e "$path" ]; then echo "$path"; fi; done
echo @link
readlink /etc/nova
echo @system
if [ -r /etc/os-release ]; then . /etc/os-release; echo "$ID $VERSION_ID"; fi
exit 0
`;

/** The paths that are looked for. */
export const probedPaths: readonly string[] = flavours.flatMap(({ signs }) => signs.paths ?? []);

export async function probeHost(host: Host, limits: Limits = {}): Promise<HostProbe> {
  const text = await runText(host, ['sh', '-c', hostProbeScript, 'sh', ...probedPaths], {
    timeoutMs: 30_000,
    ...given(limits),
  });
  const sections = sectionsOf(text);
  const words = (name: string): string[] =>
    (sections.get(name) ?? []).flatMap((line) => line.trim().split(/\s+/)[0] ?? []);
  const containers = new Map<string, 'podman' | 'docker'>();
  for (const runtime of ['podman', 'docker'] as const) {
    // A machine with podman's imitation of docker tells each container twice; podman's own answer stays.
    for (const name of words(runtime)) if (!containers.has(name)) containers.set(name, runtime);
  }
  return {
    units: new Set(words('units').filter((unit) => unit.endsWith('.service'))),
    active: new Set(words('active')),
    containers,
    paths: new Set(sections.get('paths')),
    link: sections.get('link')?.[0] ?? '',
    system: sections.get('system')?.[0] ?? 'an unknown system',
  };
}

function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      lines = [];
      sections.set(line.slice(1), lines);
    } else if (line.trim() !== '') {
      lines.push(line);
    }
  }
  return sections;
}
