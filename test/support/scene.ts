import path from 'node:path';
import { expect } from 'vitest';

/** A message as the API shows it, as far as a scene writes it down. */
export type SceneMessage = {
  id: string;
  direction: 'in' | 'out';
  sender: { name: string };
  text: string;
  format: string;
  status?: string;
  replyTo?: string;
  thread?: string;
  unreadable?: string;
  editedAt?: string;
  deletedAt?: string;
  attachments: { name: string; type: string }[];
  reactions: { emoji: string; name: string; mine: boolean }[];
};

/**
 * A whole chat, played by a script on both sides and written down as `test/e2e/scenes/<name>.txt`. What is not the same
 * in each run (ids, times, ports) must not get into it. `vitest -u` writes the file anew; look at the difference.
 */
export class Scene {
  readonly #lines: string[] = [];

  constructor(private readonly name: string) {}

  /** A heading: what happens next. */
  act(title: string): void {
    if (this.#lines.length > 0) this.#lines.push('');
    this.#lines.push(`== ${title}`);
  }

  /** What one side did or saw, in words. */
  note(who: string, what: string): void {
    this.#lines.push(`${who}: ${what}`);
  }

  /** The conversation as Parley shows it; `messages` as the API lists them, newest first. */
  timeline(title: string, messages: readonly SceneMessage[]): void {
    const oldestFirst = [...messages].reverse();
    this.#lines.push(`-- ${title}`, ...oldestFirst.map((message) => lineOf(message, oldestFirst)));
  }

  async end(): Promise<void> {
    const file = path.resolve(`test/e2e/scenes/${this.name}.txt`);
    await expect(`${this.#lines.join('\n')}\n`).toMatchFileSnapshot(file);
  }
}

function lineOf(message: SceneMessage, all: readonly SceneMessage[]): string {
  const who = message.direction === 'out' ? 'you' : message.sender.name;
  const textOf = (id: string) => all.find((one) => one.id === id)?.text.split('\n')[0] ?? 'an older message';
  const marks = [
    message.format === 'plain' || message.format === 'html' ? [] : [message.format],
    message.status === undefined ? [] : [message.status],
    message.replyTo === undefined ? [] : [`answers "${textOf(message.replyTo)}"`],
    message.thread === undefined ? [] : [`in the thread of "${textOf(message.thread)}"`],
    message.editedAt === undefined ? [] : ['edited'],
    message.deletedAt === undefined ? [] : ['deleted'],
    message.unreadable === undefined ? [] : [`unreadable: ${message.unreadable}`],
    message.attachments.map(({ name, type }) => `file ${name} (${type})`),
    message.reactions.map(({ emoji, name, mine }) => `${emoji} by ${mine ? 'you' : name}`),
  ].flat();
  const [first = '', ...rest] = message.text.split('\n');
  const head = `${who}: ${first}${marks.length > 0 ? `  [${marks.join('; ')}]` : ''}`;
  return [head, ...rest.map((line) => `  | ${line}`)].join('\n');
}
