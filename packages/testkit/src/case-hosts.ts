import type { WatchedServer } from './invariants/invariant-watch.js';

/** Tells on which hosts the servers of a case are, whenever that has changed. */
export class CaseHosts {
  readonly #tell: (hosts: readonly string[]) => Promise<void>;
  readonly #servers = new Map<string, Pick<WatchedServer, 'hasHost' | 'host'>>();
  #told = '';

  constructor(tell: (hosts: readonly string[]) => Promise<void>) {
    this.#tell = tell;
  }

  watch(server: Pick<WatchedServer, 'id' | 'hasHost' | 'host'>): void {
    this.#servers.set(server.id, server);
  }

  async afterStep(): Promise<void> {
    const here = [...this.#servers.values()].flatMap((one) => (one.hasHost ? [one.host.name] : []));
    const hosts = [...new Set(here)].sort();
    const key = JSON.stringify(hosts);
    if (key === this.#told || (this.#told === '' && hosts.length === 0)) return;
    this.#told = key;
    await this.#tell(hosts);
  }
}
