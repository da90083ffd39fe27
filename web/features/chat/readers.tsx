'use client';
import type { Message } from '../../lib/api/types';
import { fullTime, ledgerTime, listOf } from '../../lib/format';
import { t } from '../../lib/i18n';
import { facesByName } from '../../lib/pictures';
import { useVersion } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Avatar } from '../../ui/avatar';
import { Menu } from '../../ui/menu';

const most = 3;

/** Who of a room has read one's message: a few faces, all of them by name and time when asked. */
export function Readers({ receipts }: { receipts: NonNullable<Message['receipts']> }) {
  const readers = receipts.filter((one) => one.proves === 'read');
  const others = receipts.filter((one) => one.proves !== 'read');
  if (receipts.length === 0) return null;
  const shown = readers.length > 0 ? readers : others;
  const names = listOf(shown.map((one) => one.name));
  const label = readers.length > 0 ? t('timeline.read-by', { names }) : t('timeline.delivered-to', { names });
  return (
    <Menu
      label={label}
      className="readers"
      role="dialog"
      title={label}
      trigger={
        <>
          {shown.slice(0, most).map((one) => (
            <Face key={one.name} name={one.name} size={16} />
          ))}
          {shown.length > most && <span className="readers-more" data-more={shown.length - most} />}
        </>
      }
    >
      {() => (
        <div className="readers-list">
          <People title={t('timeline.read-by-title')} people={readers} />
          <People title={t('timeline.delivered-to-title')} people={others} />
        </div>
      )}
    </Menu>
  );
}

/** Of all contacts, looked through once for all faces in view. */
let known = { version: -1, faces: facesByName([]) };

function Face({ name, size }: { name: string; size: number }) {
  const version = useVersion('contacts');
  if (known.version !== version) known = { version, faces: facesByName(store.contacts.values()) };
  return <Avatar name={name} size={size} {...known.faces.get(name)} />;
}

function People({ title, people }: { title: string; people: NonNullable<Message['receipts']> }) {
  if (people.length === 0) return null;
  return (
    <>
      <p className="menu-title">{title}</p>
      <ul aria-label={title}>
        {people.map((one) => (
          <li key={one.name} className="reader">
            <Face name={one.name} size={24} />
            <span className="reader-name">{one.name}</span>
            <time dateTime={one.at} title={fullTime(one.at)}>
              {ledgerTime(one.at)}
            </time>
          </li>
        ))}
      </ul>
    </>
  );
}
