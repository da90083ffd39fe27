import { AdapterError, type HistoryFrom, type HistoryPage, type MessageEvent } from '../../sdk/index.js';
import { buddyOf, chatWith } from './ids.js';

/** The buddy with whom there is an old conversation to go back through. Answers nothing. */
export const historian = 'historian';

const letters = 120;
const begun = Date.UTC(2006, 0, 1, 12);
const hour = 3_600_000;
const kept = 1000;

/** An old letter; every third is ours. The same for everybody, each time. */
function letter(index: number): MessageEvent {
  const ours = index % 3 === 2;
  return {
    type: 'message',
    chat: chatWith(historian),
    id: `${ours ? 'me' : 'buddy'}-00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...(ours ? {} : { from: buddyOf(historian) }),
    text: `${ours ? 'Answer' : 'Letter'} ${index + 1} of ${letters}`,
    format: 'plain',
    at: begun + index * hour,
    backfill: true,
  };
}

const archive = Array.from({ length: letters }, (_, index) => letter(index));

/** What was said with the historian, long ago and since Parley started. Bounded. */
export class Past {
  readonly #said: MessageEvent[] = [];

  keep(event: MessageEvent): void {
    if (event.chat.id !== historian) return;
    this.#said.push({ ...event, backfill: true });
    this.#said.sort((a, b) => a.at - b.at);
    if (this.#said.length > kept) this.#said.shift();
  }

  /** @throws AdapterError `rejected` for a place that was never given out */
  before({ position, oldest }: HistoryFrom, limit: number): HistoryPage {
    const all = [...archive, ...this.#said];
    const end = position === undefined ? endAt(all, oldest) : all.findIndex(({ id }) => id === position);
    if (end < 0) throw new AdapterError('rejected', 'The practice network knows no such place in its history.');
    const start = Math.max(0, end - limit);
    const next = all[start]?.id;
    return { events: all.slice(start, end), ...(start > 0 && next !== undefined && { next }) };
  }
}

function endAt(all: readonly MessageEvent[], oldest: HistoryFrom['oldest']): number {
  if (oldest === undefined) return all.length;
  const known = all.findIndex(({ id }) => id === oldest.id);
  if (known >= 0) return known;
  const later = all.findIndex(({ at }) => at >= oldest.at);
  return later >= 0 ? later : all.length;
}
