import { describe, expect, it } from 'vitest';
import { asRoot } from './as-root.js';
import { LocalHost } from './local-host.js';
import { hostConformance } from './testing/conformance.js';
import { localSubject } from './testing/local-subject.js';

hostConformance({ describe, it, expect }, 'asRoot(LocalHost)', () => localSubject(asRoot(new LocalHost())));
