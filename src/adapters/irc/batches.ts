import type { IrcMessage } from 'irc-framework';

const mostOpen = 50;
/** What a batch may hold back until it is complete. */
const most = { lines: 2_000, bytes: 2_000_000 };

/** Too many batches were opened and not closed. */
export class TooManyBatches extends Error {
  override message = 'opened too many batches';
}

type Kind = 'history' | 'playback' | 'multiline' | 'split' | 'join' | 'other';

const kinds: Partial<Record<string, Kind>> = {
  chathistory: 'history',
  'draft/chathistory-targets': 'history',
  'chathistory-targets': 'history',
  'draft/multiline': 'multiline',
  multiline: 'multiline',
  netsplit: 'split',
  netjoin: 'join',
};

export type Batch = {
  kind: Kind;
  type: string;
  /** What the batch is about, from its opening. */
  params: string[];
  opening: IrcMessage;
  label: string | undefined;
  around: Batch | undefined;
  /** Held back, of history and multiline. */
  lines: IrcMessage[];
  bytes: number;
};

/**
 * Batches (IRCv3). History and the parts of a message are held back until their end; lines of the others go on at once,
 * with the label of their batch.
 */
export class Batches {
  readonly #open = new Map<string, Batch>();

  /** @throws TooManyBatches */
  start(message: IrcMessage): void {
    const id = message.params[0]?.slice(1);
    if (!id) return;
    const around = this.of(message);
    const [, type = '', ...params] = message.params;
    const kind =
      (Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? (/playback/.test(type) ? 'playback' : 'other');
    const label = message.tags.label ?? around?.label;
    this.#open.set(id, { kind, type, params, opening: message, label, around, lines: [], bytes: 0 });
    if (this.#open.size > mostOpen) throw new TooManyBatches();
  }

  /** The batch that is complete with this. */
  end(message: IrcMessage): Batch | undefined {
    const id = message.params[0]?.slice(1) ?? '';
    const batch = this.#open.get(id);
    this.#open.delete(id);
    return batch;
  }

  labelOf(message: IrcMessage): string | undefined {
    return message.tags.label ?? this.of(message)?.label;
  }

  isPlayback(message: IrcMessage): boolean {
    return this.#within(this.of(message), 'playback');
  }

  /** Holds a line back where its batch is read as a whole; answers whether it did. */
  take(message: IrcMessage): boolean {
    const batch = this.of(message);
    return batch !== undefined && this.add(batch, message);
  }

  add(batch: Batch, message: IrcMessage): boolean {
    if (batch.kind !== 'history' && batch.kind !== 'multiline') {
      return batch.around !== undefined && this.add(batch.around, message);
    }
    const bytes = message.params.reduce((sum, one) => sum + one.length, 0);
    if (batch.lines.length < most.lines && batch.bytes + bytes <= most.bytes) {
      batch.lines.push(message);
      batch.bytes += bytes;
    }
    return true;
  }

  of(message: IrcMessage): Batch | undefined {
    const id = message.tags.batch;
    return id === undefined ? undefined : this.#open.get(id);
  }

  #within(batch: Batch | undefined, kind: Kind): boolean {
    for (let one = batch; one; one = one.around) if (one.kind === kind) return true;
    return false;
  }
}

/** A message in parts as the one message it is: as it came on the line that opened the batch. */
export function joined({ opening, lines, params }: Batch): IrcMessage | undefined {
  const [first] = lines;
  if (!first) return undefined;
  const parts = lines.filter((line) => line.command === first.command);
  const text = parts.reduce((sum, line, at) => {
    const glued = at === 0 || 'draft/multiline-concat' in line.tags || 'multiline-concat' in line.tags;
    return `${sum}${glued ? '' : '\n'}${line.params[1] ?? ''}`;
  }, '');
  return {
    ...opening,
    ...(opening.nick === '' && {
      prefix: first.prefix,
      nick: first.nick,
      ident: first.ident,
      hostname: first.hostname,
    }),
    command: first.command,
    params: [first.params[0] ?? params[0] ?? '', text],
  };
}
