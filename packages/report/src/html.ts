/** Text that is HTML already. Made by {@link markup} alone, so that nothing gets into a page unescaped. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What can stand in a template; nothing is shown for undefined and false. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/**
 * The HTML of a template; every value in it is escaped unless it is {@link Html} itself. Serves for SVG as well.
 *
 * It is not named `html`, whose templates formatters take apart: ends of lines matter in `<pre>`, and in what a hash is made of.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  const [first = '', ...rest] = strings.map(withoutIndentation);
  return new Html(rest.reduce((all, text, index) => all + render(values[index]) + text, first));
}

/** The source of a template is indented; the page need not be. */
function withoutIndentation(text: string): string {
  return text.replaceAll(/\n +/g, '\n');
}

function render(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}

/**
 * For text and for attributes in quotes. Characters that HTML cannot have (colours of a terminal, for one) become U+FFFD,
 * and so do those that turn the direction of writing round, which would show something else than what there is.
 */
function escapeHtml(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, (character) => ('\t\n\r'.includes(character) ? character : '\ufffd'))
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
