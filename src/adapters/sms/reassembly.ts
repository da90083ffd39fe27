import type { Event, MessageEvent } from '../../sdk/index.js';
import { sentTo } from './desk.js';
import { buddyOf, chatWith, digest } from './ids.js';
import type { JournalState, Step } from './journal.js';
import { alphabetOf, decode } from './text.js';

export type Part = JournalState['parts'][number];

/** How long the rest of a long message is waited for. */
export const partsWaitMs = 10 * 60_000;
const partsLimit = 1_000;

/** Where a PDU says it is part of a longer message. */
export type Concat = { ref: number; total: number; index: number };

/**
 * Takes the user data header off (3GPP TS 23.040 section 9.2.3.24): concatenation with an 8-bit or a 16-bit reference.
 * A header longer than the message is taken for text; other elements are passed over.
 */
export function readHeader(bytes: Buffer): { concat?: Concat; body: Buffer } {
  const length = bytes[0] ?? 0;
  if (bytes.length === 0 || length + 1 > bytes.length) return { body: bytes };
  const header = bytes.subarray(1, length + 1);
  const body = bytes.subarray(length + 1);
  for (let at = 0; at + 2 <= header.length; ) {
    const size = header[at + 1] ?? 0;
    const data = header.subarray(at + 2, at + 2 + size);
    const wide = header[at] === 0x08 && data.length === 4;
    if (wide || (header[at] === 0x00 && data.length === 3)) {
      const concat = {
        ref: wide ? data.readUInt16BE(0) : (data[0] ?? 0),
        total: data.at(-2) ?? 0,
        index: data.at(-1) ?? 0,
      };
      return isConcat(concat) ? { concat, body } : { body };
    }
    at += 2 + size;
  }
  return { body };
}

/** False for a message that is whole, and for numbers that make no sense (part 5 of 3). */
export function isConcat(concat: Concat): boolean {
  return concat.total > 1 && concat.index >= 1 && concat.index <= concat.total;
}

function messageOf(parts: Part[]): MessageEvent | undefined {
  const sorted = [...parts].sort((a, b) => a.index - b.index);
  const first = sorted[0];
  if (!first) return undefined;
  const { from, to, total, group } = first;
  const at = Math.min(...sorted.map((part) => part.at));
  const event: MessageEvent = {
    type: 'message',
    chat: chatWith(from),
    id: `long.${digest(group, ...sorted.map((part) => part.body))}.${at.toString(36)}`,
    from: buddyOf(from),
    text: sorted.length === total ? joined(sorted) : marked(sorted, total),
    format: 'plain',
    at,
  };
  return to === undefined ? event : sentTo(event, to);
}

/** Decoded as one where every part has the same alphabet, so that a pair cut by a careless sender heals. */
function joined(parts: Part[]): string {
  const coding = parts[0]?.coding ?? 0;
  if (alphabetOf(coding) !== 'binary' && parts.every((part) => part.coding === coding)) {
    return decode(Buffer.concat(parts.map((part) => Buffer.from(part.body, 'base64'))), coding);
  }
  return parts.map((part) => decode(Buffer.from(part.body, 'base64'), part.coding)).join('');
}

function marked(parts: Part[], total: number): string {
  const byIndex = new Map(parts.map((part) => [part.index, part]));
  const texts: string[] = [];
  for (let index = 1; index <= total; index++) {
    const part = byIndex.get(index);
    texts.push(part ? decode(Buffer.from(part.body, 'base64'), part.coding) : `[part ${index} of ${total} is missing]`);
  }
  return texts.join('');
}

/** Adds a part; answers the whole message with the last one. Past the bound, the oldest message is given up as partial. */
export function addPart(state: JournalState, part: Part): { state: JournalState; events: Event[] } {
  const others = state.parts.filter((known) => known.group !== part.group || known.index !== part.index);
  const mine = [...others.filter((known) => known.group === part.group), part];
  if (mine.length >= part.total) {
    const message = messageOf(mine);
    const parts = others.filter((known) => known.group !== part.group);
    return { state: { ...state, parts }, events: message ? [message] : [] };
  }
  const parts = [...others, part];
  if (parts.length <= partsLimit) return { state: { ...state, parts }, events: [] };
  return giveUp({ ...state, parts }, parts[0]?.group ?? '');
}

function giveUp(state: JournalState, group: string): { state: JournalState; events: Event[] } {
  const message = messageOf(state.parts.filter((part) => part.group === group));
  return {
    state: { ...state, parts: state.parts.filter((part) => part.group !== group) },
    events: message ? [message] : [],
  };
}

/** Delivers what came of messages whose rest did not come in time, saying what is missing. */
export function expireParts(now: number): Step {
  return (before) => {
    const late = new Set(before.parts.filter((part) => part.at + partsWaitMs <= now).map((part) => part.group));
    let state = before;
    const events: Event[] = [];
    for (const group of late) {
      const next = giveUp(state, group);
      state = next.state;
      events.push(...next.events);
    }
    return { state, events };
  };
}
