import { cleanLine } from '../messages/inbound.js';

/** A message that came in while its user was away. */
export type Missed = {
  id: string;
  conversationId: string;
  /** The name of the conversation, and whether several people are in it. */
  conversation: string;
  group: boolean;
  sender: string;
  network: string;
  text: string;
  files: number;
  at: number;
};

/** A message to the user about others; `conversationIds` are where an answer to it goes, by their numbers. */
export type DigestLetter = {
  /** For mail. */
  subject: string | undefined;
  text: string;
  html: string | undefined;
  /** The same as it goes by mail: with the mark above it. */
  marked?: { text: string; html: string | undefined };
  conversationIds: string[];
  messageIds: string[];
};

/** Stands above what a digest mail says, so that whatever a mail program quotes of it is found in an answer. */
export const ANSWER_MARK = '## Parley: write your answer above this line ##';

const MOST_OWN_MAILS = 5;
const MOST_SHOWN = 40;
const MOST_NUMBERED = 20;
const TEXT_LENGTH = 1_500;
const NAME_LENGTH = 80;

export type Bundle = { conversationId: string; name: string; group: boolean; messages: Missed[] };

/** By conversation, that with the newest message first; the messages of each in their order. */
export function bundled(missed: readonly Missed[]): Bundle[] {
  const found = new Map<string, Bundle>();
  for (const message of [...missed].sort((a, b) => a.at - b.at)) {
    const { conversationId, conversation, group } = message;
    const name = cleanLine(conversation, NAME_LENGTH) || 'somebody';
    const bundle = found.get(conversationId) ?? { conversationId, name, group, messages: [] };
    bundle.messages.push(message);
    found.set(conversationId, bundle);
  }
  return [...found.values()].sort((a, b) => newest(b) - newest(a));
}

const newest = ({ messages }: Bundle): number => messages.at(-1)?.at ?? 0;

/** One mail a conversation, so that an answer is never in doubt; what is beyond five is in one more. */
export function mailLetters(missed: readonly Missed[], zone: string): DigestLetter[] {
  const bundles = bundled(missed);
  const rest = bundles.slice(MOST_OWN_MAILS);
  const own = bundles.slice(0, MOST_OWN_MAILS).map((bundle) => mailOf([bundle], zone));
  return rest.length === 0 ? own : [...own, mailOf(rest, zone)];
}

function mailOf(bundles: readonly Bundle[], zone: string): DigestLetter {
  const all = bundles.flatMap(({ messages }) => messages);
  const numbered = bundles.length > 1;
  const title = titleOf(bundles, all.length);
  const shown = bundles.slice(0, MOST_NUMBERED);
  const each = Math.max(1, Math.floor(MOST_SHOWN / shown.length));
  const how = numbered
    ? 'Begin your answer with the number of the conversation, such as "2 See you at eight".'
    : `What you answer goes to ${bundles[0]?.name}.`;
  const parts = shown.map((bundle, index) => partOf(bundle, numbered ? index + 1 : undefined, each, zone));
  const more =
    bundles.length > shown.length ? [`And ${bundles.length - shown.length} more conversations in Parley.`] : [];
  const foot = `${how} Times are those of ${zone}. What is sent to you, and when, is in the settings of Parley.`;
  return {
    subject: title,
    ...withMark(
      [title, ...parts.map((part) => part.text), ...more, foot].join('\n\n'),
      [
        `<p><b>${escaped(title)}</b></p>`,
        ...parts.map((part) => part.html),
        ...more.map((line) => `<p>${line}</p>`),
        `<hr><p>${escaped(foot)}</p>`,
      ].join('\n'),
    ),
    conversationIds: shown.map(({ conversationId }) => conversationId),
    messageIds: all.map(({ id }) => id),
  };
}

const withMark = (text: string, html: string | undefined) => ({
  text,
  html,
  marked: {
    text: `${ANSWER_MARK}\n\n${text}`,
    html: html === undefined ? undefined : `<p>${ANSWER_MARK}</p>\n${html}`,
  },
});

function titleOf(bundles: readonly Bundle[], count: number): string {
  const messages = `${count} missed message${count === 1 ? '' : 's'}`;
  const [first] = bundles;
  if (bundles.length !== 1 || !first) return `${messages} in ${bundles.length} conversations`;
  return `${messages} ${first.group ? 'in' : 'from'} ${first.name}`;
}

function partOf({ name, messages }: Bundle, number: number | undefined, most: number, zone: string) {
  const shown = messages.slice(-most);
  const left = messages.length - shown.length;
  const head = number === undefined ? [] : [`${number} ${name} (${messages.length})`];
  const before = left > 0 ? [`${left} earlier ${left === 1 ? 'one is' : 'ones are'} in Parley.`] : [];
  const said = shown.map((message) => ({ by: byLine(message, zone), text: shownText(message) }));
  return {
    text: [
      ...head,
      ...before,
      ...said.map(
        ({ by, text }) =>
          `${by}\n${text
            .split('\n')
            .map((line) => `  ${line}`)
            .join('\n')}`,
      ),
    ].join('\n\n'),
    html: [
      ...head.map((line) => `<p><b>${escaped(line)}</b></p>`),
      ...before.map((line) => `<p>${line}</p>`),
      ...said.map(
        ({ by, text }) => `<p>${escaped(by)}</p><blockquote>${text.split('\n').map(escaped).join('<br>')}</blockquote>`,
      ),
    ].join('\n'),
  };
}

const byLine = ({ sender, network, at }: Missed, zone: string): string =>
  `${cleanLine(sender, NAME_LENGTH) || 'Somebody'} (${network}), ${timeIn(zone, at)}:`;

export function shownText({ text, files }: Pick<Missed, 'text' | 'files'>): string {
  const cut = text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH).toWellFormed()}…` : text;
  // A line that looks like ours would hide what stands below it in the answer.
  const said = cut.replaceAll(ANSWER_MARK, ANSWER_MARK.replaceAll('#', '')).trim();
  const attached = files === 0 ? '' : `[${files} file${files === 1 ? '' : 's'}]`;
  return [said, attached].filter((part) => part !== '').join('\n') || '[no text]';
}

function timeIn(zone: string, at: number): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** A mail to see whether digests arrive: there is nothing to tell. */
export function emptyLetter(): DigestLetter {
  const text = 'You have missed nothing. This is how Parley reaches you here.';
  return { subject: 'No missed messages', text, html: undefined, conversationIds: [], messageIds: [] };
}

/** Tells a person what became of their answer; an answer to this one is another try. */
export function reportLetter(
  said: string,
  why: string,
  to: { name: string; conversationIds: string[] } | undefined,
  channel: 'email' | 'sms',
): Omit<DigestLetter, 'messageIds'> {
  const whom = to ? ` to ${cleanLine(to.name, NAME_LENGTH)}` : '';
  const title = `Not sent: your answer${whom}`;
  const conversationIds = to?.conversationIds ?? [];
  if (channel === 'sms')
    return { subject: undefined, text: `${title}. ${cleanLine(why, 200)}`, html: undefined, conversationIds };
  const again = to ? 'Answer this mail to write to them again.' : 'Answer the digest again.';
  const text = [`${title}.`, why, again, 'You wrote:', said.slice(0, TEXT_LENGTH).toWellFormed()];
  return { subject: title, ...withMark(text.join('\n\n'), undefined), conversationIds };
}
