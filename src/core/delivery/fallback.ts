import type { DeliveryStatus } from '../views.js';
import { proves } from './status.js';

/** A delivery as the other deliveries of its message see it. */
export type Rung = {
  id: string;
  step: number;
  status: DeliveryStatus;
  dueAt: number;
  /** What makes this step needless once an earlier one has proven it; undefined where it is not a fallback. */
  unless: 'sent' | 'delivered' | 'read' | undefined;
  /** How long the step before has to prove it. */
  withinMs: number;
};

export type Move = { is: 'cancel'; id: string; reason: string } | { is: 'due'; id: string; at: number };

/**
 * What is to be done about the steps of one message that have not gone out yet:
 * - a step is left out once another has proven what it waits for;
 * - it starts at once when all before it have failed or were cancelled; those after it then wait their time from now;
 * - an earlier step that still waits is left out once a later one has gone out: it must not come hours after it.
 *
 * A doubtful step ("may have been sent") is no failure: the next one waits its time, as an echo may yet settle it.
 */
export function nextMoves(rungs: readonly Rung[], now: number): Move[] {
  const steps = [...rungs].sort((a, b) => a.step - b.step);
  const moves: Move[] = [];
  let next: number | undefined;
  for (const rung of steps) {
    if (rung.status !== 'queued') continue;
    const { unless } = rung;
    const others = steps.filter(({ id }) => id !== rung.id);
    const later = others.find((other) => other.unless && other.step > rung.step && proves(other.status, 'sent'));
    if (later || (unless && others.some((other) => proves(other.status, unless)))) {
      const reason = later ? 'a later step went out instead' : `another step has proven "${unless}"`;
      moves.push({ is: 'cancel', id: rung.id, reason });
    } else if (unless) {
      const before = others.filter((other) => other.step < rung.step);
      if (next !== undefined) {
        if (next + rung.withinMs !== rung.dueAt) moves.push({ is: 'due', id: rung.id, at: next + rung.withinMs });
        next += rung.withinMs;
      } else if (rung.dueAt > now && before.every(({ status }) => isLost(status))) {
        moves.push({ is: 'due', id: rung.id, at: now });
        next = now;
      }
    }
  }
  return moves;
}

const isLost = (status: DeliveryStatus): boolean => status === 'failed' || status === 'cancelled';
