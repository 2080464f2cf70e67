import { describe, expect, it } from 'vitest';
import { markup } from './html.js';

describe('html', () => {
  it('escapes what is text, in elements and in attributes', () => {
    const text = `<img src=x onerror="alert('1')"> & more`;
    expect(markup`<p title="${text}">${text}</p>`.toString()).toBe(
      `<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more</p>`,
    );
  });

  it('takes HTML as it is, lists of it, and nothing for nothing', () => {
    const items = ['a', 'b'].map((item) => markup`<i>${item}</i>`);
    expect(markup`<p>${items}${undefined}${false}${0}</p>`.toString()).toBe('<p><i>a</i><i>b</i>0</p>');
  });

  it('leaves out how its source is indented, and nothing of the text', () => {
    expect(markup`<pre>${'a\n    b'}</pre>`.toString()).toBe('<pre>a\n    b</pre>');
    expect(
      markup`<ul>
        <li></li>
      </ul>`.toString(),
    ).toBe('<ul>\n<li></li>\n</ul>');
  });

  it('shows characters that turn the direction of writing, and those that HTML cannot have', () => {
    expect(markup`${'a\u202eb\u001b[31mc\ud800'}`.toString()).toBe('a\ufffdb\ufffd[31mc\ufffd');
  });
});
