import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { LabError } from './errors.js';

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program is killed after this time (default: a minute). */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What child processes see of our environment: no surprises from a user's locale, but their proxy. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['HOME', 'http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const inherited = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    ...extra,
  };
}

/** Runs a program to its end, whatever that is. @throws LabError when it cannot be started or runs out of time */
export async function runAnyway(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program = '', ...args] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: childEnvironment(options.env),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) => {
      reject(new LabError('WB_LAB_COMMAND', `Cannot run ${program}: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      const finished = {
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      };
      if (code === null) {
        reject(new LabError('WB_LAB_COMMAND', `${argv.join(' ')} was ended by ${signal ?? 'a signal'}.`));
      } else resolve({ code, ...finished });
    });
    // A program that ends without reading all of its input is judged by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

/** Runs a program that has to succeed; its standard output. @throws LabError with the end of what it said */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runAnyway(argv, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() === '' ? stdout : stderr).trim().split('\n').slice(-15).join('\n');
  throw new LabError('WB_LAB_COMMAND', `${argv.join(' ')} ended with exit code ${code}:\n${said}`);
}

/** Runs a program in a session of its own with its output in a file; its exit code. */
export async function runLogged(
  argv: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...args] = argv;
  const log = await open(logFile, 'a');
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        env: childEnvironment(env),
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
      });
      child.on('error', reject);
      child.on('close', (code) => {
        resolve(code ?? 128);
      });
    });
  } finally {
    await log.close();
  }
}

/** Starts a program that outlives us. */
export async function startDetached(
  argv: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const [program = '', ...args] = argv;
  const log = await open(logFile, 'a');
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, {
        env: childEnvironment(env),
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
        cwd: '/',
      });
      child.on('error', reject);
      child.on('spawn', () => {
        child.unref();
        resolve();
      });
    });
  } finally {
    await log.close();
  }
}

/** Runs a program on our own terminal; its exit code. */
export async function runInteractive(argv: readonly string[]): Promise<number> {
  const [program = '', ...args] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
}
