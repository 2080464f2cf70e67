export { ExitCode } from './exit-codes.js';
export type { CaseFailure, CaseListing, CaseResult, CaseStep, Verdict } from './case-result.js';
export type { RunResults } from './results.js';
export { meansPredecessor } from './predecessor-id.js';
