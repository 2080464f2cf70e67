#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { Command, CommanderError, Option } from 'commander';
import { readLab } from './description.js';
import { destroy, down } from './down.js';
import { LabError, exitCodes } from './errors.js';
import { runInteractive } from './exec.js';
import { describeFault, faultTable } from './faults/describe-fault.js';
import { healFaults, injectFault, listFaults } from './faults/faults.js';
import { faultKinds } from './faults/kinds.js';
import { check } from './fitness.js';
import { optionalServices } from './optional-services.js';
import { environmentOf } from './describe-lab.js';
import { progressFor } from './progress.js';
import { profileNames } from './profiles.js';
import {
  defaults,
  directoryFor,
  mergeSettings,
  settingsFromEnvironment,
  type GivenSettings,
} from './settings.js';
import { showStatus, status, statusExitCodes } from './status.js';
import { canvasFor } from './terminal.js';
import { up } from './up.js';

interface CommonOptions {
  readonly name?: string;
  readonly directory?: string;
  readonly cache?: string;
  readonly subnet?: string;
  readonly providerSubnet?: string;
  readonly profile?: string;
  readonly rootLogin?: boolean;
  readonly without?: string;
  readonly json?: boolean;
}

function given(options: CommonOptions): GivenSettings {
  const { name, directory, cache, subnet, providerSubnet, profile, rootLogin, without } = options;
  const asked = {
    name,
    directory,
    cacheDirectory: cache,
    subnet,
    providerSubnet,
    profile,
    rootLogin,
    without,
  };
  return mergeSettings(asked, settingsFromEnvironment(process.env));
}

