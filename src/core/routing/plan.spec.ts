import { describe, expect, it } from 'vitest';
import type { Candidate } from './candidate.js';
import { type Asked, choose, type Standing } from './choose.js';
import { plan } from './plan.js';
import type { RoutePolicy, ShortRoute } from './policy.js';

const NOW = Date.UTC(2026, 10, 28, 12);
const MINUTE = 60_000;

const way = (id: string, over: Partial<Candidate> = {}): Candidate => ({
  id,
  channel: 'im',
  accountId: `account-${id}`,
  network: 'irc',
  label: id.toUpperCase(),
  chatId: `chat-${id}`,
  target: id,
  online: true,
  presence: { state: 'unknown' },
  lastActiveAt: 0,
  heardAt: undefined,
  typed: false,
  closed: undefined,
  ...over,
});
const irc = way('irc', { presence: { state: 'away' }, lastActiveAt: 5 });
const irc2 = way('irc2', { presence: { state: 'online' } });
const mail = way('mail', { channel: 'email' });
const sms = way('sms', { channel: 'sms', online: false, lastActiveAt: 9 });
const everything = [irc, irc2, mail, sms];

const traits = { urgency: 'normal' as const, files: 0, length: () => 5 };
const occasion = { traits, now: NOW, at: NOW, who: 'Ann' };
const planned = (ways: readonly Candidate[], asked: Asked, standing: Standing = {}) =>
  plan(ways, choose(ways, asked, standing).directions, occasion);
const ids = (ways: readonly Candidate[], asked: Asked, standing?: Standing) =>
  planned(ways, asked, standing).map(({ candidate }) => candidate.id);
const whys = (ways: readonly Candidate[], asked: Asked, standing?: Standing) =>
  planned(ways, asked, standing).map(({ why }) => why);
const route = (mode: ShortRoute['mode'], ...channels: ShortRoute['channels']) => ({ route: { mode, channels } });

describe('the rule', () => {
  it.each<[string, Candidate[], string, string]>([
    ['the most available buddy', everything, 'irc2', 'IRC2: Ann is online there'],
    ['away before unknown', [irc, mail], 'irc', 'IRC: Ann is away there'],
    [
      'unknown before offline',
      [way('irc', { presence: { state: 'offline' }, lastActiveAt: 9 }), mail],
      'mail',
      'MAIL: Ann is offline elsewhere',
    ],
    [
      'connected accounts first',
      [way('irc', { online: false }), mail],
      'mail',
      'MAIL: the only account that is connected',
    ],
    [
      'none is connected',
      [way('irc', { online: false }), way('xmpp', { online: false, lastActiveAt: 3 })],
      'xmpp',
      'XMPP: no account is connected; this one was used last',
    ],
    ['a met one before a typed address', [way('sms', { typed: true }), mail], 'mail', 'MAIL: Ann is known there'],
    [
      'of equals the one last used',
      [mail, way('b', { lastActiveAt: 2 })],
      'b',
      'B: used last; nothing says where Ann is',
    ],
    [
      'all offline',
      [way('a', { presence: { state: 'offline' } }), way('b', { presence: { state: 'offline' }, lastActiveAt: 2 })],
      'b',
      'B: Ann is offline everywhere; used last',
    ],
    ['only one', [sms], 'sms', 'SMS: the only way to Ann'],
    [
      'where they wrote last, within ten minutes',
      [irc2, way('mail', { channel: 'email', heardAt: NOW - 9 * MINUTE })],
      'mail',
      'MAIL: Ann wrote there 9 minutes ago',
    ],
    [
      'not after more than ten minutes',
      [irc2, way('mail', { heardAt: NOW - 11 * MINUTE })],
      'irc2',
      'IRC2: Ann is online there',
    ],
    [
      'nor where they are offline now',
      [irc2, way('xmpp', { heardAt: NOW - 1, presence: { state: 'offline' } })],
      'irc2',
      'IRC2: Ann is online there',
    ],
    [
      'nor by an account that is away',
      [irc2, way('xmpp', { heardAt: NOW - 1, online: false })],
      'irc2',
      'IRC2: the only account that is connected',
    ],
  ])('%s', (_, ways, id, why) => {
    expect(ids(ways, {})).toEqual([id]);
    expect(whys(ways, {})).toEqual([why]);
  });
});

describe('who says by which way', () => {
  const saved = (name: string, ...channels: ShortRoute['channels']) => ({ name, policy: { steps: [{ channels }] } });
  const all: Standing = {
    via: 'account-irc',
    conversation: saved('C', 'email'),
    contact: saved('K', 'sms'),
    profile: saved('P', 'im'),
  };
  const { via: _via, ...noVia } = all;
  const { conversation: _c, ...noConversation } = noVia;
  const { contact: _k, ...profileOnly } = noConversation;

  it.each<[string, Asked, Standing, string, string]>([
    ['the message’s account', { via: 'account-mail' }, all, 'mail', 'MAIL: chosen for this message'],
    ['the message’s route', route('first', 'sms'), all, 'sms', 'SMS: the message’s route'],
    ['a saved route of the message', { route: saved('M', 'sms') }, all, 'sms', 'SMS: the route M'],
    ['the conversation’s account', {}, all, 'irc', 'IRC: chosen for this conversation'],
    ['the conversation’s route', {}, noVia, 'mail', 'Email: the route C'],
    ['the contact’s route', {}, noConversation, 'sms', 'SMS: the route K'],
    ['the profile’s route', {}, profileOnly, 'irc2', 'IM: the route P'],
  ])('%s', (_, asked, standing, id, why) => {
    expect(ids(everything, asked, standing)).toEqual([id]);
    expect(whys(everything, asked, standing)).toEqual([why]);
  });

  it.each<[string, Partial<Candidate>]>([
    ['its account is not connected', { online: false }],
    ['the person is offline there', { presence: { state: 'offline' } }],
  ])('lets a forced account go where %s', (_, over) => {
    const ways = [way('irc', over), mail];
    expect(choose(ways, {}, { via: 'account-irc' })).toEqual({
      directions: { by: 'rule', from: 'rule' },
      released: true,
    });
    expect(ids(ways, {}, { via: 'account-irc' })).toEqual(['mail']);
  });

  it('passes a profile’s route over that leads nowhere there, but no nearer one', () => {
    const room = [way('room')];
    expect(ids(room, {}, { profile: saved('P', 'sms') })).toEqual(['room']);
    expect(() => planned(room, {}, { contact: saved('K', 'sms') })).toThrow('No account reaches');
  });
});

