import { gzipSync } from 'node:zlib';
import { commandsOf } from './shell-words.js';

/**
 * What a host is asked to run, without what Whitebox and sudo wrap it in (packages/host/src/run-script.ts).
 * @typedef {object} Launch
 * @property {string} before what the wrapping says on standard output first
 * @property {readonly string[]} argv the program
 * @property {string} stdin what is left of standard input for it
 */

/**
 * @param {readonly string[]} argv
 * @param {string} stdin
 * @returns {Launch}
 */
export function unwrapped(argv, stdin) {
  let before = '';
  for (;;) {
    if (argv[0] === 'sudo') argv = argv.slice(argv.indexOf('--') + 1);
    else if (isRunScript(argv)) {
      const lines = Number(argv[5]);
      // The word, a process id, and what /proc says of it: field 22 is when it was started.
      before += `${argv[4] ?? ''} 4242 4242 (sh) S${' 0'.repeat(18)} 4242\n`;
      argv = argv.slice(6);
      if (lines === 0) continue;
      const end = endOfLines(stdin, lines);
      const set = commandsOf(stdin.slice(0, end)).find(
        ([first, second]) => first === 'set' && second === '--',
      );
      if (set !== undefined) argv = set.slice(2);
      stdin = stdin.slice(end);
    } else return { before, argv, stdin };
  }
}

/**
 * Commands that are sent in one (packages/host/src/batched.ts).
 * @typedef {object} Batch
 * @property {string} word with which the answer to each ends
 * @property {readonly (readonly string[])[]} commands
 */

/**
 * @param {Launch} launch
 * @returns {Batch | undefined} undefined: it is one by itself
 */
export function batchOf({ argv, stdin }) {
  const [shell, option, script, , word = ''] = argv;
  if (shell !== '/bin/sh' || option !== '-c' || !script?.startsWith('wb_word=$1\nrun() {')) return undefined;
  return { word, commands: commandsOf(stdin).map(([, ...words]) => words) };
}

/**
 * What the script of a batch writes.
 * @param {string} word
 * @param {readonly import('./answers.js').Answer[]} answers
 */
export function batchAnswer(word, answers) {
  const parts = answers.flatMap(({ exitCode, stdout, stderr }) => {
    const said = Buffer.from(`${stderr.toString()}=${String(exitCode)}`).toString('base64');
    return [stdout, Buffer.from(`\n${word} ${said}\n`)];
  });
  return gzipSync(Buffer.concat(parts), { level: 1 });
}

/** @param {readonly string[]} argv */
function isRunScript([shell, option, script, name]) {
  return (
    shell === '/bin/sh' && option === '-c' && name === 'sh' && (script ?? '').startsWith('shopt -s execfail')
  );
}

/** @param {string} text @param {number} lines */
function endOfLines(text, lines) {
  let end = 0;
  for (let line = 0; line < lines; line += 1) end = text.indexOf('\n', end) + 1;
  return end;
}
