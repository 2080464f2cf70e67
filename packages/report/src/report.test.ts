import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ReportCase } from './model.js';
import { reportHtml } from './report.js';
import { sampleRun } from './sample-run.suite.js';
import { headline } from './summary.js';

describe('headline', () => {
  const counts = (passed: number, failed: number, skipped: number) => ({
    ...sampleRun(0),
    counts: { passed, failed, skipped },
  });
  it.each([
    [counts(39, 3, 0), '3 of 42 cases failed'],
    [counts(2, 0, 0), 'All 2 cases passed'],
    [counts(1, 0, 2), 'The case that ran passed'],
    [counts(0, 0, 2), 'no case ran'],
    [{ ...counts(2, 0, 0), interrupted: true }, 'Interrupted: all 2 cases passed'],
    [{ ...counts(2, 0, 0), leftovers: ['server s'] }, 'not everything could be given back'],
    [{ ...counts(0, 0, 0), troubles: ['t'] }, 'the run could not be carried out'],
  ])('says how the run ended', (run, text) => {
    expect(headline(run)).toBe(text);
  });
});

describe('reportHtml', () => {
  it('allows its own style and script, to the letter, and no other', () => {
    const page = reportHtml(sampleRun(1));
    for (const tag of ['style', 'script']) {
      const [, text = ''] = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(page) ?? [];
      const hash = createHash('sha256').update(text).digest('base64');
      expect(page).toContain(`${tag}-src &#39;sha256-${hash}&#39;`);
    }
  });

  it('has every case once, to be linked to', () => {
    const run = sampleRun(30);
    const page = reportHtml(run);
    for (const [index, { id }] of run.cases.entries()) {
      expect(page.split(`id="case-${index + 1}"`)).toHaveLength(2);
      expect(page).toContain(`<code>${id.replaceAll('>', '&gt;')}</code>`);
    }
    expect([...page.matchAll(/href="#([^"]+)"/g)].every(([, id]) => page.includes(`id="${id ?? ''}"`))).toBe(
      true,
    );
  });

  it('opens some of what failed, and what is alone', () => {
    const open = (size: number): number =>
      (reportHtml(sampleRun(size)).match(/<details\s+class="case[^>]*\sopen\s*>/g) ?? []).length;
    expect(open(1)).toBe(1);
    expect(open(200)).toBe(3);
  });

  it('folds the attempts of a case into one, which has failed where one of them has', () => {
    const run = sampleRun(5);
    const cases = run.cases.flatMap((one) =>
      [1, 2, 3].map((attempt) => ({
        ...one,
        attempt,
        verdict: one === run.cases[2] && attempt === 2 ? ('failed' as const) : ('passed' as const),
      })),
    );
    const page = reportHtml({ ...run, repeat: 3, counts: { passed: 14, failed: 1, skipped: 0 }, cases });
    expect(page.match(/<details\s+class="case /g)).toHaveLength(5);
    expect(page.match(/<details\s+class="attempt"/g)).toHaveLength(15);
    expect(page).toContain('1 of 5 cases failed');
    expect(page).toContain('3 times: 1 failed, 2 passed');
    expect(page).toContain('1 of 3 times');
    expect(page).toContain('href="#case-8"');
  });

  it('asks nobody for anything', () => {
    const page = reportHtml(sampleRun(5));
    const addresses = [...page.matchAll(/\b(?:href|src|action|url)\s*[=(]\s*["']?([^"')\s>]+)/g)];
    expect(addresses.filter(([, address]) => !/^(#|data:,)/.test(address ?? ''))).toEqual([]);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toContain('unsafe-inline');
  });

  it('lets nothing through as HTML, wherever it stands', () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const run = sampleRun(5);
    const poison = (value: unknown): unknown => {
      if (typeof value === 'string')
        return /^(?:[\d,-]*|passed|failed|skipped|vcpu|emulator|iothread|command|sql|request|file|2026-.*)$/.test(
          value,
        )
          ? value
          : value + evil;
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poison(one)]));
    };
    const page = reportHtml(poison(run) as typeof run);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;alert(1)');
  });

  it('makes do with the results of a Whitebox that recorded less', () => {
    const old: ReportCase = {
      suite: 's',
      id: 's/file > a case',
      name: 'a case',
      verdict: 'failed',
      durationMs: 10,
      failures: [{ message: 'it is not so' }],
      steps: [],
    };
    const page = reportHtml({
      ...sampleRun(0),
      facts: undefined,
      counts: { passed: 0, failed: 1, skipped: 0 },
      cases: [old],
    });
    expect(page).toContain('it is not so');
    expect(page).toContain('drawn one after another');
    expect(page).not.toContain('undefined');
  });

  it('says which steps were behind what, and what they changed', () => {
    const page = reportHtml(sampleRun(1));
    expect(page).toContain('2 statements, 13 requests');
    expect(page).toContain('req-4b5d6a2e-8a2b-4a53-9d13-3a3d2f1c0b11');
    expect(page).toContain('<del>-     &lt;vcpupin vcpu=&#39;1&#39; cpuset=&#39;8&#39;/&gt;</del>\n');
    expect(page).toContain('<ins>+     &lt;vcpupin vcpu=&#39;1&#39; cpuset=&#39;2-3&#39;/&gt;</ins>\n');
    expect(page).toMatch(/<span class="log-warning">[^<]*<\/span>\n<span class="log-error">/);
  });
});
