'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation, Preview } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { MenuItem } from '../../ui/menu';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { PresenceDot } from '../../ui/presence-dot';
import { patchSending } from '../routes/patch-sending';
import { sentenceOf } from '../routes/words';
import { type Choice, type Known, policyLabel, quickPolicies, type ViaProps, waysOf } from './choice';
import { fromWords } from './from-words';
import type { Way } from './ways';

/** All that a message can be sent by here. */
export function ViaChoices({ conversation, choice, known, onChoose, onOwnRoute }: ViaProps) {
  const { ways, routes } = known;
  const pick = (next: Choice) => () => onChoose(next);
  return (
    <>
      <p className="menu-title">{t('compose.send-via')}</p>
      <MenuItem checked={choice.is === 'usual'} onSelect={pick({ is: 'usual' })}>
        <Icon name="star" />
        <span className="menu-text menu-wraps">
          <span>{t('compose.as-usual')}</span>
          <UsualWords conversationId={conversation.id} />
        </span>
      </MenuItem>
      {ways.length > 0 && <hr className="menu-line" />}
      {distinct(ways).map((way) => (
        <MenuItem
          key={way.account.id}
          checked={choice.is === 'account' && choice.accountId === way.account.id}
          onSelect={pick({ is: 'account', accountId: way.account.id })}
        >
          <NetworkGlyph network={way.account.network} channel={way.channel} quiet />
          <span className="menu-text">
            <span>{way.account.name}</span>
            <span className="menu-sub">
              {networkName(way.account.network)} · {way.address}
            </span>
          </span>
          {way.presence !== 'unknown' && <PresenceDot state={way.presence} />}
        </MenuItem>
      ))}
      <Always conversation={conversation} choice={choice} known={known} />
      <hr className="menu-line" />
      {quickPolicies(ways).map(({ about, policy }) => (
        <MenuItem
          key={about}
          checked={choice.is === 'policy' && JSON.stringify(choice.policy) === JSON.stringify(policy)}
          onSelect={pick({ is: 'policy', policy })}
        >
          <Icon name={policy.steps.length === 1 ? 'split' : 'clock'} />
          <span className="menu-text">
            <span>{policyLabel(policy)}</span>
            <span className="menu-sub">{about}</span>
          </span>
        </MenuItem>
      ))}
      {routes.map((route) => (
        <MenuItem
          key={route.id}
          checked={choice.is === 'saved' && choice.routeId === route.id}
          onSelect={pick({ is: 'saved', routeId: route.id })}
        >
          <Icon name="route" />
          <span className="menu-text menu-wraps">
            <span>{route.name}</span>
            <span className="menu-sub">{t('route-words.whole', { sentence: sentenceOf(route.policy) })}</span>
          </span>
        </MenuItem>
      ))}
      <MenuItem onSelect={onOwnRoute}>
        <Icon name="edit" /> {t('compose.another-route')}
      </MenuItem>
    </>
  );
}

/** What the server says it would take. */
function UsualWords({ conversationId }: { conversationId: string }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const asked = { params: { id: conversationId }, body: { text: '?' }, signal: stop.signal };
    call('previewMessage', asked).then(setPreview, () => {});
    return () => stop.abort();
  }, [conversationId]);
  if (!preview) return <span className="menu-sub">{t('compose.by-what-stands')}</span>;
  return (
    <span className="menu-sub">
      {sentence(preview.sentence)} {fromWords(preview.from)}
    </span>
  );
}

type AlwaysProps = { conversation: Conversation; choice: Choice; known: Known };

/** One account for the whole conversation, and back. */
function Always({ conversation: { id, via, kind }, choice, known }: AlwaysProps) {
  const [chosen] = choice.is === 'account' ? waysOf(choice, known) : [];
  const forced = known.ways.find((way) => way.account.id === via);
  const patch = (accountId: string | null) => () =>
    void patchSending(id, { via: accountId }).catch((error: Error) => notify(error.message));
  if (kind !== 'direct') return null;
  return (
    <>
      {chosen && chosen.account.id !== via && (
        <MenuItem onSelect={patch(chosen.account.id)}>
          <Icon name="pin" />
          <span className="menu-text menu-wraps">
            <span>{t('compose.always-by', { name: chosen.account.name })}</span>
            <span className="menu-sub">{t('compose.always-as-long')}</span>
          </span>
        </MenuItem>
      )}
      {via && (
        <MenuItem onSelect={patch(null)}>
          <Icon name="close" />
          <span className="menu-text menu-wraps">
            <span>{t('compose.not-always', { name: forced?.account.name ?? t('compose.one-account') })}</span>
            {known.usual.released && <span className="menu-sub">{t('compose.released')}</span>}
          </span>
        </MenuItem>
      )}
    </>
  );
}

/** One entry an account; a second address on the same account is not a choice the route can express. */
function distinct(ways: Way[]): Way[] {
  return ways.filter((way, index) => ways.findIndex((one) => one.account.id === way.account.id) === index);
}
