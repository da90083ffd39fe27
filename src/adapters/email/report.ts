import type { Event } from '../../sdk/index.js';
import { oneLine } from './addresses.js';
import { type MessageIds, messageIds } from './ids.js';
import type { Letter } from './letter.js';

/** `Field: value` groups separated by blank lines, names in lower case, folded lines joined (RFC 3464 2.1). */
function groups(text: string): Map<string, string>[] {
  const unfolded = text.replaceAll('\r\n', '\n').replace(/\n[ \t]+/g, ' ');
  return unfolded
    .split(/\n{2,}/)
    .slice(0, 200)
    .map((block) => {
      const fields = new Map<string, string>();
      for (const line of block.split('\n').slice(0, 100)) {
        const colon = line.indexOf(':');
        if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
      return fields;
    });
}

const typed = (value: string | undefined) => value?.replace(/^[a-z0-9-]{1,20};\s*/i, '');

function failure(recipient: Map<string, string>): string {
  const who = typed(recipient.get('final-recipient') ?? recipient.get('original-recipient')) ?? 'the recipient';
  const why = typed(recipient.get('diagnostic-code')) ?? recipient.get('status') ?? 'no reason given';
  return oneLine(`${who}: ${why}`, 500);
}

/** The Message-ID of the mail a report is about, if it is one we minted: nobody can report on mail we did not send. */
function target(letter: Letter, ids: MessageIds): string | undefined {
  const original = letter.report?.findLast((part) =>
    /^(message\/rfc822|text\/rfc822-headers|message\/global)/.test(part.type),
  );
  const disposition = letter.report
    ?.flatMap((part) => groups(part.content))
    .map((g) => g.get('original-message-id') ?? '');
  const candidates = [
    ...(original ? quotedIds(original.content) : []),
    ...(disposition ?? []).flatMap(messageIds),
    ...letter.inReplyTo,
    ...letter.references,
  ];
  return candidates.find((id) => ids.read(id) !== undefined);
}

/** The values of `Message-ID:` lines in a text, however far they are indented; a long one stands on a line of its own. */
function quotedIds(text: string): string[] {
  return [
    ...text
      .slice(0, 200_000)
      .matchAll(/^[>| \t]{0,20}message-id:[ \t]{0,20}(?:\r?\n[>| \t]{1,20})?(<[^<>\s]{1,510}>)/gim),
  ]
    .slice(0, 20)
    .map((match) => match[1]!);
}

export type Report =
  | { is: 'receipt'; event: Event }
  /** Not delivered yet; the servers go on trying. `text` says so to people. */
  | { is: 'delayed'; about: string; text: string };

/**
 * What a delivery status notification (RFC 3464), a read report (RFC 8098) or a bounce in an older form says about a mail
 * of ours; undefined where it is none, is about somebody else's mail or says nothing. Such mail is shown like any other.
 */
export function reportOf(letter: Letter, ids: MessageIds, at: number): Report | undefined {
  if (!letter.report) return plainBounce(letter, ids, at);
  const about = target(letter, ids);
  if (!about) return undefined;
  const status = letter.report.find((part) => /^message\/(global-)?delivery-status/.test(part.type));
  if (status) return deliveryReport(status.content, about, at);
  const read = letter.report.find((part) => /^message\/(global-)?disposition-notification/.test(part.type));
  const displayed = read && groups(read.content).some((group) => /;\s*displayed/i.test(group.get('disposition') ?? ''));
  return displayed ? receipt({ type: 'receipt', target: about, proves: 'read', at }) : undefined;
}

const receipt = (event: Event): Report => ({ is: 'receipt', event });

function deliveryReport(content: string, about: string, at: number): Report | undefined {
  const recipients = groups(content).filter((group) => group.has('action'));
  const did = (action: string) => recipients.filter((group) => group.get('action')?.toLowerCase().startsWith(action));
  const failed = did('failed');
  if (failed.length > 0) return receipt(failedFor(about, failed.slice(0, 5).map(failure).join('; '), at));
  const delayed = did('delayed');
  if (delayed.length > 0) {
    const until = delayed[0]?.get('will-retry-until');
    const text = `Not delivered yet: ${delayed.slice(0, 5).map(failure).join('; ')}. ${
      until ? `The servers go on trying until ${until}.` : 'The servers go on trying.'
    }`;
    return { is: 'delayed', about, text: oneLine(text, 1000) };
  }
  const delivered = did('delivered').length;
  const passedOn = did('relayed').length + did('expanded').length;
  if (recipients.length === 0 || delivered + passedOn < recipients.length) return undefined;
  // Passed on to where no reports are made: nobody will say whether it arrived.
  return receipt({ type: 'receipt', target: about, proves: passedOn > 0 ? 'sent' : 'delivered', at });
}

const failedFor = (about: string, reason: string, at: number): Event => ({
  type: 'receipt',
  target: about,
  proves: 'failed',
  reason: oneLine(reason, 1000),
  at,
});

const daemons = /^(mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?|noreply-bounce)@/;
const failing =
  /undeliver|failure notice|delivery (?:status notification|failure|has failed|failed)|mail delivery failed|returned mail|returned to sender|could not be delivered|non remis|unzustellbar|delivery notification: delivery has failed/i;
const late =
  /\bdelay|warning: (?:message|could not send)|still (?:trying|being retried)|will (?:be retried|keep trying)/i;
/** A line in which a server says why, in the words of SMTP. */
const saying = /(?:^|[\s:<(])([45]\d\d[ -](?:[#(]?[45]\.\d{1,3}\.\d{1,3}\)?)?[^\r\n]{1,300})/m;
const status = /\b[45]\.\d{1,3}\.\d{1,3}\b[^\r\n]{0,200}/;

/**
 * Servers that send no report (qmail, Exim, old Exchange) return the mail, or its header, in a text: it is a bounce if it
 * comes from a mail system, says that it could not deliver, and names a Message-ID that only we can have made.
 */
function plainBounce(letter: Letter, ids: MessageIds, at: number): Report | undefined {
  const system = letter.automatic || daemons.test(letter.from?.address ?? '') || letter.failedRecipients.length > 0;
  if (!system) return undefined;
  const said = `${letter.subject}\n${letter.text.slice(0, 20_000)}`;
  if (letter.failedRecipients.length === 0 && !failing.test(said) && !late.test(letter.subject)) return undefined;
  const returned = letter.attachments
    .filter((part) => /^(message\/rfc822|text\/rfc822-headers)/.test(part.type))
    .map((part) => Buffer.from(part.content.subarray(0, 60_000)).toString('latin1'));
  const named = [letter.text, ...returned].flatMap(quotedIds);
  const about = named.find((id) => ids.read(id) !== undefined);
  if (about === undefined) return undefined;
  const why = saying.exec(letter.text.slice(0, 20_000))?.[1] ?? status.exec(letter.text.slice(0, 20_000))?.[0];
  const who = letter.failedRecipients.slice(0, 5).join(', ');
  const reason = [who, why ?? letter.subject].filter(Boolean).join(': ');
  if (late.test(letter.subject)) {
    return { is: 'delayed', about, text: oneLine(`Not delivered yet: ${reason}. The servers go on trying.`, 1000) };
  }
  return receipt(failedFor(about, reason, at));
}
