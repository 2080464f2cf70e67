import type { CaseDescription } from '@whitebox/testkit';
import { runsInLab, type LabRuns } from './lab-runs.js';

/** A case as `whitebox list --json` has it. */
export interface ListedCase extends CaseDescription {
  readonly id: string;
  readonly name: string;
}

export interface CoverageInput {
  readonly cases: readonly ListedCase[];
  /** Ids of the predecessor's tests. */
  readonly tests: readonly string[];
  /** Id that exists by inheritance only -> the one that it repeats. */
  readonly inherited: Readonly<Record<string, string>>;
  readonly notReplaced: Readonly<
    Record<string, { readonly why: string; readonly instead: readonly string[] }>
  >;
  readonly labRuns: LabRuns;
}

/** What is wrong with the data, in words; empty when each id has a case or a reason. */
export function coverageProblems(input: CoverageInput): {
  /** Ids with neither case nor reason. */
  readonly open: readonly string[];
  /** Names that do not fit together: a case that names an unknown id, a reason for an id that has a case. */
  readonly wrong: readonly string[];
} {
  const { cases, tests, inherited, notReplaced, labRuns } = input;
  const known = new Set([...tests, ...Object.keys(inherited)]);
  const replaced = new Set(cases.flatMap(({ replaces }) => replaces));
  const names = new Set(cases.map(({ name }) => name));
  const reasons = Object.entries(notReplaced);
  return {
    open: tests.filter((id) => !replaced.has(id) && notReplaced[id] === undefined),
    wrong: [
      ...[...replaced]
        .filter((id) => !known.has(id))
        .map((id) => `a case replaces ${id}, which there is not`),
      ...reasons
        .filter(([id]) => !known.has(id))
        .map(([id]) => `a reason is given for ${id}, which there is not`),
      ...reasons
        .filter(([id]) => replaced.has(id))
        .map(([id]) => `${id} has a case and a reason why it has none`),
      ...reasons.flatMap(([id, { instead }]) =>
        instead
          .filter((name) => !names.has(name))
          .map((name) => `${id}: instead of it there is no case "${name}"`),
      ),
      ...[...new Set(Object.values(labRuns).flatMap((run) => Object.keys(run.cases)))]
        .filter((name) => !names.has(name))
        .map((name) => `a lab run is recorded of "${name}", which there is not`),
    ],
  };
}

/** docs/coverage.md */
export function coverageTable(input: CoverageInput): string {
  const { cases, tests, inherited, notReplaced, labRuns } = input;
  const { open } = coverageProblems(input);
  const ours = cases.map((one) => row(caseOf(one), needsOf(one), runsInLab(one, labRuns)));
  const rowsOf = (id: string): string[] => {
    const reason = notReplaced[id];
    if (reason !== undefined) {
      const instead = reason.instead.map((name) => `“${name}”`).join('; ');
      return [row(code(id), `none: ${reason.why}${instead === '' ? '' : ` Instead: ${instead}`}`, '', '')];
    }
    const replacing = cases.flatMap((one, index) => (one.replaces.includes(id) ? [ours[index] ?? ''] : []));
    if (replacing.length === 0) return [row(code(id), '**open**', '', '')];
    return replacing.map((text) => `| ${code(id)} ${text}`);
  };
  const beyond = cases.flatMap((one, index) => (one.replaces.length === 0 ? [ours[index] ?? ''] : []));
  return [
    head,
    `${tests.length} tests of the predecessor; ${tests.length - open.length} have a case or a reason, ${open.length} are open.`,
    `${cases.length} cases of ours, ${beyond.length} of them beyond the predecessor.`,
    profilesText(labRuns),
    '',
    row('test of the predecessor', 'our case', 'needs', 'runs in the lab'),
    row('---', '---', '---', '---'),
    ...tests.flatMap(rowsOf),
    ...Object.entries(inherited).map(([id, repeated]) =>
      row(code(id), `inherited; repeats ${code(repeated)}`, '', ''),
    ),
    '',
    '## Beyond the predecessor',
    '',
    row('our case', 'needs', 'runs in the lab'),
    row('---', '---', '---'),
    ...beyond,
    '',
  ].join('\n');
}

const head = `# What the NFV suite covers

Each test of whitebox-tempest-plugin and the cases of @whitebox/nova-nfv-suite that replace it; where there is none, why. Where a case
checks something else than the test did, a comment in the case says why.

This page is generated from the cases, from packages/nova-nfv-suite/src/coverage-table and from docs/lab-runs.json (\`npm run coverage-table\`);
do not edit it. "Runs in the lab" is what was seen in a lab of that profile and written down with \`npm run coverage-table -- --record
results.json --profile NAME\`, never what was hoped for: "yes" has passed there every time it ran. "Waits for" names the device
that a need of the case asks for, where no lab has it; such cases are exercised by unit tests over recorded and constructed
XML, rows and sysfs trees.
`;

function profilesText(labRuns: LabRuns): string {
  const profiles = Object.entries(labRuns).map(([profile, { recorded }]) => `${profile} (${recorded})`);
  return profiles.length === 0 ? 'No lab run is recorded.' : `Lab runs recorded: ${profiles.join(', ')}.`;
}

/** "cpu-policy: a sentence" */
function caseOf({ id, name }: ListedCase): string {
  const file = id.slice(0, id.length - name.length - ' > '.length).replace(/^.*\//, '');
  return `${code(file)} ${name}`;
}

function needsOf({ needs, since, knownBugs }: ListedCase): string {
  return [
    ...(since === undefined ? [] : [`Nova ${since}`]),
    ...needs,
    ...knownBugs.map(
      ({ bug, fixedBy }) => `known bug ${bug}${fixedBy === undefined ? '' : ` before Nova ${fixedBy}`}`,
    ),
  ].join('; ');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
