import { batchScript } from '@whitebox/host';
import { allowedCommands, scriptOf, type AllowedCommand, type Word } from './allowed-commands.js';
import { allowedFiles, allowedRequests, allowedStatements } from './allowed-reads.js';

/** docs/audit-read-only.md: what an audit may send, made of the very lists that let it pass. */
export function readOnlyPage(): string {
  return `# What whitebox audit sends to a cloud

For those who have to agree that it is run. This page is made of the lists that the program itself obeys
([allowed-commands.ts](../packages/testkit/src/audit/allowed-commands.ts) and
[allowed-reads.ts](../packages/testkit/src/audit/allowed-reads.ts)); a test holds it against them.

An audit changes nothing, and that does not depend on its good will:

- **Machines** are reached over SSH, as the user that the configuration names, who becomes root by \`sudo -n\`. All that is sent goes
  through one place ([read-only-host.ts](../packages/testkit/src/audit/read-only-host.ts)), which compares every command with the
  list below, word by word, and refuses whatever is not on it before a byte is sent. There is no way to write a file, and no program
  gets input or an environment beyond \`LC_ALL\`, \`LANGUAGE\` and \`TZ\`.
- **libvirt** is asked through \`virsh -r\`: libvirt itself refuses every change on such a connection.
- **Databases**: every session begins with \`SET SESSION TRANSACTION READ ONLY\`, and a statement that is no plain SELECT is refused
  before it is sent. An account that may only SELECT is enough and advised:
  \`GRANT SELECT ON nova_api.* TO ...; GRANT SELECT ON nova_cell1.* TO ...; GRANT SELECT ON nova_cell0.* TO ...\`.
- **APIs** get GET requests alone, beside the one that logs in to Keystone; any other is refused before it is sent.

Tests show that each of these refuses ([read-only-host.test.ts](../packages/testkit/src/audit/read-only-host.test.ts)), and that an
audit of a whole cloud sends nothing else, by its own record and by the database server's log of statements
([read-only.lab.test.ts](../packages/testkit/src/audit/read-only.lab.test.ts)).

What it leaves behind: lines in the logs of sshd, sudo and the APIs, and a token that expires.
What it sees: configuration of Nova with its passwords (in memory only: no value but those of the options that are judged leaves the
process, and passwords are blotted out of results), names and placement of servers. It never asks for console output, user data, the
content of secrets, or anything of Keystone.

## Commands, as root of a compute

Each is run as \`sudo -n -- /bin/sh -c RUN sh ...\`, where RUN is
[run-script.ts](../packages/host/src/run-script.ts): it says its process id and becomes the program, so that a command that hangs can
be ended with all that it has started, and nothing else. Commands that are due at the same time are run in one, one after the
other, by the script at the end of this list. Words in capitals stand for names.

${allowedCommands.map(commandText).join('\n\n')}

**several of these at once**: its input is a line \`run COMMAND\` for each

\`\`\`sh
${batchScript}
\`\`\`

## Files, as root of a compute or of a host of nova-conductor

The latter only where \`[whitebox-database]\` does not say how the databases are reached.

${allowedFiles.map(({ what, pattern }) => `- ${what}: \`${pattern.source.replaceAll('\\/', '/')}\``).join('\n')}

## Statements

${allowedStatements.map(({ what }) => `- \`${what}\``).join('\n')}

and of the client itself: \`SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', autocommit = 1\`,
\`SET SESSION TRANSACTION READ ONLY\`, \`SELECT CONCAT_WS(':', @@hostname, @@port, @@server_id), @@version\`, \`DO 0\` to see whether
the server still answers, and \`KILL QUERY\` for a statement of its own that takes too long.

## Requests

${allowedRequests.map(({ what }) => `- \`${what}\``).join('\n')}
`;
}

function commandText(command: AllowedCommand): string {
  const { what, argv } = command;
  const script = scriptOf(command);
  const words = script === undefined ? argv : ['sh', '-c', 'SCRIPT', ...argv.slice(3)];
  const line = words.map(wordText).join(' ');
  const fence = '```';
  const shown = script === undefined ? '' : `\n\n${fence}sh\n${script.trim()}\n${fence}`;
  return `**${what}**\n\n${fence}text\n${line}\n${fence}${shown}`;
}

function wordText(word: Word): string {
  if (typeof word !== 'string') return word.repeated === true ? `${word.name}...` : word.name;
  return /[\s;{]/.test(word) ? `'${word}'` : word;
}
