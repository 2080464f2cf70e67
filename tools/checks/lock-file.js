/**
 * Optional dependencies that a lock file has no entry for. npm leaves them out silently when their registry does not
 * answer, and then "npm ci" refuses the lock file on every other machine.
 * @param {Record<string, { optionalDependencies?: Record<string, string> }>} packages of package-lock.json
 */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !foldersAbove(path).some((folder) => packages[`${folder}node_modules/${name}`]))
      .map((name) => `${path || 'the root'} needs ${name}`),
  );
}

/**
 * Where Node looks for a dependency of a package: in its own folder, then in each one above.
 * @param {string} path "node_modules/a/node_modules/b"
 */
function foldersAbove(path) {
  const parts = path === '' ? [] : path.split('/');
  return parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/')}/`).concat('');
}
