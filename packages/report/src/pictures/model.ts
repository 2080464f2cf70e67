/** A host and the guests on it at one moment. Sets of CPUs are lists as the kernel prints them: "0-3,8". */
export interface HostPicture {
  readonly name: string;
  readonly cells: readonly CellPicture[];
  /** CPUs for dedicated vCPUs (`cpu_dedicated_set`); empty: unset. */
  readonly dedicated: string;
  /** CPUs for floating vCPUs (`cpu_shared_set`); empty: unset. */
  readonly shared: string;
  readonly guests: readonly GuestPicture[];
}

/** A NUMA cell (the part of it in one socket). */
export interface CellPicture {
  readonly id: number;
  readonly socket: number;
  /** Each core as the CPUs that are its threads. */
  readonly cores: readonly string[];
  readonly pages: readonly PagePicture[];
}

/** Hugepages of one size. */
export interface PagePicture {
  readonly sizeKib: number;
  readonly total: number;
  readonly free: number;
}

export interface GuestPicture {
  readonly uuid: string;
  readonly name: string;
  /** "active", "running": for people. */
  readonly state: string;
  readonly threads: readonly ThreadPicture[];
  /** Pages of its memory on this host. */
  readonly memory: readonly GuestPages[];
}

/** Where each layer lets a thread run; a layer that says nothing of it is left out. */
export interface ThreadPicture {
  readonly role: 'vcpu' | 'emulator' | 'iothread';
  /** Number of the vCPU or I/O thread; 0 for the emulator. */
  readonly index: number;
  readonly xml?: string | undefined;
  readonly inactive?: string | undefined;
  readonly database?: string | undefined;
  readonly kernel?: string | undefined;
}

export interface GuestPages {
  /** NUMA cell of the host. */
  readonly cell: number;
  readonly pageSizeKib: number;
  readonly pages: number;
}