/** Ctrl-C and a kill become an AbortSignal: stages end cleanly, locks go. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  // Every request in flight listens to it.
  setMaxListeners(0, controller.signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

const program = new Command('lab')
  .description('A real two-compute OpenStack on this machine, from Debian packages.')
  .option('--name <name>', `begins every name on the machine [WHITEBOX_LAB_NAME] (default: ${defaults.name})`)
  .option('--directory <path>', 'state, logs, keys [WHITEBOX_LAB_DIR] (default: /var/lib/whitebox-lab)')
  .option(
    '--cache <path>',
    `built root filesystems [WHITEBOX_LAB_CACHE] (default: ${defaults.cacheDirectory})`,
  )
  .enablePositionalOptions()
  .exitOverride();

const profileHelp = `what the hosts are like: ${(await profileNames()).join(', ')}, or the path of a file [WHITEBOX_LAB_PROFILE] (default: ${defaults.profile})`;

const settings = () => given(program.opts<CommonOptions>());

program
  .command('up')
  .description('start the cloud; builds what is missing, goes on where an earlier one stopped')
  .option('--subnet <network>', `network of the hosts [WHITEBOX_LAB_SUBNET] (default: ${defaults.subnet})`)
  .option(
    '--provider-subnet <network>',
    `network of the guests [WHITEBOX_LAB_PROVIDER_SUBNET] (default: ${defaults.providerSubnet})`,
  )
  .option('--profile <profile>', profileHelp)
  .option('--root-login', 'let root log in to the hosts with the key')
  .option(
    '--without <parts>',
    `leave out ${optionalServices.join(' or ')}, or both with a comma between them [WHITEBOX_LAB_WITHOUT]`,
  )
  .option('--fresh', 'forget what an earlier lab has written')
  .option('--json', 'progress as one JSON object per line')
  .action(async (_options, command: Command) => {
    const options = command.optsWithGlobals<CommonOptions & { fresh?: boolean }>();
    const progress = progressFor(process.stdout, options.json === true);
    const start = Date.now();
    try {
      const result = await up(
        given(options),
        { fresh: options.fresh === true, signal: interruption() },
        progress,
      );
      progress.end();
      const seconds = (Date.now() - start) / 1000;
      const { already, lab } = result;
      if (options.json === true) console.log(JSON.stringify({ event: 'up', already, seconds, lab }));
      else {
        console.log(
          already ? `The lab is already up, and answers.` : `The lab is up after ${seconds.toFixed(1)} s.`,
        );
        console.log(`  ssh -F ${lab.ssh.configFile} ${lab.hosts.map(({ name }) => name).join(' | ')}`);
        console.log(`  export OS_CLIENT_CONFIG_FILE=${lab.files.cloudsYaml} OS_CLOUD=${lab.cloud}`);
      }
    } catch (error) {
      if (options.json === true && error instanceof LabError) {
        const { code, message, details } = error;
        console.log(JSON.stringify({ event: 'error', code, message, advice: details.advice }));
      }
      throw error;
    } finally {
      progress.end();
    }
  });

program
  .command('down')
  .description('stop the cloud and leave nothing on the machine but its disks')
  .option('--fast', 'kill the hosts instead of shutting them down')
  .action(async (options: { fast?: boolean }) => {
    const progress = progressFor(process.stdout, false);
    try {
      const did = await down(settings(), { fast: options.fast === true }, progress);
      if (!did) console.log('The lab is not up.');
    } finally {
      progress.end();
    }
  });

program
  .command('destroy')
  .description('down, then remove the disks, the keys and the cache')
  .action(async () => {
    const progress = progressFor(process.stdout, false);
    try {
      for (const path of await destroy(settings(), progress)) {
        console.log(`Kept ${path}: another lab runs from it.`);
      }
    } finally {
      progress.end();
    }
  });

program
  .command('status')
  .description(
    `say whether the cloud is up (exit code ${exitCodes.notUp}: it is down, ${exitCodes.partial}: partly), and draw its hosts`,
  )
  .option('--json')
  .action(async (options: { json?: boolean }) => {
    const found = await status(settings());
    if (options.json === true) console.log(JSON.stringify(found));
    else console.log(showStatus(found, canvasFor(process.stdout)).join('\n'));
    process.exitCode = statusExitCodes[found.state];
  });

program
  .command('check')
  .description(`say whether this machine can run the lab (exit code ${exitCodes.machineUnfit}: it cannot)`)
  .option('--profile <profile>', profileHelp)
  .option('--json')
  .action(async (_options, command: Command) => {
    const options = command.optsWithGlobals<CommonOptions>();
    const obstacles = await check(given(options));
    if (options.json === true) console.log(JSON.stringify({ fit: obstacles.length === 0, obstacles }));
    else if (obstacles.length === 0) console.log('This machine can run the lab.');
    else for (const text of obstacles) console.log(`- ${text}`);
    if (obstacles.length > 0) process.exitCode = exitCodes.machineUnfit;
  });

program
  .command('ssh')
  .description('a shell on a host, or a command there; its exit code is ours')
  .argument('<host>')
  .argument('[command...]')
  .passThroughOptions()
  .action(async (host: string, command: string[]) => {
    const lab = await labOrNotUp(settings());
    process.exitCode = await runInteractive(['ssh', '-F', lab.ssh.configFile, host, ...command]);
  });

program
  .command('env')
  .description('shell variables that name what the lab gives: eval "$(npm run -s lab -- env)"')
  .option('--json', 'the whole description instead')
  .action(async (options: { json?: boolean }) => {
    const lab = await labOrNotUp(settings());
    if (options.json === true) console.log(JSON.stringify(lab, undefined, 2));
    else
      for (const [name, value] of Object.entries(environmentOf(lab))) console.log(`export ${name}=${value}`);
  });

const fault = program.command('fault').description('break a host on purpose, and mend it');

fault
  .command('list')
  .description('kinds of faults, and those that are injected now')
  .option('--json')
  .action(async ({ json }: { json?: boolean }) => {
    const faults = await listFaults(settings());
    const kinds = faultKinds.map(({ name, summary }) => ({ name, summary }));
    if (json === true) console.log(JSON.stringify({ kinds, faults }));
    else for (const line of faultTable(faults)) console.log(line);
  });

const inject = fault.command('inject').description('break a host; "inject KIND --help" names the options');
for (const { name, summary, options, moment } of faultKinds) {
  const command = inject.command(name).description(summary).option('--json');
  command.requiredOption('--host <host>', 'the host to break');
  for (const { flags, description, required, repeatable } of options) {
    const option = new Option(flags, description).makeOptionMandatory(required ?? false);
    if (repeatable === true) {
      option.argParser((value: string, earlier?: readonly string[]) => [...(earlier ?? []), value]);
    }
    command.addOption(option);
  }
  if (moment !== undefined) command.option('--deadline <seconds>', 'how long to wait for the moment', '300');
  command.action(async (given: Record<string, string | string[] | boolean | undefined>) => {
    const { host, json, deadline, ...words } = given;
    const injected = await injectFault(
      settings(),
      { kind: name, host: String(host), words },
      { signal: interruption(), ...(deadline === undefined ? {} : { deadlineMs: Number(deadline) * 1000 }) },
    );
    console.log(json === true ? JSON.stringify(injected) : `injected ${describeFault(injected)}`);
  });
}

fault
  .command('heal')
  .description('undo faults: those named by id, or all')
  .argument('[id...]')
  .option('--json')
  .action(async (ids: string[], { json }: { json?: boolean }) => {
    const healed = await healFaults(settings(), ids, interruption());
    if (json === true) console.log(JSON.stringify({ healed }));
    else if (healed.length === 0) console.log('There was nothing to heal.');
    else for (const each of healed) console.log(`healed ${describeFault(each)}`);
  });

async function labOrNotUp(asked: GivenSettings) {
  try {
    return await readLab(directoryFor(asked));
  } catch (cause) {
    throw new LabError('WB_LAB_DOWN', (cause as Error).message, { exitCode: exitCodes.notUp, cause });
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else if (error instanceof LabError) {
    console.error(`${error.code}: ${error.message}`);
    if (error.details.advice !== undefined) console.error(error.details.advice);
    process.exitCode = error.exitCode;
  } else {
    console.error(error);
    process.exitCode = exitCodes.failed;
  }
}
