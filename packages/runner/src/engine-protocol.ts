import type { RunContext } from '@whitebox/testkit';
import type { CaseListing, CaseResult } from './case-result.js';
import type { SuitePackage } from './suite-package.js';
import type { TurnNote } from './together-protocol.js';

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
      readonly testId: string;
      readonly name: string;
      readonly attempt?: number | undefined;
      /** Where cases run side by side. */
      readonly turn?: TurnNote | undefined;
    }
  | {
      readonly type: 'case-step';
      readonly id: string;
      readonly attempt?: number | undefined;
      /** Milliseconds since the case began. */
      readonly atMs: number;
      readonly text: string;
      readonly kind?: string | undefined;
    }
  /** Its servers are on other hosts than before. */
  | {
      readonly type: 'case-hosts';
      readonly id: string;
      readonly attempt?: number | undefined;
      readonly hosts: readonly string[];
    }
  | { readonly type: 'case-ended'; readonly result: CaseResult }
  /** Something outside of any case: a suite that cannot be loaded. */
  | { readonly type: 'trouble'; readonly message: string }
  | { readonly type: 'done' };

/** What the engine process is told while it works. */
export type EngineMessage =
  { readonly type: 'start'; readonly request: EngineRequest } | { readonly type: 'cancel' };
