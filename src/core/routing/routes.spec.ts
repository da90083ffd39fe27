import { describe, expect, it } from 'vitest';
import type { Channel, PresenceState } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { nextMoves, type Rung } from '../delivery/fallback.js';
import { DomainError } from '../errors.js';
import type { DeliveryStatus } from '../views.js';
import type { Candidate } from './candidate.js';
import { choose } from './choose.js';
import { holds } from './conditions.js';
import { policyOf } from './normalise.js';
import { plan } from './plan.js';
import type { RoutePolicy, RouteStep, Urgency } from './policy.js';

/** What happens by itself, in seconds after the message was written. */
type Happening = { at: number; by: Channel; is: DeliveryStatus | PresenceState | 'connected' };

type Situation = {
  /** Local time in UTC; noon of a day without quiet hours, if absent. */
  start?: string;
  urgency?: Urgency;
  length?: number;
  files?: number;
  /** Channels there is no way by; ways that are closed, not connected; what the person is seen as. */
  none?: Channel[];
  optedOut?: Channel[];
  away?: Channel[];
  seen?: Partial<Record<Channel, PresenceState>>;
  cost?: Partial<Record<Channel, { amount: string; currency: string }>>;
  /** What the network answers at once; `sent` if absent. */
  answers?: Partial<Record<Channel, DeliveryStatus>>;
  /** When it is to go, in seconds from now. */
  later?: number;
  meanwhile?: Happening[];
};

const CHANNELS: Channel[] = ['im', 'sms', 'email'];
const DAYS_MS = 3 * 86_400_000;

const wayBy = (channel: Channel, about: Situation): Candidate => ({
  id: channel,
  channel,
  accountId: channel,
  network: channel,
  label: channel,
  chatId: channel,
  target: 'ann',
  online: !about.away?.includes(channel),
  presence: { state: about.seen?.[channel] ?? 'unknown' },
  lastActiveAt: 0,
  heardAt: undefined,
  typed: false,
  closed: about.optedOut?.includes(channel) ? 'opted-out' : undefined,
  cost: about.cost?.[channel],
});

/**
 * Plays a message through: it is planned as when it is accepted, and its steps go, wait and are left out by the rules that the
 * queue goes by. Answers what went, by which channel, how many seconds after the message was written.
 */
class Play {
  readonly went: string[] = [];
  readonly leftOut: string[] = [];
  readonly #clock: FakeClock;
  readonly #start: number;
  readonly #seen: Record<string, PresenceState>;
  readonly #away: Set<Channel>;
  #rungs: Rung[] = [];

  constructor(private readonly about: Situation) {
    this.#start = Date.parse(`${about.start ?? '2026-11-25T12:00'}Z`);
    this.#clock = new FakeClock(this.#start);
    this.#seen = { ...about.seen };
    this.#away = new Set(about.away);
  }

