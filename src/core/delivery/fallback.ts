import type { Channel } from '../../sdk/index.js';
import { afterQuiet, type LaterConditions } from '../routing/conditions.js';
import { CHANNEL_NAMES, capital } from '../routing/describe.js';
import type { Proof } from '../routing/policy.js';
import { cameUp } from '../routing/why.js';
import type { DeliveryStatus } from '../views.js';
import { proves } from './status.js';

/** A delivery as the other deliveries of its message see it. */
export type Rung = {
  id: string;
  step: number;
  channel: Channel;
  status: DeliveryStatus;
  reason: string | undefined;
  dueAt: number;
  /** `always` goes in any case: what others prove is nothing to it. */
  kind: 'first' | 'fallback' | 'always';
  /** What makes a fallback needless once a step before has proven it. */
  unless: Proof | undefined;
  /** How long the steps before have to prove it. */
  withinMs: number;
  conditions: LaterConditions | undefined;
  /** Who gets it: each person has their own steps. */
  person: string | undefined;
};

export type Move = { is: 'cancel'; id: string; reason: string } | { is: 'due'; id: string; at: number };

/**
 * What is to be done about the steps of one message that have not gone out yet, for each person:
 * - a fallback is left out once a step before it has proven what it waits for;
 * - it starts at once when all before it have failed or were cancelled; those after it then wait their time from there;
 * - a step that still waits is left out once a fallback after it has gone out: it must not come hours after that;
 * - one that goes in any case is left alone.
 *
 * A doubtful step ("may have been sent") is no failure: the next one waits its time, as an echo may yet settle it.
 */
export function nextMoves(rungs: readonly Rung[], now: number): Move[] {
  return [...Map.groupBy(rungs, ({ person }) => person).values()].flatMap((own) => movesOfOne(own, now));
}

function movesOfOne(rungs: readonly Rung[], now: number): Move[] {
  const steps = [...rungs].sort((a, b) => a.step - b.step);
  const moves: Move[] = [];
  const waiting = new Map<string, number>();
  for (const rung of steps) {
    if (rung.status !== 'queued') continue;
    const reason = needless(rung, steps);
    if (reason !== undefined) {
      moves.push({ is: 'cancel', id: rung.id, reason });
      continue;
    }
    const at = rung.kind === 'fallback' ? dueOf(rung, steps, waiting, now) : rung.dueAt;
    waiting.set(rung.id, at);
    if (at !== rung.dueAt) moves.push({ is: 'due', id: rung.id, at });
  }
  return moves;
}

function needless(rung: Rung, steps: readonly Rung[]): string | undefined {
  if (rung.kind === 'always') return undefined;
  const later = steps.find(
    (other) => other.kind === 'fallback' && other.step > rung.step && proves(other.status, 'sent'),
  );
  if (later) return `${nameOf(later)} went out instead`;
  const { unless } = rung;
  if (unless === undefined) return undefined;
  const proof = before(rung, steps).find(({ status }) => proves(status, unless));
  return proof && `${nameOf(proof)} has proven "${unless}"`;
}

/** `waiting`: when the steps before that still wait are due now. */
function dueOf(rung: Rung, steps: readonly Rung[], waiting: ReadonlyMap<string, number>, now: number): number {
  const earlier = before(rung, steps);
  if (earlier.every(({ status, id }) => isLost(status) || (status === 'queued' && !waiting.has(id))))
    return Math.min(rung.dueAt, afterQuiet(rung.conditions, now));
  const dues = earlier.flatMap(({ id }) => waiting.get(id) ?? []);
  if (dues.length === 0) return rung.dueAt;
  return afterQuiet(rung.conditions, Math.max(...dues) + rung.withinMs);
}

const before = (rung: Rung, steps: readonly Rung[]): Rung[] => steps.filter(({ step }) => step < rung.step);

const isLost = (status: DeliveryStatus): boolean => status === 'failed' || status === 'cancelled';

const nameOf = ({ channel }: Rung): string => capital(CHANNEL_NAMES[channel]);

/** Why a fallback goes, now that its turn has come. */
export function whyNow(why: string, id: string, rungs: readonly Rung[]): string {
  const rung = rungs.find((one) => one.id === id);
  if (rung?.kind !== 'fallback') return why;
  const earlier = before(
    rung,
    rungs.filter(({ person }) => person === rung.person),
  );
  const lost = earlier.length > 0 && earlier.every(({ status }) => isLost(status));
  return cameUp(why, lost ? earlier.map(howLost).join(', ') : undefined);
}

function howLost(rung: Rung): string {
  const how = rung.status === 'failed' ? 'failed' : 'did not go';
  return `${nameOf(rung)} ${how}${rung.reason === undefined ? '' : ` (${rung.reason})`}`;
}
