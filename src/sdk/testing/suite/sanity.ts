import { isDeepStrictEqual } from 'node:util';
import {
  type BuddyInfo,
  type ChatInfo,
  type Event,
  limits,
  type MessageEvent,
  type Sent,
  type State,
} from '../../index.js';

const twoDays = 2 * 86_400_000;

/** What is wrong with what an adapter said, in words; empty when all is well. */
export function stateFaults(state: State, now: number): string[] {
  const faults: string[] = [];
  if ('why' in state && state.why.trim() === '') faults.push(`state ${state.is} has no reason`);
  if (state.is === 'waiting' && !(Number.isFinite(state.retryAt) && state.retryAt >= now - 1000)) {
    faults.push(`waiting until ${state.retryAt}, which has passed at ${now}`);
  }
  return faults;
}

export function eventFaults(event: Event, now: number): string[] {
  const faults: string[] = [];
  if (!isJson(withoutBytes(event))) faults.push('is not plain JSON');
  if ('chat' in event) faults.push(...chatFaults(event.chat));
  if ('from' in event && event.from) faults.push(...buddyFaults(event.from));
  if ('buddy' in event) faults.push(...buddyFaults(event.buddy));
  if ('target' in event) faults.push(...idFaults('target', event.target));
  if ('upTo' in event && event.upTo) faults.push(...chatFaults(event.upTo));
  const past = event.type === 'message' && event.backfill === true;
  if ('at' in event) faults.push(...timeFaults(event.at, now, past));
  if ('text' in event && !event.text.isWellFormed()) faults.push('text holds half a surrogate pair');
  if (event.type === 'message') faults.push(...messageFaults(event));
  if (event.type === 'contact' && event.avatar) faults.push(...idFaults('avatar id', event.avatar.id));
  return faults.map((fault) => `${event.type} event: ${fault}`);
}

function messageFaults(event: MessageEvent): string[] {
  const faults = idFaults('id', event.id);
  if (event.thread !== undefined) faults.push(...idFaults('thread', event.thread));
  if (event.to) faults.push(...buddyFaults(event.to));
  if (event.unreadable !== undefined && event.text !== '') faults.push('is unreadable and has a text');
  return faults;
}

/** Files stand for themselves. */
function withoutBytes(event: Event): unknown {
  if (event.type === 'message' && event.attachments)
    return { ...event, attachments: event.attachments.map((file) => ({ ...file, content: file.content.byteLength })) };
  if (event.type === 'contact' && event.avatar)
    return { ...event, avatar: { ...event.avatar, content: event.avatar.content.byteLength } };
  return event;
}

export function sentFaults(sent: Sent, now: number): string[] {
  const faults: string[] = [];
  if (sent.remoteId !== undefined) faults.push(...idFaults('remoteId', sent.remoteId));
  if (sent.proof !== 'sent' && sent.proof !== 'delivered') faults.push(`proof ${sent.proof}`);
  if (sent.at !== undefined) faults.push(...timeFaults(sent.at, now));
  if (sent.parts !== undefined && !(Number.isInteger(sent.parts) && sent.parts > 0)) faults.push(`parts ${sent.parts}`);
  return faults.map((fault) => `sent: ${fault}`);
}

/** Whether a value survives being stored as JSON unchanged; an absent property may be undefined. */
export function isJson(value: unknown): boolean {
  if (value === undefined) return false;
  const stored: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
  return isDeepStrictEqual(withoutUndefined(value), stored);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutUndefined(one)]));
}

function chatFaults(chat: ChatInfo): string[] {
  return idFaults('chat id', chat.id);
}

export function buddyFaults(buddy: BuddyInfo): string[] {
  const faults = idFaults('buddy id', buddy.id);
  if (buddy.address === '') faults.push('buddy has no address');
  return faults;
}

function idFaults(what: string, id: string): string[] {
  return id.length > 0 && id.length <= limits.idLength ? [] : [`${what} has ${id.length} characters`];
}

function timeFaults(at: number, now: number, past = false): string[] {
  return at > (past ? 0 : Date.now() - twoDays) && at < now + twoDays ? [] : [`time ${at} is not near ${now}`];
}
