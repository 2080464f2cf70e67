import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalHost, quoteArgv, type Completed, type ExecOptions, type Limited } from '@whitebox/host';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeOptions } from './change-options.js';
import { giveBackAll } from './give-back.js';
import { HostJournal } from './host-journal.js';
import { JournalDirectory } from './journal-directory.js';

/** The machine of this test behind a real sh, as sshd has one, with a /var/lib of its own. */
class ShellHost extends LocalHost {
  readonly #library: string;

  constructor(library: string) {
    super('behind-sh');
    this.#library = library;
  }

  override exec(argv: readonly string[], options?: ExecOptions): Promise<Completed> {
    return super.exec(['/bin/sh', '-c', quoteArgv(argv.map((word) => this.#moved(word)))], options);
  }

  override readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return super.readFile(this.#moved(path), options);
  }

  #moved(word: string): string {
    return word.replace(/^\/var\/lib(?=\/)/, () => this.#library);
  }
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitebox-real-'));
  await mkdir(join(folder, 'library'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Paths below a folder, with content, mode and time of each file. */
async function tree(below: string): Promise<Record<string, string>> {
  const names = await readdir(below, { recursive: true });
  const facts = names.map(async (name): Promise<[string, string]> => {
    const { mode, uid, gid, mtimeNs } = await stat(join(below, name), { bigint: true });
    if ((await stat(join(below, name))).isDirectory()) return [name, `directory ${mode} ${uid}:${gid}`];
    return [name, `${mode} ${uid}:${gid} ${mtimeNs} ${await readFile(join(below, name), 'utf8')}`];
  });
  return Object.fromEntries(await Promise.all(facts));
}

const nasty = [
  '$(touch pwned)',
  '`touch pwned`',
  ' ',
  "'",
  '"',
  '\n',
  '\\',
  '*',
  '?',
  '[a]',
  '~',
  '-rf',
  '--',
  ';',
  '&',
  '|',
  '>',
  '#',
  '!',
  '{a,b}',
  '%s',
  'é',
  'x',
];
const name = fc
  .array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
  // Two kinds of names that are not of a file, and those of the temporary files.
  .filter((text) => text !== '.' && text !== '..');

describe('a change of real files through a real sh', () => {
  it('changes exactly these files, whatever their names, and gives all back: bytes, owner, mode, time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
        fc.string({ unit: 'binary' }),
        async (existing, added, text) => {
          const files = join(folder, 'files');
          await mkdir(files, { recursive: true });
          for (const one of existing) await writeFile(join(files, one), `was ${text}`, { mode: 0o640 });
          const before = await tree(files);
          const fresh = added.map((one) => join(files, `new ${one}`, one));
          const paths = [...existing.map((one) => join(files, one)), ...fresh];
          const host = new ShellHost(join(folder, 'library'));
          const journal = new JournalDirectory(join(folder, 'journal'));
          const change = await changeOptions(
            [{ host, files: paths.map((path) => ({ path, content: `is ${text}` })) }],
            { journal },
          );
          const changed = await tree(files);
          const made = fresh.flatMap((path) => [dirname(path), path]);
          expect(Object.keys(changed).sort()).toEqual(
            [...Object.keys(before), ...made.map((path) => path.slice(files.length + 1))].sort(),
          );
          for (const path of paths)
            expect(await readFile(path, 'utf8')).toBe(Buffer.from(`is ${text}`).toString());
          await change.giveBack();
          expect(await tree(files)).toEqual(before);
          expect(await readdir(join(folder, 'library'))).toEqual([]);
          await rm(files, { recursive: true });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is given back from what the host knows of it', async () => {
    const path = join(folder, 'a file');
    await writeFile(path, 'was\n', { mode: 0o600 });
    const before = await tree(folder);
    const host = new ShellHost(join(folder, 'library'));
    await changeOptions([{ host, files: [{ path, content: 'is\n' }] }], {
      journal: new JournalDirectory(join(folder, 'lost')),
    });
    await rm(join(folder, 'lost'), { recursive: true });
    const results = await giveBackAll([host], { journal: new HostJournal([host]) });
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(await tree(folder)).toEqual(before);
  });

  it('is refused to a second run as long as the first is open', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'was\n');
    const host = new ShellHost(join(folder, 'library'));
    const held = join(folder, 'library', 'whitebox-held.json');
    const first = await changeOptions([{ host, files: [{ path, content: 'is\n' }] }], {
      journal: new JournalDirectory(join(folder, 'journal')),
    });
    const other = (await readFile(held, 'utf8')).replace(/"process": "[^"]*"/, '"process": "other"');
    await writeFile(held, other);
    const attempt = changeOptions([{ host, files: [{ path, content: 'theirs\n' }] }], {
      journal: new JournalDirectory(join(folder, 'theirs')),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'WB_SERVICES_HELD' });
    expect(await readFile(path, 'utf8')).toBe('is\n');
    await first.giveBack();
    expect(await readFile(path, 'utf8')).toBe('was\n');
  });
});
