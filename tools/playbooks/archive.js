import { realpathSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { run } from '../support/processes.js';
import { publishedPackages, root } from '../support/repository.js';

/**
 * Writes what a clone that is built needs to run, and nothing to build it with, as the tar.gz that the role whitebox-install
 * unpacks on nodes which reach no npm registry (`whitebox_archive`).
 * @param {string} file
 */
export async function writeArchive(file) {
  /** @type {string[]} */
  const lines = [];
  // Its exit code tells of libraries that nobody asked for, too, which is not our question.
  await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    onLine: (line) => lines.push(line),
  });
  const libraries = lines
    // At the top, or below the one package that wants another version.
    .filter((line) => line.startsWith(`${root}${sep}`) && line.includes(`${sep}node_modules${sep}`))
    .filter((line) => !line.startsWith(join(root, 'tools', sep)))
    // Packages of this repository are links; what they link to is named below.
    .filter((path) => realpathSync(path) === path)
    .map((path) => relative(root, path))
    .filter((path, _, all) => !all.some((other) => path.startsWith(`${other}${sep}`)));
  if (libraries.length === 0) throw new Error('npm ls names no library: is this clone installed?');
  const packages = publishedPackages().flatMap(({ short }) => [
    `node_modules/@whitebox/${short}`,
    `packages/${short}/package.json`,
    `packages/${short}/dist`,
  ]);
  const list = `${file}.list`;
  writeFileSync(list, ['package.json', ...libraries, ...packages].join('\n'));
  const tar = await run('tar', ['-C', root, '-I', 'gzip -1', '-cf', file, '-T', list]);
  if (tar.code !== 0) throw new Error(`tar failed: ${tar.tail.slice(-3).join('; ')}`);
}
