'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { MessageLink } from '../../lib/api/types';
import { fullTime } from '../../lib/format';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';

/** Links that went out with a message: to files where a network has none, and short ones. Asked for anew as tries are made. */
export function MessageLinks({ messageId, tries }: { messageId: string; tries: number }) {
  const [links, setLinks] = useState<MessageLink[]>([]);
  const action = useAction();
  const params = { id: messageId };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try may have made links
  useEffect(() => {
    const stop = new AbortController();
    // Without them the ledger is still whole: nothing is said where they cannot be read.
    call('listLinks', { params: { id: messageId }, signal: stop.signal })
      .then(({ items }) => setLinks(items))
      .catch(() => {});
    return () => stop.abort();
  }, [messageId, tries]);
  const end = () =>
    action.run(async () => {
      await call('revokeLinks', { params });
      setLinks((await call('listLinks', { params })).items);
    });
  if (links.length === 0) return null;
  const open = links.some(isOpen);
  return (
    <section className="ledger-links" aria-label="Links">
      <ul>
        {links.map((link) => (
          <li key={link.address}>
            <span dir="auto">{link.leadsTo}</span> <span className="muted">{stateOf(link)}</span>
          </li>
        ))}
      </ul>
      {open && (
        <button type="button" className="button button-small" disabled={action.busy} onClick={() => void end()}>
          {links.length === 1 ? 'End this link' : 'End these links'}
        </button>
      )}
      <FormError text={action.error} />
    </section>
  );
}

const isOpen = ({ endedAt, expiresAt }: MessageLink): boolean =>
  endedAt === undefined && Date.parse(expiresAt) > Date.now();

function stateOf(link: MessageLink): string {
  const what = link.kind === 'file' ? 'as a link' : 'as a short link';
  if (link.endedAt !== undefined) return `${what}, ended ${fullTime(link.endedAt)}`;
  return isOpen(link) ? `${what} until ${fullTime(link.expiresAt)}` : `${what}, over since ${fullTime(link.expiresAt)}`;
}
