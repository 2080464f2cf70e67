import { readFile } from 'node:fs/promises';
import { asRoot } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { SshHost } from '@whitebox/ssh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseOptions } from './connect-options.js';
import { Database } from './database.js';
import { sql } from './sql.js';
import { databaseConformance } from './testing/database-conformance.suite.js';

const lab = await readLab();
// A lab may have one account for everything, or one that can only read and another one.
const admin = { ...lab.database, ...lab.databaseAdmin };
const control = lab.hosts.find(({ roles }) => roles.includes('control'))!;

let ssh: SshHost;
let options: DatabaseOptions;
beforeAll(async () => {
  ssh = await SshHost.connect(control.name, {
    address: control.address,
    user: lab.ssh.user,
    identityFiles: [lab.ssh.identityFile],
    knownHostsFiles: [lab.ssh.knownHostsFile],
    configFile: false,
  });
  options = {
    endpoint: { address: admin.address, port: admin.port },
    through: ssh,
    user: admin.user,
    password: (await readFile(admin.passwordFile, 'utf8')).trim(),
  };
});
afterAll(async () => {
  await ssh[Symbol.asyncDispose]();
});

describe('the database server of a cloud, through the SSH connection that is there', () => {
  databaseConformance(() => options);

  test('through root on that host, whose dial is a program', async () => {
    await using database = await Database.connect({ ...options, through: asRoot(ssh) });
    expect(await database.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test('nothing listens there: the error names the host', async () => {
    const endpoint = { address: '127.0.0.1', port: 1 };
    await expect(Database.connect({ ...options, endpoint })).rejects.toThrow(
      expect.objectContaining({ code: 'WB_DB_UNREACHABLE', host: ssh.name }),
    );
  });

  test('the SSH connection ends under a statement', async () => {
    const own = await SshHost.connect(control.name, {
      address: control.address,
      user: lab.ssh.user,
      identityFiles: [lab.ssh.identityFile],
      knownHostsFiles: [lab.ssh.knownHostsFile],
      configFile: false,
    });
    await using database = await Database.connect({ ...options, through: own });
    const failure = database.query(sql`SELECT SLEEP(${30}) AS slept`).catch((error: unknown) => error);
    await database.query(sql`SELECT 1 AS one`);
    await own[Symbol.asyncDispose]();
    expect(await failure).toMatchObject({ code: 'WB_DB_CONNECTION_LOST' });
    await expect(database.query(sql`SELECT 1 AS one`)).rejects.toThrow(
      expect.objectContaining({ code: 'WB_DB_UNREACHABLE' }),
    );
  });
});
