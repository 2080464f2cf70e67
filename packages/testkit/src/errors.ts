import { WhiteboxError } from '@whitebox/core';

/** What testkit throws on purpose: `WB_TESTKIT_*`. */
export class TestkitError extends WhiteboxError {}
