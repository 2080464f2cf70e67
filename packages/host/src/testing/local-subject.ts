import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../host.js';
import type { ConformanceSubject } from './conformance-api.js';
import { startEchoServer } from './echo-server.js';

/** A subject of the conformance suite for a host whose machine is this one, whatever way it takes to it. */
export async function localSubject(host: Host, cleanup?: () => Promise<void>): Promise<ConformanceSubject> {
  const base = await mkdtemp(join(tmpdir(), 'wb-host-'));
  const directory = await mkdtemp(join(base, 'files-'));
  const echo = await startEchoServer(base);
  return {
    host,
    directory,
    echo,
    running: countProcesses,
    async [Symbol.asyncDispose]() {
      await cleanup?.();
      await echo[Symbol.asyncDispose]();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** How many processes of this (Linux) machine have the word in their command line. */
export async function countProcesses(word: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(word)).length;
}
