import { WhiteboxError, type Limits } from '@whitebox/core';
import { asRoot, type Host } from '@whitebox/host';
import { SshHost } from '@whitebox/ssh';
import { TestkitError } from './errors.js';
import { recordedHost } from './recording/recorded-host.js';
import type { SshSettings } from './settings.js';

/** Opens a connection to a machine and sees to it that it is closed in the end. */
export type Connect = (name: string, at?: SshAddress) => Promise<Host>;

/** Where a machine is; what is left out is up to the SSH configuration. */
export interface SshAddress {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/** The machines of a cloud by the names that Nova has for them, each connected once and as root. */
export class Machines {
  readonly #connect: Connect;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #reached = new Map<string, Promise<Host>>();
  readonly #open = new Map<string, Promise<Host>>();

  readonly #wrap: (root: Host) => Host;

  /** @param wrap what is put around root of each machine; default: what the case does there is recorded */
  constructor(
    connect: Connect,
    addresses: ReadonlyMap<string, string>,
    wrap: (root: Host) => Host = recordedHost,
  ) {
    this.#connect = connect;
    this.#addresses = addresses;
    this.#wrap = wrap;
  }

  /** A machine as the user that logs in. */
  login(name: string): Promise<Host> {
    let machine = this.#reached.get(name);
    if (machine === undefined) {
      machine = this.#reach(name);
      this.#reached.set(name, machine);
    }
    return machine;
  }

  /** Root on a machine. */
  root(name: string): Promise<Host> {
    let machine = this.#open.get(name);
    if (machine === undefined) {
      machine = this.login(name).then((reached) => this.#wrap(asRoot(reached)));
      this.#open.set(name, machine);
    }
    return machine;
  }

  /** The name under which this machine was asked for; its own where it was not. */
  async nameOf(machine: Host): Promise<string> {
    for (const [name, open] of this.#open) {
      if ((await open.catch(() => undefined)) === machine) return name;
    }
    return machine.name;
  }

  async #reach(name: string): Promise<Host> {
    const address = this.#addresses.get(name);
    const where =
      address === undefined
        ? `no address of ${name} there, so its name was used`
        : `${name} is ${address} there`;
    const places = `Addresses are in [whitebox] ctlplane_addresses (${where})`;
    return await this.#connect(name, { address }).catch((error: unknown) => {
      throw unreached(error, name, places);
    });
  }

  /** The SSH host that leads to the database, as its own user. */
  gateway({ address, port }: { readonly address: string; readonly port: number }): Promise<Host> {
    return this.#connect(address, { address, port }).catch((error: unknown) => {
      throw unreached(error, address, 'This host leads to the database: [whitebox-database] host');
    });
  }
}

/** The same error with the options that lead there. */
function unreached(error: unknown, host: string, places: string): unknown {
  if (!(error instanceof WhiteboxError)) return error;
  const { code, action, observed, advice } = error;
  return new TestkitError({
    code,
    action,
    host,
    observed,
    advice: `${advice} ${places}, user and key in ctlplane_ssh_username and ctlplane_ssh_private_key_path, hosts on the way in ssh_jump.`,
    cause: error,
  });
}

export function connectBySsh(
  ssh: SshSettings,
  name: string,
  at: SshAddress = {},
  limits: Limits = {},
): Promise<SshHost> {
  return SshHost.connect(name, {
    name,
    ...limits,
    ...at,
    user: ssh.user,
    identityFiles: ssh.identityFile === undefined ? undefined : [ssh.identityFile],
    knownHostsFiles: ssh.knownHostsFile === undefined ? undefined : [ssh.knownHostsFile],
    hostKeys: ssh.hostKeys,
    jump: ssh.jump,
  });
}
