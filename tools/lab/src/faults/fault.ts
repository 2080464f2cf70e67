import type { Finished, RunOptions } from '../exec.js';

/** A host of the lab as something that breaks it sees it: from the machine, past its network and its sshd. */
export interface FaultHost {
  readonly name: string;
  /** Its root filesystem on the machine. Only for paths that were resolved inside, where links point elsewhere. */
  readonly root: string;
  /** Where its disk is mounted on the machine. */
  readonly disk: string;
  /** A folder on the machine for what has to be put back, readable for root alone. */
  readonly keep: string;
  /** The machine's ends of the host's cables: namespace and interface. */
  readonly cables: readonly { readonly namespace: string; readonly interface: string }[];
  /** Runs a program on the host as root, whatever it ends with. */
  readonly try: (argv: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** The same, for one that has to succeed: its standard output. @throws LabError with what it said */
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<string>;
}

/** Words of the command line by name of the option; lists for those that may be given again. */
export type FaultWords = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface FaultOption {
  /** As commander takes it: `--service <unit>` */
  readonly flags: string;
  readonly description: string;
  readonly required?: boolean;
  readonly repeatable?: boolean;
}

/** One way to break a host. `inject` may be cut short anywhere: `heal` mends whatever it has done so far. */
export interface FaultKind {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly FaultOption[];
  /** Refuses what makes no sense on this host, before anything is written down or changed. @throws LabError */
  readonly check?: (host: FaultHost, words: FaultWords) => Promise<void>;
  readonly inject: (host: FaultHost, words: FaultWords) => Promise<void>;
  readonly heal: (host: FaultHost, words: FaultWords) => Promise<void>;
  /**
   * Undone on the disk of a host that does not run, before it starts. A fault without it is gone when its host has been
   * started again.
   */
  readonly healDisk?: (host: Pick<FaultHost, 'root' | 'keep'>, words: FaultWords) => Promise<void>;
  /** Waits for the moment in which `inject` has to come. */
  readonly moment?: 'live-migration';
}
