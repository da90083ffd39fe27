'use client';
import { t } from '../../lib/i18n';
import { useAccounts, useContacts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { problemOf } from './reach';

/** Said before it is too late: these would get nothing. */
export function Unreached({ chosen }: { chosen: ReadonlySet<string> }) {
  const accounts = useAccounts();
  const contacts = useContacts().filter((one) => chosen.has(one.id) && problemOf(one, accounts) !== null);
  if (contacts.length === 0) return null;
  const first = contacts.slice(0, 3).map((one) => one.name);
  const more = contacts.length - first.length;
  const names = first.join(', ');
  return (
    <p className="warn-line" role="status">
      <Icon name="warning" size={14} />
      <span>
        {t('groups.unreached', {
          count: contacts.length,
          names: more > 0 ? t('groups.and-others', { names, count: more }) : names,
        })}
      </span>
    </p>
  );
}
