/** @typedef {import('./run-sizes.js').Measured} Measured */
/** @typedef {import('./lab-side.js').LabMeasured} LabMeasured */

/**
 * What was measured, as Markdown.
 * @param {readonly Measured[]} measured
 * @param {LabMeasured | undefined} lab
 */
export function table(measured, lab) {
  /** @type {[string, (one: Measured) => string][]} */
  const rows = [
    ['servers', ({ servers }) => whole(servers)],
    ['seconds', ({ seconds }) => seconds.toFixed(1)],
    ['CPU seconds of the audit', ({ cpuSeconds }) => cpuSeconds.toFixed(1)],
    ['MiB at the most', ({ peakMib }) => whole(peakMib)],
    ['MiB after 1/4, 1/2, 3/4 of the time', ({ memoryMib }) => memoryMib.slice(0, 3).map(whole).join(', ')],
    ['SSH connections of a host', ({ cloud, hosts }) => each(cloud.ssh.connections, hosts)],
    ['round trips of a host', ({ cloud, hosts }) => each(cloud.ssh.execs, hosts)],
    ['commands on a host', ({ cloud, hosts }) => each(cloud.ssh.commands, hosts)],
    ['KiB from a host', ({ cloud, hosts }) => each(cloud.ssh.bytesOut / 1024, hosts)],
    ['statements for a host', ({ sent, hosts }) => each(sent['statement'] ?? 0, hosts)],
    ['KiB from the database for a host', ({ cloud, hosts }) => each(cloud.database.bytesSent / 1024, hosts)],
    ['CPU seconds of the database', ({ cloud }) => cloud.database.cpuSeconds.toFixed(1)],
    ['requests for a host', ({ sent, hosts }) => each(sent['request'] ?? 0, hosts)],
    ['KiB from the APIs for a host', ({ cloud, hosts }) => each(cloud.api.bytesOut / 1024, hosts)],
    ['a planted break', ({ broken }) => broken],
    ['load of the machine', ({ load }) => load.toFixed(0)],
  ];
  const head = ['', ...measured.map(({ hosts }) => `${whole(hosts)} hosts`)];
  const lines = [head, head.map(() => '---'), ...rows.map(([name, of]) => [name, ...measured.map(of)])];
  const text = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return lab === undefined ? text : `${text}\n\n${labText(lab)}`;
}

/** @param {LabMeasured} lab */
function labText({ hosts, servers, seconds, cpuSeconds, peakMib, dumpxmlSeconds, placementAuditSeconds }) {
  const other =
    placementAuditSeconds === undefined
      ? 'nova-manage placement audit could not be run'
      : `nova-manage placement audit: ${placementAuditSeconds.toFixed(1)} s`;
  return `The lab, ${whole(hosts)} hosts with ${whole(servers)} servers: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU seconds, ${whole(peakMib)} MiB. \
By hand, "ssh HOST sudo virsh dumpxml" for each server: ${dumpxmlSeconds.toFixed(1)} s. ${other}.`;
}

/** @param {number} total @param {number} hosts */
function each(total, hosts) {
  const value = total / hosts;
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : whole(value);
}

/** @param {number} number */
function whole(number) {
  return Math.round(number).toLocaleString('en').replaceAll(',', ' ');
}
