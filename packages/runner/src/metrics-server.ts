import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from './errors.js';

/** What is served. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsServer extends AsyncDisposable {
  /** "http://127.0.0.1:9477/metrics" */
  readonly url: string;
}

/** Loopback: whoever wants them from elsewhere says so. */
const defaultAddress = '127.0.0.1';

/**
 * Serves metrics at /metrics, and nothing else.
 *
 * @param where "9477", "192.0.2.1:9477", "[::1]:9477"
 * @throws UsageError `WB_RUN_USAGE` for what is no such address, `WB_RUN_METRICS` where nothing can listen there
 */
export async function serveMetrics(where: string, metrics: Metrics): Promise<MetricsServer> {
  const { host, port } = parseWhere(where);
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Here is /metrics alone.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new UsageError({
          code: 'WB_RUN_METRICS',
          action: `serve metrics at ${where}`,
          observed: error.message,
          advice: 'Give --metrics another port, or an address of this machine.',
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shown}:${address.port}/metrics`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function parseWhere(where: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:(\[[^\]]+\]|[^:]+):)?(\d{1,5})$/.exec(where) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError({
      code: 'WB_RUN_USAGE',
      action: `serve metrics at ${where}`,
      observed: 'it is neither a port nor an address and a port',
      advice: 'Write --metrics 9477, or --metrics 192.0.2.1:9477.',
    });
  }
  return { host: (host ?? defaultAddress).replace(/^\[|\]$/g, ''), port: Number(port) };
}
