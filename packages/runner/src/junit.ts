import { gistOf } from '@whitebox/report';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CaseResult } from './case-result.js';
import { flaky, type RunResults } from './results.js';

/** Writes the results as JUnit XML (the schema of Jenkins, junit-10.xsd), whole or not at all. */
export async function writeJunit(file: string, results: RunResults): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, junitXml(results));
  await rename(`${file}.part`, file);
}

/** One `testsuite` for each suite; what went wrong outside of any case is an error of a suite of its own. */
export function junitXml(results: RunResults): string {
  const suites = results.suites.map(({ name }) =>
    suiteXml(
      name,
      results,
      results.cases.filter(({ suite }) => suite === name).map(caseXml),
      results.cases.filter(({ suite }) => suite === name),
    ),
  );
  const troubles = [
    ...results.troubles,
    ...results.leftovers.map((leftover) => `not given back: ${leftover}`),
    ...(results.interrupted ? ['interrupted'] : []),
  ];
  if (troubles.length > 0) {
    const cases = troubles.map(
      (trouble) =>
        `    <testcase${attributes({ classname: 'whitebox', name: 'the run itself', time: '0' })}>\n      <error${attributes({ message: gistOf(trouble) })}>${escaped(trouble)}</error>\n    </testcase>\n`,
    );
    suites.push(suiteXml('whitebox', results, cases, []));
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suiteXml(
  name: string,
  { started }: RunResults,
  cases: readonly string[],
  results: readonly CaseResult[],
): string {
  const of = (verdict: CaseResult['verdict']): string =>
    String(results.filter((one) => one.verdict === verdict).length);
  const facts = {
    name,
    tests: String(cases.length),
    failures: of('failed'),
    errors: String(cases.length - results.length),
    skipped: of('skipped'),
    time: seconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    timestamp: started.replace(/\.\d+Z$/, ''),
  };
  const unsteady = flaky(results).map(
    ({ id, passed, failed }) =>
      `      <property${attributes({ name: 'flaky', value: `passed ${passed} of ${passed + failed} times: ${id}` })}/>\n`,
  );
  const properties = unsteady.length === 0 ? '' : `    <properties>\n${unsteady.join('')}    </properties>\n`;
  return `  <testsuite${attributes(facts)}>\n${properties}${cases.join('')}  </testsuite>\n`;
}

function caseXml({
  id,
  name,
  attempt,
  verdict,
  durationMs,
  reason,
  failures,
  evidence,
  steps,
}: CaseResult): string {
  // "@whitebox/nova-nfv-suite/cpu-policy > a sentence" -> "@whitebox/nova-nfv-suite/cpu-policy"
  const classname = id.slice(0, Math.max(0, id.length - name.length - ' > '.length));
  const inner = [
    ...(verdict === 'skipped' ? [`<skipped${attributes({ message: reason ?? '' })}/>`] : []),
    ...failures.map(
      ({ message, stack }) =>
        `<failure${attributes({ message: gistOf(message) })}>${escaped([stack ?? message, ...evidence].join('\n\n'))}</failure>`,
    ),
    ...(steps.length === 0
      ? []
      : [
          `<system-out>${escaped(steps.map(({ atMs, text }) => `${seconds(atMs)} s  ${text}\n`).join(''))}</system-out>`,
        ]),
  ];
  const lines = inner.map((line) => `      ${line}\n`).join('');
  return `    <testcase${attributes({ classname, name: attempt === undefined ? name : `${name} (${attempt})`, time: seconds(durationMs) })}>\n${lines}    </testcase>\n`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Characters that XML 1.0 cannot have at all (colours of a terminal, for one) become U+FFFD. */
function escaped(text: string): string {
  return (
    text
      // eslint wants no control characters in a pattern; these are named by their category, with the three legal ones left.
      .replaceAll(/\p{Cc}/gu, (character) => ('\t\n\r'.includes(character) ? character : '\ufffd'))
      .replaceAll(/[\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
