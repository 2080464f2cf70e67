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
      const set = commandsOf(stdin.slice(0, end)).find(([first, second]) => first === 'set' && second === '--');
      if (set !== undefined) argv = set.slice(2);
      stdin = stdin.slice(end);
    } else return { before, argv, stdin };
  }
}

/**
 * The commands that are sent in one (packages/host/src/batched.ts); undefined: it is one by itself.
 * @param {Launch} launch
 * @returns {readonly (readonly string[])[] | undefined}
 */
export function batchOf({ argv, stdin }) {
  const [shell, option, script] = argv;
  if (shell !== '/bin/sh' || option !== '-c' || !script?.startsWith('exec 3>&1\nrun() {')) return undefined;
  return commandsOf(stdin).map(([, ...words]) => words);
}

/**
 * What the script of a batch writes of one command.
 * @param {import('./answers.js').Answer} answer
 */
export function batchAnswer({ exitCode, stdout, stderr }) {
  // base64 of coreutils breaks its lines at 76 characters.
  const lines = stdout.toString('base64').replaceAll(/.{1,76}/g, '$&\n');
  return `${lines}.${Buffer.from(`${stderr.toString()}=${String(exitCode)}`).toString('base64')}\n`;
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
