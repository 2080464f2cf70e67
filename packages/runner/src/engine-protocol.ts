import type { RunContext } from '@whitebox/testkit';
import type { CaseListing, CaseResult } from './case-result.js';
import type { SuitePackage } from './suite-package.js';

/** What the engine process is asked to do; sent once, as its first message. */
export interface EngineRequest {
  readonly task: 'run' | 'list';
  readonly suites: readonly SuitePackage[];
  /** Ids ({@link CaseListing.id}) of the cases to run; default all. */
  readonly only?: readonly string[] | undefined;
  readonly context: RunContext;
}

/** What the engine process reports. */
export type EngineEvent =
  | { readonly type: 'listed'; readonly cases: readonly CaseListing[] }
  | {
      readonly type: 'case-started';
      readonly suite: string;
      readonly id: string;
      readonly name: string;
      readonly attempt?: number | undefined;
    }
  | { readonly type: 'case-step'; readonly id: string; readonly text: string }
  | { readonly type: 'case-ended'; readonly result: CaseResult }
  /** Something outside of any case: a suite that cannot be loaded. */
  | { readonly type: 'trouble'; readonly message: string }
  | { readonly type: 'done' };

/** What the engine process is told while it works. */
export type EngineMessage =
  { readonly type: 'start'; readonly request: EngineRequest } | { readonly type: 'cancel' };
