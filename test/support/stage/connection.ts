import type {
  AccountSettings,
  ChatId,
  Connection,
  Event,
  Features,
  FormField,
  Host,
  Member,
  MessageEvent,
  ResolvedChat,
  SetupLine,
} from '../../../src/sdk/index.js';
import type { Asked, ChatTerms, Order } from './orders.ts';
import { usualSend } from './usual.ts';

type Sdk = typeof import('../../../src/sdk/index.js');
type Past = { messages: MessageEvent[]; slowMs: number; broken: string | undefined };

/** One account on the stage: does what it is ordered, remembers what it is asked. */
export class StageConnection implements Connection {
  readonly #asked: Asked[] = [];
  readonly #terms = new Map<ChatId, ChatTerms>();
  readonly #members = new Map<ChatId, Member[]>();
  readonly #past = new Map<ChatId, Past>();
  #fields: FormField[] = [];
  #setup: SetupLine[] = [];

  readonly host: Host;
  readonly sdk: Sdk;

  /** Its types are stripped, not compiled: nothing here may be more than types. */
  constructor(host: Host, sdk: Sdk) {
    this.host = host;
    this.sdk = sdk;
  }

  start(): void {
    this.host.state({ is: 'online' });
  }

  async stop(): Promise<void> {
    this.host.state({ is: 'stopped' });
  }

  async take(order: Order): Promise<unknown> {
    switch (order.do) {
      case 'deliver':
        return this.host.deliver(order.events.map(withBytes));
      case 'state':
        return this.host.state(order.state);
      case 'terms':
        return void this.#terms.set(order.chat, order.terms);
      case 'members':
        return void this.#members.set(order.chat, order.members);
      case 'history': {
        const { chat, messages, slowMs = 0, broken } = order;
        return void this.#past.set(chat, { messages, slowMs, broken });
      }
      case 'settings':
        this.#fields = order.fields;
        this.#setup = order.setup ?? [];
        return;
      case 'tell':
        return this.#asked;
    }
  }

  chat(id: ChatId): Features {
    const { send = {}, without = [], sent = {} } = this.#terms.get(id) ?? {};
    const note = (what: string, value?: unknown) => this.#note(what, id, value);
    const features: Features = {
      send: {
        ...usualSend,
        ...send,
        message: async ({ key, text, html }) => {
          await note('send', { text, html });
          return { remoteId: key, proof: 'sent', ...sent };
        },
      },
      edits: { message: (_target, { text }) => note('edit', text) },
      deletions: { message: () => note('delete') },
      reactions: { set: (_target, emoji, on) => note('react', { emoji, on }) },
      typing: { set: (on) => note('typing', on) },
      readReceipts: { upTo: (target) => note('read', target) },
      presence: true,
      history: { before: ({ position }, limit) => this.#before(id, position, limit) },
      members: { list: async () => this.#members.get(id) ?? [] },
      invites: { invite: (address) => note('invite', address) },
      topic: {
        set: async (topic) => {
          await note('topic', topic);
          await this.host.deliver([{ type: 'chat', chat: { id, kind: 'group', topic } }]);
        },
      },
    };
    for (const one of without) delete features[one];
    return features;
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    if (join) return { chat: { id: address, kind: 'group', name: address } };
    return { chat: { id: address, kind: 'direct' }, buddy: { id: address, address } };
  }

  async leave(id: ChatId): Promise<void> {
    await this.#note('leave', id);
  }

  setup = (): SetupLine[] => this.#setup;
  presence = async (): Promise<void> => {};

  readonly invitations = {
    accept: (id: ChatId) => this.#note('accept', id),
    decline: (id: ChatId) => this.#note('decline', id),
  };

  readonly blocking = {
    set: async (buddy: string, on: boolean) => {
      await this.#note('block', undefined, { buddy, on });
      await this.host.deliver([{ type: 'contact', buddy: { id: buddy, address: buddy }, blocked: on }]);
    },
  };

  readonly roster = {
    add: async (address: string, { groups = [] }: { groups?: string[] }) =>
      this.#listed(address, { listed: true, groups }),
    change: async (buddy: string, { groups }: { groups?: string[] }) => this.#listed(buddy, { groups }),
    remove: async (buddy: string) => this.#listed(buddy, { listed: false }),
  };

  readonly settings: AccountSettings = {
    fields: () => this.#fields,
    change: async (input) => {
      await this.#note('settings', undefined, input);
      const wrong = Object.entries(input).find(([, value]) => value === 'wrong');
      if (wrong)
        throw new this.sdk.AdapterError('rejected', 'That is not it.', { fields: { [wrong[0]]: 'That is not it.' } });
      this.#fields = this.#fields.map((field) =>
        field.kind !== 'password' && field.name in input ? { ...field, value: String(input[field.name]) } : field,
      );
    },
  };

  async #listed(id: string, change: { listed?: boolean; groups?: string[] }): Promise<void> {
    await this.#note('roster', undefined, { id, ...change });
    await this.host.deliver([{ type: 'contact', buddy: { id, address: id }, ...change }]);
  }

  async #before(id: ChatId, position: unknown, limit: number) {
    await this.#note('history', id);
    const { messages, slowMs, broken } = this.#past.get(id) ?? { messages: [], slowMs: 0, broken: undefined };
    await new Promise<void>((resolve) => {
      this.host.clock.after(slowMs, resolve);
    });
    if (broken) throw new this.sdk.AdapterError('temporary', broken);
    const end = typeof position === 'number' ? position : messages.length;
    const begin = Math.max(0, end - Math.min(limit, 20));
    const events = messages.slice(begin, end).map(withBytes);
    return begin > 0 ? { events, next: begin } : { events };
  }

  async #note(what: string, chat?: ChatId, value?: unknown): Promise<void> {
    this.#asked.push({ what, chat, value });
  }
}

/** Bytes travel as base64. */
function withBytes<T extends Event>(event: T): T {
  if (event.type === 'contact' && event.avatar)
    return { ...event, avatar: { ...event.avatar, content: bytesOf(event.avatar.content) } };
  if (event.type !== 'message' || !event.attachments) return event;
  return { ...event, attachments: event.attachments.map((file) => ({ ...file, content: bytesOf(file.content) })) };
}

const bytesOf = (base64: unknown): Uint8Array => Buffer.from(String(base64), 'base64');
