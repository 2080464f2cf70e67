/** What a run tells its worker: where the configuration is and where to record what is made on the cloud. No secrets. */
export interface RunContext {
  readonly cloud: CloudReference;
  /** Names this run; part of the name of everything that it makes: "wb-20261122-181500-4f2a". */
  readonly runId: string;
  /** Folder in which what is made and changed on the cloud is recorded before it is made ({@link RunState}). */
  readonly stateDirectory: string;
  /** Modules whose default export is an {@link Observer}. */
  readonly observers: readonly string[];
  /** Whether a case fails, instead of being skipped, when a need of it is not met. */
  readonly requireNeeds: boolean;
  /** How many times in a row each case runs. */
  readonly repeat: number;
  /** How cases run side by side; absent: one after the other. */
  readonly parallel?: ParallelRun | undefined;
  /** Whether a known bug of the release fails its case instead of having it skipped. */
  readonly failKnownBugs: boolean;
  /** Whether only the needs of cases are looked at: each is then skipped, with what it misses as JSON for the reason. */
  readonly needsOnly?: boolean | undefined;
}

/** How the cases of a run share a cloud. */
export interface ParallelRun {
  /** Cases at the same time, at most. */
  readonly jobs: number;
  /** Decides the order of cases that take as long. */
  readonly seed: number;
  /** Id of a case -> milliseconds that it took when it passed last. */
  readonly lastMs: Readonly<Record<string, number>>;
}

/** Which cloud, by the files that describe it; absolute paths. */
export interface CloudReference {
  readonly tempestConf?: string | undefined;
  readonly nodesYaml?: string | undefined;
  readonly cloudsYaml?: string | undefined;
  readonly cloud?: string | undefined;
}
