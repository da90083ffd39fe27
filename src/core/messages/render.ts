import type { Button, Capabilities, Channel } from '../../sdk/index.js';
import { withButtons } from '../delivery/buttons.js';
import { type Addresses, replaceAddresses, webAddresses } from '../links/addresses.js';
import { fileLine, fileParagraph, type NamedFile } from './file-lines.js';
import { escaped, fill, fillFormatted, type Person } from './placeholders.js';
import { type Quote, quoteLine } from './quotes.js';

/** What is said, by one channel or by all. `html` is what Markdown became, `text` the same without marks. */
export type Words = { text: string; html?: string | undefined; subject?: string | undefined };

/** A message as it was accepted, before it is fitted to one way. */
export type Written = Words & {
  /** Other words for one channel; without a subject of its own it has the message's. */
  variants?: { [C in Channel]?: Words } | undefined;
  buttons?: Button[][] | undefined;
  files: readonly NamedFile[];
  quote?: Quote | undefined;
  shortenLinks?: boolean | undefined;
  /** Its words hold placeholders that are not filled in. */
  personal?: boolean | undefined;
};

/** A way a message is to go, with what can be done there. */
export type Way = {
  channel: Channel;
  /** Its name for people. */
  network: string;
  send: Capabilities['send'];
  /** How many wire messages a text takes there, where that is known before. */
  parts?: ((text: string) => number) | undefined;
};

/** What goes by one way. */
export type Rendered = {
  text: string;
  html?: string;
  subject?: string;
  buttons?: Button[][];
  /** Whether the files go as files. */
  attached: boolean;
  /** Files that go as links. */
  links: { name: string; expiresAt: number }[];
  /** Whether what is answered stands in the text. */
  quoted: boolean;
  parts?: number;
  /** What is lost or changed on the way, in words. */
  losses: string[];
};

/** Makes what stands in a message in place of its files and addresses, the same for a message each time. */
export interface LinkMaker {
  /** Our address as others reach it, if there is one: without it there are no links. */
  readonly base: string | undefined;
  make(messageId: string, wanted: Wanted): Promise<Addresses>;
}

const LACKING: ReadonlySet<string> = new Set(['dropped', 'rejected']);

/** Files go as links where the network has none of its own. */
export const lacksFiles = ({ send }: Pick<Way, 'send'>): boolean => LACKING.has(send.attachments);

export type Wanted = { files: readonly NamedFile[]; urls: readonly string[] };

/** What has to be made before a message can go this way: links to files, short addresses. */
export function linksFor(written: Written, way: Way, person: Person | undefined): Wanted {
  const short = written.shortenLinks === true && way.channel === 'sms';
  const { text } = wordsFor(written, way.channel, person);
  const urls = (written.buttons ?? []).flat().flatMap(({ url }) => url ?? []);
  return {
    files: lacksFiles(way) ? written.files : [],
    urls: short ? webAddresses([text, ...urls].join('\n')) : [],
  };
}

/**
 * Fits a message to one way: the words of its channel, filled in for the person; what the network lacks written out as
 * text. The same arguments answer the same, so that a repeat is a repeat. `addresses` undefined: links are not possible.
 * @throws DomainError for placeholders where there is nobody to name
 */
