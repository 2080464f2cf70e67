import type { FakeCommand, FakeHost, FakeReply } from './fake-host.js';

/** Teaches a fake the programs of the conformance suite, as far as they need no processes. */
export function teachPrograms(host: FakeHost): FakeHost {
  const { files } = host;
  const noProgram = (command: FakeCommand): FakeReply => ({
    stderr: `${command.argv[0] ?? ''}: not found`,
    exitCode: 127,
  });
  return host
    .on(() => true, noProgram)
    .on('printf', ({ argv: [, format = '', ...rest] }) =>
      rest.map((argument) => format.replace('%s', () => argument)).join(''),
    )
    .on('cat', ({ stdin }) => stdin)
    .on(['sh', '-c'], shell)
    .on(['mkdir'], ({ argv }) => {
      files.directory(argv.at(-1) ?? '');
      return '';
    })
    .on(['ln', '-s'], ({ argv: [, , target = '', path = ''] }) => {
      files.link(path, target);
      return '';
    })
    .on(['stat', '-c', '%a'], ({ argv }) => `${(files.get(argv[3] ?? '')?.mode ?? 0).toString(8)}\n`)
    .on(['stat', '-c', '%F'], 'symbolic link\n')
    .on(['ls', '-A'], ({ argv: [, , directory = ''] }) =>
      files
        .paths()
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => `${path.slice(directory.length + 1)}\n`)
        .join(''),
    );
}

function shell({ argv: [, , script = ''], env, stdin }: FakeCommand): FakeReply {
  if (script === 'kill -TERM $$') return { signal: 'SIGTERM' };
  if (script.startsWith('printf')) return `${env['WB_ODD'] ?? ''}|${env['WB_EMPTY'] ?? 'unset'}|${stdin}`;
  const code = /exit (\d+)$/.exec(script)?.[1];
  const said = script.startsWith('echo out') ? { stdout: 'out\n', stderr: 'err\n' } : {};
  return { ...said, exitCode: Number(code) };
}
