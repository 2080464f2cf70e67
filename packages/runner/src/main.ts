#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { errorCode } from '@whitebox/core';
import { UsageError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { audit, type AuditOptions } from './audit-command.js';
import { discover, type DiscoverOptions } from './discover-command.js';
import { doctor, type DoctorOptions } from './doctor-command.js';
import { listCases, type ListOptions } from './list-command.js';
import { isInvariant } from './audit-list.js';
import { recover, type RecoverOptions } from './recover-command.js';
import { report, type ReportOptions } from './report-command.js';
import { merge, type MergeOptions } from './merge-command.js';
import { runSuites, type RunOptions } from './run-command.js';
import { shardOf, type Shard } from './shard.js';
import { surviveClosedPipe } from './surviving-output.js';
import { guardOutput } from './tell-github.js';
import { version } from './version.js';

const exitCodeHelp = `
Exit codes:
  0    all that ran passed
  1    a case failed
  2    the command line, the configuration or the suite is wrong
  3    the run could not be carried out, no case matched, or every case was skipped
  4    something made or changed on the cloud could not be given back (see whitebox recover)
  130  interrupted; everything was given back`;

const auditExitCodeHelp = `
Exit codes of an audit:
  0    everything was looked at, and holds
  1    something does not hold
  2    the command line or the configuration is wrong
  3    something could not be looked at, and nothing was found in the rest
  130  interrupted`;

const doctorExitCodeHelp = `
Exit codes of doctor:
  0    everything is fine, warnings aside
  1    something is wrong, or could not be told
  2    the command line is wrong`;

/** Options that say which cloud it is. */
function withCloud(command: Command): Command {
  return command
    .option('--config <file>', 'tempest.conf with the [whitebox*] sections')
    .option('--nodes <file>', 'nodes.yaml; overrides [whitebox] nodes_yaml')
    .option(
      '--clouds-yaml <file>',
      'clouds.yaml; default: OS_CLIENT_CONFIG_FILE, else where the openstack client looks for it',
    )
    .option('--cloud <name>', 'entry in clouds.yaml; default: OS_CLOUD');
}

/** Options that say which cases. */
function withSelection(command: Command): Command {
  const names =
    'the id in the form of Tempest, the sentence, or the id of a test of whitebox-tempest-plugin that the case replaces';
  return command
    .option('--filter <regex>', `only cases of which it matches a name: ${names}`, regex)
    .option('--regex <regex>', 'the same as --filter', regex)
    .option('--exclude-regex <regex>', 'no cases of which it matches a name', regex)
    .option('--load-list <file>', 'only cases whose ids are in this file, one in each line');
}

function program(): Command {
  const whitebox = new Command('whitebox')
    .description(
      'Tests an OpenStack cloud from behind the curtain: libvirt, databases, configuration and kernel.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('"--help" lists what there is.')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (_whitebox, command) => {
      guardOutput(command.opts());
    })
    .addHelpText('after', exitCodeHelp);

  withSelection(withCloud(whitebox.command('run')))
    .description('run the cases of suites against a cloud')
    .argument('<suite...>', 'packages with cases, such as @whitebox/nova-nfv-suite, or folders (./my-suite)')
    .option('--require', 'a case whose needs are not met fails instead of being skipped')
    .option('--repeat <n>', 'run each case so many times in a row', times)
    .option('--jobs <n>', 'run up to so many cases side by side, as their claims allow; default 1', times)
    .option('--serial', 'run one case after the other; the default')
    .option('--seed <n>', 'with --jobs: the order of an earlier run, which printed it', number)
    .option('--shard <i/n>', 'run only part i of n, as "whitebox merge" puts them together again', shard)
    .option(
      '--times <file>',
      'with --shard: results.json of an earlier run, by which all parts get about as much to do',
    )
    .option('--fail-known-bugs', 'a bug that Nova is known to have in this release fails its case, too')
    .option(
      '--results <folder>',
      'where results.json, report.html, junit.xml and engine.log go; default: whitebox-results/<time>',
    )
    .option('--json', 'print an event in each line as JSON, progress to standard error: docs/events.md')
    .option('--junit <file>', 'write JUnit XML to this file too')
    .option('--html <file>', 'write the page of the run to this file too')
    .addOption(
      new Option(
        '--annotations <kind>',
        'what a CI job shows beside its output; default: github in GitHub Actions',
      ).choices(['github', 'none']),
    )
    .addOption(new Option('--observer <file...>', 'modules that look on after every step of a case'))
    .action(async (suites: string[], options: RunOptions) => {
      process.exitCode = await runSuites(suites, options);
    });

  withSelection(whitebox.command('list'))
    .description(
      'list the cases of suites, what they need and which tests of whitebox-tempest-plugin they replace',
    )
    .argument('<suite...>', 'packages with cases, or folders')
    .option('--ids', 'print only the ids in the form of Tempest, as --load-list reads them')
    .option('--json', 'print JSON')
    .action(async (suites: string[], options: ListOptions) => {
      process.exitCode = await listCases(suites, options);
    });

  withCloud(whitebox.command('discover'))
    .description(
      'show what the cloud is, and every option: what the configuration says, what is found, and where they differ',
    )
    .option(
      '--write <file>',
      'write the options into this tempest.conf, each with its evidence; what it says already stays',
    )
    .option('--replace', 'with --write: what was found takes the place of what the file says otherwise')
    .option('--json', 'print JSON')
    .action(async (options: DiscoverOptions) => {
      process.exitCode = await discover(options);
    });

  withCloud(whitebox.command('audit'))
    .description('hold a cloud against what must always hold between its layers; only looks, changes nothing')
    .option('--host <host...>', 'only these computes, by their names in "openstack compute service list"')
    .option('--instance <uuid...>', 'only these servers, and the computes that they are on')
    .addOption(
      new Option('--invariant <id...>', 'only these: I1 to I46, as --list has them').argParser(invariantIds),
    )
    .option('--list', 'print what is judged, and end')
    .option('--json', 'print JSON')
    .option('--html <file>', 'write the page of the audit to this file too')
    .option(
      '--parallel <n>',
      'computes that are looked at at the same time; default 8, or 32 where there are 64 or more',
      times,
    )
    .option(
      '--threads <n>',
      'in which they are looked at; default 1, or up to 4 where there are many computes and cores',
      times,
    )
    .option('--watch <seconds>', 'again and again, as many seconds from one to the next; until Ctrl-C', times)
    .option(
      '--metrics [address]',
      'with --watch: serve metrics for Prometheus at this port or address:port; default 127.0.0.1:9477',
    )
    .addHelpText('after', auditExitCodeHelp)
    .action(async (options: AuditOptions) => {
      process.exitCode = await audit(options);
    });

  withCloud(whitebox.command('doctor'))
    .description(
      'look at everything that a run rests on: what is wrong, and what to do about it; changes nothing',
    )
    .argument('[suite...]', 'also what the cases of these packages or folders wait for')
    .option('--json', 'print JSON')
    .addHelpText('after', doctorExitCodeHelp)
    .action(async (suites: string[], options: DoctorOptions) => {
      process.exitCode = await doctor(suites, options);
    });

  whitebox
    .command('report')
    .description('make the page of a run from its results')
    .argument('<results.json>', 'what "whitebox run" wrote')
    .option('--html <file>', 'where the page goes; default: report.html beside the results')
    .action(async (file: string, options: ReportOptions) => {
      process.exitCode = await report(file, options);
    });

  whitebox
    .command('merge')
    .description(
      'put the results of shards together: results.json, report.html, junit.xml, subunit, .stestr and engine.log',
    )
    .argument('<folder...>', 'folders of results, one for each shard')
    .requiredOption('--results <folder>', 'where the results of all go')
    .option('--junit <file>', 'write JUnit XML to this file too')
    .option('--html <file>', 'write the page of the run to this file too')
    .action(async (folders: string[], options: MergeOptions) => {
      process.exitCode = await merge(folders, options);
    });

  withCloud(whitebox.command('recover'))
    .description('give back what runs that were killed left on a cloud')
    .option('--dry-run', 'only list it')
    .option(
      '--hosts <host...>',
      'also what these hosts know of, for when the machine of the run is lost; needs SSH alone',
    )
    .option('--all-hosts', 'the same for the hosts of all nova-computes of the cloud')
    .option('--lost <machine...>', 'machines of runs that are lost: what they hold is given back, too')
    .option('--keep-theirs', 'leave as it is what somebody else has changed since, and give back the rest')
    .option('--forget', 'forget also what could not be given back, as when the cloud is gone')
    .option('--json', 'print JSON')
    .action(async (options: RecoverOptions) => {
      process.exitCode = await recover(options);
    });
  return whitebox;
}

