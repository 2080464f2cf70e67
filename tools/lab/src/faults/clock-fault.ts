import { LabError, exitCodes } from '../errors.js';
import type { FaultHost, FaultKind, FaultWords } from './fault.js';
import { overrideUnits, removeOverrides, requireUnits, unitsOf } from './units.js';

const seconds = { s: 1, m: 60, h: 3600 } as const;

/** `+90s`, `-5m`, `2h` in seconds. @throws LabError for anything else */
export function parseOffset(text: string): number {
  const match = /^([+-]?)(\d{1,7})([smh])$/.exec(text);
  const unit = match?.[3] as keyof typeof seconds | undefined;
  const value = unit === undefined ? 0 : Number(match?.[2]) * seconds[unit];
  if (value === 0) {
    throw new LabError('WB_LAB_USAGE', `--by ${text} is no time to be off by.`, {
      advice: 'Give something like +90s, -5m or 2h.',
      exitCode: exitCodes.usage,
    });
  }
  return match?.[1] === '-' ? -value : value;
}

const restart = (host: FaultHost, words: FaultWords) =>
  host.run(['systemctl', 'restart', ...unitsOf(words)], { timeoutMs: 300_000 });

/**
 * The hosts share one kernel and so one clock. A preloaded library tells the chosen units another time. It shifts every
 * clock that they read alike, the monotonic one too, so their timeouts stay as long as they were.
 */
export const skewClock: FaultKind = {
  name: 'skew-clock',
  summary: 'let units of a host see another time of day (they are restarted)',
  options: [
    { flags: '--by <time>', description: 'how far off, such as +90s, -5m or 2h', required: true },
    {
      flags: '--service <unit>',
      description: 'units that see it, such as nova-compute; may be repeated',
      required: true,
      repeatable: true,
    },
  ],
  async check(host, words) {
    parseOffset(String(words['by']));
    await requireUnits(host, unitsOf(words));
  },
  async inject(host, words) {
    const units = unitsOf(words);
    const offset = parseOffset(String(words['by']));
    const library = (await host.run(['sh', '-c', 'ls /usr/lib/*/faketime/libfaketimeMT.so.1'])).trim();
    const variables = `LD_PRELOAD=${library} FAKETIME=${offset < 0 ? '' : '+'}${offset}`;
    await overrideUnits(host, units, ['[Service]', `Environment=${variables}`]);
    await restart(host, words);
  },
  async heal(host, words) {
    await removeOverrides(host, unitsOf(words));
    await restart(host, words);
  },
};
