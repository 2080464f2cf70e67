import { Worker } from 'node:worker_threads';
import type { ErrorFacts } from '@whitebox/core';
import { TestkitError } from '../errors.js';
import type { CloudReference } from '../run-context.js';
import type { HostLook, HostTask } from './look-at-host.js';
import {
  noneSent,
  sentKinds,
  type LookAnswer,
  type LookRequest,
  type LookThreadData,
} from './look-messages.js';
import type { Sending } from './sent.js';

export interface LookThreadsOptions {
  readonly count: number;
  readonly cloud: CloudReference;
  /** Whether hosts that violate something are drawn. */
  readonly pictures: boolean;
  readonly onSent?: Sending | undefined;
}

/** Hosts that are worth a thread: it takes a second before it looks at the first. */
const hostsOfAThread = 32;

/** Each has some hundred MiB, and connections to the databases and the API. */
const mostThreads = 4;

/** Milliseconds that a thread has to close its connections. */
const endTimeoutMs = 5000;

/** How many threads look at so many hosts, on half of the cores; 1: none beside the one that asks. */
export function threadsFor(hosts: number, cores: number): number {
  return Math.max(1, Math.min(mostThreads, Math.floor(cores / 2), Math.floor(hosts / hostsOfAThread)));
}

/**
 * Looks at hosts in threads, each with connections of its own: nearly all of a look is parsing what has been read, and a large cloud
 * has more of that than one thread can do.
 */
export class LookThreads implements AsyncDisposable {
  /** What all of them have sent for the looks that are over. */
  readonly sent = noneSent();
  readonly #threads: readonly LookThread[];

  /** @param program what a thread runs; for tests */
  constructor({ count, cloud, pictures, onSent }: LookThreadsOptions, program = programOfThread) {
    const data: LookThreadData = { cloud, pictures, tellsSent: onSent !== undefined };
    const onAnswer = (answer: LookAnswer): void => {
      if (answer.type === 'sent') onSent?.(answer.one);
      if (answer.type !== 'looked') return;
      for (const kind of sentKinds) this.sent[kind] += answer.sent[kind];
    };
    this.#threads = Array.from({ length: count }, () => new LookThread(program, data, onAnswer));
  }

  /**
   * As lookAtHost, in the thread that has the least to do.
   *
   * @throws TestkitError with the code of what the thread has met; `WB_AUDIT_THREAD` where it has ended
   */
  async look(task: HostTask): Promise<HostLook> {
    const [least] = [...this.#threads].sort((one, other) => one.asked - other.asked);
    if (least === undefined) throw threadError('there is no thread');
    return least.look(task);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

/** As it lies beside this package's index. */
const programOfThread = new URL('./look-thread.js', import.meta.url);

interface Asked {
  readonly resolve: (look: HostLook) => void;
  readonly reject: (error: Error) => void;
}

class LookThread {
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  readonly #ended: Promise<void>;
  #last = 0;
  #over: Error | undefined;

  constructor(program: URL, data: LookThreadData, onAnswer: (answer: LookAnswer) => void) {
    this.#worker = new Worker(program, { workerData: data });
    this.#worker.on('message', (answer: LookAnswer) => {
      onAnswer(answer);
      this.#take(answer);
    });
    this.#worker.on('error', (error) => {
      this.#giveUp(error instanceof Error ? error.message : String(error));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#giveUp(`it ended with exit code ${code}`);
        resolve();
      });
    });
  }

  /** Looks that are under way; none is taken any more where it has ended. */
  get asked(): number {
    return this.#over === undefined ? this.#asked.size : Infinity;
  }

  async look({ invariants, ...task }: HostTask): Promise<HostLook> {
    if (this.#over !== undefined) throw this.#over;
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#post({ type: 'look', id, task: { ...task, invariants: invariants.map((rule) => rule.id) } });
    });
  }

  /** Nobody waits for looks that are under way any more. */
  async end(): Promise<void> {
    this.#giveUp('it was told to end');
    this.#post({ type: 'end' });
    const killer = setTimeout(() => void this.#worker.terminate(), endTimeoutMs);
    await this.#ended;
    clearTimeout(killer);
  }

  #post(request: LookRequest): void {
    this.#worker.postMessage(request);
  }

  #take(answer: LookAnswer): void {
    if (answer.type === 'sent') return;
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.type === 'looked') asked?.resolve(answer.look);
    else asked?.reject(new TestkitError(answer.facts));
  }

  #giveUp(observed: string): void {
    this.#over ??= threadError(observed);
    for (const { reject } of this.#asked.values()) reject(this.#over);
    this.#asked.clear();
  }
}

function threadError(observed: string): TestkitError {
  const facts: ErrorFacts = {
    code: 'WB_AUDIT_THREAD',
    action: 'look at hosts in a thread',
    observed,
    advice: 'Look again with --threads 1, and say so to whoever maintains Whitebox.',
  };
  return new TestkitError(facts);
}
