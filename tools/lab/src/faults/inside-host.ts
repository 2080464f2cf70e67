import { readFile } from 'node:fs/promises';
import { LabError } from '../errors.js';
import { runAnyway, type RunOptions } from '../exec.js';
import { hostProcesses } from '../hosts.js';
import { machineNames, type LabPaths } from '../names.js';
import type { LabState } from '../state.js';
import type { FaultHost } from './fault.js';
import { faultKeep } from './fault-records.js';

/** The number on the machine of a container's first process, out of what /proc/PID/status says of its processes. */
export function firstProcess(statuses: ReadonlyMap<number, string>): number | undefined {
  for (const [pid, status] of statuses) {
    if (/^NSpid:\s+\d+\s+1$/m.test(status)) return pid;
  }
  return undefined;
}

async function initOf(state: LabState, host: string): Promise<number> {
  const statuses = new Map<number, string>();
  for (const pid of await hostProcesses(state, host)) {
    statuses.set(pid, await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
  }
  const pid = firstProcess(statuses);
  if (pid !== undefined) return pid;
  throw new LabError('WB_LAB_FAULT', `${host} does not run.`, {
    advice: 'Start it with "lab up"; a host that starts has no faults.',
  });
}

/** @throws LabError when the host does not run */
export async function faultHost(
  paths: LabPaths,
  state: LabState,
  name: string,
  id: string,
): Promise<FaultHost> {
  const { networkNamespace } = machineNames(state);
  const init = await initOf(state, name);
  const enter = ['nsenter', `--target=${init}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--'];
  const attempt = (argv: readonly string[], options: RunOptions = {}) =>
    runAnyway([...enter, ...argv], options);
  return {
    name,
    root: paths.host(name).root,
    disk: paths.host(name).disk,
    keep: faultKeep(paths, id),
    cables: [`${name}-0`, `${name}-1`].map((end) => ({ namespace: networkNamespace, interface: end })),
    try: attempt,
    run: async (argv, options) => {
      const { code, stdout, stderr } = await attempt(argv, options);
      if (code === 0) return stdout;
      const said = `${stderr}${stdout}`.trim().split('\n').slice(-10).join('\n');
      throw new LabError(
        'WB_LAB_FAULT',
        `On ${name}, ${argv.join(' ')} ended with exit code ${code}:\n${said}`,
      );
    },
  };
}
