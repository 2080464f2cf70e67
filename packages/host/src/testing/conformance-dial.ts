import type { Suite } from './conformance-api.js';
import { codeOf } from './conformance-helpers.js';

/** Connections. */
export function dialConformance({ withHost, expect }: Suite): void {
  withHost('reaches TCP ports and unix sockets, as many bytes as wanted', async ({ host, echo }) => {
    const sent = Buffer.alloc(2_000_000, 'whitebox');
    for (const endpoint of [{ address: '127.0.0.1', port: echo.port }, { socketPath: echo.socketPath }]) {
      const connection = await host.dial(endpoint);
      connection.end(sent);
      const chunks: Buffer[] = [];
      for await (const chunk of connection) chunks.push(chunk as Buffer);
      expect(Buffer.compare(Buffer.concat(chunks), sent)).toBe(0);
    }
  });

  withHost('says when nobody answers', async ({ host, directory, echo }) => {
    const closed = host.dial({ address: '127.0.0.1', port: echo.closedPort });
    expect(await codeOf(closed)).toBe('WB_HOST_DIAL_FAILED');
    const absent = host.dial({ socketPath: `${directory}/no-socket` });
    expect(await codeOf(absent)).toBe('WB_HOST_DIAL_FAILED');
    const said = await absent.then(
      () => 'connected',
      (error: unknown) => String(error),
    );
    expect(said.includes('Traceback')).toBe(false);
  });
}
