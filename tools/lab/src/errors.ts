/** Exit codes of the `lab` command; part of its interface (README.md). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notUp: 3,
  machineUnfit: 4,
  busy: 5,
  /** Something of the lab is there, and it does not answer. */
  partial: 6,
  interrupted: 130,
} as const;

/** What went wrong, with a stable code, and what to do about it. */
export class LabError extends Error {
  override readonly name = 'LabError';

  constructor(
    readonly code: `WB_LAB_${string}`,
    message: string,
    readonly details: { readonly advice?: string; readonly exitCode?: number; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }

  get exitCode(): number {
    return this.details.exitCode ?? exitCodes.failed;
  }
}
