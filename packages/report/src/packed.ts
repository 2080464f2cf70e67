import { deflateRawSync } from 'node:zlib';
import { markup, type Html } from './html.js';

/** Bodies of fewer characters stay as they are. */
const worthwhile = 6000;

/**
 * The body of a case that is closed at first. What is long is compressed, and comes out when the case is opened (see script.ts): the
 * page of a run of 145 cases had 11 MB, and a browser had to make elements of all of it. Without the script one reads `short`.
 */
export function packed(full: Html, short: Html): Html {
  const text = full.toString();
  if (text.length < worthwhile) return markup`<div class="body">${full}</div>`;
  const data = deflateRawSync(text, { level: 9 }).toString('base64');
  return markup`<div class="body" data-packed="${data}">
    ${short}
    <p class="note">What was done behind the steps is packed, and comes out with the script of this page alone.</p>
  </div>`;
}
