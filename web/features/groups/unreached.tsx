'use client';
import { plural } from '../../lib/format';
import { useAccounts, useContacts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { problemOf } from './reach';

/** Said before it is too late: these would get nothing. */
export function Unreached({ chosen }: { chosen: ReadonlySet<string> }) {
  const accounts = useAccounts();
  const contacts = useContacts().filter((one) => chosen.has(one.id) && problemOf(one, accounts) !== null);
  if (contacts.length === 0) return null;
  const names = contacts.slice(0, 3).map((one) => one.name);
  const more = contacts.length - names.length;
  return (
    <p className="warn-line" role="status">
      <Icon name="warning" size={14} />
      <span>
        {names.join(', ')}
        {more > 0 && ` and ${plural(more, 'other')}`} {contacts.length === 1 ? 'gets' : 'get'} nothing until a channel
        leads to them.
      </span>
    </p>
  );
}
