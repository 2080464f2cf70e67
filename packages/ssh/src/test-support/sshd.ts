import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SshOptions } from '../options.js';

const program = '/usr/sbin/sshd';
const call = promisify(execFile);

/** Whether this machine can run the tests against a real server; say so in their title. */
export const hasSshd = existsSync(program);

/** A real sshd on 127.0.0.1 with keys of its own, for the user who runs the tests. */
export interface TestSshd extends AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** The public host key as a line "type base64". */
  readonly hostKey: string;
  /** Everything to connect to it, independent of this machine's configuration. */
  readonly options: SshOptions;
  /** Process ids of the server and of the processes that serve connections. */
  processes(): Promise<number[]>;
  /** Ends the processes that serve connections, as a crash would. */
  killConnections(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  log(): Promise<string>;
}

export async function makeKey(path: string, passphrase = '', type = 'ed25519'): Promise<string> {
  await call('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'whitebox-test', '-f', path]);
  return (await readFile(`${path}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
}

export async function startSshd(settings: readonly string[] = []): Promise<TestSshd> {
  const directory = await mkdtemp(join(tmpdir(), 'wb-sshd-'));
  const hostKey = await makeKey(join(directory, 'host_key'));
  await makeKey(join(directory, 'id'));
  const port = await freePort();
  const log = join(directory, 'log');
  // sshd keeps the first value of a setting, so the test's own come first.
  const config = [
    ...settings,
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/id.pub`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100',
    // The one setting that may be given only once.
    ...(settings.some((line) => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp internal-sftp']),
    'LogLevel VERBOSE',
    // The tests must not depend on the login scripts of whoever runs them.
    `SetEnv HOME=${directory}`,
  ];
  await writeFile(join(directory, 'sshd_config'), config.join('\n') + '\n');
  const knownHostsFile = join(directory, 'known_hosts');
  await writeFile(knownHostsFile, `[127.0.0.1]:${String(port)} ${hostKey}\n`);
  // Where sshd is run by root it insists on this directory, which a service file would have made.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const server = spawn(program, ['-D', '-f', join(directory, 'sshd_config'), '-E', log], {
    detached: true,
    stdio: 'ignore',
  });
  const pid = server.pid ?? 0;
  // Also when a test runs out of time and nobody disposes of it.
  const end = (): void => {
    server.kill('SIGKILL');
  };
  process.once('exit', end);
  const processes = async (): Promise<number[]> => [pid, ...(await descendants(pid))];
  const signal = async (name: NodeJS.Signals, pids: readonly number[]): Promise<void> => {
    for (const one of pids) {
      try {
        process.kill(one, name);
      } catch {
        // It has ended meanwhile.
      }
    }
    await Promise.resolve();
  };
  await listening(port, server, log);
  const user = userInfo().username;
  const identityFile = join(directory, 'id');
  return {
    port,
    directory,
    user,
    identityFile,
    knownHostsFile,
    hostKey,
    options: {
      user,
      port,
      identityFiles: [identityFile],
      knownHostsFiles: [knownHostsFile],
      agent: false,
      configFile: false,
    },
    processes,
    killConnections: async () => {
      await signal('SIGKILL', await sshdsBelow(pid));
    },
    freeze: async () => {
      await signal('SIGSTOP', [pid, ...(await sshdsBelow(pid))]);
    },
    thaw: async () => {
      await signal('SIGCONT', [pid, ...(await sshdsBelow(pid))]);
    },
    log: () => readFile(log, 'utf8'),
    async [Symbol.asyncDispose]() {
      process.off('exit', end);
      const all = await processes();
      await signal('SIGCONT', all);
      await signal('SIGKILL', all);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Only those that serve connections: what runs on behalf of the tests stays. */
async function sshdsBelow(pid: number): Promise<number[]> {
  const names = await Promise.all(
    (await descendants(pid)).map(async (one) => {
      const name = await readFile(`/proc/${String(one)}/comm`, 'utf8').catch(() => '');
      return name.startsWith('sshd') ? [one] : [];
    }),
  );
  return names.flat();
}

async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const below = (parent: number): number[] =>
    [...parents].flatMap(([child, its]) => (its === parent ? [child, ...below(child)] : []));
  return below(pid);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listening(port: number, server: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const text = await readFile(log, 'utf8').catch(() => '');
    if (text.includes(`Server listening on 127.0.0.1 port ${String(port)}`)) return;
    if (server.exitCode !== null) throw new Error(`sshd did not start: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not listen on port ${String(port)}`);
}
