import { type Clock, errorText, type Log } from '../log.js';
import type { Committed } from '../messages/inbound.js';
import type { FrameListener, SyncService } from '../services.js';
import type { Change, Frame, SyncPage } from './change.js';

export interface ChangeSource {
  newest(userId: string): Promise<number>;
  since(userId: string, since: number, limit: number): Promise<SyncPage>;
  conversations(userId: string, ids: string[]): Promise<Change[]>;
}

/** Tells the other processes; in one process there are none. */
export interface Fanout {
  publish(topic: 'ring' | 'frame', userId: string, payload: string): void;
}

/** How long conversation rows that follow messages may gather before they are sent once. */
const GATHER_MS = 40;
const PAGE = 500;
const RETRY_MS = 1000;
const MAX_HELD = 10_000;

type Changes = Extract<Frame, { type: 'changes' }>;
/** `changes`: what the text says, where it says what changed. */
type Held = { text: string; changes: Changes | undefined };
/** What is told while it catches up is held for it; `missed`: more than is held. */
type Listener = { send: FrameListener; held: Held[] | undefined; missed: boolean };

type Stream = {
  /** Everything up to here was seen, sent or is in `late`. */
  seen: number;
  /** The clients are complete up to here. */
  complete: number;
  late: Set<string>;
  cancelLate?: () => void;
  listeners: Set<Listener>;
  loading: boolean;
  again: boolean;
};

/**
 * Live sync. A user's listeners all get the same serialised frames. New messages are sent straight from the commit
 * that stored them; everything else is a ring, on which the rows after the last revision are read. A gap in
 * revisions turns into a ring, so a lost or doubled announcement loses and doubles nothing.
 */
export class Hub implements SyncService {
  readonly #streams = new Map<string, Stream>();

  constructor(
    private readonly source: ChangeSource,
    private readonly fanout: Fanout,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async since(userId: string, since: number | undefined, limit: number): Promise<SyncPage> {
    if (since === undefined) return { changes: [], rev: await this.source.newest(userId), more: false };
    return this.source.since(userId, since, limit);
  }

  async subscribe(userId: string, since: number | undefined, send: FrameListener): Promise<() => void> {
    const listener: Listener = { send, held: [], missed: false };
    const stream = await this.#join(userId, listener);
    const leave = () => this.#leave(userId, stream, listener);
    let reached = since ?? stream.complete;
    try {
      do {
        listener.held = [];
        listener.missed = false;
        reached = await this.#catchUp(userId, reached, stream.seen, send);
      } while (listener.missed);
    } catch (error) {
      leave();
      throw error;
    }
    for (const { text, changes } of listener.held ?? []) {
      const frame = changes && laterThan(reached, changes);
      if (!changes) send(text);
      else if (frame) send(frame === changes ? text : JSON.stringify(frame));
    }
    listener.held = undefined;
    return leave;
  }

  /** Messages just stored: sent at once where the stream has no gap. */
  committed(result: Committed): void {
    this.fanout.publish('ring', result.userId, '');
    const stream = this.#streams.get(result.userId);
    if (!stream) return;
    if (stream.seen !== result.base || stream.loading) {
      this.#load(result.userId, stream);
      return;
    }
    stream.seen = result.end;
    if (result.conversationIds.length === 0 && stream.late.size === 0) stream.complete = result.end;
    else if (stream.late.size === 0) stream.complete = result.upTo;
    for (const id of result.conversationIds) stream.late.add(id);
    if (result.messages.length > 0) {
      const changes: Change[] = result.messages.map((value) => ({
        kind: 'message',
        id: value.id,
        rev: value.rev,
        value,
      }));
      this.#send(stream, { type: 'changes', changes, rev: stream.complete });
    }
    if (stream.late.size > 0)
      stream.cancelLate ??= this.clock.after(GATHER_MS, () => void this.#sendLate(result.userId, stream));
  }

  /** Something of this user was committed. */
  ring(userId: string): void {
    this.fanout.publish('ring', userId, '');
    this.rung(userId);
  }

  /** Open streams of all users. */
  get listening(): number {
    return [...this.#streams.values()].reduce((sum, stream) => sum + stream.listeners.size, 0);
  }

  /** Whether any window of the user is open. */
  isHeard(userId: string): boolean {
    return this.#streams.has(userId);
  }

  /** Another process rang. */
  rung(userId: string): void {
    const stream = this.#streams.get(userId);
    if (stream) this.#load(userId, stream);
  }

  /** Typing and presence: not history, not replayed. */
  broadcast(userId: string, frame: Extract<Frame, { type: 'typing' | 'presence' | 'alerts' }>): void {
    const text = JSON.stringify(frame);
    this.fanout.publish('frame', userId, text);
    this.broadcasted(userId, text);
  }

  broadcasted(userId: string, frame: string): void {
    const stream = this.#streams.get(userId);
    if (stream) this.#sendText(stream, frame);
  }

  async #join(userId: string, listener: Listener): Promise<Stream> {
    const known = this.#streams.get(userId);
    if (known) {
      known.listeners.add(listener);
      return known;
    }
    const newest = await this.source.newest(userId);
    const stream = this.#streams.get(userId) ?? {
      seen: newest,
      complete: newest,
      late: new Set(),
      listeners: new Set(),
      loading: false,
      again: false,
    };
    stream.listeners.add(listener);
    this.#streams.set(userId, stream);
    // A commit between the read and this line was not announced to anyone.
    this.#load(userId, stream);
    return stream;
  }

  #leave(userId: string, stream: Stream, listener: Listener): void {
    stream.listeners.delete(listener);
    if (stream.listeners.size > 0 || this.#streams.get(userId) !== stream) return;
    stream.cancelLate?.();
    this.#streams.delete(userId);
  }

  /** Answers the revision up to which all was told. */
  async #catchUp(userId: string, since: number, target: number, send: FrameListener): Promise<number> {
    for (let from = since; ; ) {
      const page = await this.source.since(userId, from, PAGE);
      send(JSON.stringify({ type: 'changes', changes: page.changes, rev: page.rev } satisfies Frame));
      from = page.rev;
      if (!page.more && (from >= target || page.changes.length === 0)) return from;
    }
  }

