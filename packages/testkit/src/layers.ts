/** What several layers (XML, database, kernel) say of one guest at one moment, held against each other. */
export interface Layers {
  readonly serverName: string;
  readonly hostName: string;
  /** Why there is nothing to compare: "the kernel shows no vCPU thread"; undefined where there is something. */
  readonly vacuous: string | undefined;
  /** Each point on which two layers differ, in words; empty where all agree. */
  disagreements(): string[];
  /** What every layer says, side by side. */
  table(): string;
}
