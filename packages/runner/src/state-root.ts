import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder in which runs record what they have made and changed on clouds. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'];
  return join(
    state === undefined || state === '' ? join(homedir(), '.local', 'state') : state,
    'whitebox',
    'runs',
  );
}
