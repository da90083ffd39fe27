import { describe, expect, it } from 'vitest';
import { limits } from '../../sdk/index.js';
import { readCommand } from './commands.js';
import { matches, tidyMask } from './ignore.js';
import { Isupport } from './isupport.js';
import { Members } from './members.js';

const fold = (name: string) => name.toLowerCase();
const mode = (...params: string[]) => ({
  ...{ command: 'MODE', params, tags: {}, prefix: 'op', nick: 'op', ident: 'o', hostname: 'h' },
});

describe('members', () => {
  it('are known with their roles, through NAMES, modes, new names and leaving', () => {
    const support = new Isupport();
    support.take(['me', 'PREFIX=(qaohv)~&@%+', 'CHANMODES=beI,k,l,imnpst', 'x']);
    const members = new Members(support, fold);
    members.enter('#a');
    members.enter('#b');
    members.addNames('#a', '~@owner!u@h @Op %+half +voice plain');
    members.addNames('#b', 'plain');
    const roles = () => Object.fromEntries(members.list('#A', 'ascii').map(({ buddy, role }) => [buddy.id, role]));
    expect(roles()).toEqual({ owner: 'owner', op: 'moderator', half: 'moderator', voice: 'voice', plain: 'member' });
    members.onMode(mode('#a', '+kbl-o+v-q', 'key', '*!*@*', '5', 'Op', 'plain', 'owner'));
    expect(roles()).toMatchObject({ owner: 'moderator', op: 'member', plain: 'voice' });
    members.rename('plain', 'fancy');
    members.setAway('FANCY', true);
    expect(members.list('#b', 'ascii')).toMatchObject([{ buddy: { address: 'fancy' }, presence: 'away' }]);
    expect(members.channelsOf('fancy')).toEqual(['#a', '#b']);
    members.quit('fancy');
    members.remove('#a', 'half');
    expect(members.count('#a')).toBe(3);
    members.leave('#a');
    expect(members.list('#a', 'ascii')).toEqual([]);
  });

  it('are bounded, in a channel and in all', () => {
    const members = new Members(new Isupport(), fold);
    for (let channel = 0; channel < 6; channel++) {
      members.enter(`#${channel}`);
      for (let at = 0; at < 25_000; at++) members.add(`#${channel}`, `n${at}`);
    }
    expect(members.count('#0')).toBe(limits.members);
    const counts = Array.from({ length: 6 }, (_, channel) => members.count(`#${channel}`));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(60_000);
    members.leave('#0');
    members.add('#5', 'late');
    expect(members.count('#5')).toBe(1);
  });
});

describe('ignored people', () => {
  it('are matched by masks, in time that cannot be blown up', () => {
    for (const [mask, text, fits] of [
      ['spam*', 'spammer', true],
      ['sp?m', 'spam', true],
      ['sp?m', 'spaam', false],
      ['*!*@*.evil.test', 'x!y@host.evil.test', true],
      ['*!*@*.evil.test', 'x!y@evil.test', false],
      ['', '', true],
      ['*', '', true],
    ] as const) {
      expect([mask, text, matches(mask, text)]).toEqual([mask, text, fits]);
    }
    const start = performance.now();
    expect(matches('*a'.repeat(50), `${'a'.repeat(20_000)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('are kept as masks that mean somebody', () => {
    expect(tidyMask(' nick ')).toBe('nick');
    expect(tidyMask('*@host')).toBe('*!*@host');
    expect(tidyMask('$a:account')).toBe('$a:account');
    for (const odd of ['', '*', '*!*@*', 'a b', 'a,b', '$a:', '$x', 'x'.repeat(200)])
      expect(tidyMask(odd)).toBeUndefined();
  });
});

describe('commands after the sign-in', () => {
  const names = { nick: 'robin', account: 'rob' };

  it('go out as the one line they are', () => {
    expect(readCommand('/msg HelpServ hello there', names)).toBe('PRIVMSG HelpServ :hello there');
    expect(readCommand('MODE $nick +g', names)).toBe('MODE robin +g');
    expect(readCommand('topic #x :a new one', names)).toBe('TOPIC #x :a new one');
    expect(readCommand('NOTICE $account :$nick is here', names)).toBe('NOTICE rob :robin is here');
  });

  it('are refused where they are none, sign in, leave, or are more than one', () => {
    for (const odd of [
      '',
      '/',
      'QUIT',
      'quit :x',
      'PASS x',
      'NICK other',
      'CAP END',
      'x'.repeat(600),
      '12 34',
      'msg x',
    ]) {
      expect([odd, readCommand(odd, names)]).toEqual([odd, undefined]);
    }
    for (const odd of ['MODE x\r\nQUIT', 'PRIVMSG a :b\nQUIT', 'PRIVMSG a :b\0']) {
      expect(readCommand(odd, names)).toBeUndefined();
    }
  });
});