  run(policy: RoutePolicy): this {
    const { about } = this;
    const ways = CHANNELS.filter((one) => !about.none?.includes(one)).map((one) => wayBy(one, about));
    const now = this.#clock.now();
    const traits = { urgency: about.urgency ?? 'normal', files: about.files ?? 0, length: () => about.length ?? 5 };
    const { directions } = choose(ways, { route: policy }, {});
    const at = now + (about.later ?? 0) * 1000;
    this.#rungs = plan(ways, directions, { traits, now, at, who: 'Ann' }).map((one, index) => ({
      ...one,
      id: `${index}`,
      channel: one.candidate.channel,
      status: one.leftOut === undefined ? 'queued' : 'cancelled',
      reason: one.leftOut,
      dueAt: at + one.afterMs,
      conditions: one.conditions,
      person: 'ann',
    }));
    for (const happening of about.meanwhile ?? [])
      this.#clock.after(happening.at * 1000, () => this.#happens(happening));
    this.#look();
    this.#clock.advance(DAYS_MS);
    for (const { channel, status } of this.#rungs) if (status === 'cancelled') this.leftOut.push(channel);
    return this;
  }

  /** As the queue does: whenever something changed, and when something falls due. */
  #look(): void {
    for (const move of nextMoves(this.#rungs, this.#clock.now()))
      this.#change(move.id, move.is === 'cancel' ? { status: 'cancelled', reason: move.reason } : { dueAt: move.at });
    const now = this.#clock.now();
    const due = this.#rungs.find((one) => one.status === 'queued' && one.dueAt <= now && !this.#away.has(one.channel));
    if (due) {
      this.#turn(due, now);
      this.#look();
      return;
    }
    const next = Math.min(
      ...this.#rungs.filter(({ status, dueAt }) => status === 'queued' && dueAt > now).map((one) => one.dueAt),
    );
    if (next < Number.POSITIVE_INFINITY) this.#clock.after(next - now, () => this.#look());
  }

  #turn({ id, channel, conditions }: Rung, now: number): void {
    const verdict = conditions && holds(conditions, { presence: this.#seen[channel] ?? 'unknown' }, now);
    switch (verdict?.is) {
      case 'fails':
        this.#change(id, { status: 'cancelled', reason: verdict.why });
        break;
      case 'wait':
        this.#change(id, { dueAt: verdict.until });
        break;
      default:
        this.went.push(`${channel} ${(now - this.#start) / 1000}`);
        this.#change(id, { status: this.about.answers?.[channel] ?? 'sent' });
    }
  }

  #happens({ by, is }: Happening): void {
    if (is === 'connected') this.#away.delete(by);
    else if (is === 'online' || is === 'away' || is === 'dnd' || is === 'offline') this.#seen[by] = is;
    else for (const { id } of this.#rungs.filter(({ channel }) => channel === by)) this.#change(id, { status: is });
    this.#look();
  }

  #change(id: string, change: Partial<Rung>): void {
    this.#rungs = this.#rungs.map((one) => (one.id === id ? { ...one, ...change } : one));
  }
}

const route = (...steps: RouteStep[]): RoutePolicy => ({ steps });
const im: RouteStep = { channels: ['im'] };
const sms = (unless: RouteStep['unless'], within = 'PT5M'): RouteStep => ({
  channels: ['sms'],
  ...(unless ? { unless } : {}),
  within,
});
const email: RouteStep = { channels: ['email'] };
const night = { from: '22:00', to: '07:00', zone: 'UTC' };
const only = (step: RouteStep, conditions: RouteStep['only']): RouteStep => ({ ...step, only: conditions! });
const at = (seconds: number, by: Channel, is: Happening['is']): Happening => ({ at: seconds, by, is });
const EUR = (amount: string) => ({ amount, currency: 'EUR' });

const FAMILY = route(im, sms('delivered'), email);
const READ = route(im, sms('read', 'PT10M'));
const SENT = policyOf({ mode: 'fallback', channels: ['im', 'sms', 'email'], within: 'PT1M' });
const LADDER = policyOf({ mode: 'fallback', channels: ['im', 'sms', 'email'], unless: 'delivered', within: 'PT10M' });
const ALL = policyOf({ mode: 'all', channels: ['im', 'email', 'sms'] });
const FIRST = policyOf({ mode: 'first', channels: ['im', 'email', 'sms'] });

