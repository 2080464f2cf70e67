import { describe, expect, it } from 'vitest';
import { HostError } from '../errors.js';
import { hostConformance } from './conformance.js';
import { FakeHost } from './fake-host.js';
import { teachPrograms } from './fake-programs.js';

hostConformance(
  { describe, it, expect },
  'FakeHost',
  () => {
    const host = teachPrograms(new FakeHost());
    for (const program of ['wb-no-such-program', '/nonexistent/wb program']) {
      host.on(program, () => {
        throw new HostError({
          code: 'WB_HOST_NOT_FOUND',
          action: `run ${program}`,
          host: host.name,
          observed: 'there is no such program',
          advice: 'The test made this failure.',
        });
      });
    }
    host.files.directory('/work');
    const echo = { port: 7, closedPort: 8, socketPath: '/run/echo' };
    for (const endpoint of [{ address: '127.0.0.1', port: echo.port }, { socketPath: echo.socketPath }]) {
      host.listen(endpoint, (socket) => socket.pipe(socket));
    }
    return Promise.resolve({
      host,
      directory: '/work',
      echo,
      running: () => Promise.resolve(host.running),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
  { simulated: true },
);
