import { markup, type Content } from './html.js';

/** A text in which a range of CPUs ("8-9") is not taken apart at the end of a line, but a list of them may be, behind a comma. */
export function unbroken(text: string): Content {
  return text
    .split(/(\d+-\d+,?)/)
    .map((part, index) =>
      index % 2 === 0
        ? part
        : markup`<span class="range">${part}</span>${part.endsWith(',') && markup`<wbr />`}`,
    );
}
