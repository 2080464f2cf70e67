import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SshHost } from '@whitebox/ssh';
import { run } from '../support/processes.js';
import { timeEach } from './measure.js';

const parallel = 8;
const batch = 20;
const command = ['cat', '/proc/loadavg'];

/**
 * A command on a host over a connection that is up: ours in the process, against "ssh" with ControlMaster, which is a
 * process of its own for each command.
 * @param {import('./bench.js').Bench} bench
 * @param {import('../support/lab-control.js').LabDescription} lab
 */
export async function benchExec(bench, lab) {
  const host = lab.hosts[0]?.name ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'whitebox-bench-'));
  const socket = join(folder, 'master');
  const ssh = ['-F', lab.ssh.configFile, '-o', `ControlPath=${socket}`];
  const ours = await SshHost.connect(host, { configFile: lab.ssh.configFile });
  try {
    const master = await run('ssh', [
      ...ssh,
      '-o',
      'ControlMaster=yes',
      '-o',
      'ControlPersist=600',
      host,
      'true',
    ]);
    if (master.code !== 0 || !existsSync(socket))
      throw new Error(`no ControlMaster: ${master.tail.join('\n')}`);

    const byUs = async () => {
      const { exitCode, stdout } = await ours.exec(command);
      if (exitCode !== 0 || stdout === '') throw new Error(`${command.join(' ')} failed on ${host}`);
    };
    const byOpenSsh = async () => {
      const { code, tail } = await run('ssh', [...ssh, host, ...command]);
      if (code !== 0 || tail.length === 0) throw new Error(`ssh failed: ${tail.join('\n')}`);
    };
    await bench.compare({
      title: 'exec on a host, one after another',
      ours: { name: '@whitebox/ssh', measure: () => timeEach(batch, byUs) },
      theirs: { name: 'ssh with ControlMaster', measure: () => timeEach(batch, byOpenSsh) },
      rounds: 9,
    });
    /** @param {() => Promise<void>} once milliseconds of one of eight that run at the same time */
    const together = (once) => async () =>
      (await timeEach(batch / 4, () => Promise.all(Array.from({ length: parallel }, once)))) / parallel;
    await bench.compare({
      title: `exec on a host, ${String(parallel)} at the same time`,
      ours: { name: '@whitebox/ssh', measure: together(byUs) },
      theirs: { name: 'ssh with ControlMaster', measure: together(byOpenSsh) },
      rounds: 9,
    });
  } finally {
    await run('ssh', [...ssh, '-O', 'exit', host]);
    await ours[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}
