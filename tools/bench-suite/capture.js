import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

/** As much of a packet as is kept: the headers and the line of a request. */
const snapshotBytes = 128;

/** @typedef {{ name: string, address: string }} Interface a network interface of this machine, and its address there */

/**
 * @param {string} host address of a host
 * @param {ReturnType<typeof networkInterfaces>} [all]
 * @returns {Interface | undefined} through which this machine reaches it without a router
 */
export function interfaceTowards(host, all = networkInterfaces()) {
  for (const [name, addresses] of Object.entries(all))
    for (const { address, netmask, family } of addresses ?? [])
      if (
        family === 'IPv4' &&
        number(address) / size(netmask) >= 0 &&
        network(address, netmask) === network(host, netmask)
      )
        return { name, address };
  return undefined;
}

/** @param {string} address */
function number(address) {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** @param {string} netmask @returns {number} addresses of such a network */
function size(netmask) {
  return 2 ** 32 - number(netmask);
}

/** @param {string} address @param {string} netmask */
function network(address, netmask) {
  return Math.floor(number(address) / size(netmask));
}

/**
 * Keeps the TCP packets of an interface from now on; the headers alone.
 * @param {string} name of the interface
 * @param {string} file
 * @returns {Promise<() => Promise<void>>} ends it
 */
export async function capture(name, file) {
  const arguments_ = ['-i', name, '-n', '-U', '-s', String(snapshotBytes), '-w', file, 'tcp'];
  const tcpdump = spawn('tcpdump', arguments_, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise((resolve, reject) => {
    tcpdump.once('error', reject);
    tcpdump.once('exit', () => {
      reject(new Error(`tcpdump ended at once: ${said.trim()}`));
    });
    tcpdump.stderr.on('data', (/** @type {Buffer} */ chunk) => {
      said += chunk.toString();
      if (said.includes('listening on')) resolve(undefined);
    });
  });
  return async () => {
    const gone = once(tcpdump, 'exit');
    tcpdump.kill('SIGINT');
    await gone;
  };
}
