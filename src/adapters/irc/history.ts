import type { IrcMessage } from 'irc-framework';
import { z } from 'zod';
import { AdapterError, type Event, type HistoryFrom, type HistoryPage, limits } from '../../sdk/index.js';
import { isNetworkId, networkId } from './ids.js';
import { rawTime } from './inbound.js';
import type { Isupport } from './isupport.js';
import type { Position } from './position.js';
import type { Requests } from './requests.js';
import { line } from './wire.js';

/** Pages of one catch-up of one chat: a bound for a server that never comes to an end. */
const mostPages = 2_000;
const mostTargets = 500;

export type HistoryPorts = {
  requests: Requests;
  support: Isupport;
  position: Position;
  fold(name: string): string;
  /** Whether the server keeps read markers. */
  markers(): boolean;
  now(): number;
  /** How far the server's clock is ahead of ours. */
  skew(): number;
  /** The events of lines of the past; `news` are those the person has not seen yet. */
  events(lines: IrcMessage[], news: boolean): Event[];
  push(events: Event[]): void;
  /** Resolves when there is room for another page. */
  room(): Promise<void>;
};

const place = z.object({ id: z.string().max(300).optional(), at: z.number().optional() });
type Place = z.infer<typeof place>;

/** A moment or a message, as CHATHISTORY names it. */
type Mark = string;

/** The messages of the past that the server keeps (draft/chathistory). */
export class History {
  constructor(private readonly ports: HistoryPorts) {}

  /** The page before what is known, oldest first. */
  async before(target: string, from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> {
    const next = place.safeParse(from.position).data ?? this.#oldest(from.oldest);
    const lines = await this.#page(target, next ?? {}, String(this.#limit(limit)), signal);
    const [first] = lines;
    if (!first) return { events: [] };
    const [id, at] = [networkId(first.tags), rawTime(first.tags)];
    const events = this.ports.events(lines, false).slice(-limits.historyPage);
    // The same place again would be asked for without end.
    if ((id === undefined && at === undefined) || (id === next?.id && at === next?.at)) return { events };
    return { events, next: { ...(id !== undefined && { id }), ...(at !== undefined && { at }) } };
  }

  async #page(target: string, next: Place, count: string, signal: AbortSignal): Promise<IrcMessage[]> {
    const byTime = this.#mark(undefined, next.at);
    const mark = this.#mark(next.id, next.at);
    if (!mark) return this.#ask(target, ['LATEST', target, '*', count], signal);
    try {
      return await this.#ask(target, ['BEFORE', target, mark, count], signal);
    } catch (error) {
      // A message that the server does not keep any more.
      const lost = error instanceof AdapterError && error.kind === 'rejected' && byTime && byTime !== mark;
      if (!lost) throw error;
      return this.#ask(target, ['BEFORE', target, byTime, count], signal);
    }
  }

  /** When a message was said, by the server's clock; nothing where it is not kept. */
  async timeOf(target: string, id: string): Promise<number | undefined> {
    if (!this.ports.support.historyBy.id || !isNetworkId(id)) return undefined;
    const around = ['AROUND', target, `msgid=${id}`, '1'];
    const lines = await this.#ask(target, around, AbortSignal.timeout(20_000)).catch(() => []);
    const found = lines.find((one) => networkId(one.tags) === id);
    return found && rawTime(found.tags);
  }

  /** Fetches what was said while we were away: in the chats that the server names, or else in these. */
  async catchUp(channels: string[], signal: AbortSignal): Promise<void> {
    const { position, fold } = this.ports;
    const since = position.since;
    if (since === undefined) return;
    const named = (await this.#targets(since, signal)) ?? channels;
    const all = new Map(named.map((target) => [fold(target), target]));
    for (const [folded, target] of all) {
      try {
        await this.#catchUpIn(folded, target, signal);
        // Of a channel the server says unasked how far we have read.
        if (this.ports.markers() && !channels.includes(target)) await this.#askMarker(target, signal);
      } catch (error) {
        // A channel whose history is not for us does not keep the others from theirs.
        if (!(error instanceof AdapterError && error.kind === 'rejected')) throw error;
      }
    }
  }

  /** The answer comes by as any marker does. */
  async #askMarker(target: string, signal: AbortSignal): Promise<void> {
    const question = { line: line('MARKREAD', [target]), command: 'MARKREAD', about: [target], signal };
    await this.ports.requests.ask(question);
  }

  async #catchUpIn(folded: string, target: string, signal: AbortSignal): Promise<void> {
    const { position, push, room, events } = this.ports;
    // The same moment once more: another message may have been said in it.
    let mark = this.#mark(undefined, (position.sinceIn(folded) ?? 0) - 1);
    const count = String(this.#limit(limits.historyPage));
    for (let page = 0; mark !== undefined && page < mostPages; page++) {
      await room();
      const lines = await this.#ask(target, ['AFTER', target, mark, count], signal);
      const last = lines.at(-1);
      if (!last) return;
      const at = rawTime(last.tags);
      if (at !== undefined) position.reach(folded, at);
      push(events(lines, true));
      const next = this.#mark(networkId(last.tags), at);
      if (next === mark) return;
      mark = next;
    }
  }

  /** The chats with messages since; nothing where the server does not say. */
  async #targets(since: number, signal: AbortSignal): Promise<string[] | undefined> {
    const marks = [since - 1, this.ports.now() + this.ports.skew() + 60_000].map(timestamp);
    try {
      const lines = await this.#ask('*', ['TARGETS', ...marks, String(this.#limit(mostTargets))], signal);
      return lines.flatMap(({ command, params }) =>
        command === 'CHATHISTORY' && params[0] === 'TARGETS' && params[1] ? [params[1]] : [],
      );
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'rejected') return undefined;
      throw error;
    }
  }

  #ask(target: string, params: string[], signal: AbortSignal): Promise<IrcMessage[]> {
    const about = target === '*' ? [] : [target];
    return this.ports.requests.ask({
      ...{ line: line('CHATHISTORY', params), command: 'CHATHISTORY', about, history: true, signal },
    });
  }

  #oldest(oldest: HistoryFrom['oldest']): Place | undefined {
    if (!oldest) return undefined;
    return { ...(isNetworkId(oldest.id) && { id: oldest.id }), at: oldest.at + this.ports.skew() };
  }

  #mark(id: string | undefined, at: number | undefined): Mark | undefined {
    const { historyBy } = this.ports.support;
    if (id !== undefined && historyBy.id && !/\s/.test(id)) return `msgid=${id}`;
    return at !== undefined && historyBy.time ? timestamp(at) : undefined;
  }

  #limit(wanted: number): number {
    const { historyLimit } = this.ports.support;
    return Math.max(1, Math.min(wanted, limits.historyPage, historyLimit || limits.historyPage));
  }
}

const timestamp = (at: number): Mark => `timestamp=${new Date(Math.max(0, at)).toISOString()}`;
