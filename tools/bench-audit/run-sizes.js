import { loadavg } from 'node:os';
import { runAudit } from './audited-process.js';
import { HostNames, idsPerHost, simulatedHost } from './host-names.js';
import { readRecording } from './recording.js';
import { SimulatedCloud } from './simulated-cloud.js';

/**
 * What an audit of so many simulated hosts took, and what it asked of the cloud.
 * @typedef {object} Measured
 * @property {number} hosts
 * @property {number} servers
 * @property {number} load of the machine, over a minute, when it began
 * @property {number} seconds
 * @property {number} cpuSeconds
 * @property {number} peakMib
 * @property {readonly number[]} memoryMib resident after a quarter, a half, three quarters of the time, and in the end
 * @property {Readonly<Record<string, number>>} sent what the audit itself has counted
 * @property {Readonly<Awaited<ReturnType<SimulatedCloud['counts']>>>} cloud what the cloud has counted
 * @property {string} broken what was found after a row was changed
 */

/**
 * @param {number} hosts
 * @param {readonly string[]} args more for the audit
 * @param {(what: string) => void} say
 * @returns {Promise<Measured>}
 */
export async function measureSize(hosts, args, say) {
  say('making the cloud');
  const cloud = await SimulatedCloud.start(hosts);
  try {
    say('audit');
    const before = await cloud.counts();
    const load = loadavg()[0] ?? Number.NaN;
    const healthy = await audited(cloud, args);
    const after = await cloud.counts();
    const { results } = healthy;
    const servers = hosts * readRecording().servers;
    if (results.hosts !== hosts || results.servers !== servers)
      throw new Error(`it looked at ${String(results.hosts)} hosts and ${String(results.servers)} servers`);
    if (results.findings.length > 0 || results.notRead.length > 0)
      throw new Error(`a healthy cloud is not: ${said(results)}`);
    if (after.unanswered.length > 0)
      throw new Error(`the recording has no answer to:\n${after.unanswered.slice(0, 5).join('\n')}`);
    say('audit of a broken cloud');
    const broken = await findBreak(cloud, hosts, args);
    return {
      hosts,
      servers,
      load,
      seconds: healthy.seconds,
      cpuSeconds: healthy.cpuSeconds,
      peakMib: healthy.peakMib,
      memoryMib: [0.25, 0.5, 0.75, 1].map(
        (part) => healthy.memory[Math.ceil(healthy.memory.length * part) - 1]?.mib ?? Number.NaN,
      ),
      sent: results.sent,
      cloud: difference(after, before),
      broken,
    };
  } finally {
    await cloud.stop();
  }
}

/** Moves one server to another cell's books, somewhere in the middle; nothing else may be found. @param {SimulatedCloud} cloud @param {number} hosts @param {readonly string[]} args */
async function findBreak(cloud, hosts, args) {
  const { rows } = readRecording();
  const number = Math.ceil(hosts * 0.737);
  const mapping = rows.api['instance_mappings']?.[7];
  const id = number * idsPerHost + Number(mapping?.['id']);
  const uuid = new HostNames(readRecording()).template(String(mapping?.['instance_uuid']))(number);
  await cloud.mariadb.sql(
    `UPDATE nova_api.instance_mappings SET cell_id = (SELECT id FROM nova_api.cell_mappings WHERE name = 'cell0') WHERE id = ${String(id)};`,
  );
  const { results } = await audited(cloud, args);
  const [finding] = results.findings;
  if (results.findings.length !== 1 || results.notRead.length > 0 || finding?.subject.id !== uuid)
    throw new Error(`I4 of ${uuid} alone should be found: ${said(results)}`);
  return `${finding.id} of a server on ${simulatedHost(number)}`;
}

/** @param {SimulatedCloud} cloud @param {readonly string[]} args */
async function audited({ files }, args) {
  const audit = await runAudit(['--config', files.tempestConf, ...args], files.env);
  const { results } = audit;
  if (results === undefined) throw new Error(`the audit gave up: ${audit.stderr.slice(-2000)}`);
  return { ...audit, results };
}

/** @param {import('@whitebox/testkit').AuditResults} results */
function said({ findings, notRead }) {
  return JSON.stringify({ findings: findings.slice(0, 3), notRead: notRead.slice(0, 3) }, undefined, 2);
}

/**
 * Numbers less those from before; all else as it is after.
 * @template T @param {T} after @param {T} before @returns {T}
 */
export function difference(after, before) {
  if (typeof after === 'number' && typeof before === 'number') return /** @type {T} */ (after - before);
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return after;
  return /** @type {T} */ (
    Object.fromEntries(
      Object.entries(after).map(([name, value]) => [
        name,
        difference(value, /** @type {Record<string, unknown>} */ (before)[name]),
      ]),
    )
  );
}
