import type { Account, Broadcast, Contact, Conversation, Delivery, Message, User } from '../api/types';
import { Telling } from './telling';
import { Timeline } from './timeline';

/** `why`: what the server said, where it answers and yet gives nothing. */
export type Link = { is: 'connecting' } | { is: 'live' } | { is: 'waiting'; since: number; why?: string };
export type Typing = { name: string; until: number };

/** Conversations whose messages are kept in memory. */
const timelineLimit = 24;
/** What the client knows, by topic. Changes are told a little later, at most once a frame. */
export class Store {
  readonly accounts = new Map<string, Account>();
  readonly contacts = new Map<string, Contact>();
  readonly conversations = new Map<string, Conversation>();
  readonly timelines = new Map<string, Timeline>();
  /** By message; only of messages whose ledger is open. */
  readonly ledgers = new Map<string, Map<string, Delivery>>();
  /** Those that were looked at or that moved since; not in the copy, for their page asks the server. */
  readonly broadcasts = new Map<string, Broadcast>();
  /** Those that are shown, by the message that began them. */
  readonly threads = new Map<string, Timeline>();
  /** Pinned messages by conversation, of those asked for. */
  readonly pins = new Map<string, Message[]>();
  readonly typing = new Map<string, Map<string, Typing>>();
  /** Revisions at which rows went, so that an answer still under way does not bring one back. */
  readonly graves = new Map<string, number>();
  user: User | null = null;
  rev = 0;
  loaded = false;
  /** What is seen first is there, from the copy; the rest is on its way. */
  begun = false;
  link: Link = { is: 'connecting' };
  /** Conversations in view; their timelines are not forgotten. */
  readonly shown = new Set<string>();
  /** Of those, the ones whose newest message is in view: their timelines are kept short. */
  readonly following = new Set<string>();

  private readonly versions = new Map<string, number>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly telling = new Telling((topics, drawn) => this.flush(topics, drawn));
  /** Runs what it is given once what was just told is on the page. */
  drawing: ((drawn: () => void) => void) | null = null;
  /** What is told now is to be drawn at once. */
  isHasty = false;

  version(topic: string): number {
    return this.versions.get(topic) ?? 0;
  }

  subscribe(topic: string, listener: () => void): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(topic) === set) this.listeners.delete(topic);
    };
  }

  touch(topic: string): void {
    this.versions.set(topic, this.version(topic) + 1);
    this.telling.add(topic);
  }

  /** What changed in conversations is drawn. */
  get isTold(): boolean {
    return this.telling.isTold;
  }

  /** For how long drawing what changed in a conversation kept the page from its user last, in ms. */
  get heldUpMs(): number {
    return this.telling.heldUpMs;
  }

  /** Does not wait for the next frame. */
  tellNow(): void {
    this.isHasty = true;
    try {
      this.telling.now();
    } finally {
      this.isHasty = false;
    }
  }

  /** Makes sure of a timeline, forgetting the one unused for longest. */
  timeline(conversationId: string): Timeline {
    const known = this.timelines.get(conversationId);
    const timeline = known ?? new Timeline();
    this.timelines.delete(conversationId);
    this.timelines.set(conversationId, timeline);
    for (const id of this.timelines.keys()) {
      if (this.timelines.size <= timelineLimit) break;
      if (!this.shown.has(id)) this.timelines.delete(id);
    }
    return timeline;
  }

  clear(): void {
    const { accounts, contacts, conversations, timelines, threads, ledgers, broadcasts, pins, typing, graves } = this;
    const maps = [accounts, contacts, conversations, timelines, threads, ledgers, broadcasts, pins, typing, graves];
    for (const map of maps) map.clear();
    this.user = null;
    this.rev = 0;
    this.loaded = false;
    this.begun = false;
    this.following.clear();
    this.link = { is: 'connecting' };
    for (const topic of ['accounts', 'contacts', 'conversations', 'broadcasts', 'typing', 'user', 'loaded', 'link'])
      this.touch(topic);
  }

  private flush(topics: ReadonlySet<string>, drawn: () => void): void {
    for (const id of this.following) this.timelines.get(id)?.trim();
    for (const topic of topics) {
      const listeners = this.listeners.get(topic);
      if (listeners) for (const listener of listeners) listener();
      // Nobody looks at it.
      else if (topic.startsWith('t:')) this.timelines.get(topic.slice(2))?.trim();
    }
    if (this.drawing) this.drawing(drawn);
    else drawn();
  }
}

export const store = new Store();
