import { markup, type Content, type Html } from './html.js';

/** Text as it is. What does not fit scrolls, also by the keyboard. */
export function scrolling(kind: 'pre' | 'message', label: string, text: Content): Html {
  return markup`<pre class="${kind}" tabindex="0" role="group" aria-label="${label}">${text}</pre>`;
}
