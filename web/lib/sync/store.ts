import type { Account, Broadcast, Contact, Conversation, Delivery, Message, User } from '../api/types';
import { Timeline } from './timeline';

/** `why`: what the server said, where it answers and yet gives nothing. */
export type Link = { is: 'connecting' } | { is: 'live' } | { is: 'waiting'; since: number; why?: string };
export type Typing = { name: string; until: number };

/** Conversations whose messages are kept in memory. */
const timelineLimit = 24;
/** After a flush of more changes than this, the next one waits a little, so that a flood cannot starve the page. */
const burst = 150;
const burstDelayMs = 120;
/** A flush that took longer than a frame is followed by a rest, so that the page answers its user meanwhile. */
const frameMs = 16;
const longestRestMs = 400;

/** What the client knows, by topic. Changes are told at most once a frame. */
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
  private dirty = new Set<string>();
  private touches = 0;
  private scheduled = false;

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
    this.dirty.add(topic);
    this.touches += 1;
    if (this.scheduled) return;
    this.schedule();
  }

  /** Does not wait for the next frame. */
  tellNow(): void {
    if (this.dirty.size > 0) this.flush();
  }

  private schedule(): void {
    this.scheduled = true;
    const flush = () => this.flush();
    if (document.hidden) setTimeout(flush, 250);
    else requestAnimationFrame(flush);
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

  private flush(): void {
    const topics = this.dirty;
    const heavy = this.touches > burst;
    this.dirty = new Set();
    this.touches = 0;
    for (const id of this.following) this.timelines.get(id)?.trim();
    const began = performance.now();
    for (const topic of topics) {
      const listeners = this.listeners.get(topic);
      if (listeners) for (const listener of listeners) listener();
      // Nobody looks at it.
      else if (topic.startsWith('t:')) this.timelines.get(topic.slice(2))?.trim();
    }
    const again = () => {
      this.scheduled = false;
      if (this.dirty.size > 0) this.schedule();
    };
    // React draws right after this; a timer comes after that.
    setTimeout(() => {
      const took = performance.now() - began;
      const rest = took > frameMs ? Math.min(longestRestMs, 2 * took) : 0;
      if (heavy || rest > 0) setTimeout(again, Math.max(heavy ? burstDelayMs : 0, rest));
      else again();
    });
  }
}

export const store = new Store();
