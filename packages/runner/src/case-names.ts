import type { SuitePackage } from './suite-package.js';

/** "@whitebox/nova-nfv-suite/emulator-threads" */
export function fileIdOf(suite: SuitePackage, path: string): string {
  return `${suite.name}/${path.replace(/^.*\//, '').replace(/\.[cm]?[jt]s$/, '')}`;
}

/** Matches the full names of these cases, which vitest joins with blanks where it shows them joined with " > ". */
export function exactly(names: readonly string[]): RegExp {
  const escaped = names.map((name) =>
    name
      .split(' > ')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('(?: > | )'),
  );
  return new RegExp(`^(?:${escaped.join('|')})$`);
}
