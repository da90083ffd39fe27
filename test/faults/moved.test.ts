import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { IrcLines } from '../support/irc-lines.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { freePort } from '../support/ports.js';
import { copyPrepared } from '../support/prepared-database.js';
import { Line } from './line.js';
import { Random } from './random.js';

/** A server whose name leads to another address than before, and for a while to none: Parley has a table of hosts of its own. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-hosts-'));
const hosts = path.join(folder, 'hosts');
const alone = ['unshare', '--mount', '--', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh'];
const lab = await labOrSkip(['inspircd']);
const ending: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ending.reverse()) await end();
  rmSync(folder, { recursive: true });
});

const name = 'irc.moves.test';
const leadsTo = (...addresses: string[]) =>
  writeFileSync(hosts, ['127.0.0.1 localhost', ...addresses.map((one) => `${one} ${name}`), ''].join('\n'));
leadsTo();

if (lab && mayMount())
  test('a server that moves is found at its new address; while its name leads nowhere, that is said', async () => {
    const { port } = lab.inspircd;
    const own = await freePort();
    const before = await Line.to(port, new Random(1), '127.0.0.2', own);
    ending.push(() => before.close());
    leadsTo('127.0.0.2');
    const parley = await Parley.fresh({}, undefined, alone);
    ending.push(() => parley.remove());
    await copyPrepared(path.join(parley.folder, 'data'));
    await parley.up();
    await parley.setUp();
    const { id } = await parley.signIn('irc', 'server', { server: name, port: own, tls: 'off', nick: 'mover' });
    await parley.online(id);
    expect(before.open).toBe(1);

    leadsTo();
    await before.close();
    await eventually(async () => {
      const { state } = await parley.ok('GET', `/accounts/${id}`);
      return (state.is === 'waiting' && state.why.includes(`the server name ${name} was not found (DNS)`)) || undefined;
    });

    const after = await Line.to(port, new Random(1), '127.0.0.3', own);
    ending.push(() => after.close());
    leadsTo('127.0.0.3');
    await parley.ok('POST', `/accounts/${id}/reconnect`, {});
    await parley.online(id);
    expect(after.open).toBe(1);
    const ann = await IrcLines.connect(port);
    ending.push(() => ann.end());
    ann.say('NICK ann', 'USER ann 0 * :ann');
    await ann.line(/ 001 /);
    const { conversation } = await parley.ok('POST', '/chats', { accountId: id, address: 'ann' });
    await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: 'from where it is now' });
    expect(await ann.line(/ PRIVMSG ann :/)).toMatch(/from where it is now$/);
  });
else test.skip('a server that moves: needs the right to mount', () => {});

function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
