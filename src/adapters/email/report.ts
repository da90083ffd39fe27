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
  const quoted = original
    ? /^message-id:\s*(<[^<>\s]{1,510}>)/im.exec(original.content.slice(0, 60_000))?.[1]
    : undefined;
  const disposition = letter.report
    ?.flatMap((part) => groups(part.content))
    .map((g) => g.get('original-message-id') ?? '');
  const candidates = [quoted, ...(disposition ?? []).flatMap(messageIds), ...letter.inReplyTo, ...letter.references];
  return candidates.find((id) => id !== undefined && ids.read(id) !== undefined);
}

/**
 * What a delivery status notification (RFC 3464) or a read report (RFC 8098) says about a mail of ours; undefined where
 * it is neither, is about somebody else's mail or says nothing final. Such mail is then shown like any other.
 */
export function receiptOf(letter: Letter, ids: MessageIds, at: number): Event | undefined {
  const about = letter.report && target(letter, ids);
  if (!letter.report || !about) return undefined;
  const status = letter.report.find((part) => /^message\/(global-)?delivery-status/.test(part.type));
  if (status) {
    const recipients = groups(status.content).filter((group) => group.has('action'));
    const failed = recipients.filter((group) => group.get('action')?.toLowerCase().startsWith('failed'));
    if (failed.length > 0) {
      const reason = oneLine(failed.slice(0, 5).map(failure).join('; '), 1000);
      return { type: 'receipt', target: about, proves: 'failed', reason, at };
    }
    const delivered =
      recipients.length > 0 && recipients.every((group) => /^delivered/i.test(group.get('action') ?? ''));
    return delivered ? { type: 'receipt', target: about, proves: 'delivered', at } : undefined;
  }
  const read = letter.report.find((part) => /^message\/(global-)?disposition-notification/.test(part.type));
  const displayed = read && groups(read.content).some((group) => /;\s*displayed/i.test(group.get('disposition') ?? ''));
  return displayed ? { type: 'receipt', target: about, proves: 'read', at } : undefined;
}