const ROWS: [string, RoutePolicy, Situation, string[]][] = [
  // "IM, and if not delivered in 5 minutes SMS, and email in any case"
  ['nothing is proven: SMS follows', FAMILY, {}, ['im 0', 'email 0', 'sms 300']],
  ['delivered in time', FAMILY, { meanwhile: [at(60, 'im', 'delivered')] }, ['im 0', 'email 0']],
  ['read in time, which proves more', FAMILY, { meanwhile: [at(299, 'im', 'read')] }, ['im 0', 'email 0']],
  ['delivered too late', FAMILY, { meanwhile: [at(301, 'im', 'delivered')] }, ['im 0', 'email 0', 'sms 300']],
  [
    'the email’s proof is nothing to the SMS before it',
    FAMILY,
    { meanwhile: [at(10, 'email', 'read')] },
    ['im 0', 'email 0', 'sms 300'],
  ],
  ['IM fails at once', FAMILY, { answers: { im: 'failed' } }, ['im 0', 'sms 0', 'email 0']],
  ['IM fails a minute later', FAMILY, { meanwhile: [at(60, 'im', 'failed')] }, ['im 0', 'email 0', 'sms 60']],
  ['IM may have been sent: that is no failure', FAMILY, { answers: { im: 'unknown' } }, ['im 0', 'email 0', 'sms 300']],
  [
    'IM may have been sent, and its echo comes with a proof',
    FAMILY,
    { answers: { im: 'unknown' }, meanwhile: [at(9, 'im', 'delivered')] },
    ['im 0', 'email 0'],
  ],
  ['no IM account is connected: the SMS goes in its place', FAMILY, { away: ['im'] }, ['email 0', 'sms 300']],
  [
    'the IM account comes back in time',
    FAMILY,
    { away: ['im'], meanwhile: [at(100, 'im', 'connected')] },
    ['email 0', 'im 100', 'sms 300'],
  ],
  [
    'the IM account comes back after the SMS: not sent twice',
    FAMILY,
    { away: ['im'], meanwhile: [at(400, 'im', 'connected')] },
    ['email 0', 'sms 300'],
  ],
  ['there is no IM: SMS is the first', FAMILY, { none: ['im'] }, ['sms 0', 'email 0']],
  ['they opted out of SMS', FAMILY, { optedOut: ['sms'] }, ['im 0', 'email 0']],
  ['they opted out of IM', FAMILY, { optedOut: ['im'] }, ['sms 0', 'email 0']],
  ['only email is left', FAMILY, { optedOut: ['im', 'sms'] }, ['email 0']],
  [
    'everything fails, once each',
    FAMILY,
    { answers: { im: 'failed', sms: 'failed', email: 'failed' } },
    ['im 0', 'sms 0', 'email 0'],
  ],
  ['for later: all of it an hour later', FAMILY, { later: 3600 }, ['im 3600', 'email 3600', 'sms 3900']],

  // Proofs
  ['unless read: delivered is not enough', READ, { meanwhile: [at(60, 'im', 'delivered')] }, ['im 0', 'sms 600']],
  ['unless read: read is', READ, { meanwhile: [at(60, 'im', 'delivered'), at(599, 'im', 'read')] }, ['im 0']],
  ['unless sent: sent is enough', SENT, {}, ['im 0']],
  ['unless sent: the account is away', SENT, { away: ['im'] }, ['sms 60']],
  ['unless sent: two accounts are away', SENT, { away: ['im', 'sms'] }, ['email 120']],

  // Ladders
  ['three steps, nothing proven', LADDER, {}, ['im 0', 'sms 600', 'email 1200']],
  ['three steps, the second proves it', LADDER, { meanwhile: [at(700, 'sms', 'delivered')] }, ['im 0', 'sms 600']],
  ['three steps, the first proves it late', LADDER, { meanwhile: [at(800, 'im', 'delivered')] }, ['im 0', 'sms 600']],
  [
    'the first fails: those after it wait their time from there',
    LADDER,
    { answers: { im: 'failed' } },
    ['im 0', 'sms 0', 'email 600'],
  ],
  ['two fail', LADDER, { answers: { im: 'failed', sms: 'failed' } }, ['im 0', 'sms 0', 'email 0']],

  // At the same time, or the first that can
  ['all at once', ALL, {}, ['im 0', 'email 0', 'sms 0']],
  [
    'all, one of them away',
    ALL,
    { away: ['email'], meanwhile: [at(50, 'email', 'connected')] },
    ['im 0', 'sms 0', 'email 50'],
  ],
  ['the first that can', FIRST, {}, ['im 0']],
  ['the first that is connected', FIRST, { away: ['im'] }, ['email 0']],
  [
    'none is connected: the first of all',
    FIRST,
    { away: ['im', 'email', 'sms'], meanwhile: [at(9, 'im', 'connected')] },
    ['im 9'],
  ],
  [
    'the first whose conditions hold',
    route({ channels: ['im', 'email'], pick: 'first', only: { online: true } }, sms(undefined, 'PT1M')),
    { seen: { im: 'offline', email: 'online' } },
    ['email 0', 'sms 60'],
  ],
  [
    'in any case, an hour later',
    route(im, { ...email, within: 'PT1H' }),
    { meanwhile: [at(5, 'im', 'read')] },
    ['im 0', 'email 3600'],
  ],
  [
    'a fallback waits also for what goes in any case before it',
    route(im, { ...email, within: 'PT1H' }, sms('read')),
    {},
    ['im 0', 'email 3600', 'sms 3900'],
  ],
  [
    'and is left out by its proof',
    route(im, { ...email, within: 'PT1H' }, sms('read')),
    { meanwhile: [at(3700, 'email', 'read')] },
    ['im 0', 'email 3600'],
  ],

  [
    'what goes in any case is not left out because a fallback after it went',
    route(im, email, sms('read')),
    { away: ['email'], meanwhile: [at(400, 'email', 'connected')] },
    ['im 0', 'sms 300', 'email 400'],
  ],

  // Online
  ['online: they are', route(only(im, { online: true }), sms('read')), { seen: { im: 'online' } }, ['im 0', 'sms 300']],
  [
    'online: away is near enough',
    route(only(im, { online: true }), sms('read')),
    { seen: { im: 'away' } },
    ['im 0', 'sms 300'],
  ],
  [
    'online: they are not, so the next goes at once',
    route(only(im, { online: true }), sms('read')),
    { seen: { im: 'offline' } },
    ['sms 0'],
  ],
  [
    'online: they want no disturbance',
    route(only(im, { online: true }), sms('read')),
    { seen: { im: 'dnd' } },
    ['sms 0'],
  ],
  ['online: nobody knows', route(only(im, { online: true }), sms('read')), {}, ['sms 0']],
  [
    'online is looked at when the step comes up',
    route(im, only({ channels: ['email'], unless: 'read', within: 'PT5M' }, { online: true })),
    { seen: { email: 'offline' }, meanwhile: [at(200, 'email', 'online')] },
    ['im 0', 'email 300'],
  ],
  [
    'and they may have left by then',
    route(im, only({ channels: ['email'], unless: 'read', within: 'PT5M' }, { online: true }), sms('read')),
    { seen: { email: 'online' }, meanwhile: [at(200, 'email', 'offline')] },
    ['im 0', 'sms 600'],
  ],

  // Urgency, length, files
  ['urgent only: it is not', route(im, only(sms(undefined, 'PT1M'), { urgency: 'urgent' })), {}, ['im 0']],
  [
    'urgent only: it is',
    route(im, only(sms(undefined, 'PT1M'), { urgency: 'urgent' })),
    { urgency: 'urgent' },
    ['im 0', 'sms 60'],
  ],
  ['not of low urgency', route(im, only(email, { urgency: 'normal' })), { urgency: 'low' }, ['im 0']],
  [
    'short enough',
    route(only({ channels: ['sms'] }, { maxLength: 160 }), { channels: ['email'], unless: 'sent' }),
    { length: 160 },
    ['sms 0'],
  ],
  [
    'too long: the next goes at once',
    route(only({ channels: ['sms'] }, { maxLength: 160 }), { channels: ['email'], unless: 'sent' }),
    { length: 161 },
    ['email 0'],
  ],
  ['with files only', route(im, only(email, { attachments: true })), { files: 1 }, ['im 0', 'email 0']],
  ['with files only: there are none', route(im, only(email, { attachments: true })), {}, ['im 0']],
  [
    'without files only',
    route(only(im, { attachments: false }), { channels: ['email'], unless: 'sent' }),
    { files: 2 },
    ['email 0'],
  ],

  // Cost
  [
    'cheap enough',
    route(im, only(sms('read'), { maxCost: EUR('0.10') })),
    { cost: { sms: EUR('0.1') } },
    ['im 0', 'sms 300'],
  ],
  ['too dear', route(im, only(sms('read'), { maxCost: EUR('0.10') })), { cost: { sms: EUR('0.100001') } }, ['im 0']],
  [
    'in another currency',
    route(im, only(sms('read'), { maxCost: EUR('0.10') })),
    { cost: { sms: { amount: '0.01', currency: 'USD' } } },
    ['im 0'],
  ],
  ['nobody knows what it costs', route(im, only(sms('read'), { maxCost: EUR('0.10') })), {}, ['im 0', 'sms 300']],

  // Quiet hours
  [
    'quiet, wait: it goes in the morning',
    route(only(im, { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T23:00' },
    ['im 28800'],
  ],
  [
    'quiet, skip: the next goes',
    route(only({ channels: ['sms'] }, { quiet: { ...night, otherwise: 'skip' } }), {
      channels: ['email'],
      unless: 'sent',
    }),
    { start: '2026-11-25T23:00' },
    ['email 0'],
  ],
  [
    'quiet, but urgent',
    route(only(im, { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T23:00', urgency: 'urgent' },
    ['im 0'],
  ],
  ['by day there is nothing to wait for', route(only(im, { quiet: { ...night, otherwise: 'wait' } })), {}, ['im 0']],
  [
    'a fallback that falls into the night waits for its end',
    route(im, only(sms('read', 'PT30M'), { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T21:45' },
    ['im 0', 'sms 33300'],
  ],
  [
    'and is left out where the proof comes in the night',
    route(im, only(sms('read', 'PT30M'), { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T21:45', meanwhile: [at(20_000, 'im', 'read')] },
    ['im 0'],
  ],
  [
    'a fallback that falls into the night is passed over',
    route(im, only(sms('read', 'PT30M'), { quiet: { ...night, otherwise: 'skip' } }), {
      channels: ['email'],
      unless: 'read',
      within: 'PT1H',
    }),
    { start: '2026-11-25T21:45' },
    ['im 0', 'email 5400'],
  ],
  [
    'one before it fails in the night: still in the morning',
    route(im, only(sms('read', 'PT30M'), { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T21:45', meanwhile: [at(3600, 'im', 'failed')] },
    ['im 0', 'sms 33300'],
  ],
  [
    'what comes after it waits its time from the morning',
    route(im, only(sms('read'), { quiet: { ...night, otherwise: 'wait' } }), {
      channels: ['email'],
      unless: 'read',
      within: 'PT10M',
    }),
    { start: '2026-11-25T23:00' },
    ['im 0', 'sms 28800', 'email 29400'],
  ],
  [
    'the account comes back at night: it waits for the morning',
    route(only(im, { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T21:30', away: ['im'], meanwhile: [at(3600, 'im', 'connected')] },
    ['im 34200'],
  ],
  [
    'the night that the clocks go forward',
    route(only(im, { quiet: { ...night, zone: 'Europe/Berlin', otherwise: 'wait' } })),
    { start: '2026-03-28T21:30' },
    ['im 27000'],
  ],
  [
    'the night that they go back',
    route(only(im, { quiet: { ...night, zone: 'Europe/Berlin', otherwise: 'wait' } })),
    { start: '2026-10-24T20:30' },
    ['im 34200'],
  ],
  [
    'scheduled into the night',
    route(only(im, { quiet: { ...night, otherwise: 'wait' } })),
    { start: '2026-11-25T12:00', later: 39_600 },
    ['im 68400'],
  ],
];

describe('a message by its route', () => {
  it.each(ROWS)('%s', (_, policy, situation, went) => {
    expect(new Play(situation).run(policy).went).toEqual(went);
  });

  it('is kept in the ledger where a step was left out', () => {
    expect(new Play({ seen: { im: 'offline' } }).run(route(only(im, { online: true }), sms('read'))).leftOut).toEqual([
      'im',
    ]);
  });

  it.each<[string, RoutePolicy, Situation, string]>([
    ['no step takes it', route(only(im, { urgency: 'urgent' })), {}, 'no-step-fits'],
    ['every way is closed', FAMILY, { optedOut: ['im', 'sms', 'email'] }, 'opted-out'],
    ['no way leads there', route(email), { none: ['email'] }, 'no-route'],
  ])('is refused where %s', (_, policy, situation, code) => {
    const run = () => new Play(situation).run(policy);
    expect(run).toThrow(DomainError);
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
