import { pathToFileURL } from 'node:url';
import { TestkitError } from './errors.js';
import type { CloudSession } from './session.js';
import type { TestServer } from './test-server.js';

/** What a case has just done. */
export interface Step {
  /** Name of the case. */
  readonly testName: string;
  readonly kind: StepKind;
  /** For people: "live migrate vm1 to compute1". */
  readonly text: string;
  /** The server that the step was about, if any. */
  readonly server?: TestServer | undefined;
  /**
   * Has something undone when the case ends, in the reverse order with everything else: what is said before a server is
   * booted is undone after it is deleted, what is said afterwards before.
   */
  readonly atEnd: (what: string, undo: () => Promise<void>) => void;
}

export type StepKind =
  | 'boot'
  | 'live-migrate'
  | 'cold-migrate'
  | 'evacuate'
  | 'soft-reboot'
  | 'hard-reboot'
  | 'stop'
  | 'start'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'shelve'
  | 'unshelve'
  | 'resize'
  | 'confirm-resize'
  | 'revert-resize'
  | 'rebuild'
  | 'attach-volume'
  | 'detach-volume'
  | 'attach-port'
  | 'detach-port'
  | 'configure'
  | 'stop-service'
  | 'start-service'
  | 'restart-service'
  /** Anything else that a case does. */
  | 'act';

/**
 * Looks on before and after every step of every case: to check invariants, to collect evidence, or to break the cloud on purpose
 * and see whether the case notices. An observer that throws fails the case.
 */
export interface Observer {
  beforeStep?(step: Step, session: CloudSession): Promise<void>;
  /** Also after a step that had the outcome it should not have. */
  afterStep?(step: Step, session: CloudSession): Promise<void>;
}

/** Loads the default exports of the modules at these paths. */
export async function loadObservers(paths: readonly string[]): Promise<Observer[]> {
  const modules = await Promise.all(
    paths.map((path) => import(pathToFileURL(path).href) as Promise<unknown>),
  );
  return modules.map((module, index) => {
    const observer = (module as { readonly default?: Observer }).default;
    if (observer?.beforeStep !== undefined || observer?.afterStep !== undefined) return observer;
    throw new TestkitError({
      code: 'WB_TESTKIT_NO_OBSERVER',
      action: `load the observer ${paths[index] ?? ''}`,
      observed: 'it has no default export with beforeStep or afterStep',
      advice: 'See "Observers" in the README of @whitebox/testkit.',
    });
  });
}
