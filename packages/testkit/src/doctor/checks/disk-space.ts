import { runText, type Host } from '@whitebox/host';
import { after, ok, unknown, warning, wrong, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import { onEachHost } from '../on-each-host.js';
import type { Site } from '../site.js';

const mib = 1_048_576;

/** Bytes: what a run of all cases writes, and what is little. */
const here = { wrong: 100 * mib, warning: 1024 * mib };
const there = { wrong: 200 * mib, warning: 1024 * mib };

/** Where guests, journals and the records of changes are, as far as they exist. */
const folders = ['/var/lib/nova', '/var/lib', '/var/log', '/tmp'];

export const diskSpace: Check = {
  code: 'WB_DOCTOR_DISK',
  title: 'disk space',
  look: async (site) => [
    ...(await onThisMachine(site)),
    ...(await onEachHost(site, async (host) => {
      const machine = await after('SSH there', host.login());
      return ofFileSystems(await fileSystems(machine), host.name);
    })),
  ],
};

async function onThisMachine({ here: machine }: Site): Promise<readonly Finding[]> {
  return Promise.all(
    machine.folders.map(async (folder) => {
      try {
        return judgeSpace(folder, await machine.freeBytes(folder), here);
      } catch (error) {
        return findingsOfError(error)[0] ?? unknown(folder);
      }
    }),
  );
}

async function fileSystems(machine: Host): Promise<ReadonlyMap<string, number>> {
  const script = 'for one; do [ -e "$one" ] && df -Pk "$one" | tail -n +2; done; true';
  const text = await runText(machine, ['sh', '-c', script, 'sh', ...folders], {
    timeoutMs: 20_000,
    env: { LC_ALL: 'C' },
  });
  return parseDf(text);
}

/** Lines of `df -Pk`: mount point -> bytes that are free. */
export function parseDf(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, free, mount] = /^.*\s\d+\s+\d+\s+(\d+)\s+\d+%\s+(\/.*)$/.exec(line) ?? [];
    if (free !== undefined && mount !== undefined) found.set(mount, Number(free) * 1024);
  }
  return found;
}

function ofFileSystems(free: ReadonlyMap<string, number>, host: string): readonly Finding[] {
  if (free.size === 0) return [unknown('df tells nothing', undefined, host)];
  return [...free].map(([mount, bytes]) => judgeSpace(mount, bytes, there, host));
}

function judgeSpace(
  place: string,
  bytes: number,
  limits: { readonly wrong: number; readonly warning: number },
  host?: string,
): Finding {
  const text = `${place}: ${bytes >= 1024 * mib ? `${(bytes / 1024 / mib).toFixed(1)} GiB` : `${Math.floor(bytes / mib)} MiB`} free`;
  const next = 'Make room there: a run that cannot write stops in the middle of a change.';
  if (bytes < limits.wrong) return wrong(text, next, host);
  return bytes < limits.warning ? warning(text, next, host) : ok(text, host);
}