export function render(
  written: Written,
  way: Way,
  person: Person | undefined,
  addresses: Addresses | undefined,
): Rendered {
  const { send, channel } = way;
  const words = wordsFor(written, channel, person);
  const losses: string[] = [];
  const lose = (when: boolean, what: string) => void (when && losses.push(what));
  const formatted = words.html !== undefined && !LACKING.has(send.formatting);
  lose(words.html !== undefined && !formatted, 'formatting is lost');
  lose(formatted && send.formatting === 'partial', 'some formatting is lost');
  lose(words.subject !== undefined && channel !== 'email', 'the subject is left out');
  lose(written.buttons !== undefined && send.buttons !== 'full', 'buttons become lines of text');

  const shorten = shortener(written, channel, addresses);
  const quote = written.quote && (!written.quote.here || LACKING.has(send.replies)) ? written.quote : undefined;
  lose(quote !== undefined, 'what it answers is quoted');
  const said = withQuote(
    { text: shorten(words.text), ...(formatted ? { html: words.html! } : {}), ...buttonsOf(written, shorten) },
    quote,
  );
  const shown = withButtons(said, send);
  const asLinks = lacksFiles(way) ? linked(written.files, addresses) : [];
  const whole = withFiles(shown, asLinks);
  const lost = lacksFiles(way) ? written.files.length - asLinks.length : 0;
  lose(lost > 0, `${files(lost)} left out`);
  lose(asLinks.length > 0, `${goAsLinks(asLinks.length)} until ${day(addresses?.until ?? 0)}`);
  const parts = way.parts?.(whole.text);
  lose(parts !== undefined && parts > 1, `sent as ${parts} ${channel === 'sms' ? 'SMS' : 'messages'}`);
  return {
    ...whole,
    ...(words.subject === undefined ? {} : { subject: words.subject }),
    attached: !lacksFiles(way),
    links: asLinks.map(({ file }) => ({ name: file.name, expiresAt: addresses?.until ?? 0 })),
    quoted: quote !== undefined,
    ...(parts === undefined ? {} : { parts }),
    losses,
  };
}

function wordsFor(written: Written, channel: Channel, person: Person | undefined): Words {
  const own = written.variants?.[channel];
  const { text, html } = own ?? written;
  const subject = own?.subject ?? written.subject;
  if (written.personal !== true) return { text, html, subject };
  return filled({ text, html, subject }, person);
}

/** The words with what they say of the person. @throws DomainError where there is nobody to name */
export function filled({ text, html, subject }: Words, person: Person | undefined): Words {
  return {
    ...(html === undefined ? { text: fill(text, person), html } : fillFormatted({ text, html }, person)),
    subject: subject === undefined ? undefined : fill(subject, person),
  };
}

type Shown = { text: string; html?: string; buttons?: Button[][] };

function withQuote(shown: Shown, quote: Quote | undefined): Shown {
  if (quote === undefined) return shown;
  const line = quoteLine(quote);
  const text = [`> ${line}`, shown.text].filter((one) => one !== '').join('\n');
  if (shown.html === undefined) return { ...shown, text };
  return { ...shown, text, html: `<blockquote>${escaped(line)}</blockquote>${shown.html}` };
}

type Linked = { file: NamedFile; url: string };

const linked = (all: readonly NamedFile[], addresses: Addresses | undefined): Linked[] =>
  all.flatMap((file) => {
    const url = addresses?.file(file.id);
    return url === undefined ? [] : [{ file, url }];
  });

function withFiles(shown: Shown, all: readonly Linked[]): Shown {
  if (all.length === 0) return shown;
  const lines = all.map(({ file, url }) => fileLine(file, url));
  const text = [shown.text, ...lines].filter((line) => line.trim() !== '').join('\n');
  if (shown.html === undefined) return { ...shown, text };
  return { ...shown, text, html: shown.html + all.map(({ file, url }) => fileParagraph(file, url)).join('') };
}

function shortener({ shortenLinks }: Written, channel: Channel, addresses: Addresses | undefined) {
  if (shortenLinks !== true || channel !== 'sms' || addresses === undefined) return (text: string) => text;
  return (text: string): string => replaceAddresses(text, (url) => addresses.short(url) ?? url);
}

const buttonsOf = ({ buttons }: Written, shorten: (text: string) => string): { buttons?: Button[][] } =>
  buttons === undefined
    ? {}
    : {
        buttons: buttons.map((row) =>
          row.map((button) => (button.url === undefined ? button : { ...button, url: shorten(button.url) })),
        ),
      };

const files = (count: number): string => (count === 1 ? '1 file is' : `${count} files are`);
const goAsLinks = (count: number): string => (count === 1 ? '1 file goes as a link' : `${count} files go as links`);
const day = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at);
