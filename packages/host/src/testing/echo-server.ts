import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Servers of this machine that send back what they get, and a port that nobody listens at. */
export interface EchoServer extends AsyncDisposable {
  readonly port: number;
  readonly socketPath: string;
  readonly closedPort: number;
}

/** @param directory where the unix socket is made; its path must be short (108 bytes) */
export async function startEchoServer(directory: string): Promise<EchoServer> {
  const socketPath = join(directory, 'echo.sock');
  const [tcp, unix, other] = await Promise.all([
    listening(0),
    listening(socketPath),
    // Its port is free again once it is closed, and hardly given out anew at once.
    listening(0),
  ]);
  const closedPort = portOf(other);
  await closed(other);
  return {
    port: portOf(tcp),
    socketPath,
    closedPort,
    async [Symbol.asyncDispose]() {
      await Promise.all([closed(tcp), closed(unix)]);
    },
  };
}

async function listening(where: number | string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (typeof where === 'number') server.listen(where, '127.0.0.1', resolve);
    else server.listen(where, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
