import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The first ```ts block of a text: in the README of a package that is a complete program.
 * @param {string} markdown
 * @returns {string | undefined}
 */
export function firstProgram(markdown) {
  return /^```ts\r?\n([\s\S]*?)^```\s*$/m.exec(markdown)?.[1];
}

/** @param {string} folder of a package */
export function readmeProgram(folder) {
  const path = join(folder, 'README.md');
  return existsSync(path) ? firstProgram(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Whether a program needs a cloud: it names a host of the lab or reads the variables that lead to it.
 * @param {string} program
 */
export function needsCloud(program) {
  return /\b(controller|compute1|OS_CLOUD|OS_CLIENT_CONFIG_FILE|WB_DB_\w+|fromEnvironment|clouds\.yaml)\b/.test(
    program,
  );
}
