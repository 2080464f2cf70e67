import type { Limits } from '@whitebox/core';
import { errorCode } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import type { ServiceProcess } from '@whitebox/ini';
import { given } from './limits.js';
import type { Service } from './service.js';

/** The program of a service as the kernel knows it. */
export interface ProcessFacts extends ServiceProcess {
  readonly pid: number;
  /** Variables that oslo.config takes options from: `OS_<GROUP>__<OPTION>`. */
  readonly optionVariables: Readonly<Record<string, string>>;
}

/** What stands between a container's or unit's first process and the program: it starts others and stays. */
const wrappers = new Set([
  'dumb-init',
  'tini',
  'catatonit',
  'docker-init',
  'podman-init',
  'sudo',
  'runuser',
  'su',
  'sh',
  'bash',
  'dash',
  'kolla_start',
]);

/** Reads a process's command line and environment from /proc, below the wrappers that may stand above it. */
export async function readProcess(
  service: Service,
  mainPid: number,
  limits: Limits = {},
): Promise<ProcessFacts> {
  const { host } = service;
  let pid = mainPid;
  let argv = await commandLine(host, pid, limits);
  for (let depth = 0; depth < 5 && wrappers.has(programOf(argv)); depth += 1) {
    const children = await text(host, `/proc/${pid}/task/${pid}/children`, limits);
    const child = Number(children.trim().split(' ')[0]);
    if (!Number.isInteger(child) || child <= 0) break;
    pid = child;
    argv = await commandLine(host, pid, limits);
  }
  const environment = environmentOf(await text(host, `/proc/${pid}/environ`, limits));
  const program = service.config.program ?? programOf(argv);
  return {
    pid,
    argv: osloArguments(argv),
    prog: program,
    project: service.config.project ?? projectOf(program),
    home: environment.get('HOME'),
    snap: environment.get('SNAP'),
    snapCommon: environment.get('SNAP_COMMON'),
    optionVariables: Object.fromEntries([...environment].filter(([name]) => /^OS_.+__/.test(name))),
  };
}

/** Of a service that does not run: what is known of its next start. */
export function expectedProcess(service: Service): ServiceProcess | undefined {
  const { argv, program, project } = service.config;
  const prog = program ?? (argv === undefined ? undefined : programOf(argv));
  if (prog === undefined) return undefined;
  return { argv: argv ?? [], prog, project: project ?? projectOf(prog) };
}

function projectOf(program: string): string {
  return program.split('-')[0] ?? program;
}

/** Name of the program in a command line, the interpreter left out: "nova-compute" of "/usr/bin/python3 /usr/bin/nova-compute". */
export function programOf(argv: readonly string[]): string {
  const names = argv.map(baseName);
  const [first = ''] = names;
  // An interpreter, or a process that rewrote its title as "nova-compute: worker".
  if (!/^python[\d.]*$/.test(first)) return first.split(/[:\s]/)[0] ?? first;
  const script = argv.slice(1).find((argument) => !argument.startsWith('-'));
  return script === undefined ? first : baseName(script).replace(/\.py$/, '');
}

/** What oslo.config is given: uwsgi keeps its own arguments apart from those of the application. */
function osloArguments(argv: readonly string[]): readonly string[] {
  if (!programOf(argv).startsWith('uwsgi')) return argv;
  const at = argv.indexOf('--pyargv');
  return at < 0 ? [] : (argv[at + 1] ?? '').split(/\s+/);
}

async function commandLine(host: Host, pid: number, limits: Limits): Promise<readonly string[]> {
  const parts = (await text(host, `/proc/${pid}/cmdline`, limits)).split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

function environmentOf(content: string): Map<string, string> {
  return new Map(
    content.split('\0').flatMap((entry) => {
      const end = entry.indexOf('=');
      return end <= 0 ? [] : [[entry.slice(0, end), entry.slice(end + 1)]];
    }),
  );
}

async function text(host: Host, path: string, limits: Limits): Promise<string> {
  return Buffer.from(await host.readFile(path, { timeoutMs: 30_000, ...given(limits) })).toString('utf8');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The file's bytes, or undefined when there is none. */
export async function readIfThere(
  host: Host,
  path: string,
  limits: Limits = {},
): Promise<Uint8Array | undefined> {
  try {
    return await host.readFile(path, { timeoutMs: 30_000, ...given(limits) });
  } catch (error) {
    if (errorCode(error) === 'WB_HOST_NO_FILE') return undefined;
    throw error;
  }
}
