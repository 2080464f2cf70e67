/** The first line of a failure; one that ends with a colon says nothing yet, and has the next one with it. */
export function gistOf(message: string): string {
  const [first = '', second = ''] = message.split('\n');
  return first.endsWith(':') ? `${first} ${second.trim().replace(/^- /, '')}`.trimEnd() : first;
}
