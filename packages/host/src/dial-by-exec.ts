import { Duplex, PassThrough } from 'node:stream';
import { Deadline } from './deadline.js';
import { dialError, endpointName } from './endpoint.js';
import { tail } from './errors.js';
import type { Executor } from './files-by-exec.js';
import type { Endpoint, Limited } from './host.js';

// Says "+" once it is connected; then copies both ways until both sides have ended.
const relay = `
import os, socket, sys, threading
try:
    if len(sys.argv) == 2:
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
    else:
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
except OSError as error:
    sys.exit(error.strerror or str(error))
def write(data):
    while data:
        data = data[os.write(1, data):]
def up():
    while True:
        data = os.read(0, 65536)
        if not data:
            break
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
write(b"+")
t = threading.Thread(target=up)
t.daemon = True
t.start()
while True:
    data = s.recv(65536)
    if not data:
        break
    write(data)
`;

/**
 * {@link Host.dial} for a host that can run programs: python3 there copies between the endpoint and its own input and
 * output. Every machine of an OpenStack cloud has it.
 */
export async function dialByExec(host: Executor, endpoint: Endpoint, options: Limited = {}): Promise<Duplex> {
  using deadline = new Deadline(host.name, `connect to ${endpointName(endpoint)}`, options, 20_000);
  if (deadline.passed()) throw deadline.error;
  const target = 'socketPath' in endpoint ? [endpoint.socketPath] : [endpoint.address, String(endpoint.port)];
  const ending = new AbortController();
  const stdin = new PassThrough();
  let drained: (() => void) | undefined;
  let connected: () => void = () => undefined;
  const whenConnected = new Promise<void>((resolve) => (connected = resolve));
  let greeted = false;
  const said: Uint8Array[] = [];

  const connection = new Duplex({
    allowHalfOpen: true,
    read() {
      drained?.();
      drained = undefined;
    },
    write(chunk: Uint8Array, _encoding, done) {
      if (stdin.write(chunk)) done();
      else stdin.once('drain', done);
    },
    final(done) {
      stdin.end(done);
    },
    destroy(error, done) {
      ending.abort();
      drained?.();
      done(error);
    },
  });
  const program = host.exec(['python3', '-c', relay, ...target], {
    stdin,
    collect: false,
    timeoutMs: Number.MAX_SAFE_INTEGER,
    signal: ending.signal,
    onStderr: (chunk) => {
      if (!greeted) said.push(chunk);
    },
    onStdout: (chunk) => {
      const own = greeted ? chunk : chunk.subarray(1);
      greeted = true;
      connected();
      if (own.length === 0 || connection.destroyed || connection.push(own)) return;
      return new Promise<void>((resolve) => (drained = resolve));
    },
  });
  program.then(
    () => connection.push(null),
    (error: unknown) => connection.destroy(ending.signal.aborted ? undefined : asError(error)),
  );
  // An error before it is handed over is thrown; after that its owner listens.
  connection.on('error', () => undefined);
  try {
    const failed = program.then(() => {
      const words = Buffer.concat(said).toString('utf8');
      if (!greeted) throw dialError(host.name, endpoint, tail(words, 300) || 'the relay ended at once');
    });
    await deadline.race(Promise.race([whenConnected, failed]));
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
