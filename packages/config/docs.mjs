// Writes docs/configuration.md from the schema.
import { writeFileSync } from 'node:fs';
import { configurationReference } from './dist/index.js';

writeFileSync(new URL('../../docs/configuration.md', import.meta.url), configurationReference());
