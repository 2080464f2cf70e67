/**
 * What a case uses of the cloud while it runs; cases whose claims fit beside each other run at the same time. A case without
 * a claim has the whole cloud alone: one that changes or restarts something, or looks at the sums of a host.
 */
export interface Claim {
  /**
   * Dedicated CPUs that its guests hold on one host at the same time, those for emulator threads among them; default 0. Nova
   * chooses the host, and a guest may move, so they are kept free on every host, in one NUMA cell.
   */
  readonly dedicatedCpus?: number | undefined;
}
