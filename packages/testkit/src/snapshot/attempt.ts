import { errorCode, WhiteboxError } from '@whitebox/core';

/** How something is read. */
export interface Reading {
  readonly signal: AbortSignal;
  /** Told why a layer could not be read. */
  readonly trouble?: ((error: WhiteboxError) => void) | undefined;
}

/**
 * What a layer says, or undefined where it cannot be read now; what it says by an error of one of these codes is that there is
 * nothing.
 */
export async function attempt<T, N = never>(
  reading: Promise<T>,
  { signal, trouble }: Reading,
  nothing?: { readonly codes: readonly string[]; readonly value: N },
): Promise<T | N | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (nothing?.codes.includes(errorCode(error) ?? '') === true) return nothing.value;
    if (signal.aborted || !(error instanceof WhiteboxError)) throw error;
    trouble?.(error);
    return undefined;
  }
}
