import { later, needed, shown } from './fake-answers.suite.js';
import { fakeEvacuate } from './fake-evacuation.suite.js';
import { imageSources } from './fake-images.suite.js';
import { fakePlacement } from './fake-layers.suite.js';
import { vlan, type FakePort, type FakeServer, type FakeState } from './fake-state.suite.js';

/**
 * The API of the made-up cloud.
 *
 * @param flavors id -> extra specs
 */
export function fakeOpenstack(
  state: FakeState,
  done: (action: string, server: FakeServer) => void,
  flavors: ReadonlyMap<string, Readonly<Record<string, string>>>,
) {
  const images = imageSources(state);
  const placement = fakePlacement(state);
  const other = (host: string): string => state.hosts.find((name) => name !== host) ?? host;
  const simple = (action: string, status: string) => (id: string) => {
    const server = state.server(id);
    server.status = status;
    done(action, server);
    return later(shown(server));
  };
  const move = (server: FakeServer, to: string, specs = server.specs): void => {
    server.before = { host: server.host, specs: server.specs };
    server.specs = specs;
    state.claim(server, to);
    server.status = 'VERIFY_RESIZE';
  };
  const actions = {
    evacuate: fakeEvacuate(state, done),
    hardReboot: simple('hard-reboot', 'ACTIVE'),
    stop: simple('stop', 'SHUTOFF'),
    start: simple('start', 'ACTIVE'),
    suspend: simple('suspend', 'SUSPENDED'),
    resume: simple('resume', 'ACTIVE'),
    coldMigrate: (id: string, to?: string) => {
      const server = state.server(id);
      move(server, to ?? other(server.host));
      return simple('cold-migrate', 'VERIFY_RESIZE')(id);
    },
    resize: (id: string, flavorId: string) => {
      const server = state.server(id);
      move(server, other(server.host), flavors.get(flavorId) ?? {});
      return simple('resize', 'VERIFY_RESIZE')(id);
    },
    confirmResize: (id: string) => {
      const server = state.server(id);
      state.release(server, server.before?.host ?? '');
      return simple('confirm-resize', 'ACTIVE')(id);
    },
    revertResize: (id: string) => {
      const server = state.server(id);
      state.release(server, server.host);
      Object.assign(server, server.before);
      state.rebind(server);
      return simple('revert-resize', 'ACTIVE')(id);
    },
    liveMigrate: async (id: string, { host: to }: { host?: string }) => {
      const server = state.server(id);
      const from = server.host;
      state.claim(server, to ?? other(from));
      state.release(server, from);
      return { server: await simple('live-migrate', 'ACTIVE')(id) };
    },
    delete: (id: string) => {
      const server = state.server(id);
      for (const host of state.hosts) state.release(server, host);
      state.numa.release(id);
      done('delete', server);
      state.servers.delete(id);
      return later(undefined);
    },
  };

  const portShown = ({ id, mac, vnicType, deviceId, host, slot }: FakePort) => ({
    id,
    mac,
    vnicType,
    deviceId,
    status: 'ACTIVE',
    networkId: 'net',
    bindingHost: host,
    bindingProfile: slot === null ? {} : { pci_slot: slot },
  });
  return {
    actions,
    placement,
    images: { show: images.show },
    network: {
      ports: ({ deviceId }: { deviceId: string }) =>
        later([...state.ports.values()].filter((port) => port.deviceId === deviceId).map(portShown)),
      port: (id: string) => later(portShown(needed(state.ports.get(id)))),
      network: () => later({ providerType: 'vlan', segmentationId: vlan }),
      createSubnet: () => later({ id: 'subnet' }),
    },
    compute: {
      servers: {
        show: (id: string) => later(shown(state.server(id))),
        attachPort: (id: string, portId: string) => {
          const server = state.server(id);
          const before = server.ports;
          Object.assign(server, { ports: [portId], specs: {} });
          state.claim(server, server.host);
          server.ports = [...before, portId];
          done('attach-port', server);
          return later(undefined);
        },
        detachPort: (id: string, portId: string) => {
          const server = state.server(id);
          state.release(server, server.host, ({ requestId }) => requestId === portId);
          server.ports = server.ports.filter((one) => one !== portId);
          Object.assign(needed(state.ports.get(portId)), { deviceId: '', host: null, slot: null });
          done('detach-port', server);
          return later(undefined);
        },
      },
    },
    waitForServer: (id: string, { status }: { status: string | readonly string[] }) => {
      const server = state.server(id);
      if (server.fault !== undefined && !status.includes('ERROR')) throw new Error(server.fault.message);
      return later(shown(server));
    },
  };
}
