'use client';
import { useState } from 'react';
import type { Channel, Preview, PreviewRecipient } from '../../lib/api/types';
import type { Previewed } from '../../lib/api/use-preview';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { channelName, channels } from '../compose/ways';
import { Steps } from '../compose/who-gets-what';

/** Before anything is sent: how many each channel carries, who is left out, and what single people get. */
export function PreviewView({ previewed: { preview, busy, error } }: { previewed: Previewed }) {
  return (
    <section className="section preview" aria-label={t('broadcasts.preview')} aria-busy={busy}>
      <h2>{t('broadcasts.preview')}</h2>
      <FormError text={error} />
      {!preview && !error && <p className="muted">{t(busy ? 'broadcasts.looking' : 'broadcasts.choose-people')}</p>}
      {preview && (
        <>
          <Counts preview={preview} />
          <p className="preview-route">{sentence(preview.sentence)}</p>
          {preview.recipients.length > 0 && <Single key={preview.total} recipients={preview.recipients} />}
        </>
      )}
    </section>
  );
}

function Counts({ preview: { byChannel } }: { preview: Preview }) {
  return (
    <ul className="preview-counts" aria-label={t('broadcasts.by-channel')}>
      {channels
        .filter((channel) => byChannel[channel] > 0)
        .map((channel: Channel) => (
          <li key={channel}>
            <NetworkGlyph network={channel} channel={channel} quiet />{' '}
            {rich('broadcasts.count-by', {
              count: byChannel[channel],
              channel: channelName[channel],
              b: (words) => <b>{words}</b>,
            })}
          </li>
        ))}
      {byChannel.none > 0 && (
        <li className="preview-none">
          <Icon name="warning" size={14} />{' '}
          {rich('broadcasts.count-none', { count: byChannel.none, b: (words) => <b>{words}</b> })}
        </li>
      )}
    </ul>
  );
}

/** The message as one of them gets it. */
function Single({ recipients }: { recipients: PreviewRecipient[] }) {
  const [at, setAt] = useState(0);
  const shown = recipients[Math.min(at, recipients.length - 1)];
  if (!shown) return null;
  return (
    <div className="preview-single">
      <label className="preview-who">
        {t('broadcasts.as-it-reaches')}
        <select className="input" value={at} onChange={(event) => setAt(Number(event.target.value))}>
          {recipients.map((one, index) => (
            <option key={one.contactId ?? one.name} value={index}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <Steps recipient={shown} />
    </div>
  );
}
