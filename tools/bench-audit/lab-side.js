import { run } from '../support/processes.js';
import { median } from '../bench/measure.js';
import { cloudEnvironment } from '../support/lab-control.js';
import { runAudit } from './audited-process.js';

/** @typedef {import('../lab/src/description.js').LabDescription} LabDescription */

/**
 * @typedef {object} LabMeasured
 * @property {number} hosts
 * @property {number} servers
 * @property {number} seconds of an audit, median
 * @property {number} cpuSeconds
 * @property {number} peakMib
 * @property {Readonly<Record<string, number>>} sent
 * @property {number} findings
 * @property {number} notRead
 * @property {number} dumpxmlSeconds of "ssh HOST sudo virsh dumpxml" for each server, one after the other
 * @property {number | undefined} placementAuditSeconds of "nova-manage placement audit"
 */

/**
 * The audit of a real cloud, beside what people do by hand: a connection for the XML of each server, and Nova's own audit of Placement.
 * @param {LabDescription} lab
 * @param {number} rounds
 * @param {(what: string) => void} say
 * @returns {Promise<LabMeasured>}
 */
export async function measureLab(lab, rounds, say) {
  const args = ['--config', lab.files.tempestConf, '--cloud', lab.cloud];
  const env = /** @type {Record<string, string>} */ (cloudEnvironment(lab));
  /** @param {string} host @param {string} command */
  const ssh = (host, command) => run('ssh', ['-F', lab.ssh.configFile, host, command]);
  /** @type {[string, string][]} */
  const domains = [];
  for (const { name, roles } of lab.hosts) {
    if (!roles.includes('compute')) continue;
    const { tail } = await ssh(name, 'sudo virsh -r list --uuid');
    domains.push(
      ...tail
        .filter((line) => line.length === 36)
        .map((uuid) => /** @type {[string, string]} */ ([name, uuid])),
    );
  }
  const control = lab.hosts.find(({ roles }) => roles.includes('control'))?.name ?? '';
  const audits = [];
  const loops = [];
  const placement = [];
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${String(round)} of ${String(rounds)}: audit`);
    const audit = await runAudit(args, env);
    if (audit.results === undefined) throw new Error(audit.stderr);
    audits.push({ ...audit, results: audit.results });
    say(`round ${String(round)} of ${String(rounds)}: virsh dumpxml of ${String(domains.length)} servers`);
    const started = performance.now();
    for (const [host, uuid] of domains) {
      const { code } = await ssh(host, `sudo virsh -r dumpxml ${uuid}`);
      if (code !== 0) throw new Error(`virsh dumpxml ${uuid} failed on ${host}`);
    }
    loops.push((performance.now() - started) / 1000);
    say(`round ${String(round)} of ${String(rounds)}: nova-manage placement audit`);
    const { code, seconds } = await ssh(control, 'sudo nova-manage placement audit');
    if (code === 0) placement.push(seconds);
  }
  const last = audits.at(-1)?.results;
  return {
    hosts: last?.hosts ?? 0,
    servers: last?.servers ?? 0,
    seconds: median(audits.map(({ seconds }) => seconds)),
    cpuSeconds: median(audits.map(({ cpuSeconds }) => cpuSeconds)),
    peakMib: median(audits.map(({ peakMib }) => peakMib)),
    sent: last?.sent ?? {},
    findings: last?.findings.length ?? 0,
    notRead: last?.notRead.length ?? 0,
    dumpxmlSeconds: median(loops),
    placementAuditSeconds: placement.length === 0 ? undefined : median(placement),
  };
}
