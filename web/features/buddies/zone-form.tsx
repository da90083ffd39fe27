'use client';
import { useMemo } from 'react';
import type { Contact } from '../../lib/api/types';
import { clockIn } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Field } from '../../ui/field';
import type { Action } from '../../ui/use-action';
import { useNow } from '../../ui/use-now';
import { offsetOf, timeZoneOf } from './about';
import { patchContact } from './patch-contact';

const minuteMs = 60_000;

/** Where somebody is, where no network says it or it is wrong: for their local time. */
export function ZoneForm({ contact, action }: { contact: Contact; action: Action }) {
  const now = useNow(minuteMs);
  const zones = useMemo(zonesByRegion, []);
  const own = contact.timeZone ?? '';
  const told = timeZoneOf({ ...contact, timeZone: undefined });
  const zone = timeZoneOf(contact);
  const known = own === '' || [...zones.values()].some((some) => some.includes(own));
  return (
    <section className="section" aria-label={t('person.where')}>
      <h3>{t('person.where')}</h3>
      <Field
        label={t('person.time-zone')}
        help={
          zone && offsetOf(zone, now) !== undefined ? t('person.time-there', { time: clockIn(zone, now) }) : undefined
        }
      >
        {(ids) => (
          <select
            className="input"
            {...ids}
            disabled={action.busy}
            value={own}
            onChange={({ target }) => void action.run(() => patchContact(contact, { timeZone: target.value || null }))}
          >
            <option value="">{told ? t('person.zone-by-network', { zone: told }) : t('person.zone-unknown')}</option>
            {!known && <option value={own}>{own}</option>}
            {[...zones].map(([region, some]) => (
              <optgroup key={region} label={region}>
                {some.map((one) => (
                  <option key={one} value={one}>
                    {one.slice(one.indexOf('/') + 1).replaceAll('_', ' ')}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
    </section>
  );
}

function zonesByRegion(): Map<string, string[]> {
  const zones = new Map<string, string[]>();
  for (const zone of ['UTC', ...Intl.supportedValuesOf('timeZone')]) {
    const region = zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'UTC';
    const some = zones.get(region) ?? [];
    if (!some.includes(zone)) some.push(zone);
    zones.set(region, some);
  }
  return zones;
}
