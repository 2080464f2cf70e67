import { later, shown } from './fake-answers.suite.js';
import type { FakeServer, FakeState } from './fake-state.suite.js';

/** An evacuation, as the table of migrations has it. */
export interface FakeEvacuation {
  readonly serverId: string;
  readonly sourceCompute: string;
  readonly destCompute: string;
  status: 'done' | 'completed';
}

/** Computes of the made-up cloud whose nova-compute is stopped, and what they do not know yet of guests that are elsewhere. */
export class FakeEvacuations {
  readonly #down = new Set<string>();
  readonly #evacuations: FakeEvacuation[] = [];

  /** Hosts that still have a server's disk, devices and allocations, as they have not heard that it is gone. */
  leftBy({ id }: FakeServer): string[] {
    return this.#evacuations
      .filter(({ serverId, status }) => serverId === id && status === 'done')
      .map(({ sourceCompute }) => sourceCompute);
  }

  migrations({ instanceUuid }: { readonly instanceUuid?: string }) {
    return later(this.#evacuations.filter(({ serverId }) => serverId === instanceUuid));
  }

  isDown(host: string): boolean {
    return this.#down.has(host);
  }

  stop(host: string): void {
    this.#down.add(host);
  }

  /** What nova-compute does first: _destroy_evacuated_instances of nova/compute/manager.py. @returns ids of the servers */
  start(host: string, free: (serverId: string) => void): string[] {
    if (!this.#down.delete(host)) return [];
    const gone = this.#evacuations.filter(
      ({ sourceCompute, status }) => sourceCompute === host && status === 'done',
    );
    for (const one of gone) {
      free(one.serverId);
      one.status = 'completed';
    }
    return gone.map(({ serverId }) => serverId);
  }

  add(serverId: string, sourceCompute: string, destCompute: string): void {
    this.#evacuations.push({ serverId, sourceCompute, destCompute, status: 'done' });
  }
}

/** The action of the API: the new host gives the guest all anew, and the old one keeps what it has. */
export function fakeEvacuate(state: FakeState, done: (action: string, server: FakeServer) => void) {
  return (id: string, to?: string) => {
    const server = state.server(id);
    const source = server.host;
    if (!state.evacuations.isDown(source)) throw new Error(`The nova-compute of ${source} is up.`);
    const destination = to ?? state.hosts.find((name) => name !== source) ?? source;
    state.claim(server, destination);
    state.evacuations.add(id, source, destination);
    done('evacuate', server);
    return later({ server: shown(server) });
  };
}

/** In place of the services of a real session: stops and starts the nova-compute of a compute. */
export function fakeStopService(state: FakeState, done: (action: string, server: FakeServer) => void) {
  return (
    { name: host }: { readonly name: string },
    _service: string,
    cleanup: { add(what: string, undo: () => Promise<void>): void },
  ) => {
    const start = (): Promise<void> => {
      const ids = state.evacuations.start(host, (id) => {
        state.release(state.server(id), host);
      });
      for (const id of ids) done('source-is-back', state.server(id));
      return later(undefined);
    };
    state.evacuations.stop(host);
    cleanup.add(`start nova-compute on ${host}`, start);
    return later({ start });
  };
}

/** virsh of a made-up compute: the domains of its guests, and of those that it does not know to be elsewhere. */
export function fakeDomains(state: FakeState, host: string) {
  const here = (): FakeServer[] =>
    [...state.servers.values()].filter(
      (server) => server.host === host || state.evacuations.leftBy(server).includes(host),
    );
  return {
    list: () => later(here().map(({ id, name }) => ({ uuid: id, name, state: 'running' }))),
    domstate: () => later({ state: 'running', reason: 'booted' }),
    run: () => later(''),
  };
}
