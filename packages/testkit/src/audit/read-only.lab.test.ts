import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dedicated } from '../flavors.js';
import { allowedCommands, allowing } from './allowed-commands.js';
import { AuditedLab } from './audited-lab.suite.js';
import type { AuditResults } from './results.js';
import type { Sent } from './sent.js';

/** What the client itself says at the beginning of a session, and to see whether it still lives. */
const ofTheClient = [
  /^SET SESSION time_zone = '\+00:00', sql_mode = 'TRADITIONAL', autocommit = 1$/,
  /^SET SESSION TRANSACTION READ ONLY$/,
  /^SELECT CONCAT_WS\(':', @@hostname, @@port, @@server_id\), @@version$/,
  /^DO 0$/,
];

describe('an audit of a real cloud', () => {
  let lab: AuditedLab;
  let results: AuditResults;
  let sent: readonly Sent[];
  let logged: readonly string[];

  beforeAll(async () => {
    const { files, cloud: name } = await readLab();
    lab = await AuditedLab.open('audit-read-only', { ...files, cloud: name });
    const user = 'whitebox';
    await lab.withServers(async (cloud) => {
      const networks = await cloud.openstack.network.networks();
      const network = networks.find(({ name }) => name === 'private');
      await cloud.boot({ flavor: dedicated(2), networks: [{ networkId: network?.id ?? '' }] });
      // The server's own word for what reaches it.
      await lab.sql(
        'mysql',
        "SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1;",
      );
      try {
        ({ results, sent } = await lab.audit());
      } finally {
        await lab.sql('mysql', "SET GLOBAL general_log = 0; SET GLOBAL log_output = 'FILE';");
      }
      const rows = await lab.sql(
        'mysql',
        `SELECT CONCAT(command_type, ' ', REPLACE(CONVERT(argument USING utf8), '\\n', ' ')) FROM general_log WHERE user_host LIKE '${user}[%' AND command_type IN ('Query', 'Prepare');`,
      );
      logged = rows.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
    });
  }, 300_000);

  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  it('finds nothing in a healthy one, and leaves nothing unread', () => {
    expect(results.findings.map(({ text }) => text)).toEqual([]);
    expect(results.notRead).toEqual([]);
    expect(results).toMatchObject({ hosts: lab.session.computes.length, servers: 1 });
    expect(results.judged.length).toBeGreaterThan(25);
  });

  it('sends nothing but what the lists allow', () => {
    expect(sent.filter(({ allowedAs }) => allowedAs === undefined)).toEqual([]);
    for (const kind of ['command', 'file', 'statement', 'request'] as const)
      expect(sent.filter((one) => one.kind === kind).length, kind).toBeGreaterThan(5);
    const posts = sent.filter(({ kind, text }) => kind === 'request' && !text.startsWith('GET '));
    expect(posts.map(({ text }) => text.replace(/^POST .*\/v3\//, 'POST /v3/'))).toEqual([
      'POST /v3/auth/tokens',
    ]);
    const virsh = sent.filter(({ text }) => text.includes('virsh -c') || text.includes(' virsh '));
    expect(virsh.length).toBeGreaterThan(0);
    for (const { text } of virsh.filter((one) => one.text.startsWith('virsh')))
      expect(text).toContain(' -r ');
  });

  it('has the database server hear nothing else', () => {
    const allowed = new Set(sent.filter(({ kind }) => kind === 'statement').map(({ text }) => text));
    const others = logged
      .map((line) => line.replace(/^(?:Query|Prepare) /, ''))
      .filter((text) => !allowed.has(text) && !ofTheClient.some((pattern) => pattern.test(text)));
    expect(logged.length).toBeGreaterThan(20);
    expect(others).toEqual([]);
  });

  it('uses what is allowed, so that the list has nothing that nobody needs', () => {
    const used = new Set(sent.map(({ allowedAs }) => allowedAs));
    const unused = allowedCommands.map(({ what }) => what).filter((what) => !used.has(what));
    // Of other deployments and older machines.
    expect(unused.filter((what) => !/container|before 248/.test(what))).toEqual([]);
    expect(allowing(['true'])).toBeUndefined();
  });
});
