'use client';
import { type ReactNode, useState } from 'react';
import type { Delivery, Recipient } from '../../lib/api/types';
import { fullTime, ledgerTime, sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { DeliveryMark, statusText } from '../../ui/delivery-mark';
import { NetworkGlyph } from '../../ui/network-glyph';
import { byStanding } from './chain';

type Props = {
  people: Recipient[];
  deliveries: Delivery[];
  /** The ways of one person, in full. */
  children: (ways: Delivery[]) => ReactNode;
};

/** Who has it, who has read it: one line a person, those with trouble first; opened, every way and every try. */
export function Recipients({ people, deliveries, children }: Props) {
  return (
    <section className="section who" aria-label={t('ledger.who')}>
      <h3 className="visually-hidden">{t('ledger.who')}</h3>
      {byStanding(people).map((section) => (
        <section key={section.standing} className="who-section" aria-label={t(`ledger.has-${section.standing}`)}>
          <h4>
            {t(`ledger.has-${section.standing}`)} <span className="section-count">{section.people.length}</span>
          </h4>
          <ul>
            {section.people.map((person) => (
              <Person
                key={person.contactId ?? person.deliveryId ?? person.name}
                person={person}
                ways={deliveries.filter((one) => isTo(one, person))}
              >
                {children}
              </Person>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

const isTo = (delivery: Delivery, { contactId, deliveryId }: Recipient): boolean =>
  delivery.id === deliveryId || (contactId !== null && delivery.contactId === contactId);

type PersonProps = { person: Recipient; ways: Delivery[]; children: Props['children'] };

function Person({ person, ways, children }: PersonProps) {
  const [open, setOpen] = useState(false);
  const line = (
    <>
      <DeliveryMark status={person.status} />
      <span className="who-name">
        <bdi>{person.name}</bdi>
      </span>
      {person.network && <NetworkGlyph network={person.network} channel={person.channel} size={13} />}
      <time className="who-at" dateTime={person.at} title={`${statusText(person.status)}: ${fullTime(person.at)}`}>
        {ledgerTime(person.at)}
      </time>
    </>
  );
  const note = open ? undefined : (person.reason ?? person.why);
  return (
    <li className="who-person">
      {ways.length > 0 ? (
        <button type="button" className="who-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          {line}
        </button>
      ) : (
        <div className="who-line">{line}</div>
      )}
      {note && <p className="who-note">{sentence(note)}</p>}
      {open && children(ways)}
    </li>
  );
}
