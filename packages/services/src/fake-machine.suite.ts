import type { Completed, ExecOptions, Limited, ReplaceOptions } from '@whitebox/host';
import { HostError } from '@whitebox/host';
import { FakeHost, type FakeAttributes, type FakeCommand, type FakeReply } from '@whitebox/host/testing';

/** A unit of a machine that does not exist. */
export interface FakeUnit {
  readonly name: string;
  active: boolean;
  /** "enabled", "static", "masked", ... */
  fileState: string;
  mainPid: number;
  startedAt: number;
  /** Units that start this one. */
  triggeredBy: readonly string[];
  argv: readonly string[];
  environment: Record<string, string>;
  /** Says why the program does not come up; undefined when it does. */
  boot: () => string | undefined;
  /** Ends by itself so soon after it had said that it was ready: number of looks at it. */
  diesAfterLooks: number | undefined;
  failed: boolean;
  starts: number;
  /** Unit file in /etc: stronger than a mask in /run. */
  inEtc: boolean;
  persistentState: string;
}

/** What every step of the process that works on machines goes through: it may end the process there. */
export interface Power {
  /**
   * @param place which machine, or the journal
   * @param torn what there is when the process, or the machine, dies in the middle; nothing when the step is atomic
   */
  step<T>(place: string, what: string, work: () => Promise<T>, torn?: () => void): Promise<T>;
}

/** What goes wrong and when, counted in calls of any kind. */
export interface Trouble {
  /** 1 is the next call. */
  readonly at: number;
  /** Before anything has happened, or when it has happened and only the answer is lost. */
  readonly when: 'before' | 'after';
  /** For all later calls too. */
  readonly forever: boolean;
}

/**
 * A machine with systemd, a journal and the small tools, in memory: just as much as this package asks for. Its clock goes
 * on by a millisecond with each call.
 */
export class FakeMachine extends FakeHost {
  readonly units = new Map<string, FakeUnit>();
  readonly journal: { readonly unit: string; readonly message: string; readonly time: number }[] = [];
  clock = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  /** Calls so far. */
  count = 0;
  /** Of the process that works on it now. */
  power: Power | undefined;
  #trouble: Trouble | undefined;
  /** When the status of a file was changed last; nobody can set it. */
  readonly #statusChanged = new Map<string, number>();
  #written = new Map<string, number>();
  #pid = 100;

