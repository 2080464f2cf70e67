/** @typedef {import('./evaluate.js').Evaluation} Evaluation */
/** @typedef {import('./totals.js').Cost} Cost */
/** @typedef {import('./where-time-goes.js').Times} Times */

const folder = 'whitebox_tempest_plugin.api.compute.';

/** @param {Evaluation} evaluation @returns {string} as Markdown */
export function table({ rows, together, whole, times, wide, leftOut }) {
  const body = [...rows]
    .sort((a, b) => b.their.seconds - a.their.seconds)
    .map(({ ours, theirs, our, their, times: own }) =>
      line(`${ours.join('; ')} (${theirs.map(short).join(', ')})`, our, their, own),
    );
  return [
    '| case (tests of the predecessor) | seconds | ratio | SSH connections | requests | SSH KiB | REST KiB | of ours not the cloud’s |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...body,
    line(`**all ${String(rows.length)} together**`, together.our, together.their, undefined),
    line('**the whole runs**', whole.our, whole.their, times),
    ...(wide === undefined
      ? []
      : [line('**the whole runs, ours side by side**', wide.our, whole.their, wide.times)]),
    '',
    'Each pair is Whitebox / predecessor; the ratio is the predecessor’s time over that of Whitebox.',
    '',
    timesText(times),
    '',
    ...(wide === undefined ? [] : wideText(wide)),
    `Left out (${String(leftOut.length)}), for not both passed:`,
    '',
    ...leftOut.map(({ id, reason }) => `- \`${short(id)}\`: ${reason.split('\n')[0] ?? ''}`),
  ].join('\n');
}

/** @param {string} what @param {Cost} our @param {Cost} their @param {Times | undefined} times */
function line(what, our, their, times) {
  const cells = [
    what,
    `${our.seconds.toFixed(1)} / ${their.seconds.toFixed(1)}`,
    ratio(their.seconds / our.seconds),
    `${String(our.ssh)} / ${String(their.ssh)}`,
    `${String(our.requests)} / ${String(their.requests)}`,
    `${kib(our.sshBytes)} / ${kib(their.sshBytes)}`,
    `${kib(our.restBytes)} / ${kib(their.restBytes)}`,
    times === undefined ? '' : percent(times.all - times.cloud, times.all),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {NonNullable<Evaluation['wide']>} wide @returns {string[]} */
function wideText({ times, notPassed }) {
  const verdicts =
    notPassed.length === 0
      ? 'All passed side by side too.'
      : `Not passed side by side: ${notPassed.join('; ')}.`;
  return [`Side by side: ${timesText(times)} ${verdicts}`, ''];
}

/** @param {Times} times @returns {string} where the time of our run goes */
function timesText({ all, cloud, late, looks, rest }) {
  const part = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s (${percent(ms, all)})`;
  return [
    `Of ${(all / 1000).toFixed(1)} s of ours the cloud worked for ${part(cloud)};`,
    `that counts about ${part(late)} in which what was waited for was so already and had not been looked at.`,
    `Looks at all layers took ${part(looks)}, everything else ${part(rest)}.`,
  ].join(' ');
}

/** @param {number} value */
function ratio(value) {
  return Number.isFinite(value) ? value.toFixed(1) : '-';
}

/** @param {number} bytes */
function kib(bytes) {
  return (bytes / 1024).toFixed(0);
}

/** @param {number} part @param {number} all */
function percent(part, all) {
  return `${((100 * part) / all).toFixed(1)} %`;
}

/** @param {string} id */
function short(id) {
  return id.replaceAll(folder, '');
}
