import { createHash } from 'node:crypto';
import { markup, type Html } from './html.js';

/** What a page consists of. */
export interface Page {
  readonly title: string;
  readonly styles: string;
  readonly script: string;
  readonly body: Html;
}

/**
 * A whole HTML document that needs nothing else, and may load nothing else: its policy allows its own style and its own
 * script by their hashes. So even what should slip through as HTML could not run.
 */
export function page({ title, styles, script, body }: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hash(styles)}'`,
    `script-src '${hash(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = markup`<meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="data:," />`;
  // Style and script to the letter: whatever stands between them and their tags would change their hashes.
  return [
    `<!doctype html>\n<html lang="en">\n<head>\n${head.toString()}`,
    `<style>${styles}</style>\n</head>\n<body>\n${body.toString()}`,
    `<script>${script}</script>\n</body>\n</html>\n`,
  ].join('\n');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