function regex(text: string): string {
  try {
    new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return text;
}

function invariantIds(text: string, before: readonly string[] | undefined): readonly string[] {
  const id = text.toUpperCase();
  if (!isInvariant(id)) throw new InvalidArgumentError('There is none of that name; see --list.');
  return [...(before ?? []), id];
}

function shard(text: string): Shard {
  const found = shardOf(text);
  if (found === undefined) throw new InvalidArgumentError('It is i/n, as 1/3, with i from 1 to n.');
  return found;
}

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a number.');
  return Number(text);
}

function times(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a number, at least 1.');
  return Number(text);
}

/** What is wrong with the input is told by our own errors, and by the area in the code of others. */
function exitCodeOf(error: unknown): ExitCode {
  const inputs = /^WB_(CONFIG|INI|AUDIT_UNKNOWN|TESTKIT_NO_CLOUD|OPENSTACK_CREDENTIALS|OPENSTACK_CLOUDS)/;
  return error instanceof UsageError || inputs.test(errorCode(error) ?? '')
    ? ExitCode.Usage
    : ExitCode.NotRun;
}

surviveClosedPipe(process.stdout, process.stderr);
try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.Passed : ExitCode.Usage;
  } else {
    const code = errorCode(error);
    // An error without a code is a defect of ours: its stack is what we need to mend it.
    process.stderr.write(
      `whitebox: ${error instanceof Error ? ((code === undefined ? error.stack : error.message) ?? '') : String(error)}\n`,
    );
    process.exitCode = exitCodeOf(error);
  }
}
