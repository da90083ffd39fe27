'use client';
import type { Contact } from '../../lib/api/types';
import { presenceText } from '../../ui/presence-dot';
import { useNow } from '../../ui/use-now';
import { factsOf } from './person-row';

const minuteMs = 60_000;

/** How somebody is there, in one line. */
export function Facts({ contact }: { contact: Contact }) {
  const now = useNow(minuteMs);
  return (
    <>
      {presenceText(contact.presence.state)}
      {factsOf(contact, now).map(({ key, words }) => (
        <span key={key} className={`row-${key}`}>
          <span className="row-dot"> · </span>
          {words}
        </span>
      ))}
    </>
  );
}
