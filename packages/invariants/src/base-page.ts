/** x86-64 and most of the others. */
export const basePageKib = 4;
