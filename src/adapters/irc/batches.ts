import type { IrcMessage } from 'irc-framework';

type Batch = { type: string; label: string | undefined; history: boolean };

const mostOpen = 50;

/** Too many batches were opened and not closed. */
export class TooManyBatches extends Error {
  override message = 'opened too many batches';
}

/**
 * Batches (IRCv3) taken apart line by line: nothing is held back until their end. A line in one gets the label of its
 * batch, and history is told from news.
 */
export class Batches {
  readonly #open = new Map<string, Batch>();

  /** @throws TooManyBatches */
  start(message: IrcMessage): void {
    const id = message.params[0]?.slice(1);
    if (!id) return;
    const around = this.#of(message);
    const type = message.params[1] ?? '';
    const history = around?.history || /playback|chathistory/.test(type);
    this.#open.set(id, { type, label: message.tags.label ?? around?.label, history });
    if (this.#open.size > mostOpen) throw new TooManyBatches();
  }

  /** The label whose answer is complete with the end of this batch. */
  end(message: IrcMessage): string | undefined {
    const id = message.params[0]?.slice(1) ?? '';
    const batch = this.#open.get(id);
    this.#open.delete(id);
    return batch?.type === 'labeled-response' ? batch.label : undefined;
  }

  labelOf(message: IrcMessage): string | undefined {
    return message.tags.label ?? this.#of(message)?.label;
  }

  isHistory(message: IrcMessage): boolean {
    return this.#of(message)?.history ?? false;
  }

  #of(message: IrcMessage): Batch | undefined {
    const id = message.tags.batch;
    return id === undefined ? undefined : this.#open.get(id);
  }
}
