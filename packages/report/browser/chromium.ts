import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** @throws Error where there is none: `npm test` installs it, or leaves these tests out and says so */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const program = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (program === undefined) throw new Error(`There is none of ${names.join(', ')} in PATH.`);
  // As root, in a container, there is no sandbox; the pages are our own.
  return chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
}

export interface Shown {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** Case to go to. */
  readonly hash?: string;
}

/** A page that was opened from a file, and what it wanted of the world. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Addresses that it asked for, beside its own. */
  readonly requests: readonly string[];
  /** Errors and warnings, also of its policy. */
  readonly messages: readonly string[];
}

export async function open(browser: Browser, text: string, shown: Shown = {}): Promise<OpenPage> {
  const folder = await mkdtemp(join(tmpdir(), 'whitebox-page-'));
  const file = join(folder, 'report.html');
  await writeFile(file, text);
  const { colorScheme = 'light', width = 1280, hash } = shown;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const requests: string[] = [];
  const messages: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  const url = pathToFileURL(file).href;
  await page.goto(hash === undefined ? url : `${url}#${hash}`);
  return {
    page,
    get requests() {
      return requests.filter((one) => !one.startsWith(url) && !one.startsWith('data:'));
    },
    messages,
    [Symbol.asyncDispose]: async () => {
      await page.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What axe finds, a line for each; with every rule of WCAG 2.2 A and AA and of good practice. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
    return (await axe.run()).violations.map(({ id, nodes }) => ({
      id,
      where: nodes.map(({ html }) => html),
    }));
  });
  return found.map(({ id, where }) => `${id}: ${where.slice(0, 3).join(' | ')}`);
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
