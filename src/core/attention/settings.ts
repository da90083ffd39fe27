import type { QuietHours } from '../routing/quiet.js';
import { isTimeOfDay, isZone } from '../routing/quiet.js';

/** What a user wants to be told of. */
export type Level = 'all' | 'mentions' | 'none';
export type ChatKind = 'direct' | 'group' | 'channel';

export type AttentionSettings = {
  /** Of conversations that have no level of their own. */
  levels: Record<ChatKind, Level>;
  quiet: QuietHours | undefined;
  /** Whether what is pushed says what was written, and by whom. */
  preview: boolean;
};

export const usualLevels: Record<ChatKind, Level> = { direct: 'all', group: 'all', channel: 'mentions' };

const isLevel = (value: unknown): value is Level => value === 'all' || value === 'mentions' || value === 'none';
/** As stored: any of it may be missing, or something else. */
type Stored = Partial<Record<'notify' | 'quietHours' | 'pushPreview' | 'keywords', unknown>>;
type Fields = Partial<Record<ChatKind | 'from' | 'to' | 'zone', unknown>>;

const storedIn = (value: unknown): Stored => (typeof value === 'object' && value !== null ? value : {});
const fieldsIn = (value: unknown): Fields => (typeof value === 'object' && value !== null ? value : {});

/** Reads the user's settings as they are stored; what is not there is as usual. */
export function attentionSettings(settings: unknown): AttentionSettings {
  const given = storedIn(settings);
  const levels = fieldsIn(given.notify);
  const level = (kind: ChatKind): Level => {
    const chosen = levels[kind];
    return isLevel(chosen) ? chosen : usualLevels[kind];
  };
  return {
    levels: { direct: level('direct'), group: level('group'), channel: level('channel') },
    quiet: quietOf(given.quietHours),
    preview: given.pushPreview !== false,
  };
}

function quietOf(value: unknown): QuietHours | undefined {
  const { from, to, zone } = fieldsIn(value);
  if (typeof from !== 'string' || typeof to !== 'string' || typeof zone !== 'string') return undefined;
  return isTimeOfDay(from) && isTimeOfDay(to) && from !== to && isZone(zone) ? { from, to, zone } : undefined;
}

export function keywordsOf(settings: unknown): string[] {
  const words = storedIn(settings).keywords;
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
}
