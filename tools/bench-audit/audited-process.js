import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/repository.js';

/** Ticks of a second in /proc; the same on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/**
 * @typedef {object} AuditedProcess
 * @property {number} code exit code
 * @property {import('@whitebox/testkit').AuditResults | undefined} results undefined: it gave up
 * @property {string} stderr
 * @property {number} seconds from its start to its end
 * @property {number} cpuSeconds of it, in user space and in the kernel
 * @property {number} peakMib the most memory that it had resident
 * @property {readonly { seconds: number, mib: number }[]} memory resident, some hundred times
 */

/**
 * Runs the audit as anybody would, as a process of its own, and measures that from outside.
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<AuditedProcess>}
 */
export async function runAudit(args, env) {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(root, 'packages/runner/dist/main.js'), 'audit', '--json', ...args],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  /** @type {{ seconds: number, mib: number }[]} */
  const memory = [];
  let peakMib = 0;
  let cpuSeconds = 0;
  const timer = setInterval(() => {
    const now = usageOf(child.pid ?? 0);
    if (now === undefined) return;
    peakMib = now.peakMib;
    cpuSeconds = now.cpuSeconds;
    memory.push({ seconds: (performance.now() - started) / 1000, mib: now.mib });
  }, 100);
  /** @type {number} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve(exitCode ?? 1);
    });
  });
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  const results = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  return { code, results, stderr, seconds, cpuSeconds, peakMib, memory };
}

/**
 * What the kernel says of a process now; undefined: it is gone.
 * @param {number} pid
 */
export function usageOf(pid) {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const mib = (/** @type {string} */ name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    if (!status.includes('VmHWM')) return undefined;
    return {
      mib: mib('VmRSS'),
      peakMib: mib('VmHWM'),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    };
  } catch {
    return undefined;
  }
}
