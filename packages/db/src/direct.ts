import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint, Host, Limited } from '@whitebox/host';

/** The part of a {@link Host} that a database needs. */
export type Dialer = Pick<Host, 'name' | 'dial'>;

/** A connection from this process itself. */
export function dialDirectly(endpoint: Endpoint, { signal }: Limited): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      'socketPath' in endpoint
        ? connect({ path: endpoint.socketPath })
        : connect({ host: endpoint.address, port: endpoint.port, noDelay: true, keepAlive: true });
    const give = (): void => {
      socket.destroy();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', give, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal?.removeEventListener('abort', give);
      socket.off('error', reject);
      resolve(socket);
    });
    if (signal?.aborted === true) give();
  });
}