describe('routes', () => {
  it('via forces the account', () => {
    expect(ids(everything, { via: 'account-sms' })).toEqual(['sms']);
    expect(() => planned(everything, { via: 'another' })).toThrow('cannot be reached');
  });

  it('all takes one of each channel, the most available buddy of each', () => {
    const steps = planned(everything, route('all', 'im', 'email', 'sms'));
    expect(steps.map(({ candidate }) => candidate.id)).toEqual(['irc2', 'mail', 'sms']);
    expect(steps.every(({ afterMs }) => afterMs === 0)).toBe(true);
  });

  it('first takes the first channel that is online', () => {
    expect(ids(everything, route('first', 'sms', 'email'))).toEqual(['mail']);
  });

  it('fallback waits between its steps', () => {
    const steps = planned(everything, {
      route: { mode: 'fallback', channels: ['im', 'sms'], unless: 'delivered', within: 'PT1M' },
    });
    expect(steps.map(({ step, afterMs, unless, kind }) => ({ step, afterMs, unless, kind }))).toEqual([
      { step: 0, afterMs: 0, unless: undefined, kind: 'first' },
      { step: 1, afterMs: 60_000, unless: 'delivered', kind: 'fallback' },
    ]);
  });

  it('says of every step why it is there', () => {
    const policy: RoutePolicy = {
      steps: [
        { channels: ['im'] },
        { channels: ['sms'], unless: 'delivered', within: 'PT5M' },
        { channels: ['email'], within: 'PT1H' },
      ],
    };
    expect(whys(everything, { route: { name: 'Family', policy } })).toEqual([
      'IM: step 1 of the route Family',
      'SMS unless IM has proven delivered within 5 minutes: step 2 of the route Family',
      'Email in any case, 1 hour later: step 3 of the route Family',
    ]);
    expect(whys([mail, sms], { route: policy })[0]).toBe('SMS as nothing goes by IM: step 2 of the message’s route');
  });

  it('says when each step goes: after all before it, and after quiet hours', () => {
    const quiet = { from: '12:00', to: '13:30', zone: 'UTC', otherwise: 'wait' as const };
    const policy: RoutePolicy = {
      steps: [
        { channels: ['im'] },
        { channels: ['email'], within: 'PT1H' },
        { channels: ['sms'], unless: 'read', within: 'PT5M', only: { quiet: { ...quiet, to: '14:00' } } },
      ],
    };
    const minutes = (steps: RoutePolicy) =>
      planned(everything, { route: steps }).map(({ afterMs }) => afterMs / MINUTE);
    expect(minutes(policy)).toEqual([0, 60, 120]);
    expect(
      minutes({
        steps: [
          { channels: ['im'], only: { quiet } },
          { channels: ['sms'], unless: 'read' },
        ],
      }),
    ).toEqual([90, 95]);
  });

  it('says of a step that it waits for what never comes', () => {
    const policy: RoutePolicy = {
      steps: [{ channels: ['im'] }, { channels: ['sms'], unless: 'read', within: 'PT5M' }],
    };
    const proving = (proves: Candidate['proves']) => whys([{ ...irc, proves }, sms], { route: policy })[1];
    expect(proving('sent')).toBe('SMS after 5 minutes, as IM never proves read here: step 2 of the message’s route');
    for (const proves of ['read', undefined] as const) expect(proving(proves)).toContain('unless IM has proven read');
  });

  it('passes over a way that the person has opted out of, and refuses where none is left', () => {
    const stopped = way('sms', { channel: 'sms', lastActiveAt: 99, closed: 'opted-out' });
    const ways = [stopped, mail];
    expect(ids(ways, route('fallback', 'sms', 'email'))).toEqual(['mail']);
    expect(ids(ways, route('first', 'sms', 'email'))).toEqual(['mail']);
    expect(ids(ways, {})).toEqual(['mail']);
    const refused = expect.objectContaining({ code: 'opted-out', kind: 'conflict' });
    expect(() => planned(ways, route('all', 'sms'))).toThrow(refused);
    expect(() => planned(ways, { via: 'account-sms' })).toThrow(refused);
    expect(() => planned([stopped], {})).toThrow(refused);
  });

  it('does not write where an invitation waits for its answer', () => {
    const invited = way('room', { lastActiveAt: 99, closed: 'invited' });
    expect(() => planned([invited], {})).toThrow(expect.objectContaining({ code: 'invited' }));
    expect(ids([invited, irc], {})).toEqual(['irc']);
  });

  it('says when nothing leads there, and why no step takes it', () => {
    expect(() => planned([irc], route('all', 'sms'))).toThrow('No account reaches');
    const policy: RoutePolicy = { steps: [{ channels: ['im'], only: { urgency: 'urgent' } }] };
    expect(() => planned([irc], { route: policy })).toThrow(
      expect.objectContaining({
        code: 'no-step-fits',
        message: expect.stringContaining('IM: only for messages that are urgent'),
      }),
    );
  });
});
