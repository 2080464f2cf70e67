import { once } from 'node:events';
import { PassThrough, type Duplex } from 'node:stream';
import { asRoot, run, runText, type Host } from '@whitebox/host';
import { hostConformance, type ConformanceSubject } from '@whitebox/host/testing';
import { readLab, type LabDescription } from '@whitebox/lab';
import { beforeAll, describe, expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';

// An unprivileged user with sudo, a real systemd machine, sudo with use_pty: what a test server on 127.0.0.1 is not.

let lab: LabDescription;
beforeAll(async () => {
  lab = await readLab();
});

/** The name of the host with the control plane. */
function control(): string {
  const found = lab.hosts.find(({ roles }) => roles.includes('control'));
  if (found === undefined) throw new Error('the lab has no host with the control plane');
  return found.name;
}

const connect = (name: string): Promise<SshHost> => SshHost.connect(name, { configFile: lab.ssh.configFile });

async function firstOf(connection: Duplex): Promise<Buffer> {
  const [chunk] = (await once(connection, 'data')) as [Buffer];
  return chunk;
}

const echoProgram = `
import os, socket, sys, threading
def serve(server):
    while True:
        client, _ = server.accept()
        threading.Thread(target=echo, args=(client,), daemon=True).start()
def echo(client):
    while True:
        data = client.recv(65536)
        if not data:
            break
        client.sendall(data)
    client.close()
unix = socket.socket(socket.AF_UNIX)
unix.bind(sys.argv[1])
tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
closed = socket.socket()
closed.bind(("127.0.0.1", 0))
for server in (unix, tcp):
    server.listen(20)
    threading.Thread(target=serve, args=(server,), daemon=True).start()
print(tcp.getsockname()[1], closed.getsockname()[1], flush=True)
sys.stdin.read()
`;

/** A subject whose echo server runs on the lab's machine, for as long as the test. */
async function labSubject(wrap: (host: Host) => Host): Promise<ConformanceSubject> {
  const ssh = await connect(control());
  const observer = await connect(control());
  const host = wrap(ssh);
  const directory = (await runText(host, ['mktemp', '-d', '/var/tmp/wb-ssh-XXXXXX'])).trim();
  const socketPath = (await runText(observer, ['mktemp', '-u', '/tmp/wb-ssh-XXXXXX'])).trim();
  const stop = new AbortController();
  let ports: ((line: string) => void) | undefined;
  const listening = new Promise<string>((resolve) => (ports = resolve));
  const server = observer.exec(['python3', '-c', echoProgram, socketPath], {
    stdin: new PassThrough(),
    signal: stop.signal,
    timeoutMs: 600_000,
    onStdout: (chunk) => ports?.(Buffer.from(chunk).toString()),
  });
  server.catch(() => undefined);
  const [port = 0, closedPort = 0] = (await listening).trim().split(' ').map(Number);
  return {
    host,
    directory,
    echo: { port, closedPort, socketPath },
    running: async (word) => {
      // The counting command names the word too: in pieces, so that it does not count itself.
      const pattern = `${word.slice(0, 4)}[${word.slice(4, 5)}]${word.slice(5)}`;
      const { stdout } = await observer.exec(['pgrep', '-fc', pattern]);
      return Number(stdout);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.catch(() => undefined);
      await run(asRoot(observer), ['rm', '-rf', directory, socketPath]);
      await ssh.close();
      await observer.close();
    },
  };
}

hostConformance({ describe, it, expect }, 'SshHost as stack in the lab', () => labSubject((host) => host));
hostConformance({ describe, it, expect }, 'asRoot(SshHost) as stack in the lab', () => labSubject(asRoot));

describe('both hosts of the lab', () => {
  it('logs in to every host, becomes root there, and knows them apart', async () => {
    for (const { name } of lab.hosts) {
      await using host = await connect(name);
      expect(host.name).toBe(name);
      expect(await runText(host, ['hostname'])).toBe(`${name}\n`);
      expect(await runText(host, ['id', '-un'])).toBe(`${lab.ssh.user}\n`);
      expect(await runText(asRoot(host), ['id', '-u'])).toBe('0\n');
    }
  });

  it('jumps over the controller to the compute host', async () => {
    const compute = lab.hosts.find(({ roles }) => !roles.includes('control'));
    const controller = lab.hosts.find(({ roles }) => roles.includes('control'));
    if (compute === undefined || controller === undefined)
      throw new Error('the lab has not two kinds of hosts');
    await using host = await SshHost.connect(compute.name, {
      configFile: lab.ssh.configFile,
      jump: controller.name,
    });
    expect(await runText(host, ['hostname'])).toBe(`${compute.name}\n`);
    const connection = await runText(host, ['sh', '-c', 'echo "$SSH_CONNECTION"']);
    expect(connection.split(' ')[0]).toBe(controller.address);
  });

  it("reaches MariaDB on the controller's own loopback and libvirt's socket", async () => {
    await using host = await connect(control());
    const { port } = lab.database;
    const database = await host.dial({ address: '127.0.0.1', port });
    const greeting = await firstOf(database);
    // A packet of MariaDB's protocol: 3 bytes length, number 0, protocol version 10, its name.
    expect(greeting.subarray(3, 5)).toEqual(Buffer.from([0, 10]));
    expect(greeting.toString('latin1')).toContain('MariaDB');
    database.destroy();
    for (const { name } of lab.hosts) {
      await using one = await connect(name);
      for (const user of [one, asRoot(one)]) {
        const libvirt = await user.dial({ socketPath: '/run/libvirt/libvirt-sock' });
        // The call REMOTE_PROC_AUTH_LIST (66) without arguments; libvirt answers with program and procedure.
        const call = Buffer.alloc(28);
        for (const [index, word] of [28, 0x20008086, 1, 66, 0, 1, 0].entries())
          call.writeUInt32BE(word, index * 4);
        libvirt.write(call);
        const reply = await firstOf(libvirt);
        expect(reply.readUInt32BE(4)).toBe(0x20008086);
        expect(reply.readUInt32BE(12)).toBe(66);
        libvirt.destroy();
      }
    }
  });

  it('reads and replaces files of root only as root', async () => {
    await using host = await connect(control());
    const path = `/etc/wb-ssh-${String(process.pid)}.conf`;
    const root = asRoot(host);
    try {
      await expect(host.replaceFile(path, Buffer.from('x'))).rejects.toMatchObject({
        code: 'WB_HOST_DENIED',
      });
      await root.replaceFile(path, Buffer.from('old'), { mode: 0o640 });
      await run(root, ['chown', 'root:libvirt', path]);
      await root.replaceFile(path, Buffer.from('new'));
      expect(await runText(root, ['stat', '-c', '%U:%G %a', path])).toBe('root:libvirt 640\n');
      expect(Buffer.from(await root.readFile(path)).toString()).toBe('new');
      await run(root, ['chmod', '600', path]);
      await expect(host.readFile(path)).rejects.toMatchObject({ code: 'WB_HOST_DENIED' });
    } finally {
      await root.exec(['rm', '-f', path]);
    }
  });

  it('ends what root runs although the user who logged in may not signal it', async () => {
    await using host = await connect(control());
    const word = `wbroot${String(process.pid)}`;
    const program = ['sh', '-c', `: ${word}; sleep 600; :`];
    await expect(asRoot(host).exec(program, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'WB_HOST_TIMEOUT',
    });
    const { stdout } = await host.exec(['pgrep', '-fc', `wbroo[t]${String(process.pid)}`]);
    expect(stdout).toBe('0\n');
  });

  it('streams much output without keeping it, and gives the rest of the machine its turn', async () => {
    await using host = await connect(control());
    let bytes = 0;
    const streaming = host.exec(['head', '-c', '50000000', '/dev/zero'], {
      collect: false,
      onStdout: (chunk) => {
        bytes += chunk.length;
      },
    });
    expect(await runText(host, ['printf', 'meanwhile'])).toBe('meanwhile');
    await streaming;
    expect(bytes).toBe(50_000_000);
  });
});
