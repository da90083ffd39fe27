'use client';
import type { Channel, Variants } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { smsParts } from '../../lib/text';
import { AreaField } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { channelName } from './ways';

type Props = {
  channels: Channel[];
  variants: Variants;
  onChange: (variants: Variants) => void;
  onClose: () => void;
};

/** The same message in the words that fit a channel. Empty: as it stands in the box. */
export function OtherWords({ channels, variants, onChange, onClose }: Props) {
  return (
    <section className="composer-part" aria-label={t('compose.other-words')}>
      <header className="composer-part-head">
        <h2>{t('compose.other-words')}</h2>
        <button type="button" className="icon-button" aria-label={t('sending.close-words')} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      {channels.map((channel) => {
        const text = variants[channel]?.text ?? '';
        const parts = channel === 'sms' && text ? smsParts(text) : 1;
        return (
          <AreaField
            key={channel}
            label={t('sending.words-for', { channel: channelName[channel] })}
            help={parts > 1 ? t('compose.sms-parts', { count: parts }) : undefined}
            rows={2}
            placeholder={t('sending.as-below')}
            value={text}
            onValue={(words) => onChange({ ...variants, [channel]: { ...variants[channel], text: words } })}
          />
        );
      })}
    </section>
  );
}
