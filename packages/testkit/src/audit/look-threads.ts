import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { TestkitError } from '../errors.js';
import type { CloudReference } from '../run-context.js';
import type { HostLook, HostTask } from './look-at-host.js';
import type { SentCounts, ThreadAnswer, ThreadError, ThreadRequest, ThreadStart } from './look-messages.js';

/** A thread, or what stands for one. */
export interface Thread {
  postMessage(message: ThreadRequest): void;
  on(event: 'message', listener: (answer: ThreadAnswer) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

interface Waiting {
  readonly resolve: (look: HostLook) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly thread: Thread;
  readonly waiting: Map<number, Waiting>;
  /** Why it answers no more. */
  gone: TestkitError | undefined;
}

/** Threads that one of this size of cloud is worth: each has the code and connections of its own, some 100 MiB. */
export function usefulThreads(): number {
  return Math.min(3, availableParallelism() - 1);
}

/** Looks at hosts in threads: what takes the time of a large audit is to parse what thousands of guests say. */
export class LookThreads implements AsyncDisposable {
  readonly #running: readonly Running[];
  readonly #sent: (counts: SentCounts) => void;
  #next = 0;

  /** @param sent told what was sent, now and then */
  constructor(
    cloud: CloudReference,
    many: number,
    sent: (counts: SentCounts) => void,
    start: (data: ThreadStart) => Thread = startThread,
  ) {
    this.#sent = sent;
    this.#running = Array.from({ length: many }, () => this.#follow(start({ cloud })));
  }

  /** @throws what the look throws there; TestkitError `WB_AUDIT_THREAD` where the thread itself has ended */
  async look({ invariants, ...task }: HostTask, signal: AbortSignal): Promise<HostLook> {
    signal.throwIfAborted();
    const idle = this.#running.toSorted((one, other) => one.waiting.size - other.waiting.size)[0];
    if (idle === undefined) throw ended('there is none');
    if (idle.gone !== undefined) throw idle.gone;
    const id = this.#next;
    this.#next += 1;
    const giveUp = (): void => {
      for (const { thread } of this.#running) thread.postMessage('give up');
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await new Promise<HostLook>((resolve, reject) => {
        idle.waiting.set(id, { resolve, reject });
        idle.thread.postMessage({ id, task: { ...task, invariants: invariants.map((one) => one.id) } });
      });
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map(({ thread }) => thread.terminate()));
  }

  #follow(thread: Thread): Running {
    const waiting = new Map<number, Waiting>();
    const running: Running = { thread, waiting, gone: undefined };
    const fail = (error: TestkitError): void => {
      running.gone ??= error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    thread.on('message', (answer) => {
      this.#sent(answer.sent);
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('error' in answer) asked?.reject(errorOf(answer.error));
      else asked?.resolve({ ...answer.look, snapshot: undefined });
    });
    thread.on('error', (error) => {
      fail(ended(error.message));
    });
    thread.on('exit', () => {
      fail(ended('it is gone'));
    });
    return running;
  }
}

function startThread(workerData: ThreadStart): Thread {
  // Beside dist/index.js. A thread holds some hosts at a time and no cloud; without a limit its heap grows far beyond that.
  return new Worker(new URL('./look-worker.js', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 192 },
  });
}

function errorOf(error: ThreadError): TestkitError {
  return 'known' in error ? new TestkitError(error.known) : ended(error.text);
}

function ended(why: string): TestkitError {
  return new TestkitError({
    code: 'WB_AUDIT_THREAD',
    action: 'look at a host in a thread',
    observed: why,
    advice:
      'This is a defect of Whitebox, or its memory is limited too much: try --parallel with a smaller number.',
  });
}
