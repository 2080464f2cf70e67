import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning, JournalDirectory, thisProcessIdentity, type ProcessIdentity } from '@whitebox/services';
import { TestkitError } from './errors.js';
import type { CloudReference } from './run-context.js';

/**
 * Kinds of resources, in the order in which leftovers are removed: a server holds its flavor, image, ports and volumes. A
 * `down-mark` is Nova's mark that a nova-compute is down ("forced down"), by the name of the compute. A trait goes last of
 * all: a nova-compute that is still configured to have it would make it again.
 */
const resourceKinds = [
  'down-mark',
  'server',
  'aggregate',
  'port',
  'network',
  'volume',
  'volume-type',
  'image',
  'flavor',
  'trait',
] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** A resource that a run made or was about to make. */
export interface RecordedResource {
  readonly kind: ResourceKind;
  /** Unique: it carries the id of the run. */
  readonly name: string;
  /** Absent when the run ended between asking for it and hearing of it. */
  readonly id?: string | undefined;
}

interface RunRecord extends ProcessIdentity {
  readonly runId: string;
  readonly cloud: CloudReference;
  /** The same for every way to reach this cloud; absent in records of older versions. */
  readonly cloudId?: string | undefined;
  readonly started: string;
}

type Line = { readonly op: 'make' | 'made' | 'gone' } & RecordedResource;

/**
 * What a run made on a cloud and has not given back yet, in a folder that outlives the process. A resource is recorded
 * before it is asked for, so whenever the run dies, what it left can be found by name or id.
 */
export class RunState {
  readonly directory: string;
  readonly #file: string;
  /** Writes go one after the other, so that lines never mix. */
  #tail: Promise<void> = Promise.resolve();

  private constructor(directory: string) {
    this.directory = directory;
    this.#file = join(directory, 'resources.jsonl');
  }

  /** Folder of the journal of configuration changes of this run. */
  get changesDirectory(): string {
    return join(this.directory, 'changes');
  }

  static async create(
    directory: string,
    runId: string,
    cloud: CloudReference,
    cloudId?: string,
  ): Promise<RunState> {
    await mkdir(join(directory, 'changes'), { recursive: true, mode: 0o700 });
    const record: RunRecord = {
      runId,
      cloud,
      cloudId,
      ...(await thisProcessIdentity()),
      started: new Date().toISOString(),
    };
    const file = join(directory, 'run.json');
    await writeFile(`${file}.part`, JSON.stringify(record), { mode: 0o600, flush: true });
    await rename(`${file}.part`, file);
    return new RunState(directory);
  }

  /** The state of a run that this or another process created. */
  static at(directory: string): RunState {
    return new RunState(directory);
  }

  /** Says that a resource is about to be made; durable when the promise resolves. */
  make(kind: ResourceKind, name: string): Promise<void> {
    return this.#append({ op: 'make', kind, name });
  }

  made(kind: ResourceKind, name: string, id: string): Promise<void> {
    return this.#append({ op: 'made', kind, name, id });
  }

  gone(kind: ResourceKind, name: string): Promise<void> {
    return this.#append({ op: 'gone', kind, name });
  }

  /** What was made and is not known to be gone, in the order in which it should be removed. */
  async leftovers(): Promise<RecordedResource[]> {
    const text = await readFile(this.#file, 'utf8').catch(noFile);
    const resources = new Map<string, RecordedResource>();
    for (const line of text.split('\n')) {
      const parsed = parseLine(line);
      if (parsed === undefined) continue;
      const { op, ...resource } = parsed;
      const key = `${resource.kind} ${resource.name}`;
      if (op === 'gone') resources.delete(key);
      else resources.set(key, resource);
    }
    return [...resources.values()].sort(
      (a, b) => resourceKinds.indexOf(a.kind) - resourceKinds.indexOf(b.kind),
    );
  }

  /** Everything that is open, in words: resources, then changes of configurations. */
  async describe(): Promise<string[]> {
    const changes = await new JournalDirectory(this.changesDirectory).entries();
    return [
      ...(await this.leftovers()).map(
        ({ kind, name, id }) => `${kind} ${name}${id === undefined ? '' : ` (${id})`}`,
      ),
      ...changes.map(({ what, createdAt }) => `${what} (since ${createdAt})`),
    ];
  }

  async isEmpty(): Promise<boolean> {
    return (await this.describe()).length === 0;
  }

  async cloud(): Promise<CloudReference> {
    return (await readRecord(this.directory)).cloud;
  }

  /** Forgets the run; only for a run that left nothing. */
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #append(line: Line): Promise<void> {
    const write = async (): Promise<void> => {
      const file = await open(this.#file, 'a', 0o600);
      try {
        await file.write(`${JSON.stringify(line)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    };
    const written = this.#tail.then(write);
    this.#tail = written.catch(() => undefined);
    return written;
  }
}

/** A run whose process is gone although its state is still there. */
export interface OpenRun {
  readonly runId: string;
  readonly directory: string;
  readonly started: string;
  readonly cloud: CloudReference;
}

/** A run that is still going on. */
export interface LiveRun {
  readonly runId: string;
  readonly started: string;
  readonly pid: number;
}

/**
 * Other runs of this machine that go on against the same cloud. Asked after one's own state was created: of two that
 * start at the same moment at least one then sees the other.
 */
export async function liveRuns(stateRoot: string, cloudId: string, ownRunId: string): Promise<LiveRun[]> {
  const names = await readdir(stateRoot).catch(() => []);
  const runs: LiveRun[] = [];
  for (const name of names.sort()) {
    const record = await readRecord(join(stateRoot, name)).catch(() => undefined);
    if (record?.cloudId !== cloudId || record.runId === ownRunId) continue;
    if ((await isRunning(record)) !== true) continue;
    runs.push({ runId: record.runId, started: record.started, pid: record.pid });
  }
  return runs;
}

/** The runs below a folder that ended without giving everything back; runs that are still going on are not among them. */
export async function openRuns(stateRoot: string): Promise<OpenRun[]> {
  const names = await readdir(stateRoot).catch(() => []);
  const runs: OpenRun[] = [];
  for (const name of names.sort()) {
    const directory = join(stateRoot, name);
    const record = await readRecord(directory).catch(() => undefined);
    if (record === undefined || (await isAlive(record))) continue;
    runs.push({ runId: record.runId, directory, started: record.started, cloud: record.cloud });
  }
  return runs;
}

async function readRecord(directory: string): Promise<RunRecord> {
  try {
    return JSON.parse(await readFile(join(directory, 'run.json'), 'utf8')) as RunRecord;
  } catch (error) {
    throw new TestkitError({
      code: 'WB_TESTKIT_NO_STATE',
      action: `read the state of run ${basename(directory)}`,
      observed: error instanceof Error ? error.message : String(error),
      advice: `If ${dirname(directory)} holds no other file of that run, remove the folder ${directory}.`,
      cause: error,
    });
  }
}

/** The process of another machine cannot be looked at; only somebody there can say that it is gone. */
async function isAlive(record: RunRecord): Promise<boolean> {
  return (await isRunning(record)) ?? true;
}

/** A line that was being written when the machine died is not JSON; it stands for nothing that was ever asked for. */
function parseLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

function noFile(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
  throw error;
}
