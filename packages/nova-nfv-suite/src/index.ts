import { fileURLToPath } from 'node:url';

/** Folder of the files with the cases, as installed. */
export const casesFolder = fileURLToPath(new URL('./cases/', import.meta.url));
