import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type KeyboardAuthContext } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { SshOptions } from './options.js';
import { SshHost } from './ssh-host.js';

const password = 'open sesame';

interface Server extends AsyncDisposable {
  readonly port: number;
  /** What was tried, in order: methods, and the passwords and answers that came. */
  readonly tried: string[];
}

/** A server that lets in whoever `admits` says; it asks `questions` where a dialogue is wanted. */
async function serve(
  admits: (context: AuthContext, said: string[]) => boolean,
  questions: readonly { readonly prompt: string; readonly echo: boolean }[] = [],
): Promise<Server> {
  const tried: string[] = [];
  // Of the Ed25519 keys that ssh2 itself makes it cannot read one in several hundred.
  const { privateKey: hostKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const decide = (said: string[]): void => {
        tried.push([context.method, ...said].join(' '));
        if (admits(context, said)) context.accept();
        else context.reject(['password', 'keyboard-interactive']);
      };
      if (context.method === 'password') decide([context.password]);
      else if (context.method === 'keyboard-interactive') ask(context, decide);
      else decide([]);
    });
  });
  const ask = (context: KeyboardAuthContext, decide: (said: string[]) => void): void => {
    context.prompt([...questions], (answers) => {
      decide(answers);
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    tried,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

const options: SshOptions = {
  user: 'stack',
  identityFiles: [],
  agent: false,
  configFile: false,
  hostKeys: 'accept-any',
  password,
};

describe('a password', () => {
  it('is offered', async () => {
    await using server = await serve(({ method }, [said]) => method === 'password' && said === password);
    await using host = await SshHost.connect('127.0.0.1', { ...options, port: server.port });
    expect(host.connected).toBe(true);
    expect(server.tried.at(-1)).toBe(`password ${password}`);
  });

  it('answers the one hidden question of a dialogue', async () => {
    await using server = await serve(
      ({ method }, [said]) => method === 'keyboard-interactive' && said === password,
      [{ prompt: 'Password: ', echo: false }],
    );
    await using host = await SshHost.connect('127.0.0.1', { ...options, port: server.port });
    expect(host.connected).toBe(true);
  });

  it.each([
    ['that is shown on a screen', [{ prompt: 'Favourite colour: ', echo: true }]],
    [
      'among others',
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Code: ', echo: false },
      ],
    ],
  ])('is no answer to a question %s', async (_case, questions) => {
    await using server = await serve(() => false, questions);
    const connecting = SshHost.connect('127.0.0.1', { ...options, port: server.port });
    await expect(connecting).rejects.toMatchObject({ code: 'WB_SSH_AUTH' });
    expect(server.tried.filter((one) => one.startsWith('keyboard-interactive'))).toEqual([
      'keyboard-interactive',
    ]);
  });

  it('is not in the error when it is refused', async () => {
    await using server = await serve(() => false, [{ prompt: 'Password: ', echo: false }]);
    const error: unknown = await SshHost.connect('127.0.0.1', { ...options, port: server.port }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'WB_SSH_AUTH',
      observed: expect.stringContaining(
        'the server did not accept the password, and there was no key to offer',
      ) as string,
    });
    expect(JSON.stringify(error)).not.toContain('sesame');
  });

  it('is told to no jump host', async () => {
    await using server = await serve(() => false);
    const jump = `stack@127.0.0.1:${String(server.port)}`;
    const connecting = SshHost.connect('192.0.2.1', { ...options, jump });
    await expect(connecting).rejects.toMatchObject({ code: 'WB_SSH_AUTH', host: '127.0.0.1' });
    expect(server.tried).toEqual(['none']);
  });
});
