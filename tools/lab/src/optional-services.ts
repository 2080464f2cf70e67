import { LabError, exitCodes } from './errors.js';

/** Parts of a cloud that a lab can be made without: block storage (Cinder), key management with vTPM (Barbican, swtpm). */
export const optionalServices = ['volumes', 'keys'] as const;

export type OptionalService = (typeof optionalServices)[number];

/**
 * What stays of the optional services when a user leaves some out.
 *
 * @param without names with commas between them
 * @throws LabError for a name that is none
 */
export function servicesWithout(without: string | undefined): OptionalService[] {
  const left = (without ?? '').split(',').filter((name) => name !== '');
  const names: readonly string[] = optionalServices;
  const unknown = left.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new LabError(
      'WB_LAB_USAGE',
      `--without ${left.join(',')}: there is no part ${unknown.join(', ')}.`,
      {
        advice: `What can be left out: ${names.join(', ')}.`,
        exitCode: exitCodes.usage,
      },
    );
  }
  return optionalServices.filter((name) => !left.includes(name));
}

/** As the option would be given; `nothing` when every part is there. */
export function partsLeftOut(services: readonly OptionalService[]): string {
  const left = optionalServices.filter((name) => !services.includes(name));
  return left.length === 0 ? 'nothing' : left.join(',');
}
