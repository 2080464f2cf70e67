import { WhiteboxError } from '@whitebox/core';

/** The command line or the suite is wrong: `WB_RUN_*`; exit code 2. */
export class UsageError extends WhiteboxError {}

/** The run could not be carried out: `WB_RUN_*`; exit code 3. */
export class RunError extends WhiteboxError {}
