import { run } from '@whitebox/host';
import type { ComputeHost, TestServer } from '@whitebox/testkit';
import type { Break } from '../fault.js';
import { serverOf } from './server-of.js';

type PathOf = (server: TestServer) => string | Promise<string>;

/** A file or folder of the server's host is another one with the same content, owner and mode. */
export function replaceByCopy(path: PathOf): Break {
  return async (step) => {
    const server = serverOf(step);
    const original = await path(server);
    const script = 'cp -a "$1" "$1.copy" && rm -rf "$1" && mv "$1.copy" "$1"';
    await run(server.host.machine, ['sh', '-c', script, 'sh', original]);
  };
}

/** A folder is there that should not be; on the server's host or another, until the case ends. */
export function makeFolder(
  path: (server: TestServer) => string,
  on: (server: TestServer, computes: readonly ComputeHost[]) => ComputeHost = ({ host }) => host,
): Break {
  return async (step, session) => {
    const server = serverOf(step);
    const { machine } = on(server, session.computes);
    step.atEnd('remove the folder', async () => {
      await run(machine, ['rm', '-rf', path(server)]);
    });
    await run(machine, ['mkdir', '-p', path(server)]);
  };
}
