import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './errors.js';

/** A suite: an installed package whose package.json says where its cases are (`"whitebox": {"cases": "dist/cases/*.js"}`). */
export interface SuitePackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the package, without symbolic links: stacks name its files by it. */
  readonly root: string;
  /** Glob of the files with cases, relative to `root`. */
  readonly cases: string;
}

/**
 * Finds a suite by the name of its package, as installed below `cwd` or beside the runner itself, or by the path of a
 * folder; one that starts with neither `.` nor `/` is looked for among what is installed first.
 *
 * @throws UsageError `WB_RUN_NO_SUITE`, `WB_RUN_NOT_A_SUITE`
 */
export async function findSuite(name: string, cwd: string): Promise<SuitePackage> {
  const places = candidates(name, cwd);
  for (const root of places) {
    const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return suiteOf(name, await realpath(root), text);
  }
  throw new UsageError({
    code: 'WB_RUN_NO_SUITE',
    action: `find the suite ${name}`,
    observed: isFolder(name)
      ? `there is no package.json in ${places.join(', ')}`
      : `it is installed neither in ${cwd} or above it nor beside the whitebox command, and is no folder with a package.json`,
    advice: isFolder(name)
      ? 'Correct the path: a suite is a folder with a package.json that says where its cases are.'
      : `Correct the name, install it (npm install ${name}), or name a folder that holds a suite (./my-suite).`,
  });
}

/** "no file /a/suite/dist/cases/*.js has cases" */
export function noCasesIn(suites: readonly SuitePackage[]): string {
  return `no file ${suites.map(({ root, cases }) => join(root, cases)).join(' or ')} has cases`;
}

function isFolder(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

function candidates(name: string, cwd: string): string[] {
  if (isFolder(name)) return [resolve(cwd, name)];
  const from = [join(cwd, 'package.json'), fileURLToPath(import.meta.url)];
  const folders = from.flatMap((file) => createRequire(file).resolve.paths(name) ?? []);
  return [...new Set([...folders.map((folder) => join(folder, name)), resolve(cwd, name)])];
}

function suiteOf(name: string, root: string, text: string): SuitePackage {
  const wrong = (observed: string): UsageError =>
    new UsageError({
      code: 'WB_RUN_NOT_A_SUITE',
      action: `read ${join(root, 'package.json')}`,
      observed,
      advice: `A suite says where its cases are: "whitebox": {"cases": "dist/cases/*.js"}. Is ${name} a suite?`,
    });
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const { name: packageName, version, whitebox } = manifest as Record<string, unknown>;
  const cases = (whitebox as { cases?: unknown } | undefined)?.cases;
  if (typeof cases !== 'string') throw wrong('it has no "whitebox.cases"');
  return {
    name: typeof packageName === 'string' ? packageName : name,
    version: typeof version === 'string' ? version : '0.0.0',
    root,
    cases,
  };
}
