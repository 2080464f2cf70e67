import { asRoot, type Host } from '@whitebox/host';
import { SshHost } from '@whitebox/ssh';
import type { SshSettings } from './settings.js';

/** Opens a connection to a machine and sees to it that it is closed in the end. */
export type Connect = (name: string, address: string, port?: number) => Promise<Host>;

/** The machines of a cloud by the names that Nova has for them, each connected once and as root. */
export class Machines {
  readonly #connect: Connect;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #open = new Map<string, Promise<Host>>();

  constructor(connect: Connect, addresses: ReadonlyMap<string, string>) {
    this.#connect = connect;
    this.#addresses = addresses;
  }

  /** Root on a machine. */
  root(name: string): Promise<Host> {
    let machine = this.#open.get(name);
    if (machine === undefined) {
      machine = this.#connect(name, this.#addresses.get(name) ?? name).then(asRoot);
      this.#open.set(name, machine);
    }
    return machine;
  }

  /** The SSH host that leads to the database, as its own user. */
  gateway({ address, port }: { readonly address: string; readonly port: number }): Promise<Host> {
    return this.#connect(address, address, port);
  }
}

export function connectBySsh(
  ssh: SshSettings,
  name: string,
  address: string,
  port: number | undefined,
): Promise<SshHost> {
  return SshHost.connect(name, {
    name,
    address,
    port,
    user: ssh.user,
    identityFiles: ssh.identityFile === undefined ? undefined : [ssh.identityFile],
    knownHostsFiles: ssh.knownHostsFile === undefined ? undefined : [ssh.knownHostsFile],
    hostKeys: ssh.hostKeys,
  });
}
