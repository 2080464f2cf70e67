/**
 * One command line for a POSIX shell that runs exactly these arguments, whatever is in them. The only place in Whitebox
 * where arguments are quoted; everything else passes them on as a list.
 *
 * @throws TypeError when an argument has a NUL byte, which no program can be given
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (argument.includes('\0')) {
    throw new TypeError(
      `A program argument cannot hold a NUL byte: ${JSON.stringify(argument.slice(0, 80))}`,
    );
  }
  // A leading ~, = or # means something to some shells, so only plainly harmless words stay bare.
  if (/^[\w/.:@%+,-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
