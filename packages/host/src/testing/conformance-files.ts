import type { Host } from '../host.js';
import { run, runText } from '../run.js';
import type { Suite } from './conformance-api.js';
import { codeOf, textOf } from './conformance-helpers.js';

/** Reading and replacing files. */
export function fileConformance({ withHost, expect }: Suite): void {
  withHost('reads back the bytes that were written, all of them', async ({ host, directory }) => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 256);
    for (const content of [new Uint8Array(), bytes, Buffer.from('no newline'), Buffer.from('\n\n')]) {
      await host.replaceFile(`${directory}/bytes`, content);
      const back = await host.readFile(`${directory}/bytes`);
      expect(Buffer.compare(back, content)).toBe(0);
    }
  });

  withHost('takes odd names', async ({ host, directory }) => {
    const odd = [
      'a b',
      "it's",
      '"',
      '$(id)',
      '-rf',
      '*',
      'new\nline',
      'ends\n',
      '\\',
      'é☃',
      '{a,b}',
      '~',
      '[a]',
    ];
    for (const name of odd) await host.replaceFile(`${directory}/${name}`, Buffer.from(`of ${name}`));
    for (const name of odd) {
      expect(textOf(await host.readFile(`${directory}/${name}`))).toBe(`of ${name}`);
    }
  });

  withHost('gives a new file the mode that was asked for, whatever the umask', async (subject) => {
    const { host, directory } = subject;
    await host.replaceFile(`${directory}/default`, Buffer.from('x'));
    await host.replaceFile(`${directory}/secret`, Buffer.from('x'), { mode: 0o600 });
    await host.replaceFile(`${directory}/open`, Buffer.from('x'), { mode: 0o666 });
    const modes = ['default', 'secret', 'open'].map((name) => modeOf(host, `${directory}/${name}`));
    expect(await Promise.all(modes)).toEqual(['644', '600', '666']);
  });

  withHost('keeps the mode of an existing file', async ({ host, directory }) => {
    await host.replaceFile(`${directory}/kept`, Buffer.from('old'), { mode: 0o640 });
    await host.replaceFile(`${directory}/kept`, Buffer.from('new'), { mode: 0o777 });
    expect(await modeOf(host, `${directory}/kept`)).toBe('640');
    expect(textOf(await host.readFile(`${directory}/kept`))).toBe('new');
  });

  withHost('follows symbolic links and leaves them links', async ({ host, directory }) => {
    await run(host, ['mkdir', `${directory}/real dir`]);
    await host.replaceFile(`${directory}/real dir/file`, Buffer.from('old'));
    await run(host, ['ln', '-s', 'real dir/file', `${directory}/link`]);
    await run(host, ['ln', '-s', `${directory}/link`, `${directory}/link2`]);
    await host.replaceFile(`${directory}/link2`, Buffer.from('new'));
    expect(textOf(await host.readFile(`${directory}/real dir/file`))).toBe('new');
    expect(textOf(await host.readFile(`${directory}/link2`))).toBe('new');
    const kind = await runText(host, ['stat', '-c', '%F', `${directory}/link2`]);
    expect(kind.trim()).toBe('symbolic link');
  });

  withHost('leaves nothing else behind', async ({ host, directory }) => {
    await host.replaceFile(`${directory}/only`, Buffer.from('old'));
    await host.replaceFile(`${directory}/only`, Buffer.from('new'));
    expect(await codeOf(host.replaceFile(directory, Buffer.from('x')))).toBe('WB_HOST_NOT_A_FILE');
    expect(await runText(host, ['ls', '-A', directory])).toBe('only\n');
  });

  withHost('says what is wrong with a path', async ({ host, directory }) => {
    await host.replaceFile(`${directory}/file`, Buffer.from('x'));
    expect(await codeOf(host.readFile(`${directory}/none`))).toBe('WB_HOST_NO_FILE');
    expect(await codeOf(host.readFile(`${directory}/none/x`))).toBe('WB_HOST_NO_FILE');
    expect(await codeOf(host.readFile(directory))).toBe('WB_HOST_NOT_A_FILE');
    expect(await codeOf(host.readFile('relative'))).toBe('WB_HOST_BAD_ARGUMENT');
    expect(await codeOf(host.replaceFile(`${directory}/none/x`, Buffer.from('x')))).toBe('WB_HOST_NO_FILE');
    expect(await codeOf(host.replaceFile('relative', Buffer.from('x')))).toBe('WB_HOST_BAD_ARGUMENT');
    expect(await codeOf(host.replaceFile(`${directory}/new/`, Buffer.from('x')))).toBe(
      'WB_HOST_BAD_ARGUMENT',
    );
    expect(await codeOf(host.readFile(`${directory}/new`))).toBe('WB_HOST_NO_FILE');
  });

  withHost('reads nothing and writes nothing when it is given up before', async ({ host, directory }) => {
    const signal = AbortSignal.abort();
    expect(await codeOf(host.readFile(`${directory}/x`, { signal }))).toBe('WB_HOST_ABORTED');
    const replaced = host.replaceFile(`${directory}/x`, Buffer.from('x'), { signal });
    expect(await codeOf(replaced)).toBe('WB_HOST_ABORTED');
    expect(await codeOf(host.readFile(`${directory}/x`))).toBe('WB_HOST_NO_FILE');
  });
}

async function modeOf(host: Host, path: string): Promise<string> {
  return (await runText(host, ['stat', '-c', '%a', path])).trim();
}