  constructor(name: string) {
    super({ name });
    this.files.directory('/var/lib');
    this.on('systemctl', ({ argv }) => this.systemctl(argv))
      .on('journalctl', (command) => this.#journalctl(command))
      .on('stat', ({ argv }) => this.#stat(argv))
      .on('readlink', ({ argv }) => `${this.#real(argv.at(-1) ?? '')}\n`)
      .on('date', () => `${new Date(this.clock).toISOString()}\n`)
      .on('ls', ({ argv }) => this.#ls(argv.at(-1) ?? ''))
      .on('rm', ({ argv }) => {
        this.files.remove(argv.at(-1) ?? '');
        return '';
      })
      .on('ln', ({ argv }) => this.#ln(argv.at(-2) ?? '', argv.at(-1) ?? ''))
      .on('mkdir', ({ argv }) => {
        this.files.directory(argv.at(-1) ?? '');
        return '';
      })
      .on('rmdir', ({ argv }) => {
        const path = argv.at(-1) ?? '';
        const below = [...this.files.paths(), ...this.files.directories()];
        if (!below.some((one) => one.startsWith(`${path}/`))) this.files.remove(path);
        return '';
      })
      .on('tee', ({ argv, stdin }) => {
        this.kernelTakes(argv.at(-1) ?? '', stdin);
        return stdin;
      })
      .on('touch', ({ argv }) => {
        const path = argv.at(-1) ?? '';
        this.#written.set(path, Math.round(Number((argv[argv.indexOf('-d') + 1] ?? '').slice(1)) * 1000));
        this.#statusChanged.set(path, this.clock);
        return '';
      })
      .on('chcon', ({ argv }) => this.#attributes(argv.at(-1) ?? '', { label: argv.at(-2) ?? '' }))
      .on('chown', ({ argv }) => {
        const [owner = '', group = ''] = (argv[1] ?? '').split(':');
        return this.#attributes(argv.at(-1) ?? '', { owner, group });
      })
      .on('chmod', ({ argv }) =>
        this.#attributes(argv.at(-1) ?? '', { mode: Number.parseInt(argv[1] ?? '', 8) }),
      );
  }

  /** Adds a unit, running. */
  unit(name: string, more: Partial<FakeUnit> = {}): FakeUnit {
    const unit: FakeUnit = {
      name,
      active: false,
      fileState: 'enabled',
      persistentState: more.fileState ?? 'enabled',
      mainPid: 0,
      startedAt: 0,
      triggeredBy: [],
      argv: ['/usr/bin/python3', `/usr/bin/${name.replace(/\.service$/, '')}`],
      environment: { HOME: '/var/lib/nova' },
      boot: () => undefined,
      diesAfterLooks: undefined,
      failed: false,
      starts: 0,
      inEtc: false,
      ...more,
    };
    this.units.set(name, unit);
    this.#start(unit);
    return unit;
  }

  /** A file with owner and mode as numbers, older than everything that runs. */
  file(path: string, content: string, mode = 0o640, label?: string): void {
    this.files.write(path, content, { owner: '0', group: '64060', mode, label });
    this.#written.set(path, this.clock - 60_000);
    this.#statusChanged.set(path, this.clock - 60_000);
  }

  /** What a value of the kernel becomes when it is written. */
  kernelTakes: (path: string, value: string) => void = (path, value) => {
    this.files.write(path, value);
  };

  trouble(trouble: Trouble | undefined): void {
    this.count = 0;
    this.#trouble = trouble;
  }

  /** Everything that a person could see of the files. */
  look(): Record<string, string> {
    return Object.fromEntries(
      this.files
        .paths()
        .filter((path) => !path.startsWith('/proc/'))
        .map((path) => {
          const file = this.files.get(path);
          return [
            path,
            `${file?.owner ?? ''}:${file?.group ?? ''} ${(file?.mode ?? 0).toString(8)} ${file?.label ?? ''} ${this.files.text(path) ?? ''}`,
          ];
        }),
    );
  }

  /** {@link look}, and directories, times of files and what systemd knows of its units. */
  lookClosely(): Record<string, string> {
    const times = [...this.#written].filter(([path]) => this.files.get(path) !== undefined);
    return {
      ...this.look(),
      ...Object.fromEntries(
        this.files
          .directories()
          .filter((path) => !path.startsWith('/proc/'))
          .map((path) => [`${path}/`, 'directory']),
      ),
      ...Object.fromEntries(
        times
          .filter(([path]) => !path.startsWith('/sys/'))
          .map(([path, time]) => [`time of ${path}`, String(time)]),
      ),
      ...Object.fromEntries(
        [...this.units.values()].map(({ name, active, fileState, failed }) => [
          name,
          `${active ? 'active' : 'inactive'} ${fileState} ${failed ? 'failed' : ''}`,
        ]),
      ),
    };
  }

  override async exec(argv: readonly string[], options?: ExecOptions): Promise<Completed> {
    // A restart is a stop and a start; the machine may die between them.
    const torn =
      argv[0] === 'systemctl' && argv[1] === 'restart'
        ? () => void this.systemctl(argv.with(1, 'stop'))
        : undefined;
    return await this.#step(
      argv.join(' '),
      () => this.#troubled(options, () => super.exec(argv, options)),
      torn,
    );
  }

  override async readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return await this.#step(`read ${path}`, () =>
      this.#troubled(options, () => super.readFile(path, options)),
    );
  }

  override async replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    const work = () =>
      this.#troubled(options, async () => {
        await super.replaceFile(path, bytes, options);
        this.#written.set(this.#real(path), this.clock);
        this.#statusChanged.set(this.#real(path), this.clock);
      });
    // The temporary file that was being written when it died.
    const half = path.replace(/[^/]*$/, `.whitebox-${'ab'.repeat(9)}.tmp`);
    await this.#step(`replace ${path}`, work, () => {
      this.files.write(half, bytes.slice(0, bytes.length / 2));
    });
  }

  async #step<T>(what: string, work: () => Promise<T>, torn?: () => void): Promise<T> {
    return this.power === undefined ? await work() : await this.power.step(this.name, what, work, torn);
  }

  async #troubled<T>(options: Limited | undefined, work: () => Promise<T>): Promise<T> {
    this.count += 1;
    this.clock += 1;
    const trouble = this.#trouble;
    const now =
      trouble !== undefined && (trouble.forever ? this.count >= trouble.at : this.count === trouble.at);
    if (now && (trouble.when === 'before' || this.count > trouble.at)) throw this.#lost();
    try {
      return await work();
    } finally {
      // Whatever came back, it does not arrive.
      if (now) await Promise.reject(this.#lost());
    }
  }

  #lost(): HostError {
    return new HostError({
      code: 'WB_HOST_CONNECTION_LOST',
      action: 'use the connection',
      host: this.name,
      observed: 'the connection was lost',
      advice: 'The test made this failure.',
    });
  }

  /** Lets `sh -c` know some command lines. */
  shell(commands: Readonly<Record<string, readonly string[]>>): void {
    this.on(['sh', '-c'], ({ argv }) => {
      const command = commands[argv[2] ?? ''];
      return command === undefined ? { exitCode: 127, stderr: 'sh: not found' } : this.systemctl(command);
    });
  }

  systemctl(argv: readonly string[]): FakeReply {
    const [, verb = ''] = argv;
    const end = argv.indexOf('--');
    const names = end < 0 ? [] : argv.slice(end + 1);
    const runtime = argv.includes('--runtime');
    switch (verb) {
      case 'show':
        return names.map((name) => this.#show(name, argv.includes('--timestamp=us+utc'))).join('\n');
      case 'start':
      case 'restart':
      case 'stop':
        return this.#move(verb, names);
      case 'reset-failed':
        return '';
      case 'mask':
      case 'unmask':
        for (const name of names) this.#mask(name, verb === 'mask', runtime);
        return '';
      case 'list-unit-files':
        return [...this.units.values()]
          .filter(({ name }) => names.some((pattern) => matchesGlob(pattern, name)))
          .map(({ name, fileState }) => `${name} ${fileState} enabled\n`)
          .join('');
      default:
        return { exitCode: 1, stderr: `Unknown command verb ${verb}.` };
    }
  }

  #show(name: string, precise: boolean): string {
    const unit = this.units.get(name);
    if (unit === undefined) {
      return `Id=${name}\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nMainPID=0\n`;
    }
    if (unit.active && unit.diesAfterLooks !== undefined && unit.starts > 1) {
      unit.diesAfterLooks -= 1;
      if (unit.diesAfterLooks < 0) this.#end(unit, 'Invalid value, giving up');
    }
    const masked = unit.fileState.startsWith('masked');
    return [
      `Id=${name}`,
      `LoadState=${masked ? 'masked' : 'loaded'}`,
      `ActiveState=${unit.active ? 'active' : unit.failed ? 'failed' : 'inactive'}`,
      `SubState=${unit.active ? 'running' : unit.failed ? 'failed' : 'dead'}`,
      `UnitFileState=${unit.fileState}`,
      `MainPID=${unit.active ? unit.mainPid : 0}`,
      `ExecMainStartTimestamp=${systemdTime(unit.startedAt, precise)}`,
      `Result=${unit.failed ? 'exit-code' : 'success'}`,
      // As the real one: a masked unit tells nothing of what would activate it.
      `TriggeredBy=${masked ? '' : unit.triggeredBy.join(' ')}`,
      '',
    ].join('\n');
  }

  #move(verb: 'start' | 'stop' | 'restart', names: readonly string[]): FakeReply {
    for (const name of names) {
      const unit = this.units.get(name);
      if (unit === undefined) {
        return { exitCode: 5, stderr: `Failed to ${verb} ${name}: Unit ${name} not found.` };
      }
      if (verb !== 'stop' && unit.fileState.startsWith('masked')) {
        return { exitCode: 1, stderr: `Failed to ${verb} ${name}: Unit ${name} is masked.` };
      }
      if (verb === 'start' && unit.active) continue;
      if (verb !== 'start') this.#stop(unit);
      if (verb === 'stop') continue;
      const service = this.units.get(name.replace(/(-[a-z]+)?\.socket$/, '.service'));
      if (name.endsWith('.socket') && service?.active === true) {
        return { exitCode: 1, stderr: `${name}: Socket service ${service.name} already active, refusing.` };
      }
      if (!this.#start(unit)) {
        return { exitCode: 1, stderr: `Job for ${name} failed because the control process exited.` };
      }
    }
    return '';
  }

  #start(unit: FakeUnit): boolean {
    const problem = unit.boot();
    this.#pid += 1;
    if (problem !== undefined) {
      this.#end(unit, problem);
      return false;
    }
    this.clock += 5;
    Object.assign(unit, { active: true, failed: false, mainPid: this.#pid, startedAt: this.clock });
    unit.starts += 1;
    this.clock += 5;
    this.files.write(`/proc/${String(this.#pid)}/cmdline`, `${unit.argv.join('\0')}\0`);
    const variables = Object.entries(unit.environment).map(([name, value]) => `${name}=${value}\0`);
    this.files.write(`/proc/${String(this.#pid)}/environ`, variables.join(''));
    return true;
  }

  #stop(unit: FakeUnit): void {
    if (unit.active) this.files.remove(`/proc/${String(unit.mainPid)}`);
    Object.assign(unit, { active: false, failed: false });
  }

  #end(unit: FakeUnit, message: string): void {
    this.#stop(unit);
    unit.failed = true;
    this.journal.push({ unit: unit.name, message, time: this.clock });
  }

  #mask(name: string, masked: boolean, runtime: boolean): void {
    const unit = this.units.get(name);
    if (unit === undefined || (masked && runtime && unit.inEtc)) return;
    const state = runtime ? 'masked-runtime' : 'masked';
    if (masked) unit.fileState = state;
    else if (unit.fileState === state) unit.fileState = unit.persistentState;
  }

  #journalctl({ argv }: FakeCommand): FakeReply {
    if (argv.includes('--sync')) return '';
    const after = argv.indexOf('--after-cursor');
    const unit = argv[argv.indexOf('-u') + 1];
    const lines = this.journal.map((line, index) => ({ ...line, index }));
    const found = argv.includes('-u')
      ? lines.filter((line) => line.unit === unit && (after < 0 || line.index > Number(argv[after + 1])))
      : lines.slice(-1);
    return found
      .map(({ message, time, index }) =>
        JSON.stringify({
          __CURSOR: String(index),
          MESSAGE: message,
          _PID: '7',
          PRIORITY: '3',
          __REALTIME_TIMESTAMP: String(time * 1000),
        }),
      )
      .join('\n');
  }

  #stat(argv: readonly string[]): FakeReply {
    const path = argv.at(-1) ?? '';
    const file = this.files.get(path);
    if (file === undefined) {
      if (this.files.directories().includes(path)) return '0 0 755 2 0.000000000 0.000000000 ?\n';
      return { exitCode: 1, stderr: `stat: cannot statx '${path}': No such file or directory` };
    }
    if (argv.includes('%d:%i %s')) return `1:${path.length} ${file.content.length}\n`;
    const written = (this.#written.get(this.#real(path)) ?? 0) / 1000;
    const changed = (this.#statusChanged.get(this.#real(path)) ?? 0) / 1000;
    const [uid, gid] = [file.owner, file.group].map((name) => (name === 'root' ? '0' : name));
    const facts = `${uid ?? ''} ${gid ?? ''} ${file.mode.toString(8)} 1 ${written.toFixed(9)} ${changed.toFixed(9)}`;
    if (file.label !== undefined) return `${facts} ${file.label}\n`;
    // As without SELinux.
    const stderr = `stat: failed to get security context of '${path}': No data available\n`;
    return { exitCode: 1, stdout: `${facts} ?\n`, stderr };
  }

  #ls(directory: string): FakeReply {
    const plain = directory.replace(/\/+$/, '');
    const found = this.files.paths().filter((path) => path.startsWith(`${plain}/`));
    if (found.length === 0) {
      if (this.files.directories().includes(plain)) return '';
      return { exitCode: 2, stderr: `ls: cannot access '${plain}': No such file or directory` };
    }
    return [...new Set(found.map((path) => path.slice(plain.length + 1).split('/')[0] ?? ''))].join('\n');
  }

  #ln(from: string, to: string): FakeReply {
    const file = this.files.get(from);
    if (file === undefined || this.files.get(to) !== undefined) {
      return { exitCode: 1, stderr: `ln: failed to create hard link '${to}': File exists` };
    }
    this.files.write(to, file.content, file);
    return '';
  }

  #attributes(path: string, attributes: Partial<FakeAttributes>): string {
    const file = this.files.get(path);
    if (file !== undefined) this.files.write(path, file.content, { ...file, ...attributes });
    this.#statusChanged.set(path, this.clock);
    return '';
  }

  readonly #links = new Map<string, string>();

  link(path: string, target: string): void {
    this.files.link(path, target);
    this.#links.set(path, target);
  }

  #real(path: string): string {
    return this.#links.get(path) ?? path;
  }
}

function systemdTime(time: number, precise: boolean): string {
  const text = new Date(time).toISOString();
  return `Mon ${text.slice(0, 10)} ${text.slice(11, 19)}${precise ? `${text.slice(19, 23)}000` : ''} UTC`;
}

/** Lets a machine have a systemd without `--timestamp`, which knows whole seconds only. */
export function withOldSystemd(host: FakeMachine): FakeMachine {
  const stderr = "systemctl: unrecognized option '--timestamp=us+utc'";
  host.on((argv) => argv.includes('--timestamp=us+utc'), { exitCode: 1, stderr });
  return host;
}

function matchesGlob(pattern: string, name: string): boolean {
  const [start = '', end = ''] = pattern.split('*');
  return pattern.includes('*') ? name.startsWith(start) && name.endsWith(end) : name === pattern;
}
