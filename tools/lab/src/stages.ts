import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, exitCodes } from './errors.js';
import type { Progress } from './progress.js';

export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
}

/** Runs named stages: each is told to the user, timed, and if it fails explained with the end of its log. */
export class Stages {
  readonly times: StageTime[] = [];

  constructor(
    private readonly progress: Progress,
    private readonly logDirectory: string,
    private readonly signal?: AbortSignal,
  ) {}

  log(stage: string): string {
    return join(this.logDirectory, `${stage}.log`);
  }

  async run<T>(stage: string, work: (log: string) => Promise<T>): Promise<T> {
    this.throwIfInterrupted();
    const start = Date.now();
    const seconds = () => (Date.now() - start) / 1000;
    this.progress.started(stage);
    try {
      const result = await work(this.log(stage));
      this.times.push({ stage, seconds: seconds() });
      this.progress.finished(stage, seconds());
      return result;
    } catch (error) {
      this.progress.failed(stage, seconds());
      this.throwIfInterrupted();
      throw await explain(error, stage, this.log(stage));
    }
  }

  throwIfInterrupted(): void {
    if (this.signal?.aborted === true) {
      throw new LabError('WB_LAB_INTERRUPTED', 'Interrupted.', {
        advice: '"lab up" goes on from here, "lab down" takes away what was started.',
        exitCode: exitCodes.interrupted,
      });
    }
  }
}

async function explain(error: unknown, stage: string, log: string): Promise<unknown> {
  const text = await readFile(log, 'utf8').catch(() => '');
  if (text === '') return error;
  const message = error instanceof Error ? error.message : String(error);
  const end = text.trimEnd().split('\n').slice(-30).join('\n');
  const details = error instanceof LabError ? error.details : {};
  return new LabError(
    error instanceof LabError ? error.code : 'WB_LAB_STAGE',
    `Stage ${stage}: ${message}\nThe end of its log:\n${end}\nThe whole log: ${log}`,
    { ...details, cause: error },
  );
}

/** Waits for all, then throws the first failure: nothing goes on unseen behind an error. */
export async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
