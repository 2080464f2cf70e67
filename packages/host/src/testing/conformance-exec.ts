import { Readable } from 'node:stream';
import { runText } from '../run.js';
import type { Suite } from './conformance-api.js';
import { codeOf } from './conformance-helpers.js';

/** Starting a program and learning how it ended. */
export function execConformance({ withHost, expect, signalsAsExitCodes }: Suite): void {
  withHost('gives every argument as it is, whatever is in it', async ({ host }) => {
    const odd = ['', ' ', 'a b', "it's", '"', '$HOME $(id) `id`', '*', '~', '-n', '--', '\\', 'a\nb\n', 'é☃'];
    const text = await runText(host, ['printf', '[%s]', ...odd]);
    expect(text).toBe(odd.map((argument) => `[${argument}]`).join(''));
  });

  withHost('tells exit code, stdout and stderr apart', async ({ host }) => {
    const argv = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
    const completed = await host.exec(argv);
    expect(completed).toEqual({ argv, exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  withHost('tells that a signal ended the program', async ({ host }) => {
    const { exitCode, signal } = await host.exec(['sh', '-c', 'kill -TERM $$']);
    const expected = signalsAsExitCodes
      ? { exitCode: 143, signal: null }
      : { exitCode: null, signal: 'SIGTERM' };
    expect({ exitCode, signal }).toEqual(expected);
  });

  withHost('gives an exit code of 127 or above as it is', async ({ host }) => {
    for (const code of [126, 127, 128, 255]) {
      const { exitCode, signal } = await host.exec(['sh', '-c', `exit ${String(code)}`]);
      expect({ exitCode, signal }).toEqual({ exitCode: code, signal: null });
    }
  });

  withHost('says when there is no such program', async ({ host }) => {
    expect(await codeOf(host.exec(['wb-no-such-program', 'x']))).toBe('WB_HOST_NOT_FOUND');
    expect(await codeOf(host.exec(['/nonexistent/wb program']))).toBe('WB_HOST_NOT_FOUND');
  });

  withHost('refuses what cannot be run', async ({ host }) => {
    expect(await codeOf(host.exec([]))).toBe('WB_HOST_BAD_ARGUMENT');
    expect(await codeOf(host.exec(['printf', 'a\0b']))).toBe('WB_HOST_BAD_ARGUMENT');
    expect(await codeOf(host.exec(['printf'], { env: { 'A=B': 'c' } }))).toBe('WB_HOST_BAD_ARGUMENT');
  });

  withHost('gives standard input as text, bytes or stream, and closes it', async ({ host }) => {
    expect(await runText(host, ['cat'])).toBe('');
    expect(await runText(host, ['cat'], { stdin: 'line\nno end' })).toBe('line\nno end');
    expect(await runText(host, ['cat'], { stdin: new Uint8Array([104, 105]) })).toBe('hi');
    const stream = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    expect(await runText(host, ['cat'], { stdin: stream })).toBe('one two');
  });

  withHost('does not mind a program that leaves its input unread', async ({ host }) => {
    const { exitCode } = await host.exec(['sh', '-c', 'exit 4'], { stdin: 'x'.repeat(3_000_000) });
    expect(exitCode).toBe(4);
  });

  withHost('adds to the environment, odd values too, and to standard input nothing', async ({ host }) => {
    const env = { WB_ODD: `a'b"c $(id)\nline two\n`, WB_EMPTY: '' };
    const script = 'printf "%s|%s|" "$WB_ODD" "${WB_EMPTY-unset}"; cat';
    const text = await runText(host, ['sh', '-c', script], { env, stdin: 'rest' });
    expect(text).toBe(`${env.WB_ODD}||rest`);
  });

  withHost('runs nothing when it is given up before it starts', async ({ host, directory }) => {
    const file = `${directory}/never`;
    const argv = ['sh', '-c', `echo x > '${file}'`];
    expect(await codeOf(host.exec(argv, { signal: AbortSignal.abort() }))).toBe('WB_HOST_ABORTED');
    expect(await codeOf(host.readFile(file))).toBe('WB_HOST_NO_FILE');
  });

  withHost('runs many programs at once', async ({ host }) => {
    const numbers = Array.from({ length: 30 }, (_, index) => String(index));
    const texts = await Promise.all(numbers.map((number) => runText(host, ['printf', '%s', number])));
    expect(texts).toEqual(numbers);
  });
}
