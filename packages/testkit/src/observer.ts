import { pathToFileURL } from 'node:url';
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
}

export type StepKind =
  | 'boot'
  | 'live-migrate'
  | 'soft-reboot'
  | 'hard-reboot'
  | 'resize'
  | 'rebuild'
  | 'delete'
  | 'configure'
  | 'give-back';

/**
 * Looks on after every step of every case: to check invariants, to collect evidence, or to break the cloud on purpose
 * and see whether the case notices. An observer that throws fails the case.
 */
export interface Observer {
  afterStep(step: Step, session: CloudSession): Promise<void>;
}

/** Loads the default exports of the modules at these paths. */
export async function loadObservers(paths: readonly string[]): Promise<Observer[]> {
  const modules = await Promise.all(
    paths.map((path) => import(pathToFileURL(path).href) as Promise<unknown>),
  );
  return modules.map((module, index) => {
    const observer = (module as { readonly default?: unknown }).default;
    if (typeof (observer as Partial<Observer> | undefined)?.afterStep === 'function')
      return observer as Observer;
    throw new TypeError(`${paths[index] ?? ''} has no default export with a method afterStep`);
  });
}
