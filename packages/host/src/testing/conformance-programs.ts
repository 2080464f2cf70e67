import { Readable } from 'node:stream';
import type { Suite } from './conformance-api.js';
import { codeOf, textOf, uniqueWord, until } from './conformance-helpers.js';

/** What only real processes show: streams, backpressure, children, signals. */
export function programConformance({ withHost, expect }: Suite): void {
  withHost('keeps values of the environment out of process arguments', async ({ host, running }) => {
    const word = uniqueWord();
    const controller = new AbortController();
    const marker = uniqueWord();
    const pending = host.exec(['sh', '-c', `: ${marker}; sleep 600; :`], {
      env: { WB_SECRET: word },
      signal: controller.signal,
    });
    await until(async () => (await running(marker)) > 0);
    expect(await running(word)).toBe(0);
    controller.abort();
    expect(await codeOf(pending)).toBe('WB_HOST_ABORTED');
  });

  withHost('hands over output as it comes', async ({ host }) => {
    const seen: string[] = [];
    let release: (() => void) | undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    async function* stdin(): AsyncGenerator<Buffer> {
      yield Buffer.from('one\n');
      await first;
      yield Buffer.from('two\n');
    }
    // The second line is written only after the first came back, so output cannot have waited for the end.
    const { stdout } = await host.exec(['cat'], {
      stdin: Readable.from(stdin()),
      onStdout: (chunk) => {
        seen.push(Buffer.from(chunk).toString());
        release?.();
      },
    });
    expect(seen.join('')).toBe('one\ntwo\n');
    expect(stdout).toBe('one\ntwo\n');
  });

  withHost('hands over much output whole, in order, without keeping it', async ({ host }) => {
    let bytes = 0;
    let last = '';
    const { stdout } = await host.exec(['seq', '1', '400000'], {
      collect: false,
      maxOutputBytes: 10,
      onStdout: async (chunk) => {
        bytes += chunk.length;
        last = Buffer.from(chunk.slice(-8)).toString();
        await Promise.resolve();
      },
    });
    expect(stdout).toBe('');
    expect(bytes).toBe(2688895);
    expect(last.endsWith('\n400000\n')).toBe(true);
  });

  withHost('slows a program down whose output is not taken', async ({ host, directory }) => {
    const file = `${directory}/progress`;
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let started: (() => void) | undefined;
    const taken = new Promise<void>((resolve) => (started = resolve));
    const script = `seq 1 4000000; echo done > '${file}'`;
    const pending = host.exec(['sh', '-c', script], {
      collect: false,
      onStdout: async () => {
        started?.();
        await held;
      },
    });
    await taken;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await codeOf(host.readFile(file))).toBe('WB_HOST_NO_FILE');
    release?.();
    expect((await pending).exitCode).toBe(0);
    expect(textOf(await host.readFile(file))).toBe('done\n');
  });

  withHost('really ends the program and its children at the deadline', async ({ host, running }) => {
    const word = uniqueWord();
    expect(await codeOf(host.exec(familyOf(word), { timeoutMs: 1500 }))).toBe('WB_HOST_TIMEOUT');
    expect(await running(word)).toBe(0);
  });

  withHost('really ends the program and its children when it is aborted', async ({ host, running }) => {
    const word = uniqueWord();
    const controller = new AbortController();
    const pending = codeOf(host.exec(familyOf(word), { signal: controller.signal }));
    await until(async () => (await running(word)) >= 3);
    controller.abort();
    expect(await pending).toBe('WB_HOST_ABORTED');
    expect(await running(word)).toBe(0);
  });

  withHost('ends a program that does not want to end', async ({ host, running }) => {
    const word = uniqueWord();
    const stubborn = ['sh', '-c', `trap '' TERM INT HUP; : ${word}; while :; do sleep 0.2; done`];
    expect(await codeOf(host.exec(stubborn, { timeoutMs: 500 }))).toBe('WB_HOST_TIMEOUT');
    expect(await running(word)).toBe(0);
  });

  withHost('lets a program end in order: it gets SIGTERM first', async ({ host, directory }) => {
    const file = `${directory}/last-words`;
    const script = `trap 'echo bye > "${file}"; exit 0' TERM; while :; do sleep 0.1; done`;
    expect(await codeOf(host.exec(['sh', '-c', script], { timeoutMs: 500 }))).toBe('WB_HOST_TIMEOUT');
    expect(textOf(await host.readFile(file))).toBe('bye\n');
  });

  withHost('does not wait for children left in the background', async ({ host, running }) => {
    const word = uniqueWord();
    const started = performance.now();
    const script = `sh -c ': ${word}; sleep 20; :' & echo started; exit 5`;
    const { exitCode, stdout } = await host.exec(['sh', '-c', script]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: 'started\n' });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await running(word)).toBe(1);
    await host.exec(['sh', '-c', `for p in /proc/[0-9]*; do ${killIfNamed(word)}; done`]);
  });

  withHost('ends a program whose output is too large, or whose listener throws', async (subject) => {
    const { host, running } = subject;
    const word = uniqueWord();
    const endless = ['sh', '-c', `: ${word}; while :; do echo 0123456789; done`];
    expect(await codeOf(host.exec(endless, { maxOutputBytes: 100_000 }))).toBe('WB_HOST_OUTPUT_TOO_LARGE');
    expect(await running(word)).toBe(0);
    let thrown: unknown;
    const refused = new Error('no more');
    try {
      await host.exec(endless, {
        collect: false,
        onStdout: () => {
          throw refused;
        },
      });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(refused);
    expect(await running(word)).toBe(0);
  });
}

/** A shell with a child and, below that one, an orphan in a session of its own; each has the word in its command line. */
function familyOf(word: string): string[] {
  const loop = `: ${word}; while :; do sleep 0.5; done`;
  const child = `: ${word}; setsid sh -c '${loop}' & wait`;
  return ['sh', '-c', `: ${word}; (sh -c "${child}" &); ${loop}`];
}

function killIfNamed(word: string): string {
  return `if grep -qs '${word}; sleep 20' "$p/cmdline" && [ "\${p#/proc/}" != $$ ]; then kill -KILL "\${p#/proc/}"; fi`;
}
