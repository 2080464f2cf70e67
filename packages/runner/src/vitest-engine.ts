import { fileURLToPath } from 'node:url';
import { errorCode } from '@whitebox/core';
import type { CaseDescription, CaseRecording, InvariantEvidence, RunContext } from '@whitebox/testkit';
import { createVitest, type Reporter, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import type { CaseFailure, CaseListing, CaseResult } from './case-result.js';
import { exactly, fileIdOf } from './case-names.js';
import type { EngineEvent, EngineRequest } from './engine-protocol.js';
import { placeIn } from './place-in.js';
import type { SuitePackage } from './suite-package.js';
import type { CaseFile, TurnNote } from './together-protocol.js';
import { testIdOf } from './test-id.js';

declare module 'vitest' {
  interface ProvidedContext {
    whitebox: RunContext;
    /** Files with cases, for together.js. */
    whiteboxFiles: readonly CaseFile[];
  }
}

/** Loads all files with cases as one. */
const togetherModule = beside('together');
const runnerModule = beside('case-runner');

/** Runs or lists the cases of suites with vitest. One suite after the other; the cases of a suite share one worker. */
export class VitestEngine {
  readonly #request: EngineRequest;
  readonly #report: (event: EngineEvent) => void;
  #current: Vitest | undefined;
  #cancelled = false;

  constructor(request: EngineRequest, report: (event: EngineEvent) => void) {
    this.#request = request;
    this.#report = report;
  }

  async run(): Promise<void> {
    for (const suite of this.#request.suites) {
      if (this.#cancelled) break;
      const vitest = await this.#open(suite);
      try {
        await this.#start(vitest, suite);
      } finally {
        this.#current = undefined;
        await vitest.close();
      }
    }
  }

  async list(): Promise<void> {
    const cases: CaseListing[] = [];
    for (const suite of this.#request.suites) {
      const vitest = await this.#open(suite);
      try {
        const { testModules, unhandledErrors } = await vitest.collect();
        for (const error of unhandledErrors) this.#report({ type: 'trouble', message: messageOf(error) });
        for (const module of testModules) {
          for (const error of module.errors()) this.#report({ type: 'trouble', message: error.message });
          for (const test of module.children.allTests()) cases.push(listingOf(suite, test));
        }
      } finally {
        this.#current = undefined;
        await vitest.close();
      }
    }
    this.#report({ type: 'listed', cases });
  }

  /** Lets the running case clean up and starts no other one. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    await this.#current?.cancelCurrentRun('keyboard-input');
  }

  async #start(vitest: Vitest, suite: SuitePackage): Promise<void> {
    const { only, context } = this.#request;
    if (this.#request.task === 'run' && context.parallel !== undefined) {
      await this.#startTogether(vitest, suite);
      return;
    }
    if (only === undefined) {
      await vitest.start().catch(unlessNoFiles);
      return;
    }
    const chosen = (await vitest.globTestSpecifications()).filter((file) => {
      const start = `${fileIdOf(suite, file.moduleId)} > `;
      const names = only.filter((id) => id.startsWith(start)).map((id) => id.slice(start.length));
      file.testNamePattern = exactly(names);
      return names.length > 0;
    });
    if (chosen.length > 0) await vitest.runTestSpecifications(chosen);
  }

  /** All files as one, since vitest runs only the cases of one file side by side; each waits for its turn in testkit. */
  async #startTogether(vitest: Vitest, suite: SuitePackage): Promise<void> {
    const { only } = this.#request;
    const files = (await vitest.globTestSpecifications()).map(({ moduleId }) => ({
      id: fileIdOf(suite, moduleId),
      path: moduleId,
    }));
    if (files.length === 0) return;
    const project = vitest.getRootProject();
    project.provide('whiteboxFiles', files);
    const together = project.createSpecification(togetherModule);
    if (only !== undefined) together.testNamePattern = exactly(only);
    await vitest.runTestSpecifications([together]);
  }

  async #open(suite: SuitePackage): Promise<Vitest> {
    const { context, task } = this.#request;
    const together = task === 'run' && context.parallel !== undefined;
    const vitest = await createVitest(
      'test',
      {
        config: false,
        root: suite.root,
        include: [suite.cases],
        exclude: [],
        watch: false,
        passWithNoTests: true,
        // One worker for all files, so that the connections to the cloud are made once.
        pool: 'forks',
        isolate: false,
        maxWorkers: 1,
        runner: runnerModule,
        fileParallelism: false,
        sequence: { shuffle: false, concurrent: together },
        // Cases that wait for their turn count as well; how many have it at the same time is testkit's business.
        ...(together ? { maxConcurrency: 1_000_000 } : {}),
        // Cases have deadlines of their own, after which they still clean up; this one must never come first.
        testTimeout: 0,
        hookTimeout: 0,
        teardownTimeout: 60_000,
        provide: { whitebox: context },
        reporters: [eventReporter(suite, this.#report)],
      },
      { logLevel: 'error' },
    );
    // Signals are the parent process's business: it tells this one to cancel, and then the cases clean up.
    process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
    this.#current = vitest;
    return vitest;
  }
}

/** What a case has told so far. */
interface Told {
  /** By the clock of performance.now(). */
  started: number;
  startedAt: Date;
  /** Where cases run side by side: how it came to its turn. */
  turn?: TurnNote | undefined;
  readonly steps: CaseResult['steps'][number][];
  readonly evidence: string[];
  readonly invariants: InvariantEvidence[];
  recording?: CaseRecording | undefined;
  printed: string;
}

/** Characters that are kept of what a case prints; the last ones. */
const maxOutput = 65_536;

function eventReporter(suite: SuitePackage, report: (event: EngineEvent) => void): Reporter {
  const steps = new Map<string, Told>();
  const ended = new Set<string>();
  const reportStart = (test: TestCase, turn?: TurnNote): void => {
    const { attempt } = metaOf(test);
    const id = idOf(suite, test);
    const testId = testIdOf(suite.name, id);
    report({ type: 'case-started', suite: suite.name, id, testId, name: test.name, attempt, turn });
  };
  return {
    onTestCaseReady(test) {
      // What the filter leaves out is "skipped" for vitest; nobody asked for it.
      if (test.options.mode === 'skip') return;
      steps.set(test.id, {
        started: performance.now(),
        startedAt: new Date(),
        steps: [],
        evidence: [],
        invariants: [],
        printed: '',
      });
      if (!isTogether(test)) reportStart(test);
    },
    onTestCaseAnnotate(test, annotation) {
      const known = steps.get(test.id);
      if (annotation.type === 'turn' && known !== undefined) {
        known.turn = JSON.parse(annotation.message) as TurnNote;
        known.started = performance.now();
        known.startedAt = new Date();
        reportStart(test, known.turn);
      }
      if (annotation.type === 'hosts') {
        const hosts = JSON.parse(annotation.message) as string[];
        report({ type: 'case-hosts', id: idOf(suite, test), attempt: metaOf(test).attempt, hosts });
      }
      if (annotation.type === 'evidence') known?.evidence.push(annotation.message);
      if (annotation.type === 'invariant')
        known?.invariants.push(JSON.parse(annotation.message) as InvariantEvidence);
      if (annotation.type === 'recording' && known !== undefined)
        known.recording = JSON.parse(annotation.message) as CaseRecording;
      const [type, kind] = annotation.type.split(':', 2);
      if (type !== 'step' || known === undefined) return;
      const step = {
        atMs: Math.round(performance.now() - known.started),
        text: annotation.message,
        ...(kind === undefined ? {} : { kind }),
      };
      known.steps.push(step);
      report({ type: 'case-step', id: idOf(suite, test), attempt: metaOf(test).attempt, ...step });
    },
    onTestCaseResult(test) {
      if (test.options.mode === 'skip' && !steps.has(test.id)) return;
      // Vitest tells of cancelled cases that ran side by side at once, and again when they have cleaned up.
      if (ended.has(test.id)) return;
      ended.add(test.id);
      report({ type: 'case-ended', result: resultOf(suite, test, steps.get(test.id)) });
    },
    onUserConsoleLog(log) {
      const known = log.taskId === undefined ? undefined : steps.get(log.taskId);
      if (known !== undefined) known.printed = `${known.printed}${log.content}`.slice(-maxOutput);
      process.stdout.write(log.content);
    },
    onTestModuleEnd(module: TestModule) {
      for (const error of module.errors()) {
        report({ type: 'trouble', message: `${module.relativeModuleId}: ${error.message}` });
      }
    },
    onTestRunEnd(_modules, errors) {
      for (const error of errors) report({ type: 'trouble', message: messageOf(error) });
    },
  };
}

function resultOf(suite: SuitePackage, test: TestCase, told: Told | undefined): CaseResult {
  const result = test.result();
  const {
    steps,
    evidence,
    invariants,
    startedAt,
    printed,
    recording,
    turn,
  }: Partial<Told> & Omit<Told, 'started'> = told ?? {
    steps: [],
    evidence: [],
    invariants: [],
    startedAt: new Date(),
    printed: '',
  };
  // Vitest has no time for a case that ended as skipped after it had begun, as over a known bug.
  const skippedLate = result.state === 'skipped' && told !== undefined && steps.length > 0;
  // Nor does it know that a case waited for its turn.
  const ownTime = skippedLate || (told?.turn !== undefined && result.state !== 'skipped');
  const durationMs = ownTime ? performance.now() - told.started : (test.diagnostic()?.duration ?? 0);
  const { attempt } = metaOf(test);
  const base = {
    suite: suite.name,
    id: idOf(suite, test),
    testId: testIdOf(suite.name, idOf(suite, test)),
    name: test.name,
    ...(attempt === undefined ? {} : { attempt }),
    started: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    ...(turn === undefined ? {} : { turn }),
    steps,
    evidence,
    invariants,
    ...(recording === undefined ? {} : { recording }),
  };
  switch (result.state) {
    case 'passed':
      return { ...base, verdict: 'passed', failures: [] };
    case 'failed':
      return {
        ...base,
        verdict: 'failed',
        failures: result.errors.map((error) => failureOf(suite, error)),
        ...(printed === '' ? {} : { output: printed }),
      };
    case 'skipped':
      return { ...base, verdict: 'skipped', reason: reasonOf(result.note), failures: [] };
    default:
      return { ...base, verdict: 'skipped', reason: 'the run ended before it', failures: [] };
  }
}

/** A suite without files has no cases; whoever counts them says so. */
function unlessNoFiles(error: unknown): void {
  if (errorCode(error) !== 'VITEST_FILES_NOT_FOUND') throw error;
}

/** In vitest's words a cancelled case is one whose run was aborted by the user. */
function reasonOf(note: string | undefined): string | undefined {
  return note?.includes('aborted by the user') === true
    ? 'interrupted; what it had made was given back'
    : note;
}

type TestError = Extract<ReturnType<TestCase['result']>, { state: 'failed' }>['errors'][number];

function failureOf(suite: SuitePackage, { message, stack, stacks }: TestError): CaseFailure {
  return { message, stack, ...placeIn(suite.root, stacks ?? []) };
}

/** What a case says of itself; see vitest-adapter.ts of testkit. */
function metaOf(test: TestCase): CaseMeta {
  return test.meta() as CaseMeta;
}

type CaseMeta = Partial<CaseDescription> & { readonly attempt?: number; group?: string };

function listingOf(suite: SuitePackage, test: TestCase): CaseListing {
  const description: CaseMeta = { ...metaOf(test) };
  // Of the scheduler only.
  delete description.group;
  return {
    suite: suite.name,
    id: idOf(suite, test),
    testId: testIdOf(suite.name, idOf(suite, test)),
    name: test.name,
    needs: [],
    hardware: [],
    replaces: [],
    knownBugs: [],
    ...description,
  };
}

/** "@whitebox/nova-nfv-suite/emulator-threads > share the shared set" */
function idOf(suite: SuitePackage, test: TestCase): string {
  if (isTogether(test)) return test.fullName;
  return `${fileIdOf(suite, test.module.relativeModuleId)} > ${test.fullName}`;
}

function isTogether(test: TestCase): boolean {
  return test.module.moduleId === togetherModule;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}

/** Of the sources, or of what they were built to. */
function beside(module: string): string {
  return fileURLToPath(
    new URL(`${module}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );
}
