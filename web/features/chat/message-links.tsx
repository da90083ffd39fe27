'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { MessageLink } from '../../lib/api/types';
import { fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
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
    <section className="ledger-links" aria-label={t('ledger.links')}>
      <ul>
        {links.map((link) => (
          <li key={link.address}>
            <span dir="auto">{link.leadsTo}</span> <span className="muted">{stateOf(link)}</span>
          </li>
        ))}
      </ul>
      {open && (
        <button type="button" className="button button-small" disabled={action.busy} onClick={() => void end()}>
          {t('ledger.end-links', { count: links.length })}
        </button>
      )}
      <FormError text={action.error} />
    </section>
  );
}

const isOpen = ({ endedAt, expiresAt }: MessageLink): boolean =>
  endedAt === undefined && Date.parse(expiresAt) > Date.now();

function stateOf(link: MessageLink): string {
  if (link.endedAt !== undefined) return t(`ledger.${link.kind}-ended`, { time: fullTime(link.endedAt) });
  return t(`ledger.${link.kind}-${isOpen(link) ? 'open' : 'over'}`, { time: fullTime(link.expiresAt) });
}
