import { LabError, exitCodes } from '../errors.js';
import type { FaultHost, FaultWords } from './fault.js';

/** The units of `--service`, with the ending that systemd wants. */
export function unitsOf(words: FaultWords): string[] {
  const { service } = words;
  const names = typeof service === 'string' ? [service] : Array.isArray(service) ? service.map(String) : [];
  return names.map((name) =>
    /\.(service|socket|timer|target|path|mount)$/.test(name) ? name : `${name}.service`,
  );
}

/** @throws LabError when the host has no such unit */
export async function requireUnits(host: FaultHost, units: readonly string[]): Promise<void> {
  for (const unit of units) {
    const state = (
      await host.try(['systemctl', 'show', '--property=LoadState', '--value', unit])
    ).stdout.trim();
    if (state === 'loaded' || state === 'masked') continue;
    const list = ['systemctl', 'list-units', '--type=service', '--state=running', '--plain', '--no-legend'];
    const running = (await host.try(list)).stdout.split('\n').map((line) => line.split(/[\s.]/)[0] ?? '');
    throw new LabError('WB_LAB_FAULT', `${host.name} has no unit ${unit}.`, {
      advice: `Those that run there: ${running.filter((name) => name !== '').join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
}

const dropIn = (unit: string) => `/run/systemd/system/${unit}.d/lab-fault.conf`;

/** Settings of units that are gone after the next boot of the host, at the latest. */
export async function overrideUnits(
  host: FaultHost,
  units: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const script = 'mkdir -p "${1%/*}" && cat > "$1"';
  for (const unit of units) {
    await host.run(['sh', '-c', script, 'sh', dropIn(unit)], { input: `${lines.join('\n')}\n` });
  }
  await host.run(['systemctl', 'daemon-reload']);
}

export async function removeOverrides(host: FaultHost, units: readonly string[]): Promise<void> {
  await host.run(['rm', '-f', ...units.map(dropIn)]);
  await host.run(['systemctl', 'daemon-reload']);
}
