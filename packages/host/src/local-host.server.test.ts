import { describe, expect, it } from 'vitest';
import { LocalHost } from './local-host.js';
import { hostConformance } from './testing/conformance.js';
import { localSubject } from './testing/local-subject.js';

hostConformance({ describe, it, expect }, 'LocalHost', () => localSubject(new LocalHost()));
