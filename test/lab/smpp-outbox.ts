import type { Socket } from 'node:net';
import * as wire from './smpp-wire.ts';

type Session = { socket: Socket; sequence: number };
type Entry = { sms: wire.ShortMessage; sent?: { session: Session; sequence: number; timer: NodeJS.Timeout } };

const answerTimeoutMs = 5_000;
const retryMs = 500;
const maxEntries = 10_000;

/** Messages for the bound client. Each stays until the client says it has it, and goes out again when it does not. */
export interface Outbox {
  add(sms: wire.ShortMessage): void;
  answered(session: Session, sequence: number, code: number): void;
  /** The connection ended: what was not answered waits for the next one. */
  lost(session: Session): void;
  flush(): void;
  pause(): void;
}

export function outbox(receiver: () => Session | undefined): Outbox {
  const entries = new Set<Entry>();
  let retry: NodeJS.Timeout | undefined;

  const unsend = (entry: Entry) => {
    clearTimeout(entry.sent?.timer);
    entry.sent = undefined;
  };
  const flush = () => {
    const session = receiver();
    if (!session) return;
    for (const entry of entries) {
      if (entry.sent) continue;
      const sequence = ++session.sequence;
      const timer = setTimeout(() => {
        unsend(entry);
        flush();
      }, answerTimeoutMs);
      timer.unref();
      entry.sent = { session, sequence, timer };
      const body = wire.writeShortMessage(entry.sms);
      session.socket.write(wire.encodePdu({ command: wire.command.deliverSm, status: 0, sequence, body }));
    }
  };
  const flushLater = () => {
    clearTimeout(retry);
    retry = setTimeout(flush, retryMs);
    retry.unref();
  };

  return {
    flush,
    add(sms) {
      if (entries.size >= maxEntries) throw new Error(`${maxEntries} messages wait for a client already`);
      entries.add({ sms });
      flush();
    },
    answered(session, sequence, code) {
      const entry = [...entries].find(({ sent }) => sent?.session === session && sent.sequence === sequence);
      if (!entry) return;
      unsend(entry);
      const settled = [wire.status.ok, wire.status.permanentlyRefused, wire.status.rejected].some(
        (end) => end === code,
      );
      if (settled) entries.delete(entry);
      else flushLater();
    },
    lost(session) {
      for (const entry of entries) if (entry.sent?.session === session) unsend(entry);
      flush();
    },
    pause() {
      clearTimeout(retry);
      for (const entry of entries) unsend(entry);
    },
  };
}
