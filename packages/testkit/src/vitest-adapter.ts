import { expect, inject, test as vitestTest, type RunnerTask, type RunnerTestFile } from 'vitest';
import { matchers, type Cpus } from './matchers.js';
import type { ParallelRun, RunContext } from './run-context.js';
import { collector } from './collect-cases.js';
import { describeCase } from './case-description.js';
import { runCase, type CaseBody, type CaseOptions } from './run-case.js';
import { NeedsLook } from './doctor/unmet-needs.js';
import { configurationKey } from './scheduling/configure.js';
import { KeptConfigurations } from './scheduling/kept-configuration.js';
import type { Placement } from './scheduling/placing.js';
import { takeTurn } from './scheduling/take-turn.js';
import { CloudSession } from './session.js';

declare module 'vitest' {
  interface ProvidedContext {
    whitebox: RunContext;
  }
  // eslint's rule about unused names cannot see that the merged declaration must carry the same parameter.
  interface Matchers<T> {
    /** Every CPU is one of these; fails over an empty set. */
    toLieWithin(allowed: Cpus): T;
    /** Exactly these CPUs; fails over an empty set. */
    toBeCpus(expected: Cpus): T;
    /** No CPU in common; fails over an empty set. */
    toBeDisjointFrom(others: Cpus): T;
    /** Domain XML, inactive XML, database and kernel tell the same story; fails where the kernel shows nothing. */
    toAgreeEverywhere(): T;
  }
}

expect.extend(matchers);

export { expect };

/** One session for all files of a run: they share a worker. */
let opening: Promise<CloudSession> | undefined;

function session(context: RunContext): Promise<CloudSession> {
  opening ??= CloudSession.open(context);
  return opening;
}

/**
 * A case. Its name is the sentence that it checks. Registering does nothing to the cloud: needs are looked at and the
 * cloud is touched only when the case runs.
 */
export function test(name: string, options: CaseOptions, body: CaseBody): void {
  const collected = collector();
  if (collected !== undefined) {
    collected.push({ name, options, body });
    return;
  }
  const described = describeCase(options);
  const { repeat } = inject('whitebox');
  const attempts: Attempts = { last: Promise.resolve() };
  for (let attempt = 1; attempt <= repeat; attempt += 1) {
    register(name, repeat === 1 ? described : { ...described, attempt }, options, body, attempts);
  }
}

let looking: Promise<NeedsLook> | undefined;

/** Shared by all cases, as most have the same needs. */
function needsLook(context: RunContext): Promise<NeedsLook> {
  looking ??= session(context).then((open) => new NeedsLook(open));
  return looking;
}

/** For all files of a run: they share a worker. */
const configurations = new KeptConfigurations();

const counted = new WeakSet<RunnerTestFile>();

/** Which configurations the cases of a file want, those left out that were not asked for; once, when its first case begins. */
function expectGroups(file: RunnerTestFile): void {
  if (counted.has(file)) return;
  counted.add(file);
  const count = (tasks: readonly RunnerTask[]): void => {
    for (const task of tasks) {
      if (task.type === 'suite') count(task.tasks);
      else if (task.mode === 'run') {
        const { group } = task.meta as { readonly group?: string | undefined };
        if (group !== undefined) configurations.expect(group);
      }
    }
  };
  count(file.tasks);
}

/** The attempts of a case run in a row, also where cases run side by side. */
interface Attempts {
  last: Promise<unknown>;
}

function register(
  name: string,
  meta: object,
  options: CaseOptions,
  body: CaseBody,
  attempts: Attempts,
): void {
  const group = configurationKey(options);
  vitestTest(
    name,
    { meta: { ...meta, group } } as object,
    ({ task, signal, skip, annotate, onTestFinished }) => {
      expectGroups(task.file);
      const context = inject('whitebox');
      if (context.needsOnly === true) {
        return needsLook(context)
          .then((look) => look.unmet(options))
          .then((unmet) => skip(JSON.stringify(unmet)));
      }
      const { claim } = options;
      const run = async (placement?: Placement): Promise<void> =>
        runCase(
          {
            name,
            session: await session(context),
            placement,
            configurations,
            signal,
            requireNeeds: context.requireNeeds,
            failKnownBugs: context.failKnownBugs,
            skip: (reason) => skip(reason),
            step: async (text, kind) => {
              await annotate(text, kind === undefined ? 'step' : `step:${kind}`);
            },
            hosts: async (names) => {
              await annotate(JSON.stringify(names), 'hosts');
            },
            evidence: async (text) => {
              await annotate(text, 'evidence');
            },
            invariant: async (evidence) => {
              await annotate(JSON.stringify(evidence), 'invariant');
            },
            recording: async (recording) => {
              await annotate(JSON.stringify(recording), 'recording');
            },
          },
          options,
          body,
        );
      const inTurn = async (parallel: ParallelRun): Promise<void> => {
        const id = `${task.suite?.name ?? ''} > ${name}`;
        const open = await session(context);
        const turn = await takeTurn(
          open,
          parallel,
          { id, claim, group, lastMs: parallel.lastMs[id] },
          signal,
        );
        try {
          await annotate(
            JSON.stringify({
              waitedMs: turn.waitedMs,
              claim: turn.placement === undefined ? null : claim,
              own: turn.placement?.own,
            }),
            'turn',
          );
          await run(turn.placement);
        } finally {
          turn.release();
        }
      };
      const { parallel } = context;
      const done = parallel === undefined ? run() : attempts.last.then(() => inTurn(parallel));
      attempts.last = done.catch(() => undefined);
      // A cancelled test is over for vitest at once; its clean-up is not, and the worker must not end before it.
      onTestFinished(async () => {
        await done.catch(() => undefined);
      }, 0);
      return done;
    },
  );
}
