import type { Limited } from '@whitebox/host';
import type { ConfigFile } from '@whitebox/invariants';
import type { ComputeHost } from '../compute-host.js';

// Looked up as the process sees them: in a container /etc is another one.
export const configFilesScript = `
pid=$1
shift
[ -d "/proc/$pid/root" ] || exit 66
for path; do
  if said=$(stat -L -c %.3Y -- "/proc/$pid/root$path" 2>&1); then echo "$said $path"
  else case $said in *'No such file'*) echo "- $path" ;; esac; fi
done`;

/**
 * When the files were changed that the nova-compute whose configuration was read last has read; in one command.
 *
 * @returns undefined when no configuration was read, that process is not there any more, or a file could not be looked at
 */
export async function readConfigFiles(
  { machine, lastConfig }: Pick<ComputeHost, 'machine' | 'lastConfig'>,
  limits: Limited,
): Promise<readonly ConfigFile[] | undefined> {
  if (lastConfig === undefined) return undefined;
  const { pid, files } = lastConfig;
  const { exitCode, stdout } = await machine.exec(
    ['sh', '-c', configFilesScript, 'sh', String(pid), ...files],
    {
      timeoutMs: 30_000,
      ...limits,
      env: { LC_ALL: 'C' },
    },
  );
  if (exitCode !== 0) return undefined;
  const found = stdout.split('\n').flatMap((line): ConfigFile[] => {
    const [, time, path] = /^(-|\d+\.\d+) (\/.*)$/.exec(line) ?? [];
    if (time === undefined || path === undefined) return [];
    return [{ path, modifiedAt: time === '-' ? null : new Date(Number(time) * 1000) }];
  });
  return found.length === files.length ? found : undefined;
}
