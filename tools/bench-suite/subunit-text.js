// Reads subunit v1, which is text: https://github.com/testing-cabal/subunit#the-protocol

/**
 * @typedef {object} TheirTest
 * @property {string} id
 * @property {'passed' | 'failed' | 'skipped'} verdict
 * @property {string} reason of a skip; the last line of the traceback of a failure
 * @property {number} start seconds since 1970
 * @property {number} end
 */

/** @type {Readonly<Record<string, TheirTest['verdict']>>} */
const verdicts = {
  successful: 'passed',
  success: 'passed',
  skip: 'skipped',
  failure: 'failed',
  error: 'failed',
  xfail: 'passed',
  uxsuccess: 'failed',
};

const outcome = /^(successful|success|skip|failure|error|xfail|uxsuccess): (.*?)(?: \[( multipart)?)?$/;

/**
 * @param {string} text what `subunit-2to1` prints
 * @returns {TheirTest[]} the tests that ended, as Tempest names them, and what stands for a whole class: "setUpClass (module.Class)"
 */
export function readSubunitText(text) {
  /** @type {TheirTest[]} */
  const tests = [];
  /** @type {Map<string, number>} */
  const began = new Map();
  let now = Number.NaN;
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const time = /^time: (\S+) (\S+)Z$/.exec(line);
    if (time !== null) now = seconds(`${time[1] ?? ''}T${time[2] ?? ''}`);
    const test = /^test: (.*)$/.exec(line);
    if (test !== null) began.set(test[1] ?? '', now);
    const ended = outcome.exec(line);
    if (ended === null) continue;
    const [, word = '', id = ''] = ended;
    const details = [];
    if (line.endsWith('[') || line.endsWith('multipart')) {
      at += 1;
      for (; at < lines.length && lines[at] !== ']'; at += 1) details.push(lines[at] ?? '');
      // Cut off: subunit-2to1 says so of the test that was running when the stream ended.
      if (at >= lines.length) break;
    }
    const verdict = verdicts[word] ?? 'failed';
    const reason = verdict === 'passed' ? '' : reasonOf(details, verdict);
    tests.push({ id: id.trim(), verdict, reason, start: began.get(id) ?? now, end: now });
  }
  return tests;
}

/** Microseconds, which Date.parse would not keep. @param {string} time */
function seconds(time) {
  const [whole = '', fraction = '0'] = time.split('.');
  return Date.parse(`${whole}Z`) / 1000 + Number(`0.${fraction}`);
}

/** @param {readonly string[]} details @param {TheirTest['verdict']} verdict */
function reasonOf(details, verdict) {
  const name = verdict === 'skipped' ? /^reason$/ : /^traceback/;
  const begins = details.findIndex((line) => name.test(line));
  if (begins === -1) return 'no reason was given';
  const rest = details.slice(begins + 1);
  const ends = rest.findIndex((line) => line.startsWith('Content-Type: '));
  const text = (ends === -1 ? rest : rest.slice(0, ends))
    // Chunks, each after a line with its length; the last one is empty and its length ends the last line of the text.
    .filter((line) => !/^[0-9A-F]+\r$/.test(line))
    .map((line) => line.replace(/0\r$/, '').trim())
    .filter((line) => line !== '');
  if (verdict === 'skipped') return text.join(' ');
  const raised = text.findLast((line) =>
    /^[\w.]*(?:Error|Exception|Failed|NotFound|Timeout\w*|Conflict|Fault)\b.*/.test(line),
  );
  return raised ?? text.at(-1) ?? 'no reason was given';
}
