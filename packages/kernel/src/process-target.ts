import type { Host, Limited } from '@whitebox/host';
import { KernelError } from './errors.js';
import { KernelFiles, runScript } from './kernel-files.js';

/** A process by its id, or the QEMU process of a libvirt domain by the domain's name. */
export type ProcessTarget = { readonly pid: number } | { readonly domain: string };

/** What was read of a process, in one command. */
export interface ProcessReading {
  readonly pid: number;
  readonly files: KernelFiles;
  readonly commandLine: readonly string[];
}

// The end of the output is the raw command line, which may have anything in it; no line before it can look like this.
const MARK = '==command line==';

/**
 * Prints the files (shell patterns below /proc/PID) and the command line. $1 is the pid, or empty and $2 the domain.
 * libvirt's pid files: qemuDomainObjPrivate pidfile, below the driver's stateDir.
 */
export const processScript = (patterns: readonly string[]): string =>
  [
    'pid=$1',
    'if [ -z "$pid" ]; then pid=$(cat "/run/libvirt/qemu/$2.pid") || exit 66; fi',
    'cd "/proc/$pid" || exit 66',
    'echo "pid:$pid"',
    `grep -aH '' stat ${patterns.join(' ')}`,
    `echo '${MARK}'`,
    'cat cmdline',
  ].join('\n');

/**
 * Reads files of a process, and makes sure that it is the one that was meant.
 *
 * @param patterns below /proc/PID
 * @throws KernelError `WB_KERNEL_NO_PROCESS`; HostError
 */
export async function readProcessFiles(
  host: Host,
  what: string,
  target: ProcessTarget,
  patterns: readonly string[],
  limits: Limited,
): Promise<ProcessReading> {
  const name = 'domain' in target ? `domain ${target.domain}` : `process ${target.pid}`;
  const action = `${what} of ${name}`;
  const gone = (observed: string): KernelError =>
    new KernelError({
      code: 'WB_KERNEL_NO_PROCESS',
      action,
      host: host.name,
      observed,
      advice: 'It may have ended, or run on another host; list the domains with virsh.',
    });
  if ('domain' in target && !/^[^/\0]+$/.test(target.domain)) throw gone('no domain can have that name');
  if ('pid' in target && !(Number.isSafeInteger(target.pid) && target.pid > 0)) {
    throw gone('no process can have that id');
  }
  const args = 'domain' in target ? ['', target.domain] : [String(target.pid)];
  const { stdout, stderr, exitCode } = await runScript(host, processScript(patterns), args, limits);
  const said = stderr.trim().slice(0, 500);
  const [printed, rest] = splitAt(stdout, `${MARK}\n`);
  const files = new KernelFiles(action, host.name, printed, stderr);
  if (exitCode === 66) {
    if (/permission denied/i.test(said)) throw files.denied();
    throw gone(said);
  }
  const pid = Number(files.find('pid'));
  // The command line of a process that has ended, or is just ending, is empty.
  if (rest === undefined || files.find('stat') === undefined || rest === '')
    throw gone(said || 'it has ended');
  const commandLine = rest.replace(/\0$/, '').split('\0');
  if ('domain' in target && !belongsTo(commandLine, target.domain)) {
    throw gone(`process ${pid}, which its pid file names, is ${commandLine.slice(0, 3).join(' ')}`);
  }
  return { pid, files, commandLine };
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const index = text.startsWith(mark) ? 0 : text.indexOf(`\n${mark}`) + 1;
  if (index === 0 && !text.startsWith(mark)) return [text, undefined];
  return [text.slice(0, index), text.slice(index + mark.length)];
}

/** `-name guest=instance-0000002a,debug-threads=on`; a comma in the name is doubled. */
function belongsTo(commandLine: readonly string[], domain: string): boolean {
  const name = commandLine[commandLine.indexOf('-name') + 1] ?? '';
  const wanted = `guest=${domain.replaceAll(',', ',,')}`;
  return name === wanted || name.startsWith(`${wanted},`);
}
