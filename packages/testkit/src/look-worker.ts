// A thread that looks at hosts for an audit; started by audit/look-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadStart } from './audit/look-messages.js';
import { serveLooks } from './audit/serve-looks.js';

if (parentPort !== null) serveLooks(parentPort, workerData as ThreadStart);
