import type { Talk } from './talk.js';
import { line, tagged } from './wire.js';

const everyMs = 3_000;
const mostChats = 100;

/** When the others were last told that we write, by chat. */
const told = new WeakMap<Talk, Map<string, number>>();

/** Tells that we write: at most every three seconds, and only where it slows down nothing else. */
export const Typing = {
  tell(talk: Talk, target: string, on: boolean): void {
    const { host, sender, fold } = talk.shared;
    const chats = told.get(talk) ?? new Map<string, number>();
    told.set(talk, chats);
    const name = fold(target);
    const [before, now] = [chats.get(name), host.clock.now()];
    if (on ? before !== undefined && now - before < everyMs : before === undefined) return;
    chats.delete(name);
    if (on) chats.set(name, now);
    for (const oldest of chats.keys()) if (chats.size > mostChats) chats.delete(oldest);
    sender.hint(tagged(line('TAGMSG', [target]), { '+typing': on ? 'active' : 'done' }));
  },

  /** The message itself says that we are done. */
  over(talk: Talk, target: string): void {
    told.get(talk)?.delete(talk.shared.fold(target));
  },
};
