import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.js';
import { runAnyway } from './exec.js';
import type { LabPaths } from './names.js';

const script =
  'systemctl list-units --failed --no-pager --plain --no-legend; echo "== jobs"; systemctl list-jobs --no-pager; ' +
  'echo "== journal"; journalctl -b -p warning -n 80 --no-pager; ' +
  'for log in /var/log/*/*.log; do echo "== $log"; tail -n 15 "$log"; done';

/** What the hosts say of themselves, for somebody who looks for why the cloud does not come up. Never throws. */
async function collectDiagnostics(paths: LabPaths, hosts: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    hosts.map(async (host) => {
      const ssh = ['ssh', '-F', paths.sshConfig, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=3'];
      const said = await runAnyway([...ssh, host, `sudo sh -c '${script}'`], { timeoutMs: 20_000 }).catch(
        (error: unknown) => ({ stdout: '', stderr: String(error) }),
      );
      return `==== ${host}\n${said.stdout}${said.stderr}\n`;
    }),
  );
  const file = join(paths.logs, 'diagnostics.log');
  await writeFile(file, parts.join('\n'), { mode: 0o600 });
  return file;
}

/** Runs the work; if it fails, its error also says where the hosts' own words are. */
export async function withDiagnostics<T>(
  paths: LabPaths,
  hosts: readonly string[],
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LabError) || signal?.aborted === true) throw error;
    const file = await collectDiagnostics(paths, hosts);
    throw new LabError(error.code, `${error.message}\nWhat the hosts say: ${file}`, error.details);
  }
}
