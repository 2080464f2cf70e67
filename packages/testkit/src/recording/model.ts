/** What was done behind the steps of a case, and what was seen; plain data for the results. */
export interface CaseRecording {
  readonly activities: readonly Activity[];
  /** How many activities and texts did not fit. */
  readonly dropped: number;
  readonly looks: readonly Look[];
  readonly documents: readonly RecordedDocument[];
  /** Of a case that failed. */
  readonly logs: readonly LogExcerpt[];
}

/** A command, a statement or a request, a look at all layers, a wait; the same one several times during a step is one, but for waits. */
export interface Activity {
  readonly kind: 'command' | 'sql' | 'request' | 'file' | 'look' | 'wait';
  /** Position in the list of steps; -1: before the first, the number of steps: while everything was given back. */
  readonly step: number;
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** Milliseconds that it took, all times together. */
  readonly ms: number;
  /** The machine, the database, the service. */
  readonly where: string;
  readonly what: string;
  /** "exit 1", "3 rows", "202"; of the last time. */
  readonly outcome: string;
  readonly failed: boolean;
  /** Of a request. */
  readonly requestId?: string | undefined;
  /** Of a wait: milliseconds from its last look but one to its end; what was waited for may have been so for at most that long. */
  readonly lateMs?: number | undefined;
  readonly times: number;
  /** Of a case that failed: what it printed, or the first rows. */
  readonly output?: string | undefined;
}

/** A text at several moments: each that differs from the one before. */
export interface RecordedDocument {
  readonly title: string;
  readonly versions: readonly { readonly step: number; readonly text: string }[];
}

/** Lines of a service's log that were written while the case ran. */
export interface LogExcerpt {
  readonly title: string;
  readonly lines: readonly string[];
  /** How many more there were. */
  readonly dropped: number;
}

/** Hosts, and the guests of the case on them, after a step. */
export interface Look {
  readonly step: number;
  readonly hosts: readonly HostLook[];
}

/** Sets of CPUs are lists as the kernel prints them: "0-3,8". */
export interface HostLook {
  readonly name: string;
  readonly cells: readonly CellLook[];
  /** `cpu_dedicated_set` and `cpu_shared_set` in force; empty: unset. */
  readonly dedicated: string;
  readonly shared: string;
  readonly guests: readonly GuestLook[];
}

/** A NUMA cell, or the part of it in one socket. */
export interface CellLook {
  readonly id: number;
  readonly socket: number;
  /** Each core as its threads that are online. */
  readonly cores: readonly string[];
  /** Pools of hugepages that have any. */
  readonly pages: readonly { readonly sizeKib: number; readonly total: number; readonly free: number }[];
}

export interface GuestLook {
  readonly uuid: string;
  readonly name: string;
  /** "active, running" */
  readonly state: string;
  readonly threads: readonly ThreadLook[];
  /** Its hugepages, by cell of the host. */
  readonly memory: readonly { readonly cell: number; readonly pageSizeKib: number; readonly pages: number }[];
}

/** Where each layer lets a thread run; a layer that says nothing of it is left out. */
export interface ThreadLook {
  readonly role: 'vcpu' | 'emulator' | 'iothread';
  /** Of the vCPU or I/O thread; 0 for the emulator. */
  readonly index: number;
  readonly xml?: string | undefined;
  readonly inactive?: string | undefined;
  readonly database?: string | undefined;
  readonly kernel?: string | undefined;
}
