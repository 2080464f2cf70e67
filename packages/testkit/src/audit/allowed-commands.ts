import { readScripts } from '@whitebox/kernel';
import { hostProbeScript, probedPaths, unitProperties } from '@whitebox/services';
import { configFilesScript } from '../snapshot/read-config-files.js';

/** A word of a command: as it stands, or anything that matches. */
export type Word =
  | string
  | {
      /** For people: "UNIT". */
      readonly name: string;
      readonly pattern: RegExp;
      /** Once or more. */
      readonly repeated?: boolean | undefined;
    };

/** A command that an audit may run as root of a machine. */
export interface AllowedCommand {
  readonly what: string;
  readonly argv: readonly Word[];
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const dumpxml = `dumpxml ${uuid}(?: --inactive)?`;

const path: Word = { name: 'PATH', pattern: /^\/[^\0]*$/ };
const paths: Word = { ...path, repeated: true };
const pid: Word = { name: 'PID', pattern: /^\d+$/ };
const noPid: Word = { name: '""', pattern: /^$/ };
const units: Word = { name: 'UNIT', pattern: /^[\w@.:\\-]+$/, repeated: true };
const container: Word = { name: 'CONTAINER', pattern: /^[\w.-]+$/ };
const runtime: Word = { name: 'podman|docker', pattern: /^(?:podman|docker)$/ };
/** Names of Nova's domains, `instance_name_template`, and of others; never a path. */
const domain: Word = { name: 'DOMAIN', pattern: /^[^/\0]+$/ };

const virshCommands: readonly { readonly what: string; readonly command: Word }[] = [
  { what: 'the domains and their states', command: 'list --all --uuid --name; list --all' },
  { what: 'which secrets there are, not what they are', command: 'secret-list' },
  {
    what: 'domain XML, without passwords',
    command: { name: 'dumpxml UUID [--inactive]; ...', pattern: new RegExp(`^${dumpxml}(?:; ${dumpxml})*$`) },
  },
];

const show = ['systemctl', 'show', `--property=${unitProperties}`] as const;

/** All of them; whatever is not among these is refused before it is sent. */
export const allowedCommands: readonly AllowedCommand[] = [
  {
    what: 'how OpenStack is deployed on the machine',
    argv: ['sh', '-c', hostProbeScript, 'sh', ...probedPaths],
  },
  { what: 'whether a service runs', argv: [...show, '--timestamp=us+utc', '--', units] },
  { what: 'the same, of a systemd before 248', argv: [...show, '--', units] },
  {
    what: 'whether the container of a service runs',
    argv: [runtime, 'inspect', '--type', 'container', '--format', '{{json .State}}', container],
  },
  { what: 'which files a folder of configuration has', argv: ['ls', '-1A', '--', path] },
  {
    what: 'when the files of a configuration were changed',
    argv: ['sh', '-c', configFilesScript, 'sh', pid, paths],
  },
  ...virshCommands.flatMap(({ what, command }) => [
    { what, argv: ['virsh', '-c', 'qemu:///system', '-r', command] },
    {
      what: `${what}, of a libvirt in a container`,
      argv: [runtime, 'exec', '-u', 'root', container, 'virsh', '-r', command],
    },
  ]),
  ...readScripts.map(({ reads, script, arguments: given }) => ({
    what: reads,
    argv: ['sh', '-c', script, 'sh', ...given.map((kind) => (kind === 'pid' ? noPid : domain))],
  })),
];

/** The rule that lets a command pass; undefined: none does. */
export function allowing(argv: readonly string[]): AllowedCommand | undefined {
  return allowedCommands.find((command) => fits(command.argv, argv));
}

function fits(words: readonly Word[], argv: readonly string[]): boolean {
  let at = 0;
  for (const word of words) {
    const value = argv[at];
    if (value === undefined || !matches(word, value)) return false;
    at += 1;
    // Only the last word of a rule is repeated.
    if (typeof word !== 'string' && word.repeated === true)
      while (at < argv.length && matches(word, argv[at] ?? '')) at += 1;
  }
  return at === argv.length;
}

function matches(word: Word, value: string): boolean {
  return typeof word === 'string' ? word === value : word.pattern.test(value);
}

/** The script that such a command has sh run; undefined: it has no script. */
export function scriptOf({ argv: [program, , script] }: AllowedCommand): string | undefined {
  return program === 'sh' && typeof script === 'string' ? script : undefined;
}
