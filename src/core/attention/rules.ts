import { quietUntil } from '../routing/quiet.js';
import type { AttentionSettings, ChatKind, Level } from './settings.js';

/** A message that came in, and what the user said about its conversation. Times in ms. */
export type Arrival = {
  kind: ChatKind;
  level: Level | null;
  mentioned: boolean;
  request: 'none' | 'pending' | 'declined';
  mutedUntil: number | undefined;
  snoozedUntil: number | undefined;
};

/** Whether the user is told of it now, beyond its standing in the list. */
export function isTold(arrival: Arrival, settings: AttentionSettings, now: number): boolean {
  const { kind, level, mentioned, request, mutedUntil = 0, snoozedUntil = 0 } = arrival;
  if (request !== 'none' || mutedUntil > now) return false;
  if (snoozedUntil > now && !mentioned) return false;
  if (settings.quiet && quietUntil(settings.quiet, now) !== undefined) return false;
  const wanted = level ?? settings.levels[kind];
  return wanted === 'all' || (wanted === 'mentions' && mentioned);
}
