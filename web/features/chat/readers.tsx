'use client';
import type { Message } from '../../lib/api/types';
import { fullTime, ledgerTime } from '../../lib/format';
import { Avatar } from '../../ui/avatar';
import { Menu } from '../../ui/menu';

const most = 3;

/** Who of a room has read one's message: a few faces, all of them by name and time when asked. */
export function Readers({ receipts }: { receipts: NonNullable<Message['receipts']> }) {
  const readers = receipts.filter((one) => one.proves === 'read');
  const others = receipts.filter((one) => one.proves !== 'read');
  if (receipts.length === 0) return null;
  const shown = readers.length > 0 ? readers : others;
  const word = readers.length > 0 ? 'Read' : 'Delivered';
  return (
    <Menu
      label={`${word} by ${shown.map((one) => one.name).join(', ')}`}
      className="readers"
      role="dialog"
      title={`${word} by ${shown.map((one) => one.name).join(', ')}`}
      trigger={
        <>
          {shown.slice(0, most).map((one) => (
            <Avatar key={one.name} name={one.name} size={16} />
          ))}
          {shown.length > most && <span className="readers-more" data-more={shown.length - most} />}
        </>
      }
    >
      {() => (
        <div className="readers-list">
          <People title="Read by" people={readers} />
          <People title="Delivered to" people={others} />
        </div>
      )}
    </Menu>
  );
}

function People({ title, people }: { title: string; people: NonNullable<Message['receipts']> }) {
  if (people.length === 0) return null;
  return (
    <>
      <p className="menu-title">{title}</p>
      <ul aria-label={title}>
        {people.map((one) => (
          <li key={one.name} className="reader">
            <Avatar name={one.name} size={24} />
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
