/**
 * What a text of commands says, as far as Whitebox quotes: bare words and words in single quotes, with \' between these.
 * @param {string} text lines of commands; a line break in quotes belongs to its word
 * @returns {string[][]} the words of each line
 */
export function commandsOf(text) {
  /** @type {string[][]} */
  const commands = [];
  /** @type {string[]} */
  let words = [];
  /** @type {string | undefined} */
  let word;
  for (let at = 0; at < text.length;) {
    const character = text[at];
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Error(`a quote is never closed: ${text.slice(at, at + 80)}`);
      word = (word ?? '') + text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '\\') {
      word = (word ?? '') + (text[at + 1] ?? '');
      at += 2;
    } else if (character === ' ' || character === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (character === '\n' && words.length > 0) {
        commands.push(words);
        words = [];
      }
      at += 1;
    } else {
      const [bare = ''] = /^[^\s'\\]+/.exec(text.slice(at, at + 4096)) ?? [];
      word = (word ?? '') + bare;
      at += bare.length;
    }
  }
  if (word !== undefined) words.push(word);
  if (words.length > 0) commands.push(words);
  return commands;
}