  #load(userId: string, stream: Stream): void {
    if (stream.loading) {
      stream.again = true;
      return;
    }
    stream.loading = true;
    void this.#loadAll(userId, stream);
  }

  async #loadAll(userId: string, stream: Stream): Promise<void> {
    try {
      do {
        stream.again = false;
        for (let more = true; more && stream.listeners.size > 0; ) {
          const page = await this.source.since(userId, stream.complete, PAGE);
          stream.late.clear();
          stream.cancelLate?.();
          stream.cancelLate = undefined;
          stream.complete = page.rev;
          stream.seen = Math.max(stream.seen, page.rev);
          if (page.changes.length > 0) this.#send(stream, { type: 'changes', changes: page.changes, rev: page.rev });
          more = page.more;
        }
      } while (stream.again);
      stream.loading = false;
    } catch (error) {
      this.log.warn('changes could not be read', { userId, error: errorText(error) });
      this.clock.after(RETRY_MS, () => {
        stream.loading = false;
        if (stream.listeners.size > 0) this.#load(userId, stream);
      });
    }
  }

  async #sendLate(userId: string, stream: Stream): Promise<void> {
    stream.cancelLate = undefined;
    const upTo = stream.seen;
    const ids = [...stream.late];
    if (ids.length === 0) return;
    try {
      const changes = await this.source.conversations(userId, ids);
      if (stream.loading || stream.complete >= upTo) return;
      for (const id of ids) stream.late.delete(id);
      // Rows touched again meanwhile come again: only what was seen before the read is complete now.
      if (stream.seen === upTo) stream.complete = upTo;
      else for (const id of ids) stream.late.add(id);
      this.#send(stream, { type: 'changes', changes, rev: stream.complete });
      if (stream.late.size > 0)
        stream.cancelLate ??= this.clock.after(GATHER_MS, () => void this.#sendLate(userId, stream));
    } catch {
      this.#load(userId, stream);
    }
  }

  #send(stream: Stream, changes: Changes): void {
    this.#sendText(stream, JSON.stringify(changes), changes);
  }

  #sendText(stream: Stream, text: string, changes?: Changes): void {
    for (const listener of stream.listeners) {
      if (!listener.held) listener.send(text);
      else if (listener.held.length < MAX_HELD) listener.held.push({ text, changes });
      else listener.missed = true;
    }
  }
}

/** Without what was told by then, perhaps as it was before that; nothing where that is all of it. */
function laterThan(rev: number, frame: Changes): Changes | undefined {
  const changes = frame.changes.filter((change) => change.rev > rev);
  if (changes.length === frame.changes.length && frame.rev >= rev) return frame;
  return changes.length > 0 || frame.rev > rev ? { ...frame, changes, rev: Math.max(rev, frame.rev) } : undefined;
}
