'use client';
import { useState } from 'react';
import type { Channel, Preview, PreviewRecipient } from '../../lib/api/types';
import type { Previewed } from '../../lib/api/use-preview';
import { sentence } from '../../lib/format';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { channelName, channels } from '../compose/ways';
import { Steps } from '../compose/who-gets-what';

/** Before anything is sent: how many each channel carries, who is left out, and what single people get. */
export function PreviewView({ previewed: { preview, busy, error } }: { previewed: Previewed }) {
  return (
    <section className="section preview" aria-label="Preview" aria-busy={busy}>
      <h2>Preview</h2>
      <FormError text={error} />
      {!preview && !error && (
        <p className="muted">
          {busy ? 'Looking for the ways…' : 'Choose people and write something to see who gets what.'}
        </p>
      )}
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
    <ul className="preview-counts" aria-label="By channel">
      {channels
        .filter((channel) => byChannel[channel] > 0)
        .map((channel: Channel) => (
          <li key={channel}>
            <NetworkGlyph network={channel} channel={channel} quiet /> <b>{byChannel[channel].toLocaleString()}</b> by{' '}
            {channelName[channel]}
          </li>
        ))}
      {byChannel.none > 0 && (
        <li className="preview-none">
          <Icon name="warning" size={14} /> <b>{byChannel.none.toLocaleString()}</b> cannot be reached
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
        As it reaches
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
