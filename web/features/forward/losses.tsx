'use client';
import type { Preview } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { store } from '../../lib/sync/store';
import { Icon } from '../../ui/icons';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import type { ForwardPreview } from './use-preview';

/** By which way each place gets it, and what is lost on the way. Its room is there before it is known. */
export function Losses({ preview: { preview, busy, error }, several }: { preview: ForwardPreview; several: boolean }) {
  const asking = busy && !preview;
  return (
    <section className="forward-ways" aria-label={t('forward.ways')} aria-busy={asking}>
      {!preview && !busy && !error && <p className="muted">{t('forward.choose')}</p>}
      {asking && <p className="muted">{t('common.loading')}</p>}
      {error && !busy && (
        <p className="person-problem">
          <Icon name="warning" size={12} /> {error}
        </p>
      )}
      {preview && (
        <ul>
          {preview.map(({ conversationId, preview: found }) => (
            <Place key={conversationId} name={store.conversations.get(conversationId)?.name ?? ''} found={found} />
          ))}
        </ul>
      )}
      {preview && several && <p className="muted">{t('forward.of-the-first')}</p>}
    </section>
  );
}

function Place({ name, found }: { name: string; found: Preview }) {
  const steps = found.recipients.flatMap((one) => one.steps);
  const [first] = steps;
  const problem = found.recipients.every((one) => one.problem !== undefined) ? found.recipients[0]?.problem : undefined;
  const lost = [...new Set(steps.flatMap((step) => step.losses))];
  return (
    <li className="forward-way">
      <b>
        <bdi>{name}</bdi>
      </b>{' '}
      {first && (
        <span className="forward-by">
          <NetworkGlyph network={first.network} channel={first.channel} size={13} /> {networkName(first.network)}
        </span>
      )}
      {problem !== undefined ? (
        <span className="person-problem">
          <Icon name="warning" size={12} /> {sentence(problem)}
        </span>
      ) : (
        <span className={lost.length > 0 ? 'forward-lost' : 'muted'}>
          {lost.length > 0 ? lost.map(sentence).join(' ') : t('forward.whole')}
        </span>
      )}
    </li>
  );
}
