import type { Element } from '@xmpp/client';
import { AdapterError, type Timers } from '../../sdk/index.js';
import { nameOf } from './ids.js';
import { ns } from './ns.js';
import type { Room } from './room.js';
import { disco } from './services.js';
import type { Session } from './session.js';
import { el, StanzaError } from './wire.js';

const enterMs = 30_000;
const askMs = 8_000;
const nickTries = 4;

type Entering = { resolve(): void; reject(error: Error): void };

export type EntrancePorts = {
  session: Session;
  timers: Timers;
  /** Our presence for a room. */
  presence(to: string, x: Element): Element;
};

/** How a room is entered (XEP-0045, 7.2), or made. */
export class Entrance {
  readonly #entering = new Map<string, Entering>();

  constructor(private readonly ports: EntrancePorts) {}

  /** What the room says of itself; a room that is not there yet says nothing. */
  async look(room: Room): Promise<void> {
    const found = await disco(this.ports.session, room.jid, askMs).catch((error: unknown) => {
      if (error instanceof StanzaError && error.condition === 'remote-server-not-found') {
        throw new AdapterError('rejected', 'There is no such server for rooms.');
      }
      return undefined;
    });
    if (!found) return;
    const identity = found.identities.find(({ category }) => category === 'conference');
    if (identity && identity.name !== '' && identity.name !== nameOf(room.jid)) room.name = identity.name;
    room.membersOnly = found.features.has('muc_membersonly');
    room.hasArchive = found.features.has(ns.mam);
    room.givesIds = room.hasArchive || found.features.has(ns.stanzaId);
  }

  /** Resolves when we are in. @throws AdapterError where the room does not let us, or does not answer */
  async knock(room: Room, password: string | undefined): Promise<void> {
    const { session, timers, presence } = this.ports;
    const secret = password === undefined ? undefined : el('password', {}, password);
    for (let tries = 1; ; tries++) {
      const x = el('x', { xmlns: ns.muc }, el('history', { maxstanzas: room.hasArchive ? '0' : '20' }), secret);
      const entered = new Promise<void>((resolve, reject) => {
        this.#entering.set(room.jid, { resolve, reject });
        timers.set(`enter ${room.jid}`, enterMs, () =>
          reject(new AdapterError('temporary', 'the room does not answer')),
        );
      });
      session.send(presence(`${room.jid}/${room.nick}`, x));
      try {
        return await entered;
      } catch (error) {
        const taken = error instanceof StanzaError && error.condition === 'conflict';
        if (!taken || tries === nickTries) throw error instanceof StanzaError ? refusal(error) : error;
        room.nick = `${room.nick}_`;
      } finally {
        timers.drop(`enter ${room.jid}`);
        this.#entering.delete(room.jid);
      }
    }
  }

  /** The room has shown us in; one that we made must be opened first. */
  shown(room: Room, made: boolean): void {
    if (made) void this.#unlock(room);
    else this.#entering.get(room.jid)?.resolve();
  }

  refused(room: Room, error: Error): void {
    this.#entering.get(room.jid)?.reject(error);
  }

  end(why: string): void {
    for (const { reject } of this.#entering.values()) reject(new AdapterError('temporary', why));
    this.#entering.clear();
  }

  /** A room that we made is open to others once its settings are accepted. */
  async #unlock(room: Room): Promise<void> {
    const form = el('x', { xmlns: ns.dataForm, type: 'submit' });
    try {
      await this.ports.session.iq('set', room.jid, el('query', { xmlns: ns.mucOwner }, form));
      await this.look(room);
      this.#entering.get(room.jid)?.resolve();
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#entering.get(room.jid)?.reject(reason);
    }
  }
}

const refusals: Record<string, string> = {
  'not-authorized': 'This room wants a password.',
  forbidden: 'You are banned from this room.',
  'item-not-found': 'There is no such room, and you may not make it.',
  'not-allowed': 'You may not make this room.',
  'not-acceptable': 'This room wants your registered nickname.',
  'registration-required': 'This room is for members only.',
  conflict: 'Your nickname is taken in this room.',
  'service-unavailable': 'This room is full, or not there.',
  'remote-server-not-found': 'There is no such server for rooms.',
  'remote-server-timeout': 'The server of this room does not answer.',
};

function refusal(error: StanzaError): AdapterError {
  const temporary = error.type === 'wait' || error.condition === 'remote-server-timeout';
  return new AdapterError(
    temporary ? 'temporary' : 'rejected',
    refusals[error.condition] ?? `The room refused: ${error.message}`,
  );
}
