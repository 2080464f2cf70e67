import type { Claim } from '@whitebox/testkit';

/** A file with cases. */
export interface CaseFile {
  /** "@whitebox/nova-nfv-suite/emulator-threads" */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

/** How a case came to its turn where cases run side by side. */
export interface TurnNote {
  /** Milliseconds in the queue; no part of the time that the case took. */
  readonly waitedMs: number;
  /** What it claimed; null: the whole cloud, alone. */
  readonly claim: Claim | null;
  /** Names of the hosts that it has to itself, where it claims some. */
  readonly own?: readonly string[] | undefined;
}
