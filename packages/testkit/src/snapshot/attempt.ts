import { errorCode, WhiteboxError } from '@whitebox/core';

/**
 * What a layer says, or undefined where it cannot be read now; what it says by an error of one of these codes is that there is
 * nothing.
 */
export async function attempt<T, N = never>(
  reading: Promise<T>,
  signal: AbortSignal,
  nothing?: { readonly codes: readonly string[]; readonly value: N },
): Promise<T | N | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (nothing?.codes.includes(errorCode(error) ?? '') === true) return nothing.value;
    if (signal.aborted || !(error instanceof WhiteboxError)) throw error;
    return undefined;
  }
}
