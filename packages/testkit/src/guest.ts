import type { ComputeHost } from './compute-host.js';

/** What is read of a server, and where. */
export interface Guest {
  readonly id: string;
  readonly name: string;
  /** Name of its libvirt domain. */
  readonly domain: string;
  readonly host: ComputeHost;
}
