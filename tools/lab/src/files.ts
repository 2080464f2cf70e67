import { chmod, chown, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './errors.js';
import { run } from './exec.js';
import type { HostFile } from './host-files.js';

/** The folder with templates and scripts; the same seen from src and from dist. */
export const filesDirectory = fileURLToPath(new URL('../files', import.meta.url));

/** The folder with programs of hosts that look as another deployment tool left them. */
export const deploymentsDirectory = fileURLToPath(new URL('../deployments', import.meta.url));

/** The emulator of processors and memory, which is compiled into the root filesystem. */
export const topologyDirectory = fileURLToPath(new URL('../topology', import.meta.url));

/** Every file below a folder, by its path relative to it, in a fixed order. */
export async function readTree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return Object.fromEntries(paths.map((path, index) => [path.slice(folder.length + 1), texts[index] ?? '']));
}

export async function readTemplates(): Promise<Record<string, string>> {
  return await readTree(join(filesDirectory, 'config'));
}

/** Numbers of accounts in a root filesystem, by name. */
export interface Accounts {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

async function readAccounts(root: string): Promise<Accounts> {
  const table = async (file: string) =>
    new Map(
      (await readFile(join(root, 'etc', file), 'utf8')).split('\n').map((line) => {
        const [name = '', , id = ''] = line.split(':');
        return [name, Number(id)] as const;
      }),
    );
  return { users: await table('passwd'), groups: await table('group') };
}

function idOf(table: ReadonlyMap<string, number>, name: string): number {
  const id = table.get(name);
  if (id === undefined) throw new LabError('WB_LAB_ACCOUNT', `The root filesystem has no account ${name}.`);
  return id;
}

/** Writes files into a root filesystem. What is there is replaced, not followed: it may be a link out of that root. */
export async function writeHostFiles(root: string, files: readonly HostFile[]): Promise<void> {
  const accounts = await readAccounts(root);
  for (const file of files) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, file.content, { mode: 0o600, flag: 'wx' });
    await chown(path, idOf(accounts.users, file.owner), idOf(accounts.groups, file.group));
    await chmod(path, file.mode);
  }
}

/** Makes a folder with one owner and mode. */
export async function makeOwnedFolder(
  root: string,
  path: string,
  account: string,
  mode: number,
): Promise<void> {
  const accounts = await readAccounts(root);
  await mkdir(join(root, path), { recursive: true });
  await chown(join(root, path), idOf(accounts.users, account), idOf(accounts.groups, account));
  await chmod(join(root, path), mode);
}

/** Makes a folder with all that is in it somebody's. */
export async function giveTree(root: string, path: string, account: string): Promise<void> {
  const accounts = await readAccounts(root);
  const owner = `${idOf(accounts.users, account)}:${idOf(accounts.groups, account)}`;
  await run(['chown', '--recursive', '--no-dereference', owner, join(root, path)]);
}
