// Records what a host of the lab, with its servers, says to an audit: node tools/bench-audit/record.js HOST
// The recording is what npm run bench:audit makes its hosts of. Needs a lab whose servers are all on that host.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SshHost } from '@whitebox/ssh';
import { runningLab } from '../support/lab-control.js';
import { ApiServer } from './api-server.js';
import { runAudit } from './audited-process.js';
import { writeCloudFiles } from './cloud-files.js';
import { ApiRecorder, HostRecorder, recordRows } from './record-cloud.js';
import { recordingFile, uuidsOf } from './recording.js';
import { freePort } from './simulated-cloud.js';
import { addressOf, readableKeys, SshServers } from './ssh-servers.js';

const [host = 'compute1'] = process.argv.slice(2);
const lab = await runningLab();
if (lab === undefined) throw new Error('No lab is up: npm run lab -- up');
const folder = mkdtempSync(join(tmpdir(), 'bench-audit-'));
const machine = await SshHost.connect(host, { configFile: lab.ssh.configFile });
const recorder = new HostRecorder(machine);
const hostKey = readableKeys();
const hosts = new SshServers(hostKey.private, (_, argv) => recorder.answer(argv));
const apis = new ApiRecorder(`http://${lab.apiAddress}:5000/v3`);
const server = new ApiServer(apis.serve);
const password = readFileSync(lab.database.passwordFile, 'utf8').trim();
try {
  const sshPort = await freePort();
  await hosts.listen(1, sshPort);
  apis.address = await server.listen();
  const conf = readFileSync(lab.files.tempestConf, 'utf8');
  const { tempestConf, env } = writeCloudFiles(folder, {
    authUrl: `${apis.address}/identity/v3`,
    database: { address: lab.database.address, user: lab.database.user, password },
    sshPort,
    addresses: new Map([[host, addressOf(1)]]),
    hostKey,
    userKey: readableKeys().private,
    account: { user: 'admin', password: /admin_password = (.*)/.exec(conf)?.[1] ?? '', project: 'admin' },
  });
  const { results, stderr } = await runAudit(['--config', tempestConf, '--host', host], env);
  if (results === undefined) throw new Error(stderr);
  const { findings, notRead, servers } = results;
  if (findings.length > 0 || notRead.length > 0)
    throw new Error(`not a healthy host: ${JSON.stringify({ findings, notRead }, undefined, 2)}`);
  const { address, port, user } = lab.database;
  const rows = await recordRows({ endpoint: { address, port }, user, password }, host);
  const recording = {
    host,
    servers,
    uuids: uuidsOf(host, rows, [...apis.requests.values()]),
    commands: [...recorder.commands.values()],
    requests: [...apis.requests.values()],
    rows,
  };
  let text = JSON.stringify(recording, undefined, 1);
  const secrets = JSON.parse(readFileSync(join(lab.directory, 'secrets.json'), 'utf8'));
  for (const secret of secretsIn(secrets)) text = text.replaceAll(secret, 'x'.repeat(secret.length));
  // What else a token or a volume lets in with.
  text = text.replaceAll(/(\\"(?:auth_password|auth_username)\\": \\")[^"\\]*/g, '$1x');
  text = text.replaceAll(/("x-subject-token": ")[^"]*/g, '$1x');
  writeFileSync(recordingFile, gzipSync(text, { level: 9 }));
  console.log(
    `${String(servers)} servers, ${String(recorder.commands.size)} commands, ${String(apis.requests.size)} requests: ${recordingFile}`,
  );
} finally {
  hosts.close();
  server.close();
  await machine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {unknown} value @returns {string[]} */
function secretsIn(value) {
  if (typeof value === 'string') return value.length >= 8 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}
