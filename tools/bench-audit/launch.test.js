import { gunzipSync } from 'node:zlib';
import { LocalHost, batched, asRoot, quoteArgv } from '@whitebox/host';
import { expect, it } from 'vitest';
import { batchAnswer, batchOf, unwrapped } from './launch.js';
import { commandsOf } from './shell-words.js';

/** A machine of which only what it is sent is seen; the replay answers. @param {(argv: readonly string[]) => string} says */
function replayed(says) {
  const local = new LocalHost();
  return {
    name: 'replay',
    /** @param {readonly string[]} argv @param {import('@whitebox/host').ExecOptions} options */
    exec: async (argv, options = {}) => {
      const launch = unwrapped(commandsOf(quoteArgv(argv))[0] ?? [], String(options.stdin ?? ''));
      const batch = batchOf(launch);
      const answer = (/** @type {readonly string[]} */ command) => ({
        exitCode: 3,
        stdout: Buffer.from(says(command)),
        stderr: Buffer.from('said'),
        milliseconds: 0,
      });
      const body =
        batch === undefined
          ? answer(launch.argv).stdout
          : batchAnswer(batch.word, batch.commands.map(answer));
      await options.onStdout?.(Buffer.concat([Buffer.from(launch.before), body]));
      return { argv, exitCode: 3, signal: null, stdout: '', stderr: '' };
    },
    readFile: local.readFile.bind(local),
    replaceFile: local.replaceFile.bind(local),
    dial: local.dial.bind(local),
  };
}

it('understands how Whitebox quotes', () => {
  const words = ['sh', '-c', "echo 'it''s'\n\n$x \\ \"", '', 'a b', '--x=1'];
  expect(commandsOf(`${quoteArgv(words)}\n${quoteArgv(['true'])}\n`)).toEqual([words, ['true']]);
});

it('answers what Whitebox sends, one by one and in a batch, as a machine would', async () => {
  /** @type {string[]} */
  const asked = [];
  const host = batched(
    asRoot(
      replayed((argv) => {
        asked.push(argv.join(' '));
        return `answer to ${argv.join(' ')}`;
      }),
    ),
  );
  const alone = await host.exec(['ls', '-1A', '--', '/etc/'], { env: { LC_ALL: 'C' } });
  expect([alone.exitCode, alone.stdout]).toEqual([3, 'answer to ls -1A -- /etc/']);
  const both = await Promise.all([host.exec(['one', "it's"]), host.exec(['two'], { env: { LC_ALL: 'C' } })]);
  expect(both.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr])).toEqual([
    [3, "answer to one it's", 'said'],
    [3, 'answer to env LC_ALL=C two', 'said'],
  ]);
  expect(asked).toEqual(['ls -1A -- /etc/', "one it's", 'env LC_ALL=C two']);
});

it('writes a batch as the script does', () => {
  const answer = { exitCode: 0, stdout: Buffer.from('x'), stderr: Buffer.alloc(0), milliseconds: 0 };
  expect(gunzipSync(batchAnswer('word', [answer])).toString()).toBe('x\nword PTA=\n');
});
